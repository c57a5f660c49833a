"""The commands of buttons that a platform cannot carry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.dialects import insert_or_ignore
from storage.models import ButtonRow


class SqlButtons:
    """`bot.ports.Buttons` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def keep(self, commands: Mapping[str, str], now: datetime) -> None:
        """See `bot.ports.Buttons.keep`."""
        rows = [{"key": key, "command": command, "kept_at": now} for key, command in sorted(commands.items())]
        if rows:
            await self._db.execute(insert_or_ignore(self._db, ButtonRow), rows)

    async def command(self, key: str) -> str | None:
        """The command that was kept by this key."""
        return (await self._db.execute(select(ButtonRow.command).where(ButtonRow.key == key))).scalar_one_or_none()
