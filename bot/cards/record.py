"""The record of changes: who changed what, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.listing import Page
from bot.cards.shorten import shorten, summary
from bot.cards.words import rows
from bot.domain.card import Button, Card, Element, Entry, Heading, Text
from bot.domain.prose import paragraphs
from bot.i18n import Texts

_CHANGE = 300
_NAME = 60


@dataclass(frozen=True, slots=True)
class Noted:
    """A change, by its number: who made it, when, and what it came to in words, a line each. `undid`: it took another back."""

    number: int
    who: str
    at: datetime
    lines: Sequence[str]
    undid: bool = False


def record_card(noted: Sequence[Noted], texts: Texts, now: datetime, *, page: Page) -> Card:
    """A page of changes, newest first, each with a button that takes it back."""
    if not noted:
        said = texts.t("Nothing has been changed here yet.")
        return Card(summary(said), (Text(paragraphs(said)[0]),), rows(*page.buttons(texts)))
    heading = texts.t("Changes here")
    elements: list[Element] = [Heading(heading), *(_entry(each, texts, now) for each in noted)]
    undo = [Button(texts.t("Undo {number}", number=each.number), f"/undo {each.number}") for each in noted]
    return Card(summary(heading), tuple(elements), (*rows(*undo), *rows(*page.buttons(texts))))


def _entry(noted: Noted, texts: Texts, now: datetime) -> Entry:
    marks = (texts.t("took a change back"),) if noted.undid else ()
    meta = (shorten(noted.who, _NAME), texts.moment(noted.at, now))
    return Entry(noted.number, shorten("; ".join(noted.lines), _CHANGE), meta=meta, marks=marks)
