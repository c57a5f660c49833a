"""When something is told: at once, or held back until its time comes. Pure.

Times of day are those of the destination's own clocks. A time that the clocks skip is the moment at which they were put forward;
of one that comes twice, a digest goes by the first and quiet hours end with the second. So a digest is one moment of each day,
whatever the clocks do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.options import AS_USUAL, DestinationOptions, Frequency, QuietHours

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_SATURDAY, _SUNDAY = 5, 6
_NOON = time(12)
_BEFORE, _AFTER = 9, 9
"""Days around today that are looked at: a weekly digest, and the longest stretch of quiet days before and after it."""
_EXACT = timedelta(seconds=1)

_Stretch = tuple[datetime, datetime, datetime]
"""From when, until before when, and when what was held meanwhile is told."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When a destination is told, by its own clocks; `at` and `on` are the digest's time and weekday, Monday 0."""

    zone: tzinfo
    quiet: QuietHours | None
    at: time
    on: int


@lru_cache(maxsize=512)
def zone_of(name: str) -> tzinfo:
    """The zone of this name; UTC where the machine does not know it (any longer): a name must not cost an alert."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def hours_of(options: DestinationOptions, zone: tzinfo) -> Hours:
    """A destination's hours."""
    return Hours(zone, options.quiet, options.digest_at, options.digest_on)


@lru_cache(maxsize=4096)  # a fan-out asks the same for thousands
def held_until(now: datetime, hours: Hours, frequency: Frequency, *, urgent: bool = False) -> datetime | None:
    """Until when what comes out now is held back, aware UTC; None: it is told at once.

    What is urgent is never held. A digest whose time falls into quiet hours is told when they end.
    """
    if urgent:
        return None
    if frequency is Frequency.AT_ONCE:
        # What comes at once on Monday must not come before what the weekend held, so that waits for no digest of the afternoon.
        rested = _rested(now, hours if hours.at <= _NOON else replace(hours, at=AS_USUAL.digest_at))
        return None if rested == now else rested
    told = (_rested(moment, hours) for moment in _moments(now, hours, frequency))
    return next(moment for moment in told if moment > now)


def _rested(moment: datetime, hours: Hours) -> datetime:
    """The moment, or the end of the quiet hours that it falls into, and of those that follow on them."""
    quiet = hours.quiet
    if quiet is None:
        return moment
    for start, end, told in _stretches(moment, hours, quiet):
        if start <= moment < end:
            moment = told
    return moment


def _stretches(moment: datetime, hours: Hours, quiet: QuietHours) -> list[_Stretch]:
    """The quiet hours around a moment, by their beginnings."""
    days = list(_days(moment.astimezone(hours.zone).date(), 2, _AFTER))
    found = [_night(day, quiet, hours.zone) for day in days if quiet.start != quiet.end]
    if quiet.weekends:
        found += [_weekend(day, hours, quiet) for day in days if day.weekday() in (_SATURDAY, _SUNDAY)]
    return sorted(found)


def _night(day: date, quiet: QuietHours, zone: tzinfo) -> _Stretch:
    last = day if quiet.start < quiet.end else day + _DAY
    end = moment_of(last, quiet.end, zone, fold=1)
    return moment_of(day, quiet.start, zone), end, end


def _weekend(day: date, hours: Hours, quiet: QuietHours) -> _Stretch:
    """A whole day. What it held is told at Monday's time for digests where no night goes on until the morning: not at midnight."""
    end = moment_of(day + _DAY, time(), hours.zone)
    at_midnight = day.weekday() == _SUNDAY and quiet.start <= quiet.end
    return moment_of(day, time(), hours.zone), end, moment_of(day + _DAY, hours.at, hours.zone) if at_midnight else end


def _moments(now: datetime, hours: Hours, frequency: Frequency) -> Iterator[datetime]:
    """When such digests are told, from some time ago on: one whose time lay within quiet hours may be yet to come."""
    if frequency is Frequency.HOURLY:
        # By the clock's own hours, which in some zones begin at half past ours.
        local = now.astimezone(hours.zone)
        full = now - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        yield from (full + n * _HOUR for n in (1, 2))
        return
    for day in _days(now.astimezone(hours.zone).date(), _BEFORE, _AFTER):
        if frequency is Frequency.DAILY or day.weekday() == hours.on:
            yield moment_of(day, hours.at, hours.zone)


def _days(today: date, before: int, after: int) -> Iterable[date]:
    return (today + n * _DAY for n in range(-before, after + 1))


def moment_of(day: date, at: time, zone: tzinfo, *, fold: int = 0) -> datetime:
    """When clocks of the zone show this time on this day, aware UTC; `fold` 1: for the second time, where they show it twice."""
    local = datetime.combine(day, at, zone).replace(fold=fold)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    before, after = (local.replace(fold=which).astimezone(UTC) for which in (1, 0))
    offset = before.astimezone(zone).utcoffset()
    while after - before > _EXACT:
        middle = before + (after - before) / 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after.replace(microsecond=0)
