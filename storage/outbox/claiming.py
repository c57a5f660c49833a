"""What is due, and who takes it in hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import Delivery, DeliveryId, DeliveryKind, DeliveryState
from bot.domain.release import ReleaseId
from bot.domain.subscription import DestinationId
from bot.ports import Claim
from storage.lanes import PENDING
from storage.models import (
    AccountRow,
    DeliveryRow,
    DestinationRow,
    FanOutRow,
    LaneRow,
)
from storage.rows import DESTINATION_COLUMNS, destination_from


class Claiming:
    """The part of `bot.ports.Outbox` that is about what is due."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def due(self, account_id: int, now: datetime) -> bool:
        """See `bot.ports.Outbox.due`."""
        return (await self.look(account_id, now))[0]

    async def next_due(self, account_id: int) -> datetime | None:
        """When the next lane that nobody has in hand falls due."""
        return (await self._db.execute(select(_next_due(account_id)))).scalar_one()

    async def look(self, account_id: int, now: datetime) -> tuple[bool, datetime | None]:
        """`due` and `next_due` by one statement."""
        fan_out = exists().where(FanOutRow.id > 0)
        waits, next_due = (await self._db.execute(select(fan_out, _next_due(account_id)))).one()
        return bool(waits) or (next_due is not None and next_due <= now), next_due

    async def claim(self, account_id: int, owner: str, now: datetime, limit: int) -> Claim:
        """See `bot.ports.Outbox.claim`."""
        account = (
            await self._db.execute(
                select(AccountRow.owner, AccountRow.lease_until, AccountRow.blocked_until)
                .where(AccountRow.id == account_id)
                # Nobody takes the account over while we claim: lanes in a former owner's hands would stay there. Who has locked
                # it just now is not waited for, since they may want lanes that this transaction has.
                .with_for_update(read=True, skip_locked=True)
            )
        ).one_or_none()
        if account is None:
            return Claim([], now)
        if account.owner != owner or account.lease_until <= now:
            return Claim([], None)
        if account.blocked_until and account.blocked_until > now:
            return Claim([], account.blocked_until)
        lanes = await self._due_lanes(account_id, now, limit) if limit else []
        deliveries = await self._take(lanes, owner) if lanes else []
        return Claim(deliveries, None if deliveries else await self.next_due(account_id))

    async def _due_lanes(self, account_id: int, now: datetime, limit: int) -> list[int]:
        due = (LaneRow.account_id == account_id, LaneRow.due_at <= now, LaneRow.owner.is_(None))
        query = select(LaneRow.destination_id).where(*due)
        longest = query.order_by(LaneRow.due_at, LaneRow.destination_id).limit(limit).with_for_update(skip_locked=True)
        lanes = list((await self._db.execute(longest)).scalars())
        if len(lanes) < limit:
            return lanes
        # A backlog: half of the claim goes to whoever waits longest, half to the newest release's lanes.
        newest = (
            select(DeliveryRow.release_id)
            .where(PENDING, DeliveryRow.kind == DeliveryKind.ALERT)
            .order_by(DeliveryRow.release_id.desc())
            .limit(1)
            .scalar_subquery()
        )
        wants_newest = select(DeliveryRow.destination_id).where(PENDING, DeliveryRow.release_id == newest)
        fresh = query.where(LaneRow.destination_id.in_(wants_newest)).limit(limit // 2).with_for_update(skip_locked=True)
        first = list((await self._db.execute(fresh)).scalars())
        return list(dict.fromkeys([*lanes[: limit - len(first)], *first, *lanes]))[:limit]

    async def _take(self, lanes: Sequence[int], owner: str) -> list[Delivery]:
        head = (
            select(DeliveryRow.id)
            .where(PENDING, DeliveryRow.destination_id == LaneRow.destination_id)
            .order_by(DeliveryRow.priority, DeliveryRow.id)
            .limit(1)
            .correlate(LaneRow)
            .scalar_subquery()
        )
        await self._db.execute(update(LaneRow).where(LaneRow.destination_id.in_(lanes)).values(owner=owner, in_flight=head))
        rows = await self._db.execute(
            select(
                DeliveryRow.id,
                DeliveryRow.kind,
                DeliveryRow.created_at,
                DeliveryRow.attempts,
                DeliveryRow.release_id,
                DeliveryRow.revision,
                DeliveryRow.payload,
                DeliveryRow.silent,
                *DESTINATION_COLUMNS,
            )
            .join(LaneRow, LaneRow.in_flight == DeliveryRow.id)
            .join(DestinationRow, DestinationRow.id == LaneRow.destination_id)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(LaneRow.destination_id.in_(lanes))
            .order_by(LaneRow.due_at, LaneRow.destination_id)
        )
        return [await self._delivery(row) for row in rows]

    async def _delivery(self, row: Any) -> Delivery:  # noqa: ANN401 - a row of _take
        destination = destination_from(row[-len(DESTINATION_COLUMNS) :])
        kind = DeliveryKind(row.kind)
        return Delivery(
            id=DeliveryId(row.id),
            destination=destination,
            kind=kind,
            created_at=row.created_at,
            attempts=row.attempts,
            release_id=None if row.release_id is None else ReleaseId(row.release_id),
            revision=row.revision,
            payload=row.payload or {},
            digest_of=await self._held(destination.id) if kind is DeliveryKind.DIGEST else (),
            silent=row.silent,
        )

    async def _held(self, destination_id: DestinationId) -> tuple[ReleaseId, ...]:
        query = (
            select(DeliveryRow.release_id)
            .where(DeliveryRow.destination_id == destination_id, DeliveryRow.state == DeliveryState.HELD)
            .order_by(DeliveryRow.id)
        )
        return tuple(ReleaseId(ident) for ident in (await self._db.execute(query)).scalars() if ident is not None)


def _next_due(account_id: int) -> ScalarSelect[datetime | None]:
    free = (LaneRow.account_id == account_id, LaneRow.due_at.is_not(None), LaneRow.owner.is_(None))
    return select(func.min(LaneRow.due_at)).where(*free).scalar_subquery()
