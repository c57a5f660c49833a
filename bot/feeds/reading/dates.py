"""When a release was published, from whatever its newsroom prints.

Read here rather than by the feed library, which takes `CEST` for UTC and knows few languages. Nothing here raises.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from bot.domain.release import DateNote
from bot.feeds.reading.kinds import kind_of

FUTURE = timedelta(hours=1)
"""How far ahead of `now` a date may lie and still be believed: clocks differ."""
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FURTHEST_ZONE = timedelta(hours=14)
LONGEST = 200

DECEMBER = 12
MIDNIGHT_AFTER = 24
"""The hour that ends a day."""

_HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "mez": 1, "cest": 2, "mesz": 2, "eet": 2,
    "eest": 3, "msk": 3, "ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7, "akst": -9, "akdt": -8, "hst": -10, "jst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
_MONTH_WORDS = (
    "jan january januar januari tammikuu tammikuuta janv janvier",
    "feb february februar februari helmikuu helmikuuta febr févr février",
    "mar march marts mars mars märz maerz mrz mär maaliskuu maaliskuuta",
    "apr april huhtikuu huhtikuuta avril avr",
    "may maj mai toukokuu toukokuuta",
    "jun june juni kesäkuu kesäkuuta juin",
    "jul july juli heinäkuu heinäkuuta juillet",
    "aug august augusti elokuu elokuuta août",
    "sep sept september syyskuu syyskuuta septembre",
    "oct october okt oktober lokakuu lokakuuta octobre",
    "nov november marraskuu marraskuuta novembre",
    "dec december dez dezember des desember joulukuu joulukuuta déc décembre",
)
_MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\s*(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,12})?)?)?\s*"
    r"([a-z]{1,4}|(?:gmt|utc)?[+-]\d{2}:?\d{0,2})?",
    re.ASCII | re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?)?(z|[+-]\d{2}:?\d{2})?", re.ASCII | re.IGNORECASE)
_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4})(?!\d)", re.ASCII)
_CLOCK = re.compile(
    r"(?<!\d)(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d{1,9})?(?!\d)\s*([ap])?(?(4)\.?m\b\.?)", re.ASCII | re.IGNORECASE
)
_BARE_HOUR = re.compile(r"(?<![\d:.])(\d{1,2})\s?([ap])\.?m\b", re.ASCII | re.IGNORECASE)
_OFFSET = re.compile(r"(?<![\d-])(?:gmt|utc)?\s?([+-])(\d{1,2}):?(\d{2})?(?!\d)", re.ASCII | re.IGNORECASE)
_ZONE_WORD = re.compile(r"\b([A-Z]{2,4}|Z|UTC)\b")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"(?<![+\d])\d{1,4}(?!\d)", re.ASCII)
_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{2}", re.ASCII)
_STAMP = re.compile(r"\d{9,10}|\d{12,13}", re.ASCII)
_MILLISECONDS = re.compile(r"\d{12,13}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Dated:
    """A publication time as aware UTC, or None with the reason; `kind_word` is the kind printed beside it, or ''."""

    at: datetime | None
    note: DateNote | None = None
    kind_word: str = ""


def published(printed: Sequence[str], *, now: datetime, zone: tzinfo = UTC, last_resort: datetime | None = None) -> Dated:
    """The first of `printed` that can be read and believed.

    Not believed are times more than `FUTURE` ahead of `now` and times before 1990. `last_resort` is used when none can be read.
    """
    given = [text for text in printed if text.strip()]
    note = DateNote.UNREADABLE if given else DateNote.MISSING
    word = ""
    for text in given:
        at, kind_word = read_date(text, zone=zone)
        word = word or kind_word
        if at is None or at < EARLIEST:
            continue
        if at <= now + FUTURE:
            return Dated(at, None, word)
        note = DateNote.FUTURE
    if note is DateNote.UNREADABLE and last_resort is not None and last_resort >= EARLIEST:
        return Dated(last_resort, None, word) if last_resort <= now + FUTURE else Dated(None, DateNote.FUTURE, word)
    return Dated(None, note, word)


def read_date(text: str, *, zone: tzinfo = UTC) -> tuple[datetime | None, str]:
    """The moment (aware UTC, or None) and the kind word of a printed date such as `13.10.2025 11:50:04 CEST | Pressemeddelelse`.

    `zone` is the clock for dates that name none; a date without a time is its midnight.
    """
    first, *others = " ".join(text[:LONGEST].split()).split(" | ")
    word = next((other for other in reversed(others) if kind_of(other)), "")
    for read in (_read_words, _read_iso, _read_numbers, _read_stamp):
        try:
            if at := read(first, zone):
                return at.astimezone(UTC), word
        except (ValueError, OverflowError):
            continue
    return None, word


def month_named(word: str) -> int:
    """The number of the month that a word means in one of the languages we read, or 0."""
    return _MONTHS.get(word.casefold(), 0)


def _read_iso(text: str, zone: tzinfo) -> datetime | None:
    match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute, second, named = match.groups()
    clock = _offset(named) if named else zone
    if clock is None:
        return None
    return _moment(int(year), int(month), int(day), (hour, minute, second), clock)


def _read_numbers(text: str, zone: tzinfo) -> datetime | None:
    """Day first, as in all of Europe; with slashes only where that is certain, since Americans print those the other way."""
    match = _NUMBERS.search(text)
    if not match:
        return None
    day, month, year = int(match[1]), int(match[3]), int(match[4])
    if match[2] != "." and month > DECEMBER >= day:
        day, month = month, day
    elif match[2] != "." and day <= DECEMBER and day != month:
        return None
    rest = text[: match.start()] + " " + text[match.end() :]
    return _with_clock(year, month, day, rest, zone)


def _read_words(text: str, zone: tzinfo) -> datetime | None:
    """`Mon, 13 Oct 2025 09:50:04 GMT`, `Wednesday, February 13, 2013 - 10:55am`, `13. oktober 2025 kl. 11.50`."""
    month, rest = 0, text
    for word in _WORD.finditer(text):
        if number := _MONTHS.get(word[0].casefold()):
            month, rest = number, text[: word.start()] + "\x1f" + text[word.end() :]
            break
    if not month:
        return None
    rest = _BARE_HOUR.sub(r"\1:00 \2m", rest)
    clock = _CLOCK.search(rest)
    dates = rest[: clock.start()] if clock else rest
    tail = rest[clock.end() :] if clock else ""
    numbers = _NUMBER.findall(dates + " " + _OFFSET.sub(" ", tail))
    day = next((number for number in numbers if _DAY.fullmatch(number)), "")
    year = next((number for number in numbers if _YEAR.fullmatch(number)), "")
    if not year and len(numbers) > 1 and _SHORT_YEAR.fullmatch(numbers[-1]):
        year = ("20" if numbers[-1] < "70" else "19") + numbers[-1]
    if not day or not year:
        return None
    return _with_clock(int(year), month, int(day), rest[clock.start() :] if clock else "", zone)


def _read_stamp(text: str, _: tzinfo) -> datetime | None:
    """Seconds, or milliseconds, since 1970."""
    if not _STAMP.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text[:-3] if _MILLISECONDS.fullmatch(text) else text), UTC)


def _with_clock(year: int, month: int, day: int, rest: str, zone: tzinfo) -> datetime | None:
    clock = _CLOCK.search(rest)
    if not clock:
        return _moment(year, month, day, (None, None, None), zone)
    hour = int(clock[1])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4].lower() == "p" else 0)
    named = _named_zone(rest[clock.end() :], zone)
    return _moment(year, month, day, (str(hour), clock[2], clock[3]), named) if named else None


def _named_zone(rest: str, otherwise: tzinfo) -> tzinfo | None:
    """The zone named after a time, `otherwise` where none is, None where it is one that we do not know."""
    match = _OFFSET.search(rest) or _ZONE_WORD.search(rest)
    return _offset(match[0]) if match else otherwise


def _offset(named: str) -> tzinfo | None:
    name = named.strip().lower()
    if name in _HOURS:
        return timezone(timedelta(hours=_HOURS[name]))
    match = _OFFSET.search(name)
    if not match:
        return None
    ahead = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    if ahead > FURTHEST_ZONE:
        return None
    return timezone(ahead if match[1] == "+" else -ahead)


def _moment(year: int, month: int, day: int, clock: tuple[str | None, str | None, str | None], zone: tzinfo) -> datetime:
    hour, minute, second = (int(part or 0) for part in clock)
    midnight_after = hour == MIDNIGHT_AFTER and minute == second == 0
    at = datetime(year, month, day, 0 if midnight_after else hour, minute, min(second, 59), tzinfo=zone)
    return at + timedelta(days=1) if midnight_after else at
