"""Subscriptions: what a destination wants, and what it is owed no longer once it does not."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.domain.delivery import DeliveryKind, DeliveryState
from bot.domain.newsroom import NewsroomId
from bot.domain.options import SubscriptionOptions
from bot.domain.subscription import DestinationId, Subscription, SubscriptionId
from bot.ports import Hint
from storage.dialects import insert_or_ignore
from storage.hints import hint
from storage.lanes import PENDING, WAITS, lock_lanes
from storage.models import (
    DeliveryRow,
    LaneRow,
    NewsroomRow,
    ReleaseRow,
    SubscriptionRow,
    UtcDateTime,
)
from storage.options import options_to_json, subscription_options_from_json
from storage.rows import NEWSROOM_COLUMNS, newsroom_from


class Subscribing:
    """The part of `bot.ports.Destinations` that is about subscriptions.

    A subscription keeps its destination from being given another conversation, and goes along where that moves: so who makes or
    changes one locks the lane first, as whoever moves does.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def subscribe(
        self, destination_id: DestinationId, newsroom_id: NewsroomId | None, *, by: str, now: datetime
    ) -> tuple[Subscription, bool]:
        """See `bot.ports.Destinations.subscribe`."""
        same = SubscriptionRow.newsroom_id.is_(None) if newsroom_id is None else SubscriptionRow.newsroom_id == newsroom_id
        query = _live().where(SubscriptionRow.destination_id == destination_id, same)
        await lock_lanes(self._db, [destination_id])
        wanted = {"destination_id": destination_id, "newsroom_id": newsroom_id, "created_at": now, "created_by": by}
        while (stored := (await self._db.execute(query)).first()) is None:
            # Who else subscribes the same just now is waited for, and theirs is then the one; unless it has ended by then.
            made = insert_or_ignore(self._db, SubscriptionRow).values(wanted).returning(SubscriptionRow.id)
            if (await self._db.execute(made)).first() is not None:
                hint(self._db, Hint.FEEDS)
                return _subscription((await self._db.execute(query)).one()), True
        return _subscription(stored), False

    async def unsubscribe(self, subscription_id: SubscriptionId, now: datetime) -> None:
        """See `bot.ports.Destinations.unsubscribe`."""
        this = (SubscriptionRow.id == subscription_id, SubscriptionRow.ended_at.is_(None))
        await lock_lanes(self._db, select(SubscriptionRow.destination_id).where(*this))
        end = update(SubscriptionRow).where(*this).values(ended_at=now).returning(SubscriptionRow.destination_id)
        ended = (await self._db.execute(end)).scalar_one_or_none()
        if ended is not None:
            await self._drop_unwanted(ended, now)

    async def _drop_unwanted(self, destination_id: int, now: datetime) -> None:
        """Alerts that no subscription brings any more."""
        owed = DeliveryRow.state.in_((DeliveryState.PENDING, DeliveryState.HELD))
        await self._drop(destination_id, owed, SubscriptionRow.ended_at.is_(None), "unsubscribed", now)
        left = select(func.count()).where(PENDING, DeliveryRow.destination_id == destination_id).scalar_subquery()
        await self._db.execute(update(LaneRow).where(LaneRow.destination_id == destination_id).values(pending=left))
        await self._db.execute(
            update(LaneRow).where(LaneRow.destination_id == destination_id, LaneRow.pending == 0).values(due_at=None)
        )

    async def _drop(
        self, destination_id: int, which: ColumnElement[bool], brings: ColumnElement[bool], reason: str, now: datetime
    ) -> None:
        """Owe such alerts no longer that none of such subscriptions brings, but for one in flight."""
        offered = select(NewsroomRow.id).where(NewsroomRow.offered_by.is_not(None))
        wanted = exists().where(
            SubscriptionRow.destination_id == destination_id,
            brings,
            or_(
                SubscriptionRow.newsroom_id == ReleaseRow.newsroom_id,
                and_(SubscriptionRow.newsroom_id.is_(None), ReleaseRow.newsroom_id.in_(offered)),
            ),
        )
        in_flight = select(LaneRow.in_flight).where(LaneRow.destination_id == destination_id).scalar_subquery()
        await self._db.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.destination_id == destination_id,
                DeliveryRow.kind == DeliveryKind.ALERT,
                which,
                DeliveryRow.id.is_distinct_from(in_flight),
                DeliveryRow.release_id.in_(select(ReleaseRow.id).where(~wanted)),
            )
            .values(state=DeliveryState.SKIPPED, reason=reason, done_at=now)
        )

    async def subscriptions(self, destination_id: DestinationId) -> list[Subscription]:
        """Live ones, by newsroom; `all` first."""
        rows = await self._db.execute(
            _live()
            .where(SubscriptionRow.destination_id == destination_id)
            .order_by(SubscriptionRow.newsroom_id.is_not(None), NewsroomRow.name)
        )
        return [_subscription(row) for row in rows]

    async def ever_subscribed(self, destination_id: DestinationId) -> bool:
        """Whether there is or was any subscription."""
        query = select(exists().where(SubscriptionRow.destination_id == destination_id))
        return bool((await self._db.execute(query)).scalar_one())

    async def set_subscription_options(self, subscription_id: SubscriptionId, options: SubscriptionOptions) -> None:
        """See `bot.ports.Destinations.set_subscription_options`."""
        await self._lock([subscription_id])
        chosen = options_to_json(options)
        await self._db.execute(update(SubscriptionRow).where(SubscriptionRow.id == subscription_id).values(options=chosen))

    async def set_silent(self, subscription_id: SubscriptionId, *, silent: bool) -> None:
        """See `bot.ports.Destinations.set_silent`."""
        await self._lock([subscription_id])
        await self._db.execute(update(SubscriptionRow).where(SubscriptionRow.id == subscription_id).values(silent=silent))

    async def mute(self, subscription_ids: Collection[SubscriptionId], until: datetime | None, now: datetime) -> None:
        """See `bot.ports.Destinations.mute`."""
        await self._lock(subscription_ids)
        these = (SubscriptionRow.id.in_(subscription_ids), SubscriptionRow.ended_at.is_(None))
        muted = SubscriptionRow.muted_until > now
        if until is None:
            # The time of the mute stays: a fan-out under way still has to know of it.
            await self._db.execute(update(SubscriptionRow).where(*these, muted).values(muted_until=now))
            return
        since = case((muted, SubscriptionRow.muted_from), else_=literal(now, UtcDateTime()))
        await self._db.execute(update(SubscriptionRow).where(*these).values(muted_from=since, muted_until=until))
        await self._drop_muted(subscription_ids, until, now)

    async def _lock(self, subscription_ids: Collection[SubscriptionId]) -> None:
        await lock_lanes(self._db, select(SubscriptionRow.destination_id).where(SubscriptionRow.id.in_(subscription_ids)))

    async def _drop_muted(self, subscription_ids: Collection[SubscriptionId], until: datetime, now: datetime) -> None:
        """What was held back came out before the mute, but would be told during it; what is held for longer waits on."""
        here = select(SubscriptionRow.destination_id).where(SubscriptionRow.id.in_(subscription_ids))
        audible = and_(
            SubscriptionRow.ended_at.is_(None), or_(SubscriptionRow.muted_until.is_(None), SubscriptionRow.muted_until <= now)
        )
        for destination_id in sorted(set((await self._db.execute(here)).scalars())):
            digest = aliased(DeliveryRow)
            held = select(digest.id).where(
                digest.destination_id == destination_id, digest.state == DeliveryState.HELD, digest.held_until < until
            )
            in_held_digest = and_(DeliveryRow.state == DeliveryState.HELD, DeliveryRow.digest_id.in_(held))
            held_alone = and_(WAITS, DeliveryRow.held_until < until)
            await self._drop(destination_id, or_(held_alone, in_held_digest), audible, "muted", now)


def _live() -> Select[*tuple[Any, ...]]:
    return (
        select(
            SubscriptionRow.id,
            SubscriptionRow.destination_id,
            SubscriptionRow.created_at,
            SubscriptionRow.created_by,
            SubscriptionRow.silent,
            SubscriptionRow.muted_until,
            SubscriptionRow.options,
            SubscriptionRow.newsroom_id.label("wants"),
            *NEWSROOM_COLUMNS,
        )
        .outerjoin(NewsroomRow, NewsroomRow.id == SubscriptionRow.newsroom_id)
        .where(SubscriptionRow.ended_at.is_(None))
    )


def _subscription(row: Any) -> Subscription:  # noqa: ANN401 - a row of _live
    newsroom = None if row.wants is None else newsroom_from(row[-len(NEWSROOM_COLUMNS) :])
    return Subscription(
        SubscriptionId(row.id),
        DestinationId(row.destination_id),
        newsroom,
        row.created_at,
        row.created_by,
        row.silent,
        row.muted_until,
        subscription_options_from_json(row.options),
    )
