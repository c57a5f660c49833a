"""What somebody asks the archive in one line: words, and what the releases are kept to. Whatever is typed means something.

    sanktioner sidste uge                       dates among the words, by the rules of `bot.text.dates`
    sanktioner from:13/10 to:fredag             fra: til: siden: den: on: ..., whose values may be any date
    budget kind:nyhed -newsroom:um lang:en      kinds, newsrooms and languages, or (with a minus) all but these
    "sidste uge"                                words: what is quoted is never a date

Where a `from:`, `to:` or `on:` stands, dates among the words are words. A label whose value means nothing is a word with a colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo

from bot.domain.release import Kind
from bot.text import period
from bot.text.labels import Asked, Labels, Span, read_labels
from bot.text.period import Period

_LONGEST = 1000
_WORD_START = re.compile(r"(?<!\S)(?=\w)")


@dataclass(frozen=True, slots=True)
class Request:
    """A question to the archive, read.

    `line` is what was typed, `words` what of it is left for `bot.text.query.parse`. Of kinds and languages (codes) any will do, and
    those `_out` must not be. `newsrooms` are words for them, for the caller to find out what they mean. Times are aware UTC, from
    `since` to before `until`.
    `read_as_date`: the words, if any, that were read as a date though they had no label; `undated` is the line without them, and
    `as_words` the line with them in quotes.
    """

    line: str = ""
    words: str = ""
    newsrooms: tuple[Asked, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    kinds_out: frozenset[Kind] = frozenset()
    languages: frozenset[str] = frozenset()
    languages_out: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    read_as_date: str = ""
    undated: str = ""
    as_words: str = ""

    @property
    def narrows(self) -> bool:
        """Whether anything but words was asked."""
        filters = self.newsrooms, self.kinds, self.kinds_out, self.languages, self.languages_out, self.since, self.until
        return any(filters)


def understand(line: str, now: datetime, zone: tzinfo) -> Request:
    """The request that a line is, at this moment in the reader's time zone."""
    line = line[:_LONGEST]
    labels, running = read_labels(line, now.astimezone(zone).date())
    labelled = _labelled_period(labels)
    free = None if labelled else _free_period(running, labels.today)
    said = Request(
        line=line,
        words=_without(line, [*labels.places, *([free[0]] if free else [])]),
        newsrooms=tuple(dict.fromkeys(labels.newsrooms)),
        kinds=frozenset(labels.kinds[False]),
        kinds_out=frozenset(labels.kinds[True]),
        languages=frozenset(labels.languages[False]),
        languages_out=frozenset(labels.languages[True]),
    )
    if free:
        (start, end), asked = free
        date_words = line[start:end]
        said = replace(
            said,
            read_as_date=date_words,
            undated=_without(line, [(start, end)]),
            as_words=f'{line[:start]}"{date_words}"{line[end:]}',
        )
        return _within(said, asked.first, asked.after, zone)
    return _within(said, *labelled, zone) if labelled else said


def _within(said: Request, first: date | None, after: date | None, zone: tzinfo) -> Request:
    return replace(said, since=_midnight(first, zone), until=_midnight(after, zone))


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC) if day else None


def _without(line: str, places: Iterable[Span]) -> str:
    for start, end in sorted(places, reverse=True):
        line = f"{line[:start]} {line[end:]}"
    return " ".join(line.split())


# Dates --------------------------------------------------------------------------------------------------------------------


def _labelled_period(labels: Labels) -> tuple[date | None, date | None] | None:
    first, last = labels.first, labels.last
    if first and last and first is not last:
        return period.between(first, last)
    if first and last:
        return first.first, last.after
    if first:
        return first.since or first.first, None
    return (None, last.after) if last else None


def _free_period(running: str, today: date) -> tuple[Span, Period] | None:
    """The first time that the running text asks for, and where it does; what else looks like one is words."""
    for word in _WORD_START.finditer(running):
        found = period.read(running, word.start(), today)
        if found:
            return (word.start(), found.end), found
    return None
