"""The numbered lists that people were shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.release import ReleaseId
from bot.domain.subscription import Address
from bot.ports import Actor
from storage.dialects import one_at_a_time
from storage.models import ShownRow


class SqlShownLists:
    """`bot.ports.ShownLists` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def keep(self, actor: Actor, address: Address, first: int, release_ids: Sequence[ReleaseId], now: datetime) -> None:
        """Remember a list; a further page (`first` > 1) adds to the one that is kept."""
        this = (ShownRow.actor == str(actor), ShownRow.address == str(address))
        await one_at_a_time(self._db, "shown", str(actor), str(address))
        numbers = range(first, first + len(release_ids))
        await self._db.execute(delete(ShownRow).where(*this, ShownRow.number.in_(numbers) if first > 1 else ShownRow.number > 0))
        if release_ids:
            await self._db.execute(
                insert(ShownRow),
                [
                    {"actor": str(actor), "address": str(address), "number": number, "release_id": ident, "shown_at": now}
                    for number, ident in zip(numbers, release_ids, strict=True)
                ],
            )

    async def entry(self, actor: Actor, address: Address, number: int, since: datetime) -> ReleaseId | None:
        """The release at this number of the list that was shown since then."""
        found = (
            await self._db.execute(
                select(ShownRow.release_id).where(
                    ShownRow.actor == str(actor),
                    ShownRow.address == str(address),
                    ShownRow.number == number,
                    ShownRow.shown_at >= since,
                )
            )
        ).scalar_one_or_none()
        return ReleaseId(found) if found is not None else None
