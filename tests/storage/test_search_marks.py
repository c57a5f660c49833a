"""Places: one number by which releases stand in the order of their publication."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.newsroom import NewsroomId
from bot.domain.release import Kind
from bot.ports import UNNARROWED, Narrowing
from storage.search_marks import HIGHEST, LOWEST, SECOND, kept, marks, place, release_at
from tests.fakes.world import NOW

_WHEN = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
_IDS = st.integers(1, SECOND - 1)


@given(_WHEN, _IDS, _WHEN, _IDS)
def test_places_follow_the_second_of_publication_and_then_the_id(one: datetime, first: int, other: datetime, second: int) -> None:
    """So does the index; and a place tells whose it is."""
    expected = (one.replace(microsecond=0), first) < (other.replace(microsecond=0), second)
    assert (place(one, first) < place(other, second)) == expected
    assert release_at(place(one, first)) == first


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_whatever_a_feed_dates_has_a_place(year: int) -> None:
    """Both engines count in 64 bits; what is out of reach stands at the end of it."""
    found = place(datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC), 7)
    assert LOWEST <= found <= HIGHEST
    assert -(2**63) <= found < 2**63
    assert release_at(found) == 7


@given(_WHEN, st.integers(-3, 3), _IDS)
def test_from_and_to_are_moments_between_places(since: datetime, seconds: int, ident: int) -> None:
    """Published from then on, and before then."""
    since = since.replace(microsecond=0)
    published = since + timedelta(seconds=seconds)
    assert (place(published, ident) >= kept(None, Narrowing(since=since)).first) == (published >= since)
    assert (place(published, ident) <= kept(None, Narrowing(until=since)).last) == (published < since)


def test_marks_are_letters_and_digits() -> None:
    """Neither engine cuts them, and no newsroom is taken for a kind."""
    found = marks(7, ["press_release", None, "news"], ["da", ""])
    assert sorted(found) == ["every", "knews", "kpressrelease", "lda", "n7"]
    asked = kept([NewsroomId(7)], Narrowing(kinds=frozenset({Kind.PRESS_RELEASE}), languages_out=frozenset({"da"})))
    assert asked.among == (("n7",), ("kpressrelease",))
    assert asked.without == ("lda",)


def test_nothing_asked_keeps_to_nothing() -> None:
    """Neither to newsrooms nor to a time."""
    everything = kept(None, UNNARROWED)
    assert (everything.among, everything.without, everything.first, everything.last) == ((), (), LOWEST, HIGHEST)
    assert LOWEST < place(NOW, 1) < HIGHEST
