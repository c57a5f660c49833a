"""When a document is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.archive.looks import AFTER, FIRST, LAST, NextLook, after_failure, after_look
from bot.ports import ARCHIVED

SEEN = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stage", "minutes", "then", "due"),
    [
        (0, 0.01, 1, 5),
        (1, 5, 2, 15),
        (2, 15.5, 3, 60),
        (3, 61, 4, 360),
        (4, 361, 5, 1440),
        (0, 20, 3, 60),  # the bot was down, or the feed corrected itself: what is over is over
    ],
)
def test_each_look_has_a_next_one(stage: int, minutes: float, then: int, due: float) -> None:
    """After 5, 15 and 60 minutes, 6 and 24 hours."""
    found = after_look(stage, SEEN, SEEN + timedelta(minutes=minutes))
    assert found == NextLook(then, SEEN + timedelta(minutes=due))


def test_after_a_day_there_is_none() -> None:
    """And an old release is looked at once."""
    assert after_look(LAST, SEEN, SEEN + timedelta(hours=24, seconds=1)).stage is None
    assert after_look(ARCHIVED, SEEN, SEEN).stage is None


def test_a_failure_is_tried_again_soon_and_ever_later() -> None:
    """10, 40, 160 seconds; then the regular look has its turn."""
    now = SEEN + timedelta(seconds=1)
    waits = [after_failure(FIRST, tries, SEEN, now) for tries in range(4)]
    assert [(each.stage, (each.due_at - now).total_seconds()) for each in waits[:3]] == [(0, 10), (0, 40), (0, 160)]
    assert waits[3] == NextLook(1, SEEN + AFTER[1])


def test_what_fails_for_good_waits_for_the_regular_look() -> None:
    """The same request a moment later would be answered in the same way."""
    assert after_failure(FIRST, 0, SEEN, SEEN, for_good=True) == NextLook(1, SEEN + AFTER[1])
    assert after_failure(ARCHIVED, 0, SEEN, SEEN, for_good=True).stage is None


@given(
    st.sampled_from([*range(LAST + 1), ARCHIVED]), st.integers(0, 6), st.integers(0, 100_000), st.integers(0, 90_000), st.booleans()
)
def test_a_host_is_never_asked_before_it_wants_to_be(stage: int, tries: int, age: int, wait: int, for_good: bool) -> None:
    """Whatever the schedule says."""
    now, wish = SEEN + timedelta(seconds=age), timedelta(seconds=wait)
    found = after_failure(stage, tries, SEEN, now, wait=wish, for_good=for_good)
    assert found.stage is None or found.due_at >= now + wish


@given(st.integers(0, 100_000))
def test_looks_come_to_an_end(age: int) -> None:
    """However often one fails."""
    now, look = SEEN + timedelta(seconds=age), NextLook(FIRST, SEEN)
    for _ in range(5 * (LAST + 2)):
        if look.stage is None:
            return
        now = max(now, look.due_at)
        look = after_failure(look.stage, look.tries, SEEN, now)
    assert look.stage is None
