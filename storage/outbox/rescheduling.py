"""What is held back for a destination, and until when, where that is chosen anew."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryId
from bot.domain.subscription import DestinationId
from bot.ports import Hint, Waiting
from storage.hints import hint
from storage.lanes import WAITS, lock_lanes
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

    async def put_off(self, destination_id: DestinationId, waiting: Sequence[Waiting]) -> None:
        """See `bot.ports.Outbox.put_off`."""
        if not waiting:
            return
        await lock_lanes(self._db, [destination_id])
        rows = [{"row": each.id, "until": each.until, "said": dict(each.payload) or None} for each in waiting]
        await self._db.execute(_PUT_OFF, rows)
        next_one = select(func.min(DeliveryRow.held_until)).where(WAITS, DeliveryRow.destination_id == destination_id)
        lane = update(LaneRow).where(LaneRow.destination_id == destination_id)
        await self._db.execute(lane.values(held_until=next_one.scalar_subquery()))
        hint(self._db, Hint.LANES)


_DELIVERY = DeliveryRow.__table__.c
_PUT_OFF = (
    update(DeliveryRow.__table__)  # type: ignore[arg-type]
    .where(_DELIVERY.id == bindparam("row"), WAITS)
    .values(held_until=bindparam("until"), payload=bindparam("said"))
)
