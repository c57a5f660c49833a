"""Lanes: when one may be tried, and who may change it; what all who owe, settle and move deliveries agree on.

Whoever changes a lane, its deliveries or its destination locks the lane first, and several in the order of their ids; whoever
changes an account or which destinations it has, locks the account before. So nobody waits for anybody who waits for them, and
nobody counts what another is just changing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryState
from storage.dialects import is_sqlite
from storage.models import AccountRow, DeliveryRow, DestinationRow, LaneRow

DIGESTED = "in a digest"
"""The reason of a delivery that was shown within a digest."""

PENDING = DeliveryRow.state == DeliveryState.PENDING

PAUSED = exists().where(DestinationRow.id == LaneRow.destination_id, DestinationRow.paused.is_not(None)).correlate(LaneRow)
"""Whether a lane's destination is paused; such a lane is never due."""


def due_unless_paused(when: ColumnElement[Any] | datetime) -> ColumnElement[Any]:
    """`when`, or nothing where the lane's destination is paused."""
    return case((PAUSED, None), else_=when)


async def lock_lanes(connection: AsyncConnection, destinations: Iterable[int] | Select[int]) -> None:
    """Keep lanes from all others until the end of the transaction. SQLite has one writer, and nothing to lock."""
    if not is_sqlite(connection):
        these = destinations if isinstance(destinations, Select) else tuple(destinations)
        await connection.execute(
            select(LaneRow.destination_id)
            .where(LaneRow.destination_id.in_(these))
            .order_by(LaneRow.destination_id)
            .with_for_update(key_share=True)
        )


async def lock_account(connection: AsyncConnection, account: ColumnElement[bool]) -> None:
    """Keep others from changing which destinations an account has, or who owns it."""
    if not is_sqlite(connection):
        query = select(AccountRow.id).where(account).order_by(AccountRow.id)
        await connection.execute(query.with_for_update(key_share=True))
