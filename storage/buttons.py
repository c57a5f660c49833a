"""The commands of buttons that a platform cannot carry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.dialects import insert_into
from storage.models import ButtonRow

FRESH = timedelta(days=1)
"""So long a button is not written down again that is shown again."""


class SqlButtons:
    """`bot.ports.Buttons` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def keep(self, commands: Mapping[str, str], now: datetime) -> None:
        """See `bot.ports.Buttons.keep`; one that is shown again is kept for its time anew."""
        rows = [{"key": key, "command": command, "kept_at": now} for key, command in sorted(commands.items())]
        if rows:
            made = insert_into(self._db, ButtonRow)
            again = made.on_conflict_do_update(
                index_elements=["key"], set_={"kept_at": made.excluded.kept_at}, where=ButtonRow.kept_at < now - FRESH
            )
            await self._db.execute(again, rows)

    async def command(self, key: str) -> str | None:
        """The command that was kept by this key."""
        return (await self._db.execute(select(ButtonRow.command).where(ButtonRow.key == key))).scalar_one_or_none()
