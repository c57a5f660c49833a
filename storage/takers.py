"""Who took a story on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.release import ReleaseId
from bot.domain.subscription import Destination
from bot.ports import Actor, Taker
from storage.dialects import insert_or_ignore
from storage.models import AccountRow, DestinationRow, PostReleaseRow, PostRow, TakerRow
from storage.rows import DESTINATION_COLUMNS, destination_from


class SqlTakers:
    """`bot.ports.Takers` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def take(self, release_id: ReleaseId, actor: Actor, now: datetime) -> bool:
        """See `bot.ports.Takers.take`."""
        here = select(AccountRow.id).where(_account(actor.platform, actor.account))
        account = (await self._db.execute(here)).scalar_one_or_none()
        if account is None:
            return False
        values = {"release_id": release_id, "account_id": account, "person": str(actor), "name": actor.name, "at": now}
        made = await self._db.execute(insert_or_ignore(self._db, TakerRow).values(values).returning(TakerRow.release_id))
        return made.first() is not None

    async def give_back(self, release_id: ReleaseId, platform: str, account: str, person: str) -> bool:
        """See `bot.ports.Takers.give_back`."""
        here = select(AccountRow.id).where(_account(platform, account)).scalar_subquery()
        this = (TakerRow.release_id == release_id, TakerRow.account_id == here, TakerRow.person == person)
        return bool((await self._db.execute(delete(TakerRow).where(*this))).rowcount)

    async def of(self, release_ids: Collection[ReleaseId]) -> list[Taker]:
        """See `bot.ports.Takers.of`."""
        rows = await self._db.execute(
            select(TakerRow.__table__, AccountRow.platform, AccountRow.name.label("account"))
            .join(AccountRow, AccountRow.id == TakerRow.account_id)
            .where(TakerRow.release_id.in_(release_ids))
        )
        return [Taker(ReleaseId(row.release_id), row.platform, row.account, row.person, row.name, row.at) for row in rows]

    async def told(self, release_id: ReleaseId, platform: str, account: str) -> list[Destination]:
        """See `bot.ports.Takers.told`."""
        stands = (
            select(PostRow.destination_id)
            .join(PostReleaseRow, PostReleaseRow.post_id == PostRow.id)
            .where(PostReleaseRow.release_id == release_id)
        )
        rows = await self._db.execute(
            select(*DESTINATION_COLUMNS)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(_account(platform, account), DestinationRow.paused.is_(None), DestinationRow.id.in_(stands))
            .order_by(DestinationRow.id)
        )
        return [each for each in map(destination_from, rows) if each.options.takers]


def _account(platform: str, account: str) -> ColumnElement[bool]:
    return and_(AccountRow.platform == platform, AccountRow.name == account)
