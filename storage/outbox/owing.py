"""What is owed to whom: written down once, in the transaction that makes it so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, case, delete, exists, false, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.domain.delivery import DeliveryKind, DeliveryState, Owed, Priority
from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.domain.subscription import DestinationId, SubscriptionId
from bot.ports import Audience, FanOutCursor, Hint
from storage.dialects import insert_or_ignore
from storage.hints import hint
from storage.lanes import DIGESTED, due_unless_paused, lock_lanes
from storage.models import (
    DeliveryRow,
    DestinationRow,
    FanOutRow,
    LaneRow,
    NewsroomRow,
    SubscriptionRow,
)

T = TypeVar("T")

ALL_SILENT = func.min(case((DeliveryRow.silent, 1), else_=0))
"""Whether every delivery of a group is silent, as 1 or 0."""

_CHUNK = 500  # parameters in one IN (...): far below every engine's limit


class Owing:
    """The part of `bot.ports.Outbox` that is about audiences, debts and fan-out cursors."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def audience_size(self, newsroom_id: NewsroomId, at: datetime) -> int:
        """How many live subscriptions want the newsroom's releases."""
        query = select(func.count()).select_from(SubscriptionRow).where(_wants(SubscriptionRow, newsroom_id, at))
        return int((await self._db.execute(query)).scalar_one())

    async def audience(
        self, newsroom_id: NewsroomId, *, at: datetime, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Audience]:
        """See `bot.ports.Outbox.audience`."""
        other = aliased(SubscriptionRow)
        sounds = exists().where(
            other.destination_id == SubscriptionRow.destination_id, _wants(other, newsroom_id, at), other.silent.is_(False)
        )
        # Asked of the destination as a whole: in a chunk of its own, the subscription with sound would come too late.
        silent = case((SubscriptionRow.silent, ~sounds), else_=false())
        query = (
            select(SubscriptionRow.id, SubscriptionRow.destination_id, silent)
            .join(DestinationRow, DestinationRow.id == SubscriptionRow.destination_id)
            .where(_wants(SubscriptionRow, newsroom_id, at), SubscriptionRow.id > after, DestinationRow.paused.is_(None))
            .order_by(SubscriptionRow.id)
            .limit(limit)
        )
        if until is not None:
            query = query.where(SubscriptionRow.id <= until)
        return [
            Audience(DestinationId(destination), SubscriptionId(ident), bool(without_sound))
            for ident, destination, without_sound in await self._db.execute(query)
        ]

    async def shown_to(self, release_id: ReleaseId, *, after: int = 0, limit: int | None = None) -> dict[DestinationId, bool]:
        """See `bot.ports.Outbox.shown_to`."""
        states = (DeliveryState.PENDING, DeliveryState.HELD, DeliveryState.SENT)
        query = (
            select(DeliveryRow.destination_id, ALL_SILENT)
            .where(
                DeliveryRow.release_id == release_id,
                DeliveryRow.kind == DeliveryKind.ALERT,
                or_(DeliveryRow.state.in_(states), DeliveryRow.reason == DIGESTED),
                DeliveryRow.destination_id > after,
            )
            .group_by(DeliveryRow.destination_id)
            .order_by(DeliveryRow.destination_id)
            .limit(limit)
        )
        return {DestinationId(ident): bool(silent) for ident, silent in await self._db.execute(query)}

    async def owe(self, debts: Sequence[Owed], now: datetime) -> int:
        """See `bot.ports.Outbox.owe`."""
        if not debts:
            return 0
        await lock_lanes(self._db, {debt.destination_id for debt in debts})
        written = await self._db.execute(
            insert_or_ignore(self._db, DeliveryRow).returning(DeliveryRow.destination_id),
            [
                {
                    "destination_id": debt.destination_id,
                    "release_id": debt.release_id,
                    "revision": debt.revision,
                    "kind": debt.kind,
                    "priority": Priority[debt.kind.name],
                    "state": DeliveryState.PENDING,
                    "attempts": 0,
                    "ambiguous": 0,
                    "reason": "",
                    "dedupe_key": debt.dedupe_key,
                    "payload": dict(debt.payload) or None,
                    "silent": debt.silent,
                    "created_at": now,
                }
                for debt in debts
            ],
        )
        new = Counter(written.scalars())
        await self._add_pending(new, now)
        if new:
            hint(self._db, Hint.LANES)
        return new.total()

    async def _add_pending(self, new: Counter[int], now: datetime) -> None:
        by_count: dict[int, list[int]] = defaultdict(list)
        for destination_id, count in new.items():
            by_count[count].append(destination_id)
        for count, destinations in by_count.items():
            for some in chunks(destinations):
                # Unconditionally: the update takes the row's lock, and a condition would lose wake-ups.
                await self._db.execute(
                    update(LaneRow)
                    .where(LaneRow.destination_id.in_(some))
                    .values(pending=LaneRow.pending + count, due_at=due_unless_paused(func.coalesce(LaneRow.due_at, now)))
                )

    async def owe_later(
        self, kind: DeliveryKind, newsroom_id: NewsroomId, releases: Sequence[tuple[ReleaseId, int]], at: datetime
    ) -> None:
        """See `bot.ports.Outbox.owe_later`."""
        last = SubscriptionRow.id if kind is DeliveryKind.ALERT else DestinationRow.id
        until = (await self._db.execute(select(func.coalesce(func.max(last), 0)))).scalar_one()
        await self._db.execute(
            insert(FanOutRow).values(
                kind=kind, newsroom_id=newsroom_id, releases=[list(pair) for pair in releases], at=at, after=0, until=until
            )
        )
        hint(self._db, Hint.LANES)

    async def cursors(self, limit: int = 10) -> list[FanOutCursor]:
        """Fan-outs that are not through and that nobody else has in hand, oldest first."""
        # Of a newsroom the oldest alone: were the next taken up beside it, a destination might read them in the wrong order.
        earlier = aliased(FanOutRow)
        oldest = select(func.min(earlier.id)).where(earlier.newsroom_id == FanOutRow.newsroom_id).scalar_subquery()
        query = select(FanOutRow.__table__).where(FanOutRow.id == oldest).order_by(FanOutRow.id).limit(limit)
        rows = await self._db.execute(query.with_for_update(skip_locked=True, of=FanOutRow))
        return [
            FanOutCursor(
                id=row.id,
                kind=DeliveryKind(row.kind),
                newsroom_id=NewsroomId(row.newsroom_id),
                releases=tuple((ReleaseId(release), revision) for release, revision in row.releases),
                at=row.at,
                after=row.after,
                until=row.until,
            )
            for row in rows
        ]

    async def advance(self, cursor_id: int, after: int | None) -> None:
        """Move a cursor on; None ends it."""
        this = FanOutRow.id == cursor_id
        if after is None:
            await self._db.execute(delete(FanOutRow).where(this))
        else:
            await self._db.execute(update(FanOutRow).where(this).values(after=after))


def _wants(subscription: type[SubscriptionRow], newsroom_id: NewsroomId, at: datetime) -> ColumnElement[bool]:
    """Subscriptions, live since a moment and not muted then, to the newsroom or to all that are offered while it is."""
    offered = exists().where(NewsroomRow.id == newsroom_id, NewsroomRow.offered_by.is_not(None))
    return and_(
        or_(subscription.newsroom_id == newsroom_id, and_(subscription.newsroom_id.is_(None), offered)),
        subscription.created_at <= at,
        subscription.ended_at.is_(None),
        or_(subscription.muted_until.is_(None), subscription.muted_until <= at, subscription.muted_from > at),
    )


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists that fit one statement."""
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
