"""The operators' record: what they did to the whole installation."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.listing import Page
from bot.cards.platforms import platform_name
from bot.cards.shorten import shorten, summary
from bot.cards.words import rows
from bot.domain.card import Card, Entry, Heading, Text
from bot.domain.prose import paragraphs
from bot.i18n import N_, Texts
from bot.ports import Deed

_SAID = {
    "offer": N_("Offered to everybody: {newsroom}"),
    "unoffer": N_("No longer offered: {newsroom}"),
    "retry": N_("Looked at again: the feed of {newsroom}"),
    "address": N_("New address of the feed of {newsroom}: {url}"),
    "accept": N_("Taken as it is: the feed of {newsroom}"),
    "pin": N_("Pinned at {newsroom}: {contact}"),
    "unpin": N_("No longer pinned at {newsroom}: {contact}"),
    "pause": N_("Paused: {platform}"),
    "resume": N_("Goes on: {platform}"),
    "broadcast": N_("Told everybody: {text}"),
}
_LONGEST = 300
_NAME = 60


def deeds_card(deeds: Sequence[Deed], texts: Texts, now: datetime, *, page: Page) -> Card:
    """A page of the record, newest first."""
    if not deeds:
        said = texts.t("Operators have changed nothing yet.")
        return Card(summary(said), (Text(paragraphs(said)[0]),), rows(*page.buttons(texts)))
    heading = texts.t("What operators did")
    entries = (Entry(0, shorten(_said(each, texts), _LONGEST), meta=_meta(each, texts, now)) for each in deeds)
    return Card(summary(heading), (Heading(heading), *entries), rows(*page.buttons(texts)))


def _said(deed: Deed, texts: Texts) -> str:
    about = dict(deed.about)
    if "platform" in about:
        about["platform"] = f"{platform_name(about['platform'])} {about.get('account', '')}".rstrip()
    if deed.what not in _SAID:
        return deed.what
    return texts.t(_SAID[deed.what], **{name: value for name, value in about.items() if name != "account"})


def _meta(deed: Deed, texts: Texts, now: datetime) -> tuple[str, ...]:
    return tuple(filter(None, (shorten(deed.name or deed.by, _NAME), texts.moment(deed.at, now))))
