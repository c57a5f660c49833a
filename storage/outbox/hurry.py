"""Alerts that wait a moment for their release's document, and need to no longer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryKind
from bot.domain.release import ReleaseId
from bot.ports import GRACE, Hint
from storage.hints import hint
from storage.lanes import PENDING, lock_lanes
from storage.models import DeliveryRow, LaneRow, PostReleaseRow


class Hurrying:
    """The part of `bot.ports.Outbox` that is about what waits for a document."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def hurry(self, release_id: ReleaseId, now: datetime) -> None:
        """See `bot.ports.Outbox.hurry`."""
        await self._keep(release_id)
        # None is tried sooner than it would have been without the document: a longer wait is for something else.
        waits = (LaneRow.due_at > now, LaneRow.due_at <= now + GRACE, LaneRow.owner.is_(None))
        sooner = update(LaneRow).where(LaneRow.destination_id.in_(_owed(release_id)), *waits).values(due_at=now)
        if (await self._db.execute(sooner)).rowcount:
            hint(self._db, Hint.LANES)

    async def is_out(self, release_id: ReleaseId) -> bool:
        """See `bot.ports.Outbox.is_out`."""
        await self._keep(release_id)
        stands = exists().where(PostReleaseRow.release_id == release_id)
        leaves = exists().where(LaneRow.in_flight == DeliveryRow.id, *_alert(release_id))
        return bool((await self._db.execute(select(stands | leaves))).scalar_one())

    async def _keep(self, release_id: ReleaseId) -> None:
        """Whoever claims one of the lanes after this composes its alert from what this transaction stores."""
        await lock_lanes(self._db, _owed(release_id))


def _alert(release_id: ReleaseId) -> tuple[ColumnElement[bool], ...]:
    return DeliveryRow.release_id == release_id, DeliveryRow.kind == DeliveryKind.ALERT, PENDING


def _owed(release_id: ReleaseId) -> Select[int]:
    return select(DeliveryRow.destination_id).where(*_alert(release_id))
