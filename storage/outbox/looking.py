"""What the outbox knows: posts that stand, how it is doing, what was given up."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryId, DeliveryKind, DeliveryState, Post, PostId
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, DestinationId
from bot.ports import DeadLetter, OutboxHealth
from storage.lanes import PENDING
from storage.models import (
    AccountRow,
    DeliveryRow,
    DestinationRow,
    FanOutRow,
    PostReleaseRow,
    PostRow,
)
from storage.rows import DESTINATION_COLUMNS, destination_from


class Looking:
    """The part of `bot.ports.Outbox` that only reads."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def posts(self, destination_id: DestinationId, release_id: ReleaseId) -> list[Post]:
        """The posts of a destination that show a release, oldest first."""
        shows = select(PostReleaseRow.post_id).where(PostReleaseRow.release_id == release_id)
        return await self._posts(PostRow.destination_id == destination_id, PostRow.id.in_(shows))

    async def post(self, address: Address, reference: str) -> Post | None:
        """The post that the platform calls by this reference."""
        found = await self._posts(
            AccountRow.platform == address.platform,
            AccountRow.name == address.account,
            DestinationRow.conversation == address.conversation,
            PostRow.reference == reference,
        )
        return found[-1] if found else None

    async def _posts(self, *where: ColumnElement[bool]) -> list[Post]:
        rows = await self._db.execute(
            select(
                PostRow.id,
                PostRow.reference,
                PostRow.sent_at,
                PostReleaseRow.release_id,
                PostReleaseRow.revision,
                PostReleaseRow.told,
                AccountRow.platform,
                AccountRow.name,
                DestinationRow.conversation,
                DestinationRow.thread,
            )
            .join(DestinationRow, DestinationRow.id == PostRow.destination_id)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .outerjoin(PostReleaseRow, PostReleaseRow.post_id == PostRow.id)
            .where(*where)
            .order_by(PostRow.id, PostReleaseRow.release_id)
        )
        posts: dict[int, Post] = {}
        for row in rows:
            address = Address(row.platform, row.name, row.conversation, row.thread)
            before = posts.get(row.id) or Post(PostId(row.id), address, row.reference, row.sent_at)
            shown = () if row.release_id is None else ((ReleaseId(row.release_id), row.revision),)
            told = () if row.release_id is None else ((ReleaseId(row.release_id), row.told),)
            posts[row.id] = replace(before, shows=(*before.shows, *shown), told=(*before.told, *told))
        return list(posts.values())

    async def health(self) -> OutboxHealth:
        """How the outbox stands."""
        rows = await self._db.execute(select(DeliveryRow.state, func.count().label("deliveries")).group_by(DeliveryRow.state))
        by_state = {row.state: row.deliveries for row in rows}
        oldest, ambiguous = (
            await self._db.execute(
                select(
                    select(func.min(DeliveryRow.created_at)).where(PENDING).scalar_subquery(),
                    select(func.coalesce(func.sum(DeliveryRow.ambiguous), 0)).scalar_subquery(),
                )
            )
        ).one()
        return OutboxHealth(
            pending=by_state.get(DeliveryState.PENDING, 0),
            held=by_state.get(DeliveryState.HELD, 0),
            dead=by_state.get(DeliveryState.DEAD, 0),
            sent=by_state.get(DeliveryState.SENT, 0),
            ambiguous=int(ambiguous),
            oldest_pending=oldest,
            cursors=int((await self._db.execute(select(func.count()).select_from(FanOutRow))).scalar_one()),
        )

    async def dead_letters(self, limit: int) -> list[DeadLetter]:
        """The newest deliveries that were given up."""
        rows = await self._db.execute(
            select(
                DeliveryRow.id,
                DeliveryRow.kind,
                DeliveryRow.reason,
                DeliveryRow.release_id,
                DeliveryRow.done_at,
                *DESTINATION_COLUMNS,
            )
            .join(DestinationRow, DestinationRow.id == DeliveryRow.destination_id)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(DeliveryRow.state == DeliveryState.DEAD)
            .order_by(DeliveryRow.id.desc())
            .limit(limit)
        )
        return [
            DeadLetter(
                DeliveryId(row.id),
                destination_from(row[-len(DESTINATION_COLUMNS) :]),
                DeliveryKind(row.kind),
                None if row.release_id is None else ReleaseId(row.release_id),
                row.reason,
                row.done_at,
            )
            for row in rows
        ]
