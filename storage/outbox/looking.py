"""What the outbox knows: posts that stand, how it is doing, what was given up."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryId, DeliveryKind, DeliveryState, Post, PostId
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, DestinationId
from bot.ports import DeadLetter, OutboxHealth
from storage.lanes import ACCOUNT_PAUSED
from storage.models import (
    AccountRow,
    DeliveryRow,
    DestinationRow,
    FanOutRow,
    LaneRow,
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

    async def posts_about(self, destination_id: DestinationId, release_id: ReleaseId) -> list[Post]:
        """Those, and the ones that tell more of it below them."""
        shows = select(PostReleaseRow.post_id).where(PostReleaseRow.release_id == release_id)
        more = (DeliveryRow.kind == DeliveryKind.FOLLOW_UP) & (DeliveryRow.release_id == release_id)
        follow = select(PostRow.id).join(DeliveryRow, DeliveryRow.id == PostRow.delivery_id).where(more)
        return await self._posts(PostRow.destination_id == destination_id, PostRow.id.in_(shows.union(follow)))

    async def post(self, address: Address, reference: str) -> Post | None:
        """The post that the platform calls by this reference."""
        found = await self._posts(
            AccountRow.platform == address.platform,
            AccountRow.name == address.account,
            DestinationRow.conversation == address.conversation,
            PostRow.reference == reference,
        )
        return found[-1] if found else None

    async def about(self, address: Address, reference: str) -> list[ReleaseId]:
        """See `bot.ports.Outbox.about`."""
        post = await self.post(address, reference)
        if post is None or post.shows:
            return [ident for ident, _ in post.shows] if post else []
        made_by = select(DeliveryRow.release_id).where(DeliveryRow.id == post.delivery_id)
        return [ReleaseId(ident) for ident in (await self._db.execute(made_by)).scalars() if ident is not None]

    async def _posts(self, *where: ColumnElement[bool]) -> list[Post]:
        rows = await self._db.execute(
            select(
                PostRow.id,
                PostRow.delivery_id,
                PostRow.reference,
                PostRow.sent_at,
                PostRow.more,
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
            made_by = DeliveryId(row.delivery_id)
            made = Post(PostId(row.id), address, row.reference, row.sent_at, more=row.more, delivery_id=made_by)
            before = posts.get(row.id) or made
            shown = () if row.release_id is None else ((ReleaseId(row.release_id), row.revision),)
            told = () if row.release_id is None else ((ReleaseId(row.release_id), row.told),)
            posts[row.id] = replace(before, shows=(*before.shows, *shown), told=(*before.told, *told))
        return list(posts.values())

    async def health(self) -> OutboxHealth:
        """See `bot.ports.OutboxHealth`."""
        pending, held, dead, ambiguous, oldest, overdue, cursors = (await self._db.execute(_HEALTH)).one()
        return OutboxHealth(pending, held, dead, int(ambiguous), oldest, overdue, cursors)

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


# How it stands: each by an index that holds hardly more than what is asked for. What is settled well costs nothing here, however
# much it is. The words are spelt out, since an index of some rows is used only where these can be seen to be all that is asked for.


def _in_state(state: DeliveryState) -> ColumnElement[bool]:
    return and_(DeliveryRow.state == literal_column(f"'{state.value}'"), DeliveryRow.state != literal_column("'sent'"))


def _count(state: DeliveryState) -> ScalarSelect[int]:
    return select(func.count()).select_from(DeliveryRow).where(_in_state(state)).scalar_subquery()


_UNSURE = DeliveryRow.ambiguous > literal_column("0")
_DUE_THERE = (
    select(func.min(LaneRow.due_at))
    .where(LaneRow.account_id == AccountRow.id, LaneRow.due_at.is_not(None), LaneRow.owner.is_(None))
    .correlate(AccountRow)
    .scalar_subquery()
)
_HEALTH = select(
    _count(DeliveryState.PENDING),
    _count(DeliveryState.HELD),
    _count(DeliveryState.DEAD),
    select(func.coalesce(func.sum(DeliveryRow.ambiguous), 0)).where(_UNSURE).scalar_subquery(),
    select(DeliveryRow.created_at).where(_in_state(DeliveryState.PENDING)).order_by(DeliveryRow.id).limit(1).scalar_subquery(),
    select(func.min(_DUE_THERE)).select_from(AccountRow).where(~ACCOUNT_PAUSED).scalar_subquery(),
    select(func.count()).select_from(FanOutRow).scalar_subquery(),
)
