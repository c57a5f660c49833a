"""Who does what only one process may do at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, delete, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.dialects import insert_into
from storage.models import LeaseRow


class SqlLeases:
    """`bot.ports.Leases` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def take(self, name: str, owner: str, now: datetime, lease: timedelta) -> bool:
        """See `bot.ports.Leases.take`."""
        asked = insert_into(self._db, LeaseRow).values(name=name, owner=owner, until=now + lease)
        free = or_(LeaseRow.owner == owner, LeaseRow.until <= now)
        # One of ours is not made shorter: whoever noticed before us that the clock jumped has made it longer.
        until = case((LeaseRow.until > asked.excluded.until, LeaseRow.until), else_=asked.excluded.until)
        taken = asked.on_conflict_do_update(
            index_elements=["name"], set_={"owner": asked.excluded.owner, "until": until}, where=free
        ).returning(LeaseRow.name)
        return (await self._db.execute(taken)).first() is not None

    async def release(self, owner: str, name: str | None = None) -> None:
        """See `bot.ports.Leases.release`."""
        theirs = delete(LeaseRow).where(LeaseRow.owner == owner)
        await self._db.execute(theirs if name is None else theirs.where(LeaseRow.name == name))
