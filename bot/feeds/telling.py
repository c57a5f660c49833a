"""What operators are told of a feed: that it fails, has ended, is held, or is well again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.alerts.fanout import owe_notice
from bot.domain.newsroom import Feed
from bot.domain.subscription import DestinationId
from bot.errors import FeedError, FeedGone
from bot.ports import PollResult, Transaction

TELL_AFTER_FAILURES = 5
"""A feed that was well before has failed so often in a row before its operators hear of it; one that never was, once."""

MOST_AN_HOUR = 5
"""Feeds that operators are told of one by one within an hour, that they fail and that they are well again."""
_HOUR = timedelta(hours=1)

Operators = Sequence[DestinationId]


def to_be_told(feed: Feed, error: FeedError) -> bool:
    """Whether the operators hear of this failure: of the one that makes it too many, and that a feed has ended."""
    return isinstance(error, FeedGone) or feed.failures + 1 == _told_after(feed)


def was_told(feed: Feed) -> bool:
    """Whether the operators have heard that the feed fails."""
    return feed.failures >= _told_after(feed)


async def tell_failed(
    tx: Transaction, operators: Operators, feed: Feed, error: FeedError, result: PollResult, now: datetime
) -> None:
    """The feed fails, or has ended."""
    code = "feed_ended" if isinstance(error, FeedGone) else "feed_failing"
    values = _values(feed) | {"fault": error.code, "detail": error.detail}
    if code == "feed_failing" and not await _one_by_one(tx, code, now):
        return await _many(tx, operators, "feeds_failing", now)
    if result.due_at:
        values["retry"] = result.due_at.isoformat()
    # By its failures too: one that was tried again at an operator's word, and is closed still, is worth saying once more.
    return await owe_notice(tx, operators, f"{code}:{feed.id}:{feed.polls}:{feed.failures}", code, values, now)


async def tell_recovered(tx: Transaction, operators: Operators, feed: Feed, now: datetime) -> None:
    """The feed is well again."""
    if not await _one_by_one(tx, "feed_recovered", now):
        return await _many(tx, operators, "feeds_recovered", now)
    return await owe_notice(tx, operators, f"feed_recovered:{feed.id}:{feed.polls}", "feed_recovered", _values(feed), now)


async def tell_held(tx: Transaction, operators: Operators, feed: Feed, now: datetime) -> None:
    """The feed is held, for an operator to say whether its releases are news."""
    await owe_notice(tx, operators, f"feed_held:{feed.id}:{feed.polls}", "feed_held", _values(feed), now)


async def _one_by_one(tx: Transaction, code: str, now: datetime) -> bool:
    """Whether this is one of the first few within an hour: where a network fails, that is one thing and not hundreds."""
    for number in range(MOST_AN_HOUR):
        if await tx.marks.set(f"{code}:{number}", now + _HOUR, now):
            return True
    return False


async def _many(tx: Transaction, operators: Operators, code: str, now: datetime) -> None:
    """That there are more of them, once an hour; which they are is for /status and the day's summary to say."""
    await owe_notice(tx, operators, f"{code}:{now:%Y-%m-%dT%H}", code, {}, now)


def _told_after(feed: Feed) -> int:
    return 1 if feed.last_good_at is None else TELL_AFTER_FAILURES


def _values(feed: Feed) -> dict[str, str]:
    return {"newsroom": feed.newsroom.name, "slug": feed.newsroom.slug, "url": feed.address}
