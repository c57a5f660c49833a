"""What operators are told of a feed: that it fails, has ended, is held, or is well again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.alerts.fanout import owe_notice
from bot.domain.newsroom import Feed
from bot.domain.subscription import DestinationId
from bot.errors import FeedError, FeedGone
from bot.ports import PollResult, Transaction

TELL_AFTER_FAILURES = 5
"""A feed that was well before has failed so often in a row before its operators hear of it; one that never was, once."""

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
    if result.due_at:
        values["retry"] = result.due_at.isoformat()
    await owe_notice(tx, operators, f"{code}:{feed.id}:{feed.polls}", code, values, now)


async def tell_recovered(tx: Transaction, operators: Operators, feed: Feed, now: datetime) -> None:
    """The feed is well again."""
    await owe_notice(tx, operators, f"feed_recovered:{feed.id}:{feed.polls}", "feed_recovered", _values(feed), now)


async def tell_held(tx: Transaction, operators: Operators, feed: Feed, now: datetime) -> None:
    """The feed is held, for an operator to say whether its releases are news."""
    await owe_notice(tx, operators, f"feed_held:{feed.id}:{feed.polls}", "feed_held", _values(feed), now)


def _told_after(feed: Feed) -> int:
    return 1 if feed.last_good_at is None else TELL_AFTER_FAILURES


def _values(feed: Feed) -> dict[str, str]:
    return {"newsroom": feed.newsroom.name, "slug": feed.newsroom.slug, "url": feed.address}
