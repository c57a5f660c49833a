"""What became of one release at one destination, and how long things take."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, cast, extract, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from bot.domain.delivery import DeliveryId, DeliveryKind, DeliveryState
from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.domain.subscription import DestinationId, SubscriptionId
from bot.ports import Chapter, Passage, Story, Told
from storage.models import DeliveryRow, NewsroomRow, ReleaseRow, SubscriptionRow
from storage.outbox.looking import Looking

LOOKED_AT = 20_000
"""Deliveries, the newest, that tell how long things take: what is asked for costs no more, however much was ever sent."""


class Telling(Looking):
    """The part of `bot.ports.Outbox` that tells what happened."""

    async def story(self, destination_id: DestinationId, release_id: ReleaseId) -> Story:
        """See `bot.ports.Outbox.story`."""
        posts = await self.posts_about(destination_id, release_id)
        return Story(await self._told(destination_id, release_id), await self._chapters(destination_id, release_id), tuple(posts))

    async def _told(self, destination_id: DestinationId, release_id: ReleaseId) -> tuple[Told, ...]:
        rows = await self._db.execute(
            select(DeliveryRow.__table__)
            .where(DeliveryRow.destination_id == destination_id, DeliveryRow.release_id == release_id)
            .order_by(DeliveryRow.id)
        )
        return tuple(
            Told(
                DeliveryId(row.id),
                DeliveryKind(row.kind),
                DeliveryState(row.state),
                row.created_at,
                row.revision,
                row.done_at,
                row.held_until,
                row.attempts,
                row.ambiguous,
                row.reason,
                row.payload or {},
                in_digest=row.digest_id is not None,
            )
            for row in rows
        )

    async def _chapters(self, destination_id: DestinationId, release_id: ReleaseId) -> tuple[Chapter, ...]:
        """Only what all newsrooms together bring is left out where the newsroom is not offered."""
        of_newsroom = SubscriptionRow.newsroom_id == NewsroomRow.id
        of_all = and_(SubscriptionRow.newsroom_id.is_(None), NewsroomRow.offered_by.is_not(None))
        rows = await self._db.execute(
            select(SubscriptionRow.__table__)
            .join(NewsroomRow, or_(of_newsroom, of_all))
            .join(ReleaseRow, ReleaseRow.newsroom_id == NewsroomRow.id)
            .where(SubscriptionRow.destination_id == destination_id, ReleaseRow.id == release_id)
            .order_by(SubscriptionRow.id)
        )
        return tuple(
            Chapter(
                SubscriptionId(row.id),
                row.created_at,
                row.ended_at,
                row.muted_from,
                row.muted_until,
                to_all=row.newsroom_id is None,
            )
            for row in rows
        )

    async def held_for(self, destination_id: DestinationId) -> int:
        """See `bot.ports.Outbox.held_for`."""
        held = and_(DeliveryRow.state == DeliveryState.HELD, DeliveryRow.kind == DeliveryKind.ALERT)
        query = select(func.count()).select_from(DeliveryRow).where(DeliveryRow.destination_id == destination_id, held)
        return int((await self._db.execute(query)).scalar_one())

    async def ledger(self, newsrooms: Collection[NewsroomId], since: datetime) -> list[Passage]:
        """See `bot.ports.Outbox.ledger`."""
        newest = select(func.max(DeliveryRow.id)).scalar_subquery()
        found = _seconds(ReleaseRow.published, ReleaseRow.first_seen).label("found")
        posted = _seconds(ReleaseRow.first_seen, DeliveryRow.done_at).label("posted")
        rows = await self._db.execute(
            select(ReleaseRow.newsroom_id, ReleaseRow.id, found, posted, func.count().label("posts"))
            .select_from(DeliveryRow)
            .join(ReleaseRow, ReleaseRow.id == DeliveryRow.release_id)
            .where(
                DeliveryRow.id > newest - LOOKED_AT,
                DeliveryRow.kind == DeliveryKind.ALERT,
                DeliveryRow.state == DeliveryState.SENT,
                # What waits on purpose is not slow.
                DeliveryRow.held_until.is_(None),
                DeliveryRow.digest_id.is_(None),
                DeliveryRow.done_at >= since,
                ReleaseRow.date_note.is_(None),
                ReleaseRow.newsroom_id.in_(newsrooms),
            )
            .group_by(ReleaseRow.newsroom_id, ReleaseRow.id, found, posted)
        )
        return [
            Passage(NewsroomId(row.newsroom_id), ReleaseId(row.id), _span(row.found), _span(row.posted), row.posts) for row in rows
        ]


def _seconds(start: InstrumentedAttribute[Any], end: InstrumentedAttribute[Any]) -> ColumnElement[int]:
    """From one time to the other, in whole seconds: as many as a reader wants to know."""
    return cast(extract("epoch", end) - extract("epoch", start), Integer)


def _span(seconds: int) -> timedelta:
    return timedelta(seconds=seconds)
