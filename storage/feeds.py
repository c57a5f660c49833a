"""Feeds as things to poll."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, exists, func, or_, select, update

from bot.domain.newsroom import Feed, FeedId, FeedState, NewsroomId
from bot.ports import Hint, PollResult
from storage.hints import hint
from storage.known import Knowing
from storage.models import FeedRow, NewsroomRow, SubscriptionRow
from storage.rows import NEWSROOM_COLUMNS, newsroom_from

_COLUMNS = (
    FeedRow.id,
    FeedRow.url,
    FeedRow.moved_to,
    FeedRow.state,
    FeedRow.etag,
    FeedRow.last_modified,
    FeedRow.body_hash,
    FeedRow.primed_at,
    FeedRow.last_good_at,
    FeedRow.due_at,
    FeedRow.polls,
    FeedRow.missing,
    FeedRow.failures,
    FeedRow.fault,
    FeedRow.fault_detail,
    *NEWSROOM_COLUMNS,
)

WANTED = or_(
    NewsroomRow.offered_by.is_not(None),
    exists().where(SubscriptionRow.newsroom_id == NewsroomRow.id, SubscriptionRow.ended_at.is_(None)),
)
"""Newsrooms that are offered here, or subscribed to."""


class SqlFeeds(Knowing):
    """`bot.ports.Feeds` in SQL."""

    async def claim_due(self, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Feed]:
        """See `bot.ports.Feeds.claim_due`."""
        free = or_(FeedRow.owner.is_(None), FeedRow.lease_until <= now)
        rows = await self._db.execute(
            _feeds()
            .where(FeedRow.due_at <= now, FeedRow.state == FeedState.LIVE, free, WANTED)
            .order_by(FeedRow.due_at, FeedRow.id)
            .limit(limit)
            .with_for_update(skip_locked=True, of=FeedRow)
        )
        feeds = [_feed(row) for row in rows]
        if feeds:
            await self._db.execute(
                update(FeedRow).where(FeedRow.id.in_([feed.id for feed in feeds])).values(owner=owner, lease_until=now + lease)
            )
        return feeds

    async def next_due(self) -> datetime | None:
        """See `bot.ports.Feeds.next_due`."""
        # A feed in somebody's hands falls due when the lease ends: its holder may be dead.
        due: ColumnElement[datetime | None] = case((FeedRow.owner.is_(None), FeedRow.due_at), else_=FeedRow.lease_until)
        query = (
            select(func.min(due))
            .join(NewsroomRow, NewsroomRow.id == FeedRow.newsroom_id)
            .where(FeedRow.due_at.is_not(None), FeedRow.state == FeedState.LIVE, WANTED)
        )
        return (await self._db.execute(query)).scalar_one()

    async def renew(self, feed_ids: Collection[FeedId], owner: str, until: datetime) -> None:
        """See `bot.ports.Feeds.renew`."""
        # Locked in order, as whoever settles does, so that none waits for another.
        these = and_(FeedRow.id.in_(feed_ids), FeedRow.owner == owner)
        locked = select(FeedRow.id).where(these).order_by(FeedRow.id).with_for_update(key_share=True)
        ids = list((await self._db.execute(locked)).scalars())
        await self._db.execute(update(FeedRow).where(FeedRow.id.in_(ids)).values(lease_until=until))

    async def holds(self, feed_id: FeedId, owner: str) -> bool:
        """See `bot.ports.Feeds.holds`."""
        held = select(FeedRow.id).where(FeedRow.id == feed_id, FeedRow.owner == owner).with_for_update(key_share=True)
        return (await self._db.execute(held)).first() is not None

    async def settle(self, results: Sequence[PollResult], owner: str | None = None) -> None:
        """See `bot.ports.Feeds.settle`."""
        by_feed = sorted(results, key=lambda result: result.feed_id)  # as locks are taken, so that none waits for another
        good = [_written(result, owner) for result in by_feed if result.good_at]
        bad = [_written(result, owner) for result in by_feed if not result.good_at]
        if good:
            await self._db.execute(_GOOD if owner is None else _GOOD.where(_IN_HAND), good)
        if bad:
            await self._db.execute(_BAD if owner is None else _BAD.where(_IN_HAND), bad)

    async def keep(self, feed_id: FeedId) -> None:
        """See `bot.ports.Feeds.keep`."""
        await self._db.execute(select(FeedRow.id).where(FeedRow.id == feed_id).with_for_update(key_share=True))

    async def of(self, newsroom_id: NewsroomId) -> list[Feed]:
        """The newsroom's feeds."""
        return [_feed(row) for row in await self._db.execute(_feeds().where(FeedRow.newsroom_id == newsroom_id))]

    async def many(self, feed_ids: Collection[int]) -> list[Feed]:
        """The feeds of these ids."""
        return [_feed(row) for row in await self._db.execute(_feeds().where(FeedRow.id.in_(feed_ids)))]

    async def all(self) -> list[Feed]:
        """Every wanted feed, by newsroom."""
        rows = await self._db.execute(_feeds().where(WANTED).order_by(NewsroomRow.name, FeedRow.id))
        return [_feed(row) for row in rows]

    async def wake(self, newsroom_id: NewsroomId, now: datetime, *, prime: bool) -> None:
        """See `bot.ports.Feeds.wake`."""
        values: dict[str, Any] = {"due_at": now, "state": FeedState.LIVE}
        if prime:
            # Without the validators the next answer is a whole document, which is what there is to take in silence.
            values |= {"primed_at": None, "etag": None, "last_modified": None, "body_hash": None}
        await self._db.execute(update(FeedRow).where(FeedRow.newsroom_id == newsroom_id).values(values))
        hint(self._db, Hint.FEEDS)

    async def let_go(self, owner: str | None = None) -> None:
        """Let feeds go that a process held: this owner's, or everybody's where only one worker can be."""
        held = FeedRow.owner.is_not(None) if owner is None else FeedRow.owner == owner
        if (await self._db.execute(update(FeedRow).where(held).values(owner=None, lease_until=None))).rowcount:
            hint(self._db, Hint.FEEDS)


def _feeds() -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).join(NewsroomRow, NewsroomRow.id == FeedRow.newsroom_id)


def _feed(row: Any) -> Feed:  # noqa: ANN401 - a row of _COLUMNS
    return Feed(
        id=FeedId(row.id),
        newsroom=newsroom_from(row[-len(NEWSROOM_COLUMNS) :]),
        url=row.url,
        moved_to=row.moved_to,
        state=FeedState(row.state),
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        primed_at=row.primed_at,
        last_good_at=row.last_good_at,
        due_at=row.due_at,
        polls=row.polls,
        missing=row.missing,
        failures=row.failures,
        fault=row.fault,
        fault_detail=row.fault_detail,
    )


_LET_GO = {"owner": None, "lease_until": None}
_FEED = update(FeedRow.__table__).where(FeedRow.__table__.c.id == bindparam("of"))  # type: ignore[arg-type]
_IN_HAND = FeedRow.__table__.c.owner == bindparam("holder")
_GOOD = _FEED.values(
    _LET_GO
    | {
        "due_at": bindparam("due"),
        "state": bindparam("is_state"),
        "moved_to": bindparam("moved"),
        "etag": bindparam("tag"),
        "last_modified": bindparam("modified"),
        "body_hash": bindparam("hashed"),
        "missing": bindparam("missed"),
        "last_good_at": bindparam("good"),
        "primed_at": func.coalesce(FeedRow.__table__.c.primed_at, bindparam("primed", type_=FeedRow.__table__.c.primed_at.type)),
        "polls": FeedRow.__table__.c.polls + 1,
        "failures": 0,
        "fault": bindparam("said"),
        "fault_detail": bindparam("said_more"),
    }
)
_BAD = _FEED.values(
    _LET_GO
    | {
        "due_at": bindparam("due"),
        "state": bindparam("is_state"),
        "moved_to": func.coalesce(bindparam("moved"), FeedRow.__table__.c.moved_to),
        "failures": FeedRow.__table__.c.failures + bindparam("failed"),
        "fault": bindparam("said"),
        "fault_detail": bindparam("said_more"),
    }
)


def _written(result: PollResult, owner: str | None) -> dict[str, Any]:
    common = {
        "of": result.feed_id,
        "due": result.due_at,
        "is_state": result.state,
        "said": result.fault,
        "said_more": result.fault_detail,
        "moved": result.moved_to,
    } | ({} if owner is None else {"holder": owner})
    if not result.good_at:
        return common | {"failed": 1 if result.fault else 0}
    return common | {
        "tag": result.etag,
        "modified": result.last_modified,
        "hashed": result.body_hash,
        "missed": result.missing,
        "good": result.good_at,
        "primed": result.good_at if result.primes else None,
    }
