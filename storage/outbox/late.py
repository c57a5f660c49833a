"""Late finds: too many of them at once become one digest."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update
from sqlalchemy.orm import aliased

from bot.domain.delivery import DeliveryKind, DeliveryState, Owed
from bot.domain.subscription import DestinationId
from storage.lanes import PENDING, WAITS, lock_lanes
from storage.models import (
    DeliveryRow,
    LaneRow,
    ReleaseRow,
)
from storage.outbox.held import Held
from storage.outbox.owing import ALL_SILENT, chunks

LATE_AT_ONCE = 5
"""More late finds than this pending for one destination become one digest (the outbox page of ARCHITECTURE.md)."""

LATE = "late"


class Late(Held):
    """The part of `bot.ports.Outbox` that folds late finds."""

    async def fold_late(self, destination_ids: Collection[DestinationId], now: datetime) -> int:
        """See `bot.ports.Outbox.fold_late`."""
        digests: list[Owed] = []
        for some in chunks(sorted(destination_ids)):
            await lock_lanes(self._db, some)  # before they are counted
            for row in await self._too_many_late(some):
                await self._fold(row)
                if row.waiting is None:
                    key = f"digest:late:{row.first}"
                    digests.append(Owed(DestinationId(row.destination_id), DeliveryKind.DIGEST, key, silent=bool(row.silent)))
        made = await self.owe_digests(digests, now)
        for destination_id, digest_id in made.items():
            await self._link(destination_id, digest_id)
        return len(made)

    async def _fold(self, row: Any) -> None:  # noqa: ANN401 - a row of _too_many_late
        """Hold a destination's late finds back, for the digest that waits there already or is about to."""
        these = update(DeliveryRow).where(_late_alert(), DeliveryRow.destination_id == row.destination_id)
        await self._db.execute(these.values(state=DeliveryState.HELD, reason=LATE))
        lane = update(LaneRow).where(LaneRow.destination_id == row.destination_id)
        await self._db.execute(lane.values(pending=LaneRow.pending - row.late))
        if row.waiting is not None:
            await self._link(row.destination_id, row.waiting)
            if not row.silent:
                await self._db.execute(update(DeliveryRow).where(DeliveryRow.id == row.waiting).values(silent=False))

    async def _link(self, destination_id: int, digest_id: int) -> None:
        folded = (WAITS, DeliveryRow.reason == LATE, DeliveryRow.held_until.is_(None))
        these = update(DeliveryRow).where(DeliveryRow.destination_id == destination_id, *folded)
        await self._db.execute(these.values(digest_id=digest_id))

    async def _too_many_late(self, destination_ids: Sequence[int]) -> Sequence[Any]:
        """Where pending late alerts are too many: the first, their number, whether all are silent, the digest that waits there."""
        waiting = (
            select(func.min(_digest.id))
            .where(
                _digest.destination_id == DeliveryRow.destination_id,
                _digest.state == DeliveryState.PENDING,
                _digest.kind == DeliveryKind.DIGEST,
                _digest.id.not_in(_in_hand()),
            )
            .correlate(DeliveryRow)
            .scalar_subquery()
        )
        rows = await self._db.execute(
            select(
                DeliveryRow.destination_id,
                func.min(DeliveryRow.id).label("first"),
                func.count().label("late"),
                ALL_SILENT.label("silent"),
                waiting.label("waiting"),
            )
            .where(_late_alert(), DeliveryRow.destination_id.in_(destination_ids))
            .group_by(DeliveryRow.destination_id)
            .having(or_(func.count() > LATE_AT_ONCE, waiting.is_not(None)))
        )
        return rows.all()


_digest = aliased(DeliveryRow)


def _in_hand() -> Select[int | None]:
    return select(LaneRow.in_flight).where(LaneRow.in_flight.is_not(None))


def _late_alert() -> ColumnElement[bool]:
    """Pending alerts about late finds that nobody has in hand."""
    late = select(ReleaseRow.id).where(ReleaseRow.late)
    return and_(
        PENDING,
        DeliveryRow.kind == DeliveryKind.ALERT,
        DeliveryRow.release_id.in_(late),
        DeliveryRow.id.not_in(_in_hand()),
    )
