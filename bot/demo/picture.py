"""The picture of an alert in the README, drawn by the program itself from the demo's own release: the same bytes every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from adapters.console.look import Ink, Look
from adapters.console.picture import picture
from adapters.console.transcript import keys_of
from bot import cards
from bot.demo.newsroom import feed_document
from bot.demo.releases import COMING_ID, NEWSROOM, DemoRelease, coming
from bot.domain.card import Card
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.release import Content, Release, ReleaseId
from bot.feeds.reading.parse import parse
from bot.i18n import texts

PUBLISHED = datetime(2026, 10, 13, 7, 45, tzinfo=UTC)
CORRECTED = PUBLISHED + timedelta(minutes=17)
PAGE = "https://newsroom.example/"
WIDTH = 100
"""Columns: wide enough that no line with a date has to be broken."""

_NEWSROOM = Newsroom(NewsroomId(1), "udenrigsministeriet", NEWSROOM, "DK", "da", PAGE, offered=True)


def draw(language: str, path: Path) -> None:
    """Draw an alert, and the same alert once it was corrected; the file's folder is made. Raises OSError."""
    reader = texts(language, "Europe/Copenhagen")
    release = Release(ReleaseId(12), _NEWSROOM, f"url:{COMING_ID}", PUBLISHED, PUBLISHED, (_read(coming(PUBLISHED, language, 40)),))
    corrected = replace(release, versions=(_read(coming(PUBLISHED, language, 45)),), revision=2, corrected_at=CORRECTED)
    shown = [cards.alert_card(release, reader), cards.alert_card(corrected, reader)]
    path.parent.mkdir(exist_ok=True)
    picture([(card, _ink(card)) for card in shown], path, width=WIDTH)


def _read(release: DemoRelease) -> Content:
    """What the bot makes of a release in the feed."""
    document = feed_document([(release, f"{PAGE}{release.id}")], PAGE)
    feed = parse(document, url=PAGE, content_type="application/rss+xml", now=CORRECTED, language="da", region="DK")
    return feed.releases[0].content


def _ink(card: Card) -> Ink:
    return Ink(Look.ALERT, keys={command: key for key, command in keys_of(card).items()})
