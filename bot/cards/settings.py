"""What is said of settings: all of them in one card, one to be chosen, and what a filter would have brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.asked import BETWEEN
from bot.cards.listing import release_entry
from bot.cards.shorten import shorten, summary
from bot.cards.words import rows
from bot.domain.card import Button, Card, Element, Fact, Heading, Text, Title, Tone
from bot.domain.prose import Block, BlockKind, Span, paragraphs
from bot.domain.release import Release
from bot.i18n import Texts

_VALUE = 300
_CHOICES_IN_A_ROW = 2


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A setting as a line of a card: its name, its value in words, and the line that asks for another."""

    label: str
    value: str
    command: str


def saved(changes: Sequence[str], texts: Texts) -> str:
    """What was changed just now, in a line; '' where nothing was."""
    return texts.t("Saved: {changes}.", changes=BETWEEN.join(changes)) if changes else ""


def settings_card(
    title: str,
    lines: Sequence[SettingLine],
    texts: Texts,
    *,
    url: str = "",
    now_so: str = "",
    notes: Sequence[str] = (),
    done: str = "",
    first: Sequence[Button] = (),
    last: Sequence[Button] = (),
) -> Card:
    """Every setting with its value, and a button for each. `done`: what was changed just now; `now_so`: what they come to."""
    elements: list[Element] = [Text(block, Tone.GOOD) for block in paragraphs(done)]
    elements.append(Title(title, url))
    elements += [Fact(line.label, shorten(line.value, _VALUE)) for line in lines]
    elements += [Text(block) for block in paragraphs(now_so)]
    elements += [Text(block, Tone.QUIET) for note in notes for block in paragraphs(note)]
    buttons = [Button(line.label, line.command) for line in lines]
    said = done or texts.t("Settings of {name}", name=title)
    return Card(summary(said), tuple(elements), (*rows(*first), *rows(*buttons), *rows(*last)))


@dataclass(frozen=True, slots=True)
class Option:
    """A value to choose. `chosen`: it holds now."""

    label: str
    command: str
    chosen: bool = False


def choice_card(
    title: str, line: SettingLine, hint: str, options: Sequence[Option], texts: Texts, *, typed: str = "", back: str = ""
) -> Card:
    """One setting: what it does, what it is now, what it may be. `typed`: the line to write where words are wanted."""
    elements: list[Element] = [Title(f"{title}: {line.label}"), *(Text(block) for block in paragraphs(hint))]
    elements.append(Fact(texts.t("Now"), shorten(line.value, _VALUE)))
    if typed:
        said = texts.t("Write for example:")
        elements += [Text(paragraphs(said)[0], Tone.QUIET), Text(Block((Span(typed, bold=True),), BlockKind.PARAGRAPH))]
    buttons = [Button(f"✓ {each.label}" if each.chosen else each.label, each.command) for each in options]
    leave = [Button(texts.t("◂ Back"), back)] if back else []
    return Card(summary(f"{title}: {line.label}"), tuple(elements), (*rows(*buttons, width=_CHOICES_IN_A_ROW), *rows(*leave)))


@dataclass(frozen=True, slots=True)
class Tried:
    """What a filter would have brought in so many `days`: how many (`capped`: at least), and the latest of it."""

    label: str
    query: str
    total: int
    days: int
    latest: Sequence[Release] = ()
    capped: bool = False
    notes: Sequence[str] = ()


def tried_card(title: str, tried: Sequence[Tried], buttons: Sequence[Button], texts: Texts, now: datetime) -> Card:
    """What filters would have brought, before they are saved."""
    elements: list[Element] = []
    number = 0
    for each in tried:
        elements.append(Heading(f"{title}: {each.label} {texts.t('“{words}”', words=shorten(each.query, 200))}"))
        elements.append(Text(paragraphs(_matched(each, texts))[0], Tone.PLAIN if each.total else Tone.WARNING))
        for release in each.latest:
            number += 1
            elements.append(release_entry(number, release, texts, now))
        elements += [Text(block, Tone.QUIET) for note in each.notes for block in paragraphs(note)]
    said = texts.t("It is not saved yet.")
    elements.append(Text(paragraphs(said)[0], Tone.QUIET))
    return Card(summary(_matched(tried[0], texts)), tuple(elements), rows(*buttons))


def _matched(tried: Tried, texts: Texts) -> str:
    if tried.capped:
        count = texts.number(tried.total - 1)
        return texts.t("It would have matched more than {count} releases in {days} days.", count=count, days=tried.days)
    if not tried.total:
        return texts.t("It would have matched no release in {days} days.", days=tried.days)
    if tried.total <= len(tried.latest):
        return texts.n(
            "It would have matched {count} release in {days} days:",
            "It would have matched {count} releases in {days} days:",
            tried.total,
            days=tried.days,
        )
    return texts.n(
        "It would have matched {count} release in {days} days, the latest of them:",
        "It would have matched {count} releases in {days} days, the latest of them:",
        tried.total,
        days=tried.days,
    )
