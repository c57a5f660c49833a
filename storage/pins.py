"""Press contacts that operators pinned."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.contact import Contact, Pin, PinId
from bot.domain.newsroom import NewsroomId
from bot.ports import Actor
from storage.contents import contact_from_json, contact_to_json
from storage.models import PinRow


class SqlPins:
    """`bot.ports.Pins` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, newsroom_id: NewsroomId, contact: Contact, actor: Actor, now: datetime) -> Pin:
        """See `bot.ports.Pins.add`."""
        values = {"newsroom_id": newsroom_id, "contact": contact_to_json(contact), "at": now, "by": str(actor)}
        made = await self._db.execute(insert(PinRow).values(values).returning(PinRow.id))
        return Pin(PinId(made.scalar_one()), newsroom_id, contact, now, str(actor))

    async def of(self, newsroom_id: NewsroomId) -> list[Pin]:
        """See `bot.ports.Pins.of`."""
        return await self.among([newsroom_id])

    async def among(self, newsrooms: Collection[NewsroomId]) -> list[Pin]:
        """See `bot.ports.Pins.among`."""
        query = select(PinRow.__table__).where(PinRow.newsroom_id.in_(newsrooms)).order_by(PinRow.id.desc())
        return [_pin(row) for row in await self._db.execute(query)]

    async def remove(self, pin_id: PinId) -> bool:
        """See `bot.ports.Pins.remove`."""
        gone = await self._db.execute(delete(PinRow).where(PinRow.id == pin_id).returning(PinRow.id))
        return gone.first() is not None


def _pin(row: Any) -> Pin:  # noqa: ANN401 - a row of the table
    return Pin(PinId(row.id), row.newsroom_id, contact_from_json(row.contact), row.at, row.by)
