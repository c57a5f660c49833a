"""Short-lived marks: that something was given out, or was dealt with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.dialects import insert_into
from storage.models import MarkRow

_SWEPT_AT_ONCE = 100


class SqlMarks:
    """`bot.ports.Marks` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def set(self, key: str, until: datetime, now: datetime) -> bool:
        """See `bot.ports.Marks.set`; what has lapsed is swept away by and by."""
        made = insert_into(self._db, MarkRow).values(key=key, until=until)
        lapsed = made.on_conflict_do_update(
            index_elements=["key"], set_={"until": made.excluded.until}, where=MarkRow.until <= now
        ).returning(MarkRow.key)
        is_new = (await self._db.execute(lapsed)).first() is not None
        if is_new:
            await self._sweep(now)
        return is_new

    async def take(self, key: str, now: datetime) -> bool:
        """See `bot.ports.Marks.take`."""
        taken = await self._db.execute(delete(MarkRow).where(MarkRow.key == key).returning(MarkRow.until))
        until = taken.scalar_one_or_none()
        return until is not None and until > now

    async def _sweep(self, now: datetime) -> None:
        lapsed = select(MarkRow.key).where(MarkRow.until <= now).limit(_SWEPT_AT_ONCE).with_for_update(skip_locked=True)
        await self._db.execute(delete(MarkRow).where(MarkRow.key.in_(lapsed)))
