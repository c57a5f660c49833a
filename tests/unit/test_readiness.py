"""Whether the bot can do its work now."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.newsroom import Feed, FeedId, FeedState, Newsroom, NewsroomId
from bot.ports import Worker
from bot.readiness import readiness
from bot.standing import Platform, Standing

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FEED = Feed(FeedId(1), Newsroom(NewsroomId(1), "havnen", "Havnen", "DK", "da", "", offered=True), "https://havnen.example/feed")
OWNED = Platform("telegram", [True], connected=True)


def standing(*platforms: Platform, feeds: list[Feed] | None = None, others: list[str] | None = None) -> Standing:
    """A database that answers; `others`: the roles of one process beside this one."""
    beside = [Worker("other", frozenset(others), "host:1", "1", NOW, NOW)] if others is not None else []
    return Standing(NOW, "", feeds or [], beside, platforms=platforms)


def wrong(standing: Standing, interval: timedelta = MINUTE) -> list[str]:
    """The parts that are not well."""
    return [part.name for part in readiness(standing, interval) if not part.ok]


def test_a_bot_that_works_is_ready() -> None:
    """It owns its account, is connected, and its feeds are polled."""
    assert wrong(standing(OWNED, feeds=[replace(FEED, due_at=NOW + MINUTE)])) == []


def test_without_a_database_nothing_else_is_known() -> None:
    """One part, with the reason."""
    (part,) = readiness(Standing(NOW, "no answer within 1 seconds"), MINUTE)
    assert (part.name, part.ok, part.why) == ("database", False, "no answer within 1 seconds")


def test_a_database_that_cannot_be_written_is_not_well() -> None:
    """It answers all the same: the rest is looked at too."""
    parts = readiness(replace(standing(OWNED), unwritten="there is no room left"), MINUTE)
    assert [(part.name, part.why) for part in parts if not part.ok] == [("database", "there is no room left")]


@pytest.mark.parametrize(
    ("platform", "others", "ready"),
    [
        (Platform("slack", [True, True]), None, True),
        (Platform("slack", [True, False]), None, False),
        (Platform("slack", [True, False]), ["poll"], False),
        (Platform("slack", [True, False]), ["dispatch"], True),
        (Platform("slack", []), None, True),
        (Platform("slack", None), None, False),
        (Platform("slack", dispatches=False), None, False),
        (Platform("slack", dispatches=False), ["poll", "slack"], False),
        (Platform("slack", dispatches=False), ["dispatch"], True),
    ],
)
def test_every_account_is_somebodys(platform: Platform, others: list[str] | None, *, ready: bool) -> None:
    """This process's, or another's that dispatches and lives."""
    assert wrong(standing(platform, others=others)) == ([] if ready else ["accounts:slack"])


def test_a_platform_that_cannot_be_reached() -> None:
    """Where its adapter can say so."""
    assert wrong(standing(replace(OWNED, connected=False))) == ["adapter:telegram"]
    assert wrong(standing(replace(OWNED, connected=None))) == []


def test_feeds_that_nobody_polls() -> None:
    """All of them were due three intervals ago and more."""
    overdue = replace(FEED, due_at=NOW - 3 * MINUTE - timedelta(seconds=1), last_good_at=NOW - timedelta(hours=2))
    assert wrong(standing(OWNED, feeds=[overdue, overdue])) == ["feeds"]
    assert wrong(standing(OWNED, feeds=[overdue, replace(FEED, due_at=NOW - 2 * MINUTE)])) == []


def test_feeds_that_back_off_are_no_fault_of_ours() -> None:
    """They failed for hours, and each is to be asked again later."""
    assert wrong(standing(OWNED, feeds=[replace(FEED, failures=9, due_at=NOW + timedelta(minutes=50))])) == []


def test_feeds_that_are_held_or_ended_are_not_waited_for() -> None:
    """They are never due."""
    held = replace(FEED, state=FeedState.HELD)
    assert wrong(standing(OWNED, feeds=[held, replace(held, state=FeedState.ENDED)])) == []


def test_a_short_interval_leaves_time_for_a_poll() -> None:
    """A fetch may take longer than three seconds."""
    feed = replace(FEED, due_at=NOW - timedelta(seconds=50))
    assert wrong(standing(OWNED, feeds=[feed]), timedelta(seconds=1)) == []
    assert wrong(standing(OWNED, feeds=[replace(feed, due_at=NOW - timedelta(seconds=61))]), timedelta(seconds=1)) == ["feeds"]
