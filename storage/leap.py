"""The clock that all go by has jumped: what was written by its old time is put right for its new one.

Not every process has noticed by then, and what one was just writing is written yet by the old time. So a jump back is caught up
with for a while; and one that has not noticed must find the leases of those that have as good as before, so they are cut to their
usual term only when all have.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from bot.ports import Hint
from storage.hints import hint
from storage.lanes import lock_account, lock_lanes
from storage.models import AccountRow, FeedRow, HistoryRow, LaneRow, LeaseRow, LookupRow, SubscriptionRow, WorkerRow

LEASE = timedelta(seconds=20)
"""The term of a lease: whoever holds it and lives renews it within that."""
ON_ITS_WAY = timedelta(minutes=1)
"""So long before a jump a time may have been taken that is written down after it."""

_Time = InstrumentedAttribute[Any]
_LEASES: tuple[_Time, ...] = (
    AccountRow.lease_until,
    FeedRow.lease_until,
    LeaseRow.until,
    LookupRow.lease_until,
    HistoryRow.lease_until,
)
_DUE: tuple[_Time, ...] = (AccountRow.blocked_until, FeedRow.due_at, LaneRow.due_at, LookupRow.due_at, HistoryRow.due_at)
_PAST: tuple[_Time, ...] = (SubscriptionRow.created_at, SubscriptionRow.muted_from)


async def leap(connection: AsyncConnection, before: datetime, after: datetime) -> None:
    """Put right what the clock falsifies by showing `after` where it should have shown `before`. Doing it twice changes nothing."""
    await lock_account(connection, AccountRow.id > 0)
    if after > before:
        await _forward(connection, before, after)
    else:
        await _back(connection, before, after)


async def catch_up(connection: AsyncConnection, before: datetime, now: datetime, *, all_noticed: bool) -> None:
    """After a jump back: put right what was written since by the old clock, which showed `before` when it was left.

    Once `all_noticed`, no lease is longer than its term: that of a dead process must not last for an hour.
    """
    await lock_account(connection, AccountRow.id > 0)
    await _hurry(connection, max(now, before - ON_ITS_WAY), now)
    if all_noticed:
        for until in _LEASES:
            await _set(connection, until, now + LEASE, until > now + LEASE)


async def _forward(connection: AsyncConnection, before: datetime, after: datetime) -> None:
    """What was good is good for its term anew; all that waits is due by itself."""
    for until in _LEASES:
        await _set(connection, until, after + LEASE, until > before, until < after + LEASE)
    await _set(connection, WorkerRow.seen_at, after, WorkerRow.seen_at > before - LEASE, WorkerRow.seen_at < after)
    hint(connection, Hint.LANES)
    hint(connection, Hint.FEEDS)


async def _back(connection: AsyncConnection, before: datetime, after: datetime) -> None:
    """What had ended stays so; what is past stays past; and what waits is due at once."""
    for until in _LEASES:
        await _set(connection, until, after, until > after, until <= before)
    gone = (WorkerRow.seen_at > after - LEASE, WorkerRow.seen_at <= before - LEASE)
    await _set(connection, WorkerRow.seen_at, after - LEASE, *gone)
    await _hurry(connection, after, after)


async def _hurry(connection: AsyncConnection, since: datetime, now: datetime) -> None:
    """What is later than `since` is now: how long it should wait is no longer known, and a try too many does no harm."""
    await lock_lanes(connection, select(LaneRow.destination_id).where(LaneRow.due_at > since))
    for time in (*_DUE, *_PAST):
        await _set(connection, time, now, time > since)
    hint(connection, Hint.LANES)
    hint(connection, Hint.FEEDS)


async def _set(connection: AsyncConnection, column: _Time, to: datetime, *where: Any) -> None:  # noqa: ANN401 - conditions
    await connection.execute(update(column.class_).where(*where).values({column: to}))
