"""The labels of a line: `newsroom:um`, `-kind:nyhed`, `lang:da`, `from:13/10`. A label whose value means nothing is a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from bot.domain.release import Kind
from bot.text.dates import named
from bot.text.days import Days
from bot.text.fold import fold
from bot.text.nearest import Candidates, Exact, Nothing, Several, nearest

T = TypeVar("T")
Span = tuple[int, int]
_Take = Callable[[str, int, bool, "Labels"], int | None]
"""Reads a label's value from a place of the line on; where it ends, or None where it means nothing."""


_KINDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.PRESS_RELEASE, ("press_release", "pressemeddelelse", "pressemeddelelser", "press release", "press releases", "pm")),
    (Kind.NEWS, ("news", "nyhed", "nyheder", "news item", "nyhet")),
    (Kind.INVITATION, ("invitation", "invitationer", "invitations", "presseinvitation", "press invitation", "indbydelse")),
)
_LANGUAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("da", ("da", "dansk", "danish", "dk")),
    ("en", ("en", "engelsk", "english", "uk")),
    ("nb", ("nb", "no", "nn", "norsk", "norwegian", "bokmål")),
    ("sv", ("sv", "svensk", "swedish", "svenska", "se")),
    ("fi", ("fi", "finsk", "finnish", "suomi")),
    ("de", ("de", "tysk", "german", "deutsch")),
)
_QUOTES = '"“”„«»'
_PHRASE = re.compile(rf"[-−–]*[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]\*?")
_LABEL = re.compile(r"(?P<out>[-−–]*)(?P<label>[^\W\d_]+):\s*")
_VALUE = re.compile(rf"[{_QUOTES}](?P<quoted>[^{_QUOTES}]*)(?:[{_QUOTES}]|$)|(?P<word>[^\s{_QUOTES}]+)")
_NAMES = re.compile(r"[^\s,](?:[^,]*[^\s,])?")
_TWO_WORDS = re.compile(r"[^\W\d_]+\s+[^\W\d_]+(?!\S)")
_PLAIN = re.compile(rf"[^\s{_QUOTES}]+|[{_QUOTES}]")
_SPACE = re.compile(r"\s*")
_NOT_RUNNING = "\0"


@dataclass(frozen=True, slots=True)
class Asked:
    """A value that a label was given, and whether it is to be left out: `-kind:nyhed`; `at`: where in the line it begins."""

    text: str
    out: bool = False
    at: int = field(default=0, compare=False)


@dataclass(slots=True)
class Labels:
    """What the labels of a line said, and where: from a character to before another."""

    today: date
    places: list[Span] = field(default_factory=list)
    newsrooms: list[Asked] = field(default_factory=list)
    kinds: dict[bool, set[Kind]] = field(default_factory=lambda: {False: set(), True: set()})
    languages: dict[bool, set[str]] = field(default_factory=lambda: {False: set(), True: set()})
    first: Days | None = None
    last: Days | None = None


def read_labels(line: str, today: date) -> tuple[Labels, str]:
    """What the labels say, and the line's running text: with a mark in place of every character of a label or a phrase."""
    labels, running, at = Labels(today), line, 0
    while at < len(line):
        phrase = _PHRASE.match(line, at)
        end = phrase.end() if phrase else _read_label(line, at, labels)
        if end:
            running = running[:at] + _NOT_RUNNING * (end - at) + running[end:]
        plain = _PLAIN.match(line, at)
        at = end or (plain.end() if plain else at + 1)
        space = _SPACE.match(line, at)
        at = space.end() if space else at
    return labels, running


def _read_label(line: str, at: int, labels: Labels) -> int | None:
    """Where a label with its value ends that begins at this place; None where none does."""
    found = _LABEL.match(line, at)
    take = _TAKE.get(fold(found["label"])) if found else None
    end = take(line, found.end(), bool(found["out"]), labels) if found and take else None
    if end:
        labels.places.append((at, end))
    return end


def _take_newsroom(line: str, at: int, out: bool, labels: Labels) -> int | None:  # noqa: FBT001
    found = _VALUE.match(line, at)
    if found is None:
        return None
    start = found.start("word" if found["quoted"] is None else "quoted")
    names = list(_NAMES.finditer(_text(found)))
    labels.newsrooms += [Asked(name[0], out, start + name.start()) for name in names]
    return found.end() if names else None


def _take_kind(line: str, at: int, out: bool, labels: Labels) -> int | None:  # noqa: FBT001
    return _take_some(line, at, labels.kinds[out], _KINDS)


def _take_language(line: str, at: int, out: bool, labels: Labels) -> int | None:  # noqa: FBT001
    return _take_some(line, at, labels.languages[out], _LANGUAGES)


def _take_some(line: str, at: int, into: set[T], known: Candidates[T]) -> int | None:
    """What one word, two words or a list with commas mean; None where any of it means nothing."""
    for pattern in (_TWO_WORDS, _VALUE):
        found = pattern.match(line, at)
        parts = [part.strip() for part in _text(found).split(",") if part.strip()] if found else []
        meant = [_meant(part, known, exactly=pattern is _TWO_WORDS) for part in parts]
        if found and meant and all(meant):
            into.update(item for items in meant for item in items)
            return found.end()
    return None


def _meant(words: str, known: Candidates[T], *, exactly: bool) -> tuple[T, ...]:
    if exactly:
        return tuple(item for item, names in known if fold(" ".join(words.split())) in names)
    match nearest(words, known):
        case Exact(item):
            return (item,)
        case Several(items):
            return items
        case Nothing():
            return ()


def _text(found: re.Match[str] | None) -> str:
    if found is None:
        return ""
    return (found["quoted"] or found["word"] or "") if found.re is _VALUE else found[0]


def _take_date(end: str) -> _Take:
    def take(line: str, at: int, out: bool, labels: Labels) -> int | None:  # noqa: FBT001
        quoted = _VALUE.match(line, at)
        inside = quoted is not None and quoted["quoted"] is not None
        found = named(line, at + inside, labels.today)
        if out or not found or (quoted and inside and found[1] < quoted.end("quoted")):
            return None
        labels.first = found[0] if end != "to" else labels.first
        labels.last = found[0] if end != "from" else labels.last
        return quoted.end() if quoted and inside else found[1]

    return take


_TAKE: dict[str, _Take] = {
    label: take
    for take, names in (
        (_take_newsroom, "newsroom nyhedsrum"),
        (_take_kind, "kind type slags"),
        (_take_language, "lang language sprog"),
        (_take_date("from"), "from fra since siden"),
        (_take_date("to"), "to til until indtil"),
        (_take_date("on"), "on den dato date"),
    )
    for label in names.split()
}
