"""The outbox: lanes, leases, claims and settlements.

A lane is one destination's queue. `pending` counts its deliveries in state pending; `due_at` is when its head may be tried, and
is empty when there is nothing to do or the destination is paused. `owner` and `in_flight` say who has which delivery in hand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, case, delete, exists, func, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.domain.delivery import (
    Delivery,
    DeliveryId,
    DeliveryKind,
    DeliveryState,
    Owed,
    Post,
    PostId,
    Priority,
    Settlement,
)
from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, DestinationId, SubscriptionId
from bot.ports import Audience, Claim, DeadLetter, FanOutCursor, OutboxHealth
from storage.lanes import PAUSED, PENDING, due_unless_paused
from storage.models import (
    AccountRow,
    DeliveryRow,
    DestinationRow,
    FanOutRow,
    LaneRow,
    NewsroomRow,
    PostReleaseRow,
    PostRow,
    ReleaseRow,
    SubscriptionRow,
)
from storage.moving import move_conversation
from storage.rows import DESTINATION_COLUMNS, destination_from

T = TypeVar("T")

LATE_AT_ONCE = 5
"""More late finds than this pending for one destination become one digest (the outbox page of ARCHITECTURE.md)."""

LATE = "late"
DIGESTED = "in a digest"

_CHUNK = 500  # parameters in one IN (...): far below every engine's limit


class SqlOutbox:
    """`bot.ports.Outbox` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    # Accounts

    async def register(self, platform: str, account: str) -> int:
        """The account's id."""
        this = (AccountRow.platform == platform, AccountRow.name == account)
        await self._db.execute(self._insert(AccountRow).values(platform=platform, name=account).on_conflict_do_nothing())
        return (await self._db.execute(select(AccountRow.id).where(*this))).scalar_one()

    async def own(self, account_id: int, owner: str, now: datetime, lease: timedelta, *, evict: bool = False) -> bool:
        """See `bot.ports.Outbox.own`."""
        row = (
            await self._db.execute(
                select(AccountRow.owner, AccountRow.lease_until).where(AccountRow.id == account_id).with_for_update()
            )
        ).one()
        others = row.owner not in (None, owner)
        if others and not evict and row.lease_until > now:
            return False
        await self._db.execute(update(AccountRow).where(AccountRow.id == account_id).values(owner=owner, lease_until=now + lease))
        if row.owner != owner:
            await self._free_lanes(account_id)
        return True

    async def _free_lanes(self, account_id: int) -> None:
        """What lanes have in flight may stand at its destination already: it is counted, and, being due still, tried again."""
        held = and_(LaneRow.account_id == account_id, LaneRow.owner.is_not(None))
        await self._db.execute(
            update(DeliveryRow)
            .where(PENDING, DeliveryRow.id.in_(select(LaneRow.in_flight).where(held)))
            .values(ambiguous=DeliveryRow.ambiguous + 1)
        )
        await self._db.execute(update(LaneRow).where(held).values(owner=None, in_flight=None))

    async def disown(self, account_id: int, owner: str) -> None:
        """See `bot.ports.Outbox.disown`."""
        this = and_(AccountRow.id == account_id, AccountRow.owner == owner)
        if (await self._db.execute(update(AccountRow).where(this).values(owner=None, lease_until=None))).rowcount:
            await self._free_lanes(account_id)

    async def due(self, account_id: int, now: datetime) -> bool:
        """See `bot.ports.Outbox.due`."""
        lane = exists().where(LaneRow.account_id == account_id, LaneRow.due_at <= now, LaneRow.owner.is_(None))
        fan_out = exists().where(FanOutRow.id > 0)
        return bool((await self._db.execute(select(or_(lane, fan_out)))).scalar_one())

    async def next_due(self, account_id: int) -> datetime | None:
        """When the next lane that nobody has in hand falls due."""
        query = select(func.min(LaneRow.due_at)).where(
            LaneRow.account_id == account_id, LaneRow.due_at.is_not(None), LaneRow.owner.is_(None)
        )
        return (await self._db.execute(query)).scalar_one()

    # Owing

    async def audience_size(self, newsroom_id: NewsroomId, at: datetime) -> int:
        """How many live subscriptions want the newsroom's releases."""
        query = select(func.count()).select_from(SubscriptionRow).where(_wants(newsroom_id, at))
        return int((await self._db.execute(query)).scalar_one())

    async def audience(
        self, newsroom_id: NewsroomId, *, at: datetime, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Audience]:
        """See `bot.ports.Outbox.audience`."""
        query = (
            select(SubscriptionRow.id, SubscriptionRow.destination_id)
            .join(DestinationRow, DestinationRow.id == SubscriptionRow.destination_id)
            .where(_wants(newsroom_id, at), SubscriptionRow.id > after, DestinationRow.paused.is_(None))
            .order_by(SubscriptionRow.id)
            .limit(limit)
        )
        if until is not None:
            query = query.where(SubscriptionRow.id <= until)
        return [Audience(DestinationId(destination), SubscriptionId(ident)) for ident, destination in await self._db.execute(query)]

    async def shown_to(self, release_id: ReleaseId, *, after: int = 0, limit: int | None = None) -> list[DestinationId]:
        """See `bot.ports.Outbox.shown_to`."""
        states = (DeliveryState.PENDING, DeliveryState.HELD, DeliveryState.SENT)
        query = (
            select(DeliveryRow.destination_id)
            .distinct()
            .where(
                DeliveryRow.release_id == release_id,
                DeliveryRow.kind == DeliveryKind.ALERT,
                or_(DeliveryRow.state.in_(states), DeliveryRow.reason == DIGESTED),
                DeliveryRow.destination_id > after,
            )
            .order_by(DeliveryRow.destination_id)
            .limit(limit)
        )
        return [DestinationId(ident) for ident in (await self._db.execute(query)).scalars()]

    async def owe(self, debts: Sequence[Owed], now: datetime) -> int:
        """See `bot.ports.Outbox.owe`."""
        if not debts:
            return 0
        written = await self._db.execute(
            self._insert(DeliveryRow).on_conflict_do_nothing().returning(DeliveryRow.destination_id),
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
                    "created_at": now,
                }
                for debt in debts
            ],
        )
        new = Counter(written.scalars())
        await self._add_pending(new, now)
        return new.total()

    async def _add_pending(self, new: Counter[int], now: datetime) -> None:
        by_count: dict[int, list[int]] = defaultdict(list)
        for destination_id, count in new.items():
            by_count[count].append(destination_id)
        for count, destinations in by_count.items():
            for some in _chunks(destinations):
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

    async def cursors(self, limit: int = 10) -> list[FanOutCursor]:
        """Fan-outs that are not through, oldest first."""
        rows = await self._db.execute(
            select(FanOutRow.__table__).order_by(FanOutRow.id).limit(limit).with_for_update(skip_locked=True)
        )
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

    async def fold_late(self, destination_ids: Collection[DestinationId], now: datetime) -> int:
        """See `bot.ports.Outbox.fold_late`."""
        digests: list[Owed] = []
        for some in _chunks(sorted(destination_ids)):
            for destination_id, first, count in await self._too_many_late(some):
                await self._db.execute(
                    update(DeliveryRow)
                    .where(_late_alert(), DeliveryRow.destination_id == destination_id)
                    .values(state=DeliveryState.HELD, reason=LATE)
                )
                await self._db.execute(
                    update(LaneRow).where(LaneRow.destination_id == destination_id).values(pending=LaneRow.pending - count)
                )
                digests.append(Owed(DestinationId(destination_id), DeliveryKind.DIGEST, f"digest:late:{first}"))
        return await self.owe(digests, now)

    async def _too_many_late(self, destination_ids: Sequence[int]) -> list[tuple[int, int, int]]:
        """Destination, first delivery and number of its pending late alerts, where they are too many to come one by one."""
        other = aliased(DeliveryRow)
        digest = exists().where(
            other.destination_id == LaneRow.destination_id,
            other.state == DeliveryState.PENDING,
            other.kind == DeliveryKind.DIGEST,
            other.id.is_distinct_from(LaneRow.in_flight),
        )
        rows = await self._db.execute(
            select(DeliveryRow.destination_id, func.min(DeliveryRow.id), func.count())
            .join(LaneRow, LaneRow.destination_id == DeliveryRow.destination_id)
            .where(_late_alert(), DeliveryRow.destination_id.in_(destination_ids))
            .group_by(DeliveryRow.destination_id)
            .having(or_(func.count() > LATE_AT_ONCE, func.max(case((digest, 1), else_=0)) == 1))
        )
        return [(destination, first, count) for destination, first, count in rows]

    # Claiming and settling

    async def claim(self, account_id: int, owner: str, now: datetime, limit: int) -> Claim:
        """See `bot.ports.Outbox.claim`."""
        account = (
            await self._db.execute(
                select(AccountRow.owner, AccountRow.lease_until, AccountRow.blocked_until).where(AccountRow.id == account_id)
            )
        ).one()
        if account.owner != owner or account.lease_until <= now:
            return Claim([], None)
        if account.blocked_until and account.blocked_until > now:
            return Claim([], account.blocked_until)
        lanes = await self._due_lanes(account_id, now, limit) if limit else []
        deliveries = await self._take(lanes, owner) if lanes else []
        return Claim(deliveries, await self.next_due(account_id))

    async def _due_lanes(self, account_id: int, now: datetime, limit: int) -> list[int]:
        due = (LaneRow.account_id == account_id, LaneRow.due_at <= now, LaneRow.owner.is_(None))
        query = select(LaneRow.destination_id).where(*due)
        longest = query.order_by(LaneRow.due_at, LaneRow.destination_id).limit(limit).with_for_update(skip_locked=True)
        lanes = list((await self._db.execute(longest)).scalars())
        if len(lanes) < limit:
            return lanes
        # A backlog: half of the claim goes to whoever waits longest, half to the newest release's lanes.
        newest = (
            select(DeliveryRow.release_id)
            .where(PENDING, DeliveryRow.kind == DeliveryKind.ALERT)
            .order_by(DeliveryRow.release_id.desc())
            .limit(1)
            .scalar_subquery()
        )
        wants_newest = select(DeliveryRow.destination_id).where(PENDING, DeliveryRow.release_id == newest)
        fresh = query.where(LaneRow.destination_id.in_(wants_newest)).limit(limit // 2).with_for_update(skip_locked=True)
        first = list((await self._db.execute(fresh)).scalars())
        return list(dict.fromkeys([*lanes[: limit - len(first)], *first, *lanes]))[:limit]

    async def _take(self, lanes: Sequence[int], owner: str) -> list[Delivery]:
        head = (
            select(DeliveryRow.id)
            .where(PENDING, DeliveryRow.destination_id == LaneRow.destination_id)
            .order_by(DeliveryRow.priority, DeliveryRow.id)
            .limit(1)
            .correlate(LaneRow)
            .scalar_subquery()
        )
        await self._db.execute(update(LaneRow).where(LaneRow.destination_id.in_(lanes)).values(owner=owner, in_flight=head))
        rows = await self._db.execute(
            select(
                DeliveryRow.id,
                DeliveryRow.kind,
                DeliveryRow.created_at,
                DeliveryRow.attempts,
                DeliveryRow.release_id,
                DeliveryRow.revision,
                DeliveryRow.payload,
                *DESTINATION_COLUMNS,
            )
            .join(LaneRow, LaneRow.in_flight == DeliveryRow.id)
            .join(DestinationRow, DestinationRow.id == LaneRow.destination_id)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(LaneRow.destination_id.in_(lanes))
            .order_by(LaneRow.due_at, LaneRow.destination_id)
        )
        return [await self._delivery(row) for row in rows]

    async def _delivery(self, row: Any) -> Delivery:  # noqa: ANN401 - a row of _take
        destination = destination_from(row[-len(DESTINATION_COLUMNS) :])
        kind = DeliveryKind(row.kind)
        return Delivery(
            id=DeliveryId(row.id),
            destination=destination,
            kind=kind,
            created_at=row.created_at,
            attempts=row.attempts,
            release_id=None if row.release_id is None else ReleaseId(row.release_id),
            revision=row.revision,
            payload=row.payload or {},
            digest_of=await self._held(destination.id) if kind is DeliveryKind.DIGEST else (),
        )

    async def _held(self, destination_id: DestinationId) -> tuple[ReleaseId, ...]:
        query = (
            select(DeliveryRow.release_id)
            .where(DeliveryRow.destination_id == destination_id, DeliveryRow.state == DeliveryState.HELD)
            .order_by(DeliveryRow.id)
        )
        return tuple(ReleaseId(ident) for ident in (await self._db.execute(query)).scalars() if ident is not None)

    async def settle(
        self, owner: str, settlements: Sequence[Settlement], between: timedelta | Sequence[timedelta] = timedelta(0)
    ) -> list[bool]:
        """See `bot.ports.Outbox.settle`."""
        in_hand = await self._in_hand(owner, [s.destination_id for s in settlements])
        # What is in hand is settled once, even if two outcomes of it come together.
        counts = [in_hand.get(s.destination_id) == s.delivery_id and bool(in_hand.pop(s.destination_id)) for s in settlements]
        ours = [s for s, counts_still in zip(settlements, counts, strict=True) if counts_still]
        if not ours:
            return counts
        pauses = [between] * len(settlements) if isinstance(between, timedelta) else between
        await self._db.execute(_SETTLE_DELIVERY, [_settled(s) for s in ours])
        await self._db.execute(
            _SETTLE_LANE,
            [
                {
                    "lane": s.destination_id,
                    "done": 0 if s.state is DeliveryState.PENDING else 1,
                    "next": s.due_at or s.at + pause,
                }
                for s, pause, counts_still in zip(settlements, pauses, counts, strict=True)
                if counts_still
            ],
        )
        await self._keep_posts([s for s in ours if s.state is DeliveryState.SENT])
        for settlement in ours:
            await self._follow(settlement)
        return counts

    async def _in_hand(self, owner: str, destination_ids: Sequence[DestinationId]) -> dict[int, int | None]:
        rows = await self._db.execute(
            select(LaneRow.destination_id, LaneRow.in_flight)
            .where(LaneRow.destination_id.in_(destination_ids), LaneRow.owner == owner)
            .order_by(LaneRow.destination_id)
            .with_for_update()
        )
        return {row.destination_id: row.in_flight for row in rows}

    async def _keep_posts(self, sent: Sequence[Settlement]) -> None:
        standing = [s for s in sent if s.reference and s.edited is None]
        if standing:
            made = await self._db.execute(
                insert(PostRow).returning(PostRow.delivery_id, PostRow.id),
                [
                    {
                        "destination_id": s.destination_id,
                        "delivery_id": s.delivery_id,
                        "reference": s.reference,
                        "sent_at": s.at,
                    }
                    for s in standing
                ],
            )
            post_of: dict[int, int] = {delivery: post for delivery, post in made}  # noqa: C416
            shows = [
                {"post_id": post_of[s.delivery_id], "release_id": release_id, "revision": revision}
                for s in standing
                for release_id, revision in dict(s.shows).items()
            ]
            if shows:
                await self._db.execute(insert(PostReleaseRow), shows)

    async def _follow(self, settlement: Settlement) -> None:
        """What an outcome means beyond its own delivery."""
        if settlement.edited is not None:
            if settlement.reference:
                # It could not be edited, and was said anew: that is the post from now on.
                renamed = update(PostRow).where(PostRow.id == settlement.edited).values(reference=settlement.reference)
                await self._db.execute(renamed)
            for release_id, revision in settlement.shows:
                await self._db.execute(
                    update(PostReleaseRow)
                    .where(PostReleaseRow.post_id == settlement.edited, PostReleaseRow.release_id == release_id)
                    .values(revision=revision)
                )
        if settlement.digests:
            dead = settlement.state is DeliveryState.DEAD
            await self._db.execute(
                update(DeliveryRow)
                .where(
                    DeliveryRow.destination_id == settlement.destination_id,
                    DeliveryRow.state == DeliveryState.HELD,
                    DeliveryRow.release_id.in_([release_id for release_id, _ in settlement.shows]),
                )
                .values(
                    state=DeliveryState.DEAD if dead else DeliveryState.SKIPPED,
                    reason=settlement.reason if dead else DIGESTED,
                    done_at=settlement.at,
                )
            )
        if settlement.blocks_account and settlement.due_at:
            account = select(LaneRow.account_id).where(LaneRow.destination_id == settlement.destination_id)
            shorter = or_(AccountRow.blocked_until.is_(None), AccountRow.blocked_until < settlement.due_at)
            await self._db.execute(
                update(AccountRow)
                .where(AccountRow.id == account.scalar_subquery(), shorter)
                .values(blocked_until=settlement.due_at)
            )
        if settlement.pause is not None or settlement.moved_to is not None:
            await self._leave(settlement)

    async def _leave(self, settlement: Settlement) -> None:
        """A conversation is closed to us or has moved: with all its threads."""
        here = (
            await self._db.execute(
                select(DestinationRow.account_id, DestinationRow.conversation).where(DestinationRow.id == settlement.destination_id)
            )
        ).one()
        this = and_(DestinationRow.account_id == here.account_id, DestinationRow.conversation == here.conversation)
        if settlement.pause is not None:
            await self._db.execute(update(DestinationRow).where(this).values(paused=settlement.pause))
            closed = select(DestinationRow.id).where(this)
            await self._db.execute(update(LaneRow).where(LaneRow.destination_id.in_(closed)).values(due_at=None))
        if settlement.moved_to is not None:
            await move_conversation(self._db, here.account_id, here.conversation, settlement.moved_to)

    # Looking

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
            posts[row.id] = Post(before.id, before.address, before.reference, before.sent_at, (*before.shows, *shown))
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

    def _insert(self, row: Any) -> Any:  # noqa: ANN401 - each dialect has its own insert with ON CONFLICT
        dialect = sqlite if self._db.dialect.name == "sqlite" else postgresql
        return dialect.insert(row)


def _wants(newsroom_id: NewsroomId, at: datetime) -> ColumnElement[bool]:
    """Subscriptions, live since a moment, to the newsroom or to all that are offered while it is."""
    offered = exists().where(NewsroomRow.id == newsroom_id, NewsroomRow.offered_by.is_not(None))
    return and_(
        or_(SubscriptionRow.newsroom_id == newsroom_id, and_(SubscriptionRow.newsroom_id.is_(None), offered)),
        SubscriptionRow.created_at <= at,
        SubscriptionRow.ended_at.is_(None),
    )


def _late_alert() -> ColumnElement[bool]:
    """Pending alerts about late finds that nobody has in hand."""
    late = select(ReleaseRow.id).where(ReleaseRow.late)
    in_hand = select(LaneRow.in_flight).where(LaneRow.in_flight.is_not(None))
    return and_(
        PENDING,
        DeliveryRow.kind == DeliveryKind.ALERT,
        DeliveryRow.release_id.in_(late),
        DeliveryRow.id.not_in(in_hand),
    )


def _settled(settlement: Settlement) -> dict[str, Any]:
    return {
        "delivery": settlement.delivery_id,
        "to_state": settlement.state,
        "because": settlement.reason,
        "tried": 1 if settlement.counts_as_attempt else 0,
        "unsure": 1 if settlement.ambiguous else 0,
        "done": None if settlement.state is DeliveryState.PENDING else settlement.at,
    }


_DELIVERY = DeliveryRow.__table__.c
_SETTLE_DELIVERY = (
    update(DeliveryRow.__table__)  # type: ignore[arg-type]
    .where(_DELIVERY.id == bindparam("delivery"))
    .values(
        state=bindparam("to_state"),
        reason=bindparam("because"),
        attempts=_DELIVERY.attempts + bindparam("tried"),
        ambiguous=_DELIVERY.ambiguous + bindparam("unsure"),
        done_at=bindparam("done", type_=_DELIVERY.done_at.type),
    )
)
_LANE = LaneRow.__table__.c
_SETTLE_LANE = (
    update(LaneRow.__table__)  # type: ignore[arg-type]
    .where(_LANE.destination_id == bindparam("lane"))
    .values(
        pending=_LANE.pending - bindparam("done"),
        owner=None,
        in_flight=None,
        due_at=case(
            (_LANE.pending - bindparam("done") <= 0, None),
            (PAUSED, None),
            else_=bindparam("next", type_=_LANE.due_at.type),
        ),
    )
)


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
