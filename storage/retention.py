"""What is kept no longer because of its age: found in a snapshot, taken away a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.domain.delivery import DeliveryId, DeliveryState
from bot.ports import Aged
from storage.models import (
    AuditRow,
    BroadcastRow,
    ButtonRow,
    DeedRow,
    DeliveryRow,
    FanOutRow,
    MarkRow,
    PostReleaseRow,
    PostRow,
    ReleaseRow,
    ShownRow,
    SubscriptionRow,
    TakerRow,
    WorkerRow,
)

IN_ITS_FEED = 100
"""So many of a feed's releases, the newest, may still stand in it, and may be corrected whatever their age."""

_SETTLED = DeliveryRow.state.in_((DeliveryState.SENT, DeliveryState.SKIPPED, DeliveryState.DEAD))


class SqlRetention:
    """`bot.ports.Retention` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def settled(self, before: datetime, after: DeliveryId, limit: int) -> tuple[list[DeliveryId], DeliveryId | None]:
        """See `bot.ports.Retention.settled`."""
        columns = (DeliveryRow.id, DeliveryRow.created_at, DeliveryRow.done_at, DeliveryRow.state, DeliveryRow.release_id)
        query = select(*columns).where(DeliveryRow.id > after).order_by(DeliveryRow.id).limit(limit)
        rows = (await self._db.execute(query)).all()
        # Ids go up with time, but for what was held back or tried anew: where all of them are young, so is what follows.
        if not any(row.created_at < before for row in rows):
            return [], None
        owed = (DeliveryState.PENDING, DeliveryState.HELD)
        old = [row for row in rows if row.state not in owed and row.done_at is not None and row.done_at < before]
        past = await self._past({row.release_id for row in old if row.release_id is not None}, before)
        gone = [row.id for row in old if row.release_id is None or row.release_id in past]
        digests = {row.id for row in old if row.release_id is None}
        keep = await self._show_what_stands(digests, before)
        last = DeliveryId(rows[-1].id) if len(rows) == limit else None
        return [DeliveryId(ident) for ident in gone if ident not in keep], last

    async def _past(self, releases: set[int], before: datetime) -> set[int]:
        """Those of the releases that are old, and that their feed has pushed out by others since."""
        if not releases:
            return set()
        return set((await self._db.execute(select(ReleaseRow.id).where(ReleaseRow.id.in_(releases), _is_past(before)))).scalars())

    async def _show_what_stands(self, digests: set[int], before: datetime) -> set[int]:
        """Those of the digests that show a release which is not past."""
        if not digests:
            return set()
        shown = (
            select(PostRow.delivery_id)
            .join(PostReleaseRow, PostReleaseRow.post_id == PostRow.id)
            .join(ReleaseRow, ReleaseRow.id == PostReleaseRow.release_id)
            .where(PostRow.delivery_id.in_(digests), ~_is_past(before))
        )
        return set((await self._db.execute(shown)).scalars())

    async def remove(self, deliveries: Sequence[DeliveryId]) -> int:
        """See `bot.ports.Retention.remove`."""
        # Locked, so that a dead letter which is just tried anew stays.
        ours = select(DeliveryRow.id).where(DeliveryRow.id.in_(deliveries), _SETTLED).with_for_update(skip_locked=True)
        return await remove_deliveries(self._db, list((await self._db.execute(ours)).scalars()))

    async def sweep(self, what: Aged, before: datetime, limit: int) -> int:
        """See `bot.ports.Retention.sweep`."""
        match what:
            case Aged.CHANGES:
                return await self._changes(before, limit)
            case Aged.AUTHORS:
                return await self._authors(before, limit)
            case Aged.BUTTONS:
                return await self._away(ButtonRow, ButtonRow.kept_at < before, limit)
            case Aged.LISTS:
                return await self._away(ShownRow, ShownRow.shown_at < before, limit)
            case Aged.TAKERS:
                return await self._away(TakerRow, TakerRow.at < before, limit)
            case Aged.MARKS:
                return await self._away(MarkRow, MarkRow.until < before, limit)
            case Aged.WORKERS:
                return await self._away(WorkerRow, WorkerRow.seen_at < before, limit)
            case Aged.DEEDS:
                spoken = (BroadcastRow.drafted_at < before) & ~exists().where(FanOutRow.broadcast_id == BroadcastRow.id)
                broadcasts = await self._away(BroadcastRow, spoken, limit)
                return broadcasts + await self._away(DeedRow, DeedRow.at < before, limit)

    async def _changes(self, before: datetime, limit: int) -> int:
        """Ids go up with time: the oldest are looked at, and no index is needed."""
        oldest = select(AuditRow.id, AuditRow.at).order_by(AuditRow.id).limit(limit)
        old = [row.id for row in await self._db.execute(oldest) if row.at < before]
        return (await self._db.execute(delete(AuditRow).where(AuditRow.id.in_(old)))).rowcount if old else 0

    async def _authors(self, before: datetime, limit: int) -> int:
        """Who made a subscription that ended; that it was there stays known."""
        ended = select(SubscriptionRow.id).where(SubscriptionRow.ended_at < before, SubscriptionRow.created_by != "").limit(limit)
        these = list((await self._db.execute(ended)).scalars())
        if not these:
            return 0
        return (await self._db.execute(update(SubscriptionRow).where(SubscriptionRow.id.in_(these)).values(created_by=""))).rowcount

    async def _away(self, row: type[Any], which: ColumnElement[bool], limit: int) -> int:
        keys = list(row.__table__.primary_key)
        found: Select[Any] = select(*keys).where(which).limit(limit).with_for_update(skip_locked=True)
        these = keys[0].in_(found) if len(keys) == 1 else tuple_(*keys).in_(found)
        return (await self._db.execute(delete(row).where(these))).rowcount


async def remove_deliveries(connection: AsyncConnection, deliveries: Sequence[int]) -> int:
    """Take deliveries away, and what was posted by them."""
    if not deliveries:
        return 0
    # By their keys, in two steps: joined in one statement, the way depends on statistics that a busy table may not have.
    posts = list((await connection.execute(select(PostRow.id).where(PostRow.delivery_id.in_(deliveries)))).scalars())
    if posts:
        await connection.execute(delete(PostReleaseRow).where(PostReleaseRow.post_id.in_(posts)))
        await connection.execute(delete(PostRow).where(PostRow.id.in_(posts)))
    return (await connection.execute(delete(DeliveryRow).where(DeliveryRow.id.in_(deliveries)))).rowcount


_newer = aliased(ReleaseRow)


def _is_past(before: datetime) -> ColumnElement[bool]:
    """Whether no correction of a release is to be expected any more."""
    newer = select(_newer.id).where(_newer.feed_id == ReleaseRow.feed_id, _newer.published > ReleaseRow.published)
    pushed_out = exists(newer.order_by(_newer.published).offset(IN_ITS_FEED - 1).limit(1).correlate(ReleaseRow))
    old = (ReleaseRow.published < before) & (ReleaseRow.first_seen < before)
    return old & or_(pushed_out, ReleaseRow.gone_at < before)
