"""The processes of this installation."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Worker
from storage.dialects import insert_or_ignore
from storage.models import WorkerRow

FORGOTTEN_AFTER = timedelta(days=7)
"""A process that was killed leaves its row behind; it is swept away so long after it was last heard of."""


class SqlWorkers:
    """`bot.ports.Workers` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def seen(self, worker: Worker) -> None:
        """See `bot.ports.Workers.seen`; one statement, but for the first time."""
        again = update(WorkerRow).where(WorkerRow.owner == worker.owner).values(seen_at=worker.seen_at)
        if (await self._db.execute(again)).rowcount:
            return
        await self._db.execute(
            insert_or_ignore(self._db, WorkerRow).values(
                owner=worker.owner,
                roles=sorted(worker.roles),
                place=worker.where,
                version=worker.version,
                started_at=worker.started_at,
                seen_at=worker.seen_at,
            )
        )
        await self._db.execute(delete(WorkerRow).where(WorkerRow.seen_at < worker.seen_at - FORGOTTEN_AFTER))

    async def gone(self, owner: str) -> None:
        """A process has stopped."""
        await self._db.execute(delete(WorkerRow).where(WorkerRow.owner == owner))

    async def live(self, since: datetime) -> list[Worker]:
        """See `bot.ports.Workers.live`."""
        query = select(WorkerRow.__table__).where(WorkerRow.seen_at >= since).order_by(WorkerRow.started_at, WorkerRow.owner)
        return [
            Worker(row.owner, frozenset(row.roles), row.place, row.version, row.started_at, row.seen_at)
            for row in await self._db.execute(query)
        ]
