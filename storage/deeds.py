"""What operators did to the whole installation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Actor, Deed
from storage.models import DeedRow


class SqlDeeds:
    """`bot.ports.Deeds` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def note(self, actor: Actor, what: str, about: Mapping[str, str], now: datetime) -> None:
        """Write it down."""
        values = {"at": now, "by": str(actor), "name": actor.name, "what": what, "about": dict(about)}
        await self._db.execute(insert(DeedRow).values(values))

    async def latest(self, limit: int, offset: int = 0) -> list[Deed]:
        """See `bot.ports.Deeds.latest`."""
        query = select(DeedRow.__table__).order_by(DeedRow.id.desc()).limit(limit).offset(offset)
        return [Deed(row.id, row.at, row.by, row.name, row.what, row.about) for row in await self._db.execute(query)]
