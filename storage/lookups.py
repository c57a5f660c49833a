"""Documents of releases that are to be looked at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import FeedState
from bot.domain.release import ReleaseId
from bot.ports import ARCHIVED, GRACE, Hint, Lookup
from storage.dialects import insert_into, insert_or_ignore
from storage.feeds import WANTED, SqlFeeds
from storage.hints import hint
from storage.models import FeedRow, LookupRow, NewsroomRow, ReleaseRow
from storage.releases import SqlReleases

_FREE = {"owner": None, "lease_until": None}


class SqlLookups:
    """`bot.ports.Lookups` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, release_ids: Sequence[ReleaseId], stage: int, due_at: datetime) -> None:
        """See `bot.ports.Lookups.add`."""
        if release_ids:
            rows = [{"release_id": ident, "stage": stage, "due_at": due_at, "tries": 0} for ident in release_ids]
            await self._db.execute(insert_or_ignore(self._db, LookupRow), rows)
            hint(self._db, Hint.LOOKUPS)

    async def again(self, release_id: ReleaseId, stage: int, now: datetime) -> None:
        """See `bot.ports.Lookups.again`."""
        asked = insert_into(self._db, LookupRow).values(release_id=release_id, stage=stage, due_at=now, tries=0)
        nearer = case((LookupRow.stage == ARCHIVED, stage), else_=LookupRow.stage)
        at_once = {"stage": nearer, "due_at": now, "tries": 0, **_FREE}
        await self._db.execute(asked.on_conflict_do_update(index_elements=["release_id"], set_=at_once))
        hint(self._db, Hint.LOOKUPS)

    async def looked_at(self, release_ids: Collection[ReleaseId]) -> set[ReleaseId]:
        """See `bot.ports.Lookups.looked_at`."""
        new = select(LookupRow.release_id).where(LookupRow.release_id.in_(release_ids), _kind(archived=False))
        return {ReleaseId(ident) for ident in (await self._db.execute(new)).scalars()}

    async def awaited(self, release_ids: Collection[ReleaseId]) -> datetime | None:
        """See `bot.ports.Lookups.awaited`."""
        first = (LookupRow.release_id.in_(release_ids), LookupRow.stage == 0, LookupRow.tries == 0)
        asked_at = (await self._db.execute(select(func.max(LookupRow.due_at)).where(*first))).scalar_one()
        return None if asked_at is None else asked_at + GRACE

    async def claim(self, owner: str, now: datetime, lease: timedelta, limit: int, *, archived: bool = False) -> list[Lookup]:
        """See `bot.ports.Lookups.claim`."""
        free = or_(LookupRow.owner.is_(None), LookupRow.lease_until <= now)
        rows = (
            await self._db.execute(
                _followed(LookupRow.release_id, LookupRow.stage, LookupRow.due_at, LookupRow.tries, ReleaseRow.feed_id)
                .where(_kind(archived=archived), LookupRow.due_at <= now, free, _FOLLOWED)
                # Pages of history come newest first, and of a page the newest has the highest id.
                .order_by(LookupRow.due_at, LookupRow.release_id.desc())
                .limit(limit)
                .with_for_update(skip_locked=True, of=LookupRow)
            )
        ).all()
        if not rows:
            return []
        these = [ReleaseId(row.release_id) for row in rows]
        await self._db.execute(
            update(LookupRow).where(LookupRow.release_id.in_(these)).values(owner=owner, lease_until=now + lease)
        )
        releases = {release.id: release for release in await SqlReleases(self._db).many(these)}
        feeds = {feed.id: feed for feed in await SqlFeeds(self._db).many({row.feed_id for row in rows})}
        return [Lookup(releases[row.release_id], feeds[row.feed_id], row.stage, row.due_at, row.tries) for row in rows]

    async def next_due(self, *, archived: bool = False) -> datetime | None:
        """See `bot.ports.Lookups.next_due`."""
        these = (_kind(archived=archived), _FOLLOWED)
        free = _followed(LookupRow.due_at).where(*these, LookupRow.owner.is_(None)).order_by(LookupRow.due_at).limit(1)
        found: datetime | None = (await self._db.execute(free)).scalar_one_or_none()
        if found is None:  # whoever has one in hand may be dead
            held = _followed(LookupRow.lease_until).where(*these, LookupRow.owner.is_not(None))
            found = (await self._db.execute(held.order_by(LookupRow.lease_until).limit(1))).scalar_one_or_none()
        return found

    async def holds(self, owner: str, lookup: Lookup) -> bool:
        """See `bot.ports.Lookups.holds`."""
        held = select(LookupRow.release_id).where(*_in_hand(owner, lookup)).with_for_update(key_share=True)
        return (await self._db.execute(held)).first() is not None

    async def settle(self, owner: str, lookup: Lookup, stage: int | None, due_at: datetime, tries: int = 0) -> bool:
        """See `bot.ports.Lookups.settle`."""
        ours = _in_hand(owner, lookup)
        if stage is None:
            return (await self._db.execute(delete(LookupRow).where(*ours))).rowcount > 0
        next_look = {"stage": stage, "due_at": due_at, "tries": tries, **_FREE}
        return (await self._db.execute(update(LookupRow).where(*ours).values(next_look))).rowcount > 0

    async def let_go(self, owner: str | None = None) -> None:
        """See `bot.ports.Lookups.let_go`."""
        held = LookupRow.owner.is_not(None) if owner is None else LookupRow.owner == owner
        await self._db.execute(update(LookupRow).where(held).values(_FREE))


_FOLLOWED = (FeedRow.state != FeedState.ENDED) & WANTED


def _followed(*columns: Any) -> Select[Any]:  # noqa: ANN401 - columns of the lookup
    return (
        select(*columns)
        .select_from(LookupRow)
        .join(ReleaseRow, ReleaseRow.id == LookupRow.release_id)
        .join(FeedRow, FeedRow.id == ReleaseRow.feed_id)
        .join(NewsroomRow, NewsroomRow.id == FeedRow.newsroom_id)
    )


def _in_hand(owner: str, lookup: Lookup) -> tuple[ColumnElement[bool], ...]:
    # By its time too: one that was asked for anew, and taken in the same hands again, is another look.
    return LookupRow.release_id == lookup.release.id, LookupRow.owner == owner, LookupRow.due_at == lookup.due_at


def _kind(*, archived: bool) -> ColumnElement[bool]:
    return LookupRow.stage == ARCHIVED if archived else LookupRow.stage < ARCHIVED
