"""Who took a story on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, Destination
from bot.ports import Actor, Taker
from storage.dialects import insert_or_ignore
from storage.models import AccountRow, DestinationRow, PostReleaseRow, PostRow, TakerRow
from storage.rows import DESTINATION_COLUMNS, any_of, destination_from


class SqlTakers:
    """`bot.ports.Takers` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def take(self, release_id: ReleaseId, among: Collection[Address], actor: Actor, now: datetime) -> bool:
        """See `bot.ports.Takers.take`."""
        who = {"release_id": release_id, "person": str(actor), "name": actor.name, "at": now}
        rows = [who | {"account_id": account, "conversation": name} for account, name in await self._conversations(among)]
        if not rows:
            return False
        made = await self._db.execute(insert_or_ignore(self._db, TakerRow).values(rows).returning(TakerRow.conversation))
        return len(made.all()) == len(rows)

    async def _conversations(self, among: Collection[Address]) -> list[tuple[int, str]]:
        """By account and name, in one order everywhere: so that two who take the same in several do not wait for each other."""
        these = (any_of(among, AccountRow.platform, AccountRow.name, DestinationRow.conversation),)
        rows = await self._db.execute(
            select(DestinationRow.account_id, DestinationRow.conversation)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(*these)
            .distinct()
            .order_by(DestinationRow.account_id, DestinationRow.conversation)
        )
        return [(row.account_id, row.conversation) for row in rows]

    async def give_back(self, release_id: ReleaseId, among: Collection[Address]) -> None:
        """See `bot.ports.Takers.give_back`."""
        for account, conversation in await self._conversations(among):
            this = (TakerRow.release_id == release_id, TakerRow.account_id == account, TakerRow.conversation == conversation)
            await self._db.execute(delete(TakerRow).where(*this))

    async def of(self, release_ids: Collection[ReleaseId]) -> list[Taker]:
        """See `bot.ports.Takers.of`."""
        rows = await self._db.execute(
            select(TakerRow.__table__, AccountRow.platform, AccountRow.name.label("account"))
            .join(AccountRow, AccountRow.id == TakerRow.account_id)
            .where(TakerRow.release_id.in_(release_ids))
        )
        return [
            Taker(ReleaseId(row.release_id), row.platform, row.account, row.conversation, row.person, row.name, row.at)
            for row in rows
        ]

    async def told(self, release_id: ReleaseId, among: Collection[Address]) -> list[Destination]:
        """See `bot.ports.Takers.told`."""
        stands = (
            select(PostRow.destination_id)
            .join(PostReleaseRow, PostReleaseRow.post_id == PostRow.id)
            .where(PostReleaseRow.release_id == release_id)
        )
        rows = await self._db.execute(
            select(*DESTINATION_COLUMNS)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(any_of(among, AccountRow.platform, AccountRow.name, DestinationRow.conversation))
            .where(DestinationRow.paused.is_(None), DestinationRow.id.in_(stands))
            .order_by(DestinationRow.id)
        )
        return [each for each in map(destination_from, rows) if each.options.takers]
