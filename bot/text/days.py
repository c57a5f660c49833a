"""Stretches of whole days, and how to reckon with them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta

ONE = timedelta(days=1)
_YEARS = range(1900, 2200)
HOUR, DAY, WEEK, MONTH, QUARTER, YEAR = range(6)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days from `first` to before `after`. `since`: where "since" this begins if not at `first`.

    `earlier`: where the days began if they are the ones before that go by the same name (no year was said, or only a weekday).
    `both`: two ends were said, as in `1.-5. oktober`.
    """

    first: date
    after: date
    since: date | None = None
    earlier: date | None = None
    both: bool = False

    def named_before(self, day: date) -> date | None:
        """Where the last days before a day begin that go by the same name; None where these alone bear it."""
        if self.earlier is None:
            return None
        if self.first - self.earlier == 7 * ONE:
            return self.first - ((self.first - day).days // 7 + 1) * 7 * ONE
        for year in range(day.year, day.year - 9, -1):
            with suppress(ValueError):  # 29 February
                if (first := self.first.replace(year=year)) < day:
                    return first
        return None


def one_day(day: date) -> Days:
    """That day alone."""
    return Days(day, day + ONE)


def day_of(year: int | None, month: int, day: int, today: date = date.max) -> Days | None:
    """A day; without a year the last one that was not after today (29 February may lie eight years back)."""
    for each in [year] if year else range(today.year, today.year - 9, -1):
        try:
            found = date(each, month, day)
        except ValueError:
            continue
        if each in _YEARS and (year or found <= today):
            return replace(one_day(found), earlier=None if year else found - 365 * ONE)
    return None


def month_of(year: int, month: int) -> Days | None:
    """A month of a year, or None where the calendar has none of that number."""
    if not 1 <= month <= 12 or year not in _YEARS:
        return None
    return Days(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))


def quarter_of(year: int, quarter: int) -> Days:
    """A quarter, 1 to 4, of a year."""
    return Days(date(year, 3 * quarter - 2, 1), date(year + quarter // 4, 3 * quarter % 12 + 1, 1))


def back_to(weekday: int, day: date) -> date:
    """The last such weekday (Monday is 0) up to the day."""
    return day - (day.weekday() - weekday) % 7 * ONE


def unit_of(unit: int, day: date, turn: int) -> Days | None:
    """The calendar's week, month, quarter or year that holds the day, or (`turn` -1) the one before it."""
    if unit == DAY:
        return one_day(day + turn * ONE)
    if unit == WEEK:
        first = back_to(0, day) + 7 * turn * ONE
        return Days(first, first + 7 * ONE)
    if unit == MONTH:
        year, month = divmod(12 * day.year + day.month - 1 + turn, 12)
        return month_of(year, month + 1)
    if unit == QUARTER:
        year, quarter = divmod(4 * day.year + (day.month - 1) // 3 + turn, 4)
        return quarter_of(year, quarter + 1)
    return Days(date(day.year + turn, 1, 1), date(day.year + turn + 1, 1, 1)) if unit == YEAR else None


def before(day: date, count: int, unit: int) -> date | None:
    """So many units back; hours count as the days they reach into, and a month's last day is the last of a shorter one."""
    if unit in (HOUR, DAY, WEEK):
        return _no_earlier(day, -(-count // 24) if unit == HOUR else count * (7 if unit == WEEK else 1))
    year, month = divmod(12 * day.year + day.month - 1 - count * {MONTH: 1, QUARTER: 3, YEAR: 12}[unit], 12)
    days = month_of(year, month + 1)
    return min(days.first + (day.day - 1) * ONE, days.after - ONE) if days else None


def _no_earlier(day: date, days: int) -> date | None:
    return day - days * ONE if days <= (day - date(_YEARS[0], 1, 1)).days else None
