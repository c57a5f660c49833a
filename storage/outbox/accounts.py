"""Which process may send through an account: leases, and what a take-over means."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Hint
from storage.dialects import among, insert_or_ignore
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

    async def renew(self, account_ids: Collection[int], owner: str, now: datetime, lease: timedelta) -> set[int]:
        """See `bot.ports.Outbox.renew`."""
        theirs = (AccountRow.id.in_(account_ids), AccountRow.owner == owner)
        renewed = update(AccountRow).where(*theirs).values(lease_until=_longer(now + lease)).returning(AccountRow.id)
        return set((await self._db.execute(renewed)).scalars())

    async def own(self, account_id: int, owner: str, now: datetime, lease: timedelta, *, evict: bool = False) -> bool:
        """See `bot.ports.Outbox.own`."""
        this = AccountRow.id == account_id
        until = _longer(now + lease)
        renewed = await self._db.execute(update(AccountRow).where(this, AccountRow.owner == owner).values(lease_until=until))
        if renewed.rowcount:
            return True
        query = select(AccountRow.owner, AccountRow.lease_until).where(this).with_for_update(key_share=True)
        row = (await self._db.execute(query)).one()
        if row.owner is not None and not evict and row.lease_until > now:
            return False
        await self._db.execute(update(AccountRow).where(this).values(owner=owner, lease_until=now + lease))
        await self._free_lanes(account_id, now)
        return True

    async def _free_lanes(self, account_id: int, now: datetime) -> None:
        """What lanes have in flight may stand at its destination already: it is counted, and, being due still, tried again."""
        hint(self._db, Hint.LANES)
        held = and_(LaneRow.account_id == account_id, LaneRow.owner.is_not(None))
        await lock_lanes(self._db, select(LaneRow.destination_id).where(held))
        freed = (await self._db.execute(select(LaneRow.destination_id, LaneRow.in_flight).where(held))).all()
        if not freed:
            return
        # By ids: what is in flight is little, and joined with the lanes it could be looked for among all that ever was.
        unsure = update(DeliveryRow).where(PENDING, among(DeliveryRow.id, "in_flight"))
        counted = unsure.values(ambiguous=DeliveryRow.ambiguous + 1, ambiguous_at=func.coalesce(DeliveryRow.ambiguous_at, now))
        await self._db.execute(counted, {"in_flight": [row.in_flight for row in freed]})
        let_go = update(LaneRow).where(held, among(LaneRow.destination_id, "lanes"))
        await self._db.execute(let_go.values(owner=None, in_flight=None), {"lanes": [row.destination_id for row in freed]})

    async def disown(self, account_id: int, owner: str, now: datetime) -> None:
        """See `bot.ports.Outbox.disown`."""
        this = and_(AccountRow.id == account_id, AccountRow.owner == owner)
        if (await self._db.execute(update(AccountRow).where(this).values(owner=None, lease_until=None))).rowcount:
            await self._free_lanes(account_id, now)


def _longer(until: datetime) -> ColumnElement[datetime | None]:
    # A lease is not made shorter: whoever noticed before us that the clock jumped has made it longer.
    return case((AccountRow.lease_until > until, AccountRow.lease_until), else_=until)
