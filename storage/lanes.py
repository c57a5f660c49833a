"""Lanes: when one may be tried, and who may change it; what all who owe, settle and move deliveries agree on.

Whoever changes a lane, its deliveries or its destination locks the lane first, and several in the order of their ids; whoever
changes an account or which destinations it has, locks the account before. So nobody waits for anybody who waits for them, and
nobody counts what another is just changing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryState
from storage.dialects import among, is_sqlite
from storage.models import AccountRow, DeliveryRow, DestinationRow, LaneRow, PauseRow

DIGESTED = "in a digest"
"""The reason of a delivery that was shown within a digest."""
LEFT_OUT = "left out of a digest"
"""The reason of one that a digest had no room for, or that nobody wanted any more; the digest says how many there were."""

PENDING = DeliveryRow.state == literal_column(f"'{DeliveryState.PENDING.value}'")
# Spelt out, not sent along: a plan made once for all values can use the indexes of what is pending only if it sees the word.

WAITS = and_(DeliveryRow.state == literal_column(f"'{DeliveryState.HELD.value}'"), DeliveryRow.digest_id.is_(None))
"""Held back, and in no digest yet."""

PAUSED = exists().where(DestinationRow.id == LaneRow.destination_id, DestinationRow.paused.is_not(None)).correlate(LaneRow)
"""Whether a lane's destination is paused; such a lane is never due."""


ACCOUNT_PAUSED = (
    exists()
    .where(PauseRow.platform == AccountRow.platform, or_(PauseRow.account == "", PauseRow.account == AccountRow.name))
    .correlate(AccountRow)
)
"""Whether an operator has paused an account, by itself or with its platform: its lanes stay due, and nobody takes them in hand."""


def due_unless_paused(when: ColumnElement[Any] | datetime) -> ColumnElement[Any]:
    """`when`, or nothing where the lane's destination is paused."""
    return case((PAUSED, None), else_=when)


async def lock_lanes(connection: AsyncConnection, destinations: Iterable[int] | Select[int]) -> None:
    """Keep lanes from all others until the end of the transaction. SQLite has one writer, and nothing to lock."""
    if is_sqlite(connection):
        return
    # Asked for first: lanes joined with what says which they are cost minutes where the planner's statistics are of an empty table.
    ids = (await connection.execute(destinations)).scalars() if isinstance(destinations, Select) else destinations
    await connection.execute(_LOCK, {"lanes": list(ids)})


async def look_by(connection: AsyncConnection, lanes: Sequence[int], until: datetime) -> None:
    """Have locked lanes look at what is held for them then at the latest."""
    later = or_(LaneRow.held_until.is_(None), LaneRow.held_until > until)
    await connection.execute(update(LaneRow).where(LaneRow.destination_id.in_(lanes), later).values(held_until=until))


_LOCK = (
    select(LaneRow.destination_id)
    .where(among(LaneRow.destination_id, "lanes"))
    .order_by(LaneRow.destination_id)
    .with_for_update(key_share=True)
)


async def lock_account(connection: AsyncConnection, account: ColumnElement[bool]) -> None:
    """Keep others from changing which destinations an account has, or who owns it."""
    if not is_sqlite(connection):
        query = select(AccountRow.id).where(account).order_by(AccountRow.id)
        await connection.execute(query.with_for_update(key_share=True))
