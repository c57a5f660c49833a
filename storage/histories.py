"""The histories of newsrooms, and how far each has been fetched."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import Feed, FeedState, NewsroomId
from bot.ports import ARCHIVED, History, HistoryState
from storage.dialects import insert_or_ignore
from storage.feeds import WANTED, SqlFeeds
from storage.models import FeedRow, HistoryRow, LookupRow, NewsroomRow, ReleaseRow, UtcDateTime

_FREE = {"owner": None, "lease_until": None}
_UNDER_WAY = HistoryRow.state.in_((HistoryState.WAITING, HistoryState.CATCHING_UP))
_OVER = HistoryRow.state.in_((HistoryState.DONE, HistoryState.CAPPED))
_UNBEGUN = FeedRow.id.not_in(select(HistoryRow.feed_id))
_FOLLOWED = (FeedRow.state == FeedState.LIVE) & FeedRow.primed_at.is_not(None) & WANTED


class SqlHistories:
    """`bot.ports.Histories` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, limit: int, *, of: NewsroomId | None = None
    ) -> list[History]:
        """See `bot.ports.Histories.claim`."""
        await self._begin(now)
        free = or_(HistoryRow.owner.is_(None), HistoryRow.lease_until <= now)
        query = _histories().where(_UNDER_WAY, HistoryRow.due_at <= now, free, _FOLLOWED)
        if of is not None:
            query = query.where(FeedRow.newsroom_id == of)
        query = query.order_by(HistoryRow.due_at, HistoryRow.feed_id).limit(limit)
        rows = (await self._db.execute(query.with_for_update(skip_locked=True, of=HistoryRow))).all()
        these = [row.feed_id for row in rows]
        if these:
            await self._db.execute(
                update(HistoryRow).where(HistoryRow.feed_id.in_(these)).values(owner=owner, lease_until=now + lease)
            )
        return await self._read(rows)

    async def _begin(self, now: datetime) -> None:
        """A row for each feed that has none, and for each that was begun anew since."""
        missing = (
            select(
                FeedRow.id,
                literal(HistoryState.WAITING.value),
                literal(""),
                literal(0),
                FeedRow.primed_at,
                literal(now, UtcDateTime()),
                literal(0),
                literal(""),
            )
            .join(NewsroomRow, NewsroomRow.id == FeedRow.newsroom_id)
            .where(_FOLLOWED, _UNBEGUN)
        )
        named = ["feed_id", "state", "cursor", "done", "primed_at", "due_at", "tries", "fault"]
        await self._db.execute(insert_or_ignore(self._db, HistoryRow).from_select(named, missing))
        primed_at = select(FeedRow.primed_at).where(FeedRow.id == HistoryRow.feed_id).scalar_subquery()
        state = case((_OVER, HistoryState.CATCHING_UP.value), else_=HistoryState.WAITING.value)
        anew = {"state": state, "cursor": "", "due_at": now, "tries": 0, "fault": "", "primed_at": primed_at, **_FREE}
        await self._db.execute(update(HistoryRow).where(primed_at != HistoryRow.primed_at).values(anew))

    async def next_due(self) -> datetime | None:
        """See `bot.ports.Histories.next_due`."""
        due = case((HistoryRow.owner.is_(None), HistoryRow.due_at), else_=HistoryRow.lease_until)
        under_way = (
            select(func.min(due))
            .select_from(HistoryRow)
            .join(FeedRow, FeedRow.id == HistoryRow.feed_id)
            .join(NewsroomRow, NewsroomRow.id == FeedRow.newsroom_id)
            .where(_UNDER_WAY, _FOLLOWED)
        )
        to_begin = (
            select(func.min(FeedRow.primed_at))
            .join(NewsroomRow, NewsroomRow.id == FeedRow.newsroom_id)
            .outerjoin(HistoryRow, HistoryRow.feed_id == FeedRow.id)
            .where(_FOLLOWED, or_(HistoryRow.feed_id.is_(None), HistoryRow.primed_at != FeedRow.primed_at))
        )
        row = (await self._db.execute(select(under_way.scalar_subquery(), to_begin.scalar_subquery()))).one()
        return min((moment for moment in row if moment is not None), default=None)

    async def settle(self, owner: str, history: History) -> bool:
        """See `bot.ports.Histories.settle`."""
        now_so_far = {
            "state": history.state,
            "cursor": history.cursor,
            "done": history.done,
            "total": history.total,
            "due_at": history.due_at,
            "tries": history.tries,
            "fault": history.fault,
            **_FREE,
        }
        ours = (HistoryRow.feed_id == history.feed.id, HistoryRow.owner == owner)
        return (await self._db.execute(update(HistoryRow).where(*ours).values(now_so_far))).rowcount > 0

    async def restart(self, newsroom_id: NewsroomId, now: datetime) -> None:
        """See `bot.ports.Histories.restart`."""
        await self._begin(now)
        these = HistoryRow.feed_id.in_(select(FeedRow.id).where(FeedRow.newsroom_id == newsroom_id))
        anew = {"state": HistoryState.WAITING, "cursor": "", "done": 0, "due_at": now, "tries": 0, "fault": "", **_FREE}
        await self._db.execute(update(HistoryRow).where(these, ~_UNDER_WAY).values(anew))

    async def progress(self, newsrooms: Collection[NewsroomId] | None = None) -> list[History]:
        """See `bot.ports.Histories.progress`."""
        query = _histories().order_by(NewsroomRow.name, FeedRow.id)
        if newsrooms is not None:
            query = query.where(FeedRow.newsroom_id.in_(newsrooms))
        return await self._read((await self._db.execute(query)).all())

    async def let_go(self, owner: str | None = None) -> None:
        """See `bot.ports.Histories.let_go`."""
        held = HistoryRow.owner.is_not(None) if owner is None else HistoryRow.owner == owner
        await self._db.execute(update(HistoryRow).where(held).values(_FREE))

    async def _read(self, rows: Collection[Any]) -> list[History]:
        feeds = {feed.id: feed for feed in await SqlFeeds(self._db).many({row.feed_id for row in rows})} if rows else {}
        texts = await self._texts([row.feed_id for row in rows]) if rows else {}
        return [_history(row, feeds[row.feed_id], texts.get(row.feed_id, 0)) for row in rows]

    async def _texts(self, feed_ids: Collection[int]) -> dict[int, int]:
        query = (
            select(ReleaseRow.feed_id, func.count().label("waiting"))
            .join(LookupRow, LookupRow.release_id == ReleaseRow.id)
            .where(LookupRow.stage == ARCHIVED, ReleaseRow.feed_id.in_(feed_ids))
            .group_by(ReleaseRow.feed_id)
        )
        return {row.feed_id: row.waiting for row in await self._db.execute(query)}


def _histories() -> Select[*tuple[Any, ...]]:
    return (
        select(
            HistoryRow.feed_id,
            HistoryRow.state,
            HistoryRow.due_at,
            HistoryRow.cursor,
            HistoryRow.done,
            HistoryRow.total,
            HistoryRow.tries,
            HistoryRow.fault,
        )
        .join(FeedRow, FeedRow.id == HistoryRow.feed_id)
        .join(NewsroomRow, NewsroomRow.id == FeedRow.newsroom_id)
    )


def _history(row: Any, feed: Feed, texts: int) -> History:  # noqa: ANN401 - a row of _histories
    return History(
        feed=feed,
        state=HistoryState(row.state),
        due_at=row.due_at,
        cursor=row.cursor,
        done=row.done,
        total=row.total,
        tries=row.tries,
        fault=row.fault,
        texts=texts,
    )
