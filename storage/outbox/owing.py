"""What is owed to whom: written down once, in the transaction that makes it so."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, exists, func, insert, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.domain.delivery import DeliveryKind, DeliveryState, Owed, Priority
from bot.domain.newsroom import NewsroomId
from bot.domain.options import DestinationOptions
from bot.domain.release import ReleaseId
from bot.domain.subscription import DestinationId, SubscriptionId, Wish
from bot.ports import Audience, FanOutCursor, Hint
from storage.dialects import insert_or_ignore
from storage.hints import hint
from storage.lanes import DIGESTED, due_unless_paused, lock_lanes, look_by
from storage.models import (
    DeliveryRow,
    DestinationRow,
    FanOutRow,
    LaneRow,
    NewsroomRow,
    SubscriptionRow,
)
from storage.options import destination_options_from_json, subscription_options_from_json

T = TypeVar("T")

ALL_SILENT = func.min(case((DeliveryRow.silent, 1), else_=0))
"""Whether every delivery of a group is silent, as 1 or 0."""

_Chosen = tuple[tuple[Wish, ...], DestinationOptions, str]
_CHUNK = 500  # parameters in one IN (...): far below every engine's limit


class Owing:
    """The part of `bot.ports.Outbox` that is about audiences, debts and fan-out cursors."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def audience_size(self, newsroom_id: NewsroomId, at: datetime) -> int:
        """How many live subscriptions want the newsroom's releases."""
        query = select(func.count()).select_from(SubscriptionRow).where(_wants(newsroom_id, at))
        return int((await self._db.execute(query)).scalar_one())

    async def audience(
        self, newsroom_id: NewsroomId, *, at: datetime, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Audience]:
        """See `bot.ports.Outbox.audience`."""
        query = (
            select(SubscriptionRow.id, SubscriptionRow.destination_id, _CHOSEN)
            .join(DestinationRow, DestinationRow.id == SubscriptionRow.destination_id)
            .where(_wants(newsroom_id, at), SubscriptionRow.id > after, DestinationRow.paused.is_(None))
            .order_by(SubscriptionRow.id)
            .limit(limit)
        )
        if until is not None:
            query = query.where(SubscriptionRow.id <= until)
        rows = (await self._db.execute(query)).all()
        chosen = await self._chosen(newsroom_id, at, {destination for _, destination, chosen in rows if chosen})
        return [
            Audience(DestinationId(destination), SubscriptionId(ident), *chosen.get(destination, ()))
            for ident, destination, _ in rows
        ]

    async def _chosen(self, newsroom_id: NewsroomId, at: datetime, destinations: Collection[int]) -> dict[int, _Chosen]:
        """What was chosen at destinations: asked of each as a whole, since another chunk may have its other subscription."""
        found: dict[int, _Chosen] = {}
        for some in chunks(sorted(destinations)):
            rows = await self._db.execute(
                select(
                    SubscriptionRow.destination_id,
                    SubscriptionRow.id,
                    SubscriptionRow.options,
                    SubscriptionRow.silent,
                    DestinationRow.options.label("how"),
                    DestinationRow.timezone,
                )
                .join(DestinationRow, DestinationRow.id == SubscriptionRow.destination_id)
                .where(SubscriptionRow.destination_id.in_(some), _brings(newsroom_id), _is_live(at))
                .order_by(SubscriptionRow.id)
            )
            for row in rows:
                wish = Wish(SubscriptionId(row.id), subscription_options_from_json(row.options), row.silent)
                before = found[row.destination_id][0] if row.destination_id in found else ()
                found[row.destination_id] = ((*before, wish), destination_options_from_json(row.how), row.timezone)
        return found

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

    async def owe(self, debts: Sequence[Owed], now: datetime, due: datetime | None = None) -> int:
        """See `bot.ports.Outbox.owe`."""
        if not debts:
            return 0
        await lock_lanes(self._db, {debt.destination_id for debt in debts})
        held = [debt for debt in debts if debt.held_until]
        pending = [debt for debt in debts if not debt.held_until] if held else debts
        new = await self._insert([_row(debt, now) for debt in pending])
        await self.add_pending(new, _newest(pending), max(now, due or now))
        if new:
            hint(self._db, Hint.LANES)
        return new.total() + await self._hold(held, now)

    async def _insert(self, rows: Sequence[dict[str, Any]]) -> Counter[int]:
        """Write deliveries down; how many were new, by destination."""
        if not rows:
            return Counter()
        written = await self._db.execute(insert_or_ignore(self._db, DeliveryRow).returning(DeliveryRow.destination_id), rows)
        return Counter(written.scalars())

    async def _hold(self, debts: Sequence[Owed], now: datetime) -> int:
        """Write down what is held back, outside the count of what is pending; its lane knows when to look at it again."""
        held = {"state": DeliveryState.HELD}
        new = await self._insert([_row(debt, now) | held | {"held_until": debt.held_until} for debt in debts])
        lanes: dict[datetime, set[int]] = defaultdict(set)
        for debt in debts:
            assert debt.held_until is not None
            lanes[debt.held_until].add(debt.destination_id)
        for until, destinations in lanes.items():
            for some in chunks(sorted(destinations)):
                await look_by(self._db, some, until)
        return new.total()

    async def add_pending(self, new: Counter[int], newest: Mapping[int, int], now: datetime) -> None:
        """Count what was written down, and have it tried."""
        alike: dict[tuple[int, int | None], list[int]] = defaultdict(list)
        for destination_id, count in new.items():
            alike[count, newest.get(destination_id)].append(destination_id)
        for (count, release_id), destinations in alike.items():
            for some in chunks(destinations):
                # Unconditionally: the update takes the row's lock, and a condition would lose wake-ups.
                change = update(LaneRow).where(LaneRow.destination_id.in_(some))
                due_at = due_unless_paused(func.coalesce(LaneRow.due_at, now))
                change = change.values(pending=LaneRow.pending + count, due_at=due_at)
                if release_id is not None:
                    older = or_(LaneRow.newest.is_(None), LaneRow.newest < release_id)
                    change = change.values(newest=case((older, release_id), else_=LaneRow.newest))
                await self._db.execute(change)

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
        rows = await self._db.execute(_CURSORS, {"limit": limit})
        return [
            FanOutCursor(
                id=row.id,
                kind=DeliveryKind(row.kind),
                newsroom_id=None if row.newsroom_id is None else NewsroomId(row.newsroom_id),
                releases=tuple((ReleaseId(release), revision) for release, revision in row.releases),
                at=row.at,
                after=row.after,
                until=row.until,
                broadcast_id=row.broadcast_id,
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


def _wants(newsroom_id: NewsroomId, at: datetime) -> ColumnElement[bool]:
    """Subscriptions, live since a moment and not muted then, to the newsroom or to all that are offered while it is."""
    of_all = and_(SubscriptionRow.newsroom_id.is_(None), _offered(newsroom_id))
    return and_(or_(SubscriptionRow.newsroom_id == newsroom_id, of_all), _is_live(at))


def _brings(newsroom_id: NewsroomId) -> ColumnElement[bool]:
    """The same newsrooms, in words that lead no planner to an index by newsroom: of a few destinations all is asked."""
    this_or_all = func.coalesce(SubscriptionRow.newsroom_id, newsroom_id) == newsroom_id
    return and_(this_or_all, or_(SubscriptionRow.newsroom_id.is_not(None), _offered(newsroom_id)))


def _offered(newsroom_id: NewsroomId) -> ColumnElement[bool]:
    return exists().where(NewsroomRow.id == newsroom_id, NewsroomRow.offered_by.is_not(None))


def _is_live(at: datetime) -> ColumnElement[bool]:
    return and_(
        SubscriptionRow.created_at <= at,
        SubscriptionRow.ended_at.is_(None),
        or_(SubscriptionRow.muted_until.is_(None), SubscriptionRow.muted_until <= at, SubscriptionRow.muted_from > at),
    )


_other = aliased(SubscriptionRow)
_CHOSEN = or_(
    SubscriptionRow.silent,
    DestinationRow.options.is_not(null()),
    exists().where(
        _other.destination_id == SubscriptionRow.destination_id, _other.options.is_not(null()), _other.ended_at.is_(None)
    ),
)
"""Whether anything was chosen that bears on what a destination is told: what alone is asked of all, since few choose."""


_earlier = aliased(FanOutRow)
_SAME = func.coalesce(_earlier.newsroom_id, 0) == func.coalesce(FanOutRow.newsroom_id, 0)  # broadcasts are of none
# Of a newsroom the oldest alone: were the next taken up beside it, a destination might read them in the wrong order.
_OLDEST = select(func.min(_earlier.id)).where(_SAME).scalar_subquery()
_CURSORS = (
    select(FanOutRow.__table__)
    .where(FanOutRow.id == _OLDEST)
    .order_by(FanOutRow.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=FanOutRow)
)


def _row(debt: Owed, now: datetime) -> dict[str, Any]:
    return {
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


def _newest(debts: Iterable[Owed]) -> dict[int, int]:
    """The newest release of which each destination is owed an alert."""
    found: dict[int, int] = {}
    for debt in debts:
        if debt.kind is DeliveryKind.ALERT and debt.release_id is not None:
            found[debt.destination_id] = max(debt.release_id, found.get(debt.destination_id, 0))
    return found


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists that fit one statement."""
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
