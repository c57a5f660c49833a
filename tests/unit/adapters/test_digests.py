"""A full digest on each platform: every line of it is there, and how many more there are, also when some of it was withdrawn."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from adapters.console.render import render
from adapters.slack.limits import MESSAGE_BLOCKS, WEIGHT, weight
from adapters.slack.render import message
from adapters.telegram.markup import length, plain
from adapters.telegram.render import TEXT, text_of
from bot import cards
from bot.domain.card import Card
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.release import Content, Kind, Release, ReleaseId
from bot.i18n import texts

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
HARBOUR = Newsroom(NewsroomId(1), "havnen", "Havnen i Ørby", "DK", "da", "https://havnen.example/", offered=True)
STRUCK = 5
FISHERY = replace(HARBOUR, id=NewsroomId(2), slug="fiskeri", name="Styrelsen for Fiskeri og Farvande")


def on_telegram(card: Card) -> str:
    """What Telegram is sent, which must be no more than it takes."""
    runs = text_of(card)
    assert length(runs) <= TEXT
    return plain(runs)


def on_slack(card: Card) -> str:
    """What Slack is sent, which must be no more than it takes."""
    blocks = message(card).blocks
    assert len(blocks) <= MESSAGE_BLOCKS
    assert weight(blocks) <= WEIGHT
    return json.dumps(blocks, ensure_ascii=False)


def on_console(card: Card) -> str:
    """What stands in the terminal."""
    console = Console(file=io.StringIO(), width=2000)
    console.print(render(card))
    out = console.file
    assert isinstance(out, io.StringIO)
    return out.getvalue()


def releases(size: int) -> list[Release]:
    """More of them than fit, with titles of about this size and addresses as newsrooms have them."""
    return [
        Release(
            ReleaseId(number),
            HARBOUR if number % 3 else FISHERY,
            str(number),
            NOW,
            NOW,
            (
                Content(
                    f"Nr. {number}: " + ("Ny “kaj” & bro på vej " * 12)[:size].strip(),
                    url=f"https://havnen.example/pressemeddelelse/{14_000_000 + number}/" + "ny-kaj-og-bro-" * 6,
                    language="da",
                    kind=Kind.PRESS_RELEASE,
                ),
            ),
        )
        for number in range(1, 41)
    ]


@pytest.mark.parametrize("size", [10, 60, 110, 180])
@pytest.mark.parametrize("shown", [on_telegram, on_slack, on_console], ids=["telegram", "slack", "console"])
def test_a_full_digest_is_whole_on_every_platform(shown: Callable[[Card], str], size: int) -> None:
    """Before and after edits that strike several of its lines."""
    found, reader = releases(size), texts("da", "Europe/Copenhagen")
    room = cards.fits_digest(found, reader)
    assert room >= 9
    told = found[:room]
    struck = [replace(each, gone_at=NOW + timedelta(days=2)) if at < STRUCK else each for at, each in enumerate(told)]
    for stage in (told, struck):
        said = shown(cards.digest_card(stage, reader, more=len(found) - room))
        assert f"og {len(found) - room} flere: /seneste" in said
        assert all(f"Nr. {each.id}:" in said for each in stage)
        assert said.count("TRUKKET TILBAGE 22. november 2026") == (STRUCK if stage is struck else 0)
