"""Which process may send through an account: leases, and what a take-over means."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Hint
from storage.dialects import insert_or_ignore
from storage.hints import hint
from storage.lanes import PENDING, lock_lanes
from storage.models import (
    AccountRow,
    DeliveryRow,
    LaneRow,
)


class Accounts:
    """The part of `bot.ports.Outbox` that is about accounts."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def register(self, platform: str, account: str) -> int:
        """The account's id."""
        this = (AccountRow.platform == platform, AccountRow.name == account)
        query = select(AccountRow.id).where(*this)
        known = (await self._db.execute(query)).scalar_one_or_none()
        if known is not None:
            return known
        await self._db.execute(insert_or_ignore(self._db, AccountRow).values(platform=platform, name=account))
        return (await self._db.execute(query)).scalar_one()

    async def own(self, account_id: int, owner: str, now: datetime, lease: timedelta, *, evict: bool = False) -> bool:
        """See `bot.ports.Outbox.own`."""
        this = AccountRow.id == account_id
        renewed = await self._db.execute(update(AccountRow).where(this, AccountRow.owner == owner).values(lease_until=now + lease))
        if renewed.rowcount:
            return True
        query = select(AccountRow.owner, AccountRow.lease_until).where(this).with_for_update(key_share=True)
        row = (await self._db.execute(query)).one()
        if row.owner is not None and not evict and row.lease_until > now:
            return False
        await self._db.execute(update(AccountRow).where(this).values(owner=owner, lease_until=now + lease))
        await self._free_lanes(account_id)
        return True

    async def _free_lanes(self, account_id: int) -> None:
        """What lanes have in flight may stand at its destination already: it is counted, and, being due still, tried again."""
        held = and_(LaneRow.account_id == account_id, LaneRow.owner.is_not(None))
        await lock_lanes(self._db, select(LaneRow.destination_id).where(held))
        await self._db.execute(
            update(DeliveryRow)
            .where(PENDING, DeliveryRow.id.in_(select(LaneRow.in_flight).where(held)))
            .values(ambiguous=DeliveryRow.ambiguous + 1)
        )
        await self._db.execute(update(LaneRow).where(held).values(owner=None, in_flight=None))
        hint(self._db, Hint.LANES)

    async def disown(self, account_id: int, owner: str) -> None:
        """See `bot.ports.Outbox.disown`."""
        this = and_(AccountRow.id == account_id, AccountRow.owner == owner)
        if (await self._db.execute(update(AccountRow).where(this).values(owner=None, lease_until=None))).rowcount:
            await self._free_lanes(account_id)
