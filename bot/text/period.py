"""Which time a line asks for: dates with the words about them, `siden mandag`, `fra 1. til 5. oktober`, `before May`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.text.dates import named
from bot.text.days import ONE, Days

_SINCE = re.compile(r"(?:siden|since|fra|from)\s+", re.IGNORECASE)
_AFTER = re.compile(r"(?:efter|after)\s+", re.IGNORECASE)
_BEFORE = re.compile(r"(?:før|foer|inden|before)\s+", re.IGNORECASE)
_UNTIL = re.compile(r"(?:indtil|til og med|until|till)\s+", re.IGNORECASE)
_WITHIN = re.compile(r"(?:i|in|during|on|den|d\.)\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"(?:mellem|between)\s+", re.IGNORECASE)
_TO = re.compile(r"\s*(?:-|–|til|to|until|till)\s+", re.IGNORECASE)
_AND = re.compile(r"\s*(?:-|–|til|to|og|and)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Period:
    """What a text says at one place, as days from `first` to before `after` (None: open), and the character where it ends."""

    first: date | None
    after: date | None
    end: int


def read(text: str, at: int, today: date) -> Period | None:
    """The time that is asked for at this place of running text, or None where words stand there."""
    period = _bounded(text, at, today) or _within(text, at, today)
    if period is None:
        return None
    begins = period.first or (period.after and period.after - ONE)
    return period if begins and begins <= today else None


def _bounded(text: str, at: int, today: date) -> Period | None:
    for word in (_SINCE, _BETWEEN, _AFTER, _BEFORE, _UNTIL):
        found = word.match(text, at)
        one = found and named(text, found.end(), today)
        if one:
            return _bound(word, one, text, today)
    return None


def _bound(word: re.Pattern[str], one: tuple[Days, int], text: str, today: date) -> Period | None:
    days, end = one
    if word in (_SINCE, _BETWEEN):
        if days.both:
            return Period(days.first, days.after, end)
        link = _AND.match(text, end)
        other = link and named(text, link.end(), today)
        if other:
            return Period(*between(days, other[0]), other[1])
        return Period(days.since or days.first, None, end) if word is _SINCE else None
    if word is _AFTER:
        return Period(days.after, None, end)
    return Period(None, days.first if word is _BEFORE else days.after, end)


def _within(text: str, at: int, today: date) -> Period | None:
    one = named(text, at, today, sure=True)
    found = _WITHIN.match(text, at)
    # `i 3/10 af tilfældene` is no day; `den 3/10` is.
    figures = found and "/" in text[found.end() : found.end() + 3] and not found[0].lower().startswith("d")
    weak = named(text, found.end(), today) if found and not figures else None
    best = max(filter(None, (one, weak)), key=lambda days: days[1], default=None)
    return _stretch(text, best or named(text, at, today), today) or (
        Period(best[0].first, best[0].after, best[1]) if best else None
    )


def _stretch(text: str, one: tuple[Days, int] | None, today: date) -> Period | None:
    """From one date to another, with no word before them: `1. oktober til 5. oktober`. The other must be one wherever it stands."""
    link = one and not one[0].both and _TO.match(text, one[1])
    other = link and named(text, link.end(), today, sure=True)
    return Period(*between(one[0], other[0]), other[1]) if one and other else None


def between(one: Days, other: Days) -> tuple[date, date]:
    """From the one to the other, both included.

    Where they come the wrong way round, the first is the last one before that goes by the same name (`fra december til januar`,
    `fra mandag til fredag`, `fra oktober til november 2023`), else they change places.
    """
    first = one.named_before(other.after) if one.first >= other.after else None
    return (first, other.after) if first else (min(one.first, other.first), max(one.after, other.after))
