"""When something is told: at once, at a digest, or when quiet hours end; whatever the clocks do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.alerts.when import Hours, held_until, hours_of, moment_of
from bot.domain.options import AS_USUAL, Frequency, QuietHours

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
NIGHT = QuietHours(time(22), time(6, 30))
HOURS = hours_of(AS_USUAL, COPENHAGEN)
QUIET = replace(HOURS, quiet=NIGHT)
WEEKENDS = replace(HOURS, quiet=QuietHours(time(0), time(0), weekends=True))


def at(text: str, zone: ZoneInfo = COPENHAGEN) -> datetime:
    """A wall-clock time as an aware moment."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


# 20 November 2026 is a Friday.
@pytest.mark.parametrize(
    ("hours", "frequency", "now", "told"),
    [
        (HOURS, Frequency.AT_ONCE, "2026-11-20T03:00", None),
        (QUIET, Frequency.AT_ONCE, "2026-11-20T12:00", None),
        (QUIET, Frequency.AT_ONCE, "2026-11-20T21:59:59", None),
        (QUIET, Frequency.AT_ONCE, "2026-11-20T22:00", "2026-11-21T06:30"),
        (QUIET, Frequency.AT_ONCE, "2026-11-21T06:29", "2026-11-21T06:30"),
        (QUIET, Frequency.AT_ONCE, "2026-11-21T06:30", None),
        (replace(QUIET, quiet=replace(NIGHT, weekends=True)), Frequency.AT_ONCE, "2026-11-20T23:00", "2026-11-23T06:30"),
        (replace(QUIET, quiet=replace(NIGHT, weekends=True)), Frequency.AT_ONCE, "2026-11-22T12:00", "2026-11-23T06:30"),
        (WEEKENDS, Frequency.AT_ONCE, "2026-11-20T23:59", None),
        (WEEKENDS, Frequency.AT_ONCE, "2026-11-21T00:00", "2026-11-23T08:00"),
        (WEEKENDS, Frequency.AT_ONCE, "2026-11-23T00:00", None),
        (HOURS, Frequency.HOURLY, "2026-11-20T12:00", "2026-11-20T13:00"),
        (HOURS, Frequency.HOURLY, "2026-11-20T12:59:59", "2026-11-20T13:00"),
        (QUIET, Frequency.HOURLY, "2026-11-20T21:30", "2026-11-21T06:30"),
        (HOURS, Frequency.DAILY, "2026-11-20T07:59", "2026-11-20T08:00"),
        (HOURS, Frequency.DAILY, "2026-11-20T08:00", "2026-11-21T08:00"),
        (replace(QUIET, at=time(5)), Frequency.DAILY, "2026-11-20T12:00", "2026-11-21T06:30"),
        (replace(QUIET, at=time(5)), Frequency.DAILY, "2026-11-20T05:30", "2026-11-20T06:30"),
        (WEEKENDS, Frequency.DAILY, "2026-11-20T09:00", "2026-11-23T08:00"),
        (HOURS, Frequency.WEEKLY, "2026-11-20T12:00", "2026-11-23T08:00"),
        (HOURS, Frequency.WEEKLY, "2026-11-23T08:00", "2026-11-30T08:00"),
        (replace(WEEKENDS, on=5), Frequency.WEEKLY, "2026-11-21T09:00", "2026-11-23T08:00"),
    ],
)
def test_when(hours: Hours, frequency: Frequency, now: str, told: str | None) -> None:
    """What comes out at a time of day is told at another, or at once."""
    assert held_until(at(now), hours, frequency) == (at(told) if told else None)
    assert held_until(at(now), hours, frequency, urgent=True) is None


@pytest.mark.parametrize(
    ("night", "told"),
    [
        ("2026-03-29", "2026-03-29T01:00+00:00"),  # 02:30 is skipped: when the clocks show 03:00
        ("2026-10-25", "2026-10-25T00:30+00:00"),  # 02:30 comes twice: the first
        ("2026-11-20", "2026-11-20T01:30+00:00"),
    ],
)
def test_a_digest_in_the_night_of_another_time_comes_once(night: str, told: str) -> None:
    """Whoever is told every day at 02:30 is told once on each night, and the nights around it once too."""
    hours = replace(HOURS, at=time(2, 30))
    start = at(f"{night}T00:00") - timedelta(days=2)
    minutes = [start + timedelta(minutes=n) for n in range(5 * 24 * 60)]
    moments = sorted({moment for now in minutes if (moment := held_until(now, hours, Frequency.DAILY))})
    assert datetime.fromisoformat(told) in moments
    days = [moment.astimezone(COPENHAGEN).date() for moment in moments]
    assert len(days) == len(set(days))
    assert [after - before for before, after in pairwise(days)] == [timedelta(days=1)] * (len(days) - 1)


@pytest.mark.parametrize(("day", "told"), [("2026-03-29", "T06:00"), ("2026-10-25", "T07:00"), ("2026-11-22", "T07:00")])
def test_a_weekly_digest_on_the_day_of_another_time_comes_once_at_its_time(day: str, told: str) -> None:
    """At eight by the clock on that Sunday, a week after the one before and a week before the next."""
    hours = replace(HOURS, on=6)
    start = at(f"{day}T00:00") - timedelta(days=8)
    times = [start + timedelta(minutes=10 * n) for n in range(15 * 24 * 6)]
    moments = sorted({moment for now in times if (moment := held_until(now, hours, Frequency.WEEKLY))})
    assert [moment.astimezone(COPENHAGEN).time() for moment in moments] == [time(8)] * len(moments)
    assert datetime.fromisoformat(f"{day}{told}+00:00") in moments
    days = [moment.astimezone(COPENHAGEN).date() for moment in moments]
    assert [after - before for before, after in pairwise(days)] == [timedelta(days=7)] * (len(days) - 1)


@pytest.mark.parametrize(
    ("held", "told"),
    [
        ("2026-03-28T12:00", "2026-03-30T06:00"),  # the clocks are put forward within the weekend
        ("2026-10-24T12:00", "2026-10-26T07:00"),  # put back
        ("2026-04-05T12:00", "2026-04-06T06:00"),  # a Monday of Easter is a Monday
    ],
)
def test_what_a_weekend_holds_is_told_on_monday_morning_by_the_clock_of_monday(held: str, told: str) -> None:
    """Once, whatever the clocks did in between."""
    expected = datetime.fromisoformat(f"{told}+00:00")
    for frequency in (Frequency.AT_ONCE, Frequency.DAILY):
        assert held_until(at(held), WEEKENDS, frequency) == expected


def test_what_a_weekend_holds_comes_in_the_morning_though_digests_come_later() -> None:
    """At eight, before what Monday brings at once; a digest that is due on the weekend still waits for its own time on Monday."""
    afternoons = replace(WEEKENDS, at=time(16))
    saturday = at("2026-11-21T12:00")
    assert held_until(saturday, afternoons, Frequency.AT_ONCE) == datetime(2026, 11, 23, 7, tzinfo=UTC)
    assert held_until(saturday, afternoons, Frequency.DAILY) == datetime(2026, 11, 23, 15, tzinfo=UTC)
    assert held_until(at("2026-11-23T06:00"), afternoons, Frequency.AT_ONCE) is None


def test_quiet_hours_end_when_the_second_hour_does() -> None:
    """Quiet until 02:30 in the night that has it twice: until the second. Skipped: until the clocks are put forward."""
    hours = replace(HOURS, quiet=QuietHours(time(22), time(2, 30)))
    twice, skipped = datetime(2026, 10, 25, 0, 45, tzinfo=UTC), datetime(2026, 3, 29, 0, 45, tzinfo=UTC)
    assert held_until(twice, hours, Frequency.AT_ONCE) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert held_until(skipped, hours, Frequency.AT_ONCE) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_full_hours_are_those_of_the_clocks_there() -> None:
    """In a zone of half an hour, an hourly digest comes when its own clocks strike."""
    told = held_until(
        at("2026-11-20T12:10", ZoneInfo("Asia/Kolkata")), hours_of(AS_USUAL, ZoneInfo("Asia/Kolkata")), Frequency.HOURLY
    )
    assert told == datetime(2026, 11, 20, 7, 30, tzinfo=UTC)


_ZONES = st.sampled_from(["Europe/Copenhagen", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Africa/Cairo", "UTC"])
_TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 59]))
_HOURS = st.builds(
    Hours, _ZONES.map(ZoneInfo), st.none() | st.builds(QuietHours, _TIMES, _TIMES, st.booleans()), _TIMES, st.integers(0, 6)
)
_MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_CLOCKS = st.sampled_from([datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)])
_NEAR_CHANGES = st.builds(lambda day, minutes: day + timedelta(minutes=minutes), _CLOCKS, st.integers(-2000, 2000))


def is_quiet(moment: datetime, hours: Hours) -> bool:
    """By the wall clock alone; told apart where it shows a time twice."""
    if hours.quiet is None:
        return False
    local, quiet = moment.astimezone(hours.zone), hours.quiet
    if quiet.weekends and local.weekday() >= 5:
        return True
    clock = local.time()
    if quiet.start <= quiet.end:
        return quiet.start <= clock < quiet.end
    return clock >= quiet.start or clock < quiet.end


@given(_NEAR_CHANGES | _MOMENTS, _HOURS, st.sampled_from(Frequency))
@example(at("2026-11-21T09:00"), replace(WEEKENDS, on=5, quiet=replace(NIGHT, weekends=True)), Frequency.WEEKLY)
def test_what_is_held_is_told_soon_and_never_in_quiet_hours(now: datetime, hours: Hours, frequency: Frequency) -> None:
    """Never in the past, never more than eight days ahead, never within quiet hours; and at once only where nothing holds it."""
    told = held_until(now, hours, frequency)
    if told is None:
        assert frequency is Frequency.AT_ONCE
        assert not is_quiet(now, hours)
    else:
        assert now < told <= now + timedelta(days=8)
        assert not is_quiet(told, hours)


@given(_NEAR_CHANGES | _MOMENTS, _HOURS, st.sampled_from(Frequency), st.integers(0, 400))
def test_who_waits_longer_is_told_no_earlier(now: datetime, hours: Hours, frequency: Frequency, minutes: int) -> None:
    """What comes out later is told later or together with it: the order of releases holds.

    But where the weekend alone is quiet: what it held waits for Monday's morning, and what comes out that night does not.
    """
    assume(not (hours.quiet and hours.quiet.weekends and hours.quiet.start <= hours.quiet.end))
    first = held_until(now, hours, frequency) or now
    later = now + timedelta(minutes=minutes)
    assert first <= (held_until(later, hours, frequency) or later)


@given(st.dates(datetime(2024, 1, 1).date(), datetime(2030, 1, 1).date()), _TIMES, _ZONES.map(ZoneInfo))  # noqa: DTZ001
def test_a_time_of_day_is_a_moment_that_its_clocks_show(day: object, clock: time, zone: ZoneInfo) -> None:
    """Shown exactly; where it is skipped, the first minute after it that is not."""
    local = moment_of(day, clock, zone).astimezone(zone)  # type: ignore[arg-type]
    before = (local.astimezone(UTC) - timedelta(minutes=1)).astimezone(zone)
    assert local.time() == clock or before.time() < clock < local.time() or before.date() < local.date()
