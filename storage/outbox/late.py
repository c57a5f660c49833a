"""Late finds: too many of them at once become one digest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from bot.domain.delivery import DeliveryKind, DeliveryState, Owed
from bot.domain.subscription import DestinationId
from storage.lanes import PENDING, lock_lanes
from storage.models import (
    DeliveryRow,
    LaneRow,
    ReleaseRow,
)
from storage.outbox.owing import ALL_SILENT, Owing, chunks

LATE_AT_ONCE = 5
"""More late finds than this pending for one destination become one digest (the outbox page of ARCHITECTURE.md)."""

LATE = "late"


class Late(Owing):
    """The part of `bot.ports.Outbox` that folds late finds."""

    async def fold_late(self, destination_ids: Collection[DestinationId], now: datetime) -> int:
        """See `bot.ports.Outbox.fold_late`."""
        digests: list[Owed] = []
        for some in chunks(sorted(destination_ids)):
            await lock_lanes(self._db, some)  # before they are counted
            for destination_id, first, count, silent in await self._too_many_late(some):
                await self._db.execute(
                    update(DeliveryRow)
                    .where(_late_alert(), DeliveryRow.destination_id == destination_id)
                    .values(state=DeliveryState.HELD, reason=LATE)
                )
                await self._db.execute(
                    update(LaneRow).where(LaneRow.destination_id == destination_id).values(pending=LaneRow.pending - count)
                )
                key = f"digest:late:{first}"
                digests.append(Owed(DestinationId(destination_id), DeliveryKind.DIGEST, key, silent=silent))
        return await self.owe(digests, now)

    async def _too_many_late(self, destination_ids: Sequence[int]) -> list[tuple[int, int, int, bool]]:
        """Destination, first delivery and number of its pending late alerts, where they are too many; whether all are silent."""
        other = aliased(DeliveryRow)
        digest = exists().where(
            other.destination_id == LaneRow.destination_id,
            other.state == DeliveryState.PENDING,
            other.kind == DeliveryKind.DIGEST,
            other.id.is_distinct_from(LaneRow.in_flight),
        )
        rows = await self._db.execute(
            select(DeliveryRow.destination_id, func.min(DeliveryRow.id), func.count(), ALL_SILENT)
            .join(LaneRow, LaneRow.destination_id == DeliveryRow.destination_id)
            .where(_late_alert(), DeliveryRow.destination_id.in_(destination_ids))
            .group_by(DeliveryRow.destination_id)
            .having(or_(func.count() > LATE_AT_ONCE, func.max(case((digest, 1), else_=0)) == 1))
        )
        return [(destination, first, count, bool(silent)) for destination, first, count, silent in rows]


def _late_alert() -> ColumnElement[bool]:
    """Pending alerts about late finds that nobody has in hand."""
    late = select(ReleaseRow.id).where(ReleaseRow.late)
    in_hand = select(LaneRow.in_flight).where(LaneRow.in_flight.is_not(None))
    return and_(
        PENDING,
        DeliveryRow.kind == DeliveryKind.ALERT,
        DeliveryRow.release_id.in_(late),
        DeliveryRow.id.not_in(in_hand),
    )
