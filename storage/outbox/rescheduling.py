"""What is held back for a destination, and until when, where that is chosen anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryId, DeliveryKind, DeliveryState
from bot.domain.release import ReleaseId
from bot.domain.subscription import DestinationId
from bot.ports import Hint, Hold, Unsent, Waiting
from storage.dialects import among
from storage.hints import hint
from storage.lanes import PENDING, WAITS, lock_lanes
from storage.models import DeliveryRow, LaneRow


class Rescheduling:
    """The part of `bot.ports.Outbox` that holds back for another time."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def waiting(self, destination_id: DestinationId) -> list[Waiting]:
        """See `bot.ports.Outbox.waiting`."""
        await lock_lanes(self._db, [destination_id])
        rows = await self._db.execute(
            select(DeliveryRow.id, DeliveryRow.held_until, DeliveryRow.payload).where(
                WAITS, DeliveryRow.destination_id == destination_id, DeliveryRow.held_until.is_not(None)
            )
        )
        return [Waiting(DeliveryId(row.id), row.held_until, row.payload or {}) for row in rows]

    async def put_off(self, destination_id: DestinationId, until: Mapping[DeliveryId, datetime]) -> None:
        """See `bot.ports.Outbox.put_off`."""
        if not until:
            return
        await lock_lanes(self._db, [destination_id])
        await self._db.execute(_PUT_OFF, [{"row": row, "until": moment} for row, moment in until.items()])
        next_one = select(func.min(DeliveryRow.held_until)).where(WAITS, DeliveryRow.destination_id == destination_id)
        lane = update(LaneRow).where(LaneRow.destination_id == destination_id)
        await self._db.execute(lane.values(held_until=next_one.scalar_subquery()))
        hint(self._db, Hint.LANES)

    async def unsent(self, destination_ids: Collection[DestinationId]) -> list[Unsent]:
        """See `bot.ports.Outbox.unsent`."""
        await lock_lanes(self._db, sorted(destination_ids))
        rows = await self._db.execute(_UNSENT, {"lanes": list(destination_ids)})
        return [
            Unsent(
                DeliveryId(row.id),
                DestinationId(row.destination_id),
                DeliveryKind(row.kind),
                None if row.release_id is None else ReleaseId(row.release_id),
                row.payload or {},
                row.held_until if row.state == DeliveryState.HELD else None,
            )
            for row in rows
        ]

    async def hold(self, holds: Sequence[Hold]) -> None:
        """See `bot.ports.Outbox.hold`."""
        if not holds:
            return
        rows = [{"row": each.id, "until": each.until, "said": dict(each.payload) or None} for each in holds]
        await self._db.execute(_HOLD, rows)
        await self._db.execute(_LANES_AFTER, {"lanes": sorted({each.destination_id for each in holds})})
        hint(self._db, Hint.LANES)


_DELIVERY = DeliveryRow.__table__.c
_IN_HAND = select(LaneRow.in_flight).where(LaneRow.in_flight.is_not(None))
_UNSENT = (
    select(DeliveryRow.__table__)
    .where(among(DeliveryRow.destination_id, "lanes"), or_(PENDING, WAITS), DeliveryRow.id.not_in(_IN_HAND))
    .order_by(DeliveryRow.id)
)
_HOLD = (
    update(DeliveryRow.__table__)  # type: ignore[arg-type]
    .where(_DELIVERY.id == bindparam("row"))
    .values(state=DeliveryState.HELD, held_until=bindparam("until"), payload=bindparam("said"))
)
_OF_LANE = DeliveryRow.destination_id == LaneRow.destination_id
_LEFT = select(func.count()).where(PENDING, _OF_LANE).correlate(LaneRow).scalar_subquery()
_NEXT = select(func.min(DeliveryRow.held_until)).where(WAITS, _OF_LANE).correlate(LaneRow).scalar_subquery()
_LANES_AFTER = (
    update(LaneRow)
    .where(among(LaneRow.destination_id, "lanes"))
    .values(pending=_LEFT, held_until=_NEXT, due_at=case((_LEFT > 0, LaneRow.due_at), else_=None))
)
_PUT_OFF = update(DeliveryRow.__table__).where(_DELIVERY.id == bindparam("row"), WAITS).values(held_until=bindparam("until"))  # type: ignore[arg-type]
