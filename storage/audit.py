"""Who changed what, where and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.subscription import DestinationId
from bot.ports import Actor, AuditEntry
from storage.models import AuditRow


class SqlAudit:
    """`bot.ports.Audit` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def note(
        self,
        destination_id: DestinationId,
        actor: Actor,
        what: str,
        *,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        now: datetime,
    ) -> int:
        """See `bot.ports.Audit.note`."""
        values = {"before": dict(before) or None, "after": dict(after) or None}
        row = insert(AuditRow).values(destination_id=destination_id, at=now, by=str(actor), name=actor.name, what=what, **values)
        return (await self._db.execute(row.returning(AuditRow.id))).scalar_one()

    async def of(self, destination_id: DestinationId, limit: int, offset: int = 0) -> list[AuditEntry]:
        """See `bot.ports.Audit.of`."""
        rows = await self._db.execute(_newest(destination_id, limit).offset(offset))
        return [_entry(row) for row in rows]

    async def get(self, destination_id: DestinationId, entry_id: int) -> AuditEntry | None:
        """See `bot.ports.Audit.get`."""
        row = (await self._db.execute(_newest(destination_id, 1).where(AuditRow.id == entry_id))).first()
        return _entry(row) if row else None

    async def since(self, destination_id: DestinationId, entry_id: int, limit: int) -> list[AuditEntry]:
        """See `bot.ports.Audit.since`."""
        rows = await self._db.execute(_newest(destination_id, limit).where(AuditRow.id > entry_id))
        return [_entry(row) for row in rows]


def _newest(destination_id: DestinationId, limit: int) -> Select[Any]:
    here = select(AuditRow.__table__).where(AuditRow.destination_id == destination_id)
    return here.order_by(AuditRow.id.desc()).limit(limit)


def _entry(row: Any) -> AuditEntry:  # noqa: ANN401 - a row of the table
    here = DestinationId(row.destination_id)
    return AuditEntry(row.id, here, row.at, row.by, row.name, row.what, row.before or {}, row.after or {})
