"""Times to come, as people say them: `fredag`, `1. december`, `næste uge`, `24/12 kl. 9`, `17:30`. Pure.

`bot.text.dates` reads dates of the past, since releases are; here the same words mean the next such day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.text.dates import named
from bot.text.days import Days

MORNING = time(7)
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_NEXT = re.compile(r"(?:(?:i )?næste|naeste|next)\s+(?:(?P<week>uge|week)|(?P<month>måned|maaned|month))(?!\w)", re.IGNORECASE)
_LEAD = re.compile(r"(?:på|paa|on|den|d\.|next|næste|naeste|førstkommende)\s+", re.IGNORECASE)
_NEAR = re.compile(
    r"(?:(?P<today>i ?dag|today)|(?P<tomorrow>i ?morgen|tomorrow)|i ?overmorgen|the day after tomorrow)(?!\w)", re.IGNORECASE
)
_NUMBERED = re.compile(r"(?:uge|week)\s+(?P<number>\d{1,2})(?!\w)", re.IGNORECASE)
_AT = r"(?:kl\.?|klokken|at)\s*"
_CLOCK = re.compile(
    rf"\s*(?:{_AT})?(?P<hour>\d{{1,2}})[.:](?P<minute>\d{{2}})(?![\w.])|\s*{_AT}(?P<full>\d{{1,2}})(?!\w)", re.IGNORECASE
)


def read_until(text: str, now: datetime, zone: tzinfo) -> tuple[datetime, str] | None:
    """The time to come that the text begins with, aware UTC, and what follows it; None where it begins with none.

    A day alone means its morning. A time of day alone is the next of that.
    """
    local = now.astimezone(zone)
    found = _day(text, local.date())
    day, end = found or (None, 0)
    clock = _clock(text, end)
    if clock is None and day is None:
        return None
    at, end, midnight = clock or (MORNING, end, False)
    moment = datetime.combine((day or local.date()) + midnight * _DAY, at, zone)
    if day is None and moment <= local:
        moment = datetime.combine(local.date() + _DAY, at, zone)
    return moment.astimezone(UTC), text[end:].strip()


def _clock(text: str, at: int) -> tuple[time, int, bool] | None:
    """A time of day, where it ends, and whether it is the midnight with which the day ends."""
    found = _CLOCK.match(text, at)
    if not found:
        return None
    hour, minute = int(found["hour"] or found["full"]), int(found["minute"] or 0)
    if (hour, minute) == (24, 0):
        return time(), found.end(), True
    return (time(hour, minute), found.end(), False) if hour < 24 and minute < 60 else None


def _day(text: str, today: date) -> tuple[date, int] | None:
    if found := _NEAR.match(text):
        return today + (0 if found["today"] else 1 if found["tomorrow"] else 2) * _DAY, found.end()
    if found := _NEXT.match(text):
        return _next_week(today) if found["week"] else _next_month(today), found.end()
    if (found := _NUMBERED.match(text)) and (week := _week(int(found["number"]), today)):
        return week, found.end()
    lead = _LEAD.match(text)
    known = named(text, lead.end() if lead else 0, today)
    return (_to_come(known[0], today), known[1]) if known else None


def _week(number: int, today: date) -> date | None:
    """The Monday of the next week of this number."""
    for year in (today.year, today.year + 1):
        try:
            monday = date.fromisocalendar(year, number, 1)
        except ValueError:
            continue
        if monday > today:
            return monday
    return None


def _next_week(today: date) -> date:
    return today + (7 - today.weekday()) * _DAY


def _next_month(today: date) -> date:
    return (today.replace(day=1) + 32 * _DAY).replace(day=1)


def _to_come(days: Days, today: date) -> date:
    """The next day that goes by the same name as one of the past; where a year was said, that day."""
    first = days.first
    if first > today or days.earlier is None:
        return first
    if first - days.earlier <= _WEEK:
        return first + _WEEK
    # 29 February comes again within eight years.
    years = (year for year in range(first.year + 1, first.year + 9) if first.day < 29 or _exists(year, first))
    return next(day for year in years if (day := first.replace(year=year)) > today)


def _exists(year: int, day: date) -> bool:
    try:
        day.replace(year=year)
    except ValueError:
        return False
    return True
