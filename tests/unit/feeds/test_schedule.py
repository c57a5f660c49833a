"""When a feed is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.schedule import LONGEST_BACK_OFF, next_poll, next_try

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def at(time: str) -> datetime:
    """A time of one day, UTC."""
    return datetime.fromisoformat(f"2026-11-20T{time}+00:00")


@pytest.mark.parametrize(
    ("now", "interval", "chance", "then"),
    [
        ("10:03:00", MINUTE, 0.0, "10:04:00"),  # no chance, no jitter: an interval on
        ("10:03:00", MINUTE, 0.5, "10:03:57"),  # half of a tenth of a minute sooner
        ("10:14:30", MINUTE, 0.0, "10:15:02"),  # the quarter comes before 10:15:30: two seconds after it
        ("10:14:30", MINUTE, 0.5, "10:15:06"),  # the feeds spread over the eight seconds after that
        ("10:15:01", HOUR, 0.0, "10:15:02"),  # the look after this quarter is still to come
        ("10:15:02", HOUR, 0.0, "10:30:02"),  # it was just now
        ("10:15:02", MINUTE, 0.0, "10:16:02"),
        ("10:00:00", 15 * MINUTE, 0.0, "10:00:02"),
        ("10:59:58", timedelta(seconds=1), 0.0, "10:59:59"),  # whoever looks every second needs no quarters
    ],
)
def test_an_interval_on_or_just_after_the_quarter(now: str, interval: timedelta, chance: float, then: str) -> None:
    """The sooner of the two."""
    assert next_poll(at(now), interval, chance) == at(then)


def test_the_last_quarter_of_a_day_is_the_next_days_first() -> None:
    """23:59:30 with an hour to go: 00:00:02 comes first."""
    assert next_poll(at("23:59:30"), HOUR, 0.0) == at("00:00:02") + timedelta(days=1)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.integers(1, 86400),
    st.floats(0, 1, exclude_max=True),
)
def test_the_next_poll_is_ahead_and_within_the_interval(now: datetime, seconds: int, chance: float) -> None:
    """Never now or earlier, which would spin; never later than an interval on, and never later than the next quarter's look."""
    interval = timedelta(seconds=seconds)
    then = next_poll(now, interval, chance)
    assert now < then <= now + interval
    assert then - now <= timedelta(minutes=15, seconds=10)


@pytest.mark.parametrize(
    ("failures", "pause"),
    [(1, MINUTE), (2, 2 * MINUTE), (3, 4 * MINUTE), (6, 32 * MINUTE), (7, HOUR), (1000, HOUR)],
)
def test_pauses_double_up_to_an_hour(failures: int, pause: timedelta) -> None:
    """A minute, two, four; the jitter's middle is no jitter."""
    assert next_try(at("10:00:00"), MINUTE, failures, 0.5) == at("10:00:00") + pause


def test_an_interval_above_an_hour_is_its_own_longest_pause() -> None:
    """Whoever looks every six hours does not look more often because it failed."""
    assert next_try(at("10:00:00"), 6 * HOUR, 9, 0.5) == at("16:00:00")


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 20))
def test_the_jitter_is_a_tenth(chance: float, failures: int) -> None:
    """Feeds of one host that failed together do not come back together."""
    pause = min(MINUTE * 2 ** (failures - 1), LONGEST_BACK_OFF)
    then = next_try(at("10:00:00"), MINUTE, failures, chance)
    assert pause * 0.9 <= then - at("10:00:00") <= pause * 1.1


@pytest.mark.parametrize(("wish", "pause"), [(timedelta(0), MINUTE), (30 * MINUTE, 30 * MINUTE), (24 * HOUR, 24 * HOUR)])
def test_never_before_the_servers_own_wish(wish: timedelta, pause: timedelta) -> None:
    """Retry-After may lengthen the pause, and never shortens it."""
    assert next_try(at("10:00:00"), MINUTE, 1, 0.5, wish) == at("10:00:00") + pause
