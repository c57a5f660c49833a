"""What is due, and who takes it in hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import Delivery, DeliveryId, DeliveryKind, DeliveryState
from bot.domain.release import ReleaseId
from bot.domain.subscription import Destination, DestinationId
from bot.ports import Claim, Look
from storage.dialects import among, is_sqlite
from storage.lanes import ACCOUNT_PAUSED, PENDING, lock_lanes
from storage.models import (
    AccountRow,
    DeliveryRow,
    DestinationRow,
    FanOutRow,
    LaneRow,
)
from storage.rows import DESTINATION_COLUMNS, destination_from


class Claiming:
    """The part of `bot.ports.Outbox` that is about what is due."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def look(self, account_ids: Collection[int], now: datetime) -> dict[int, Look]:
        """See `bot.ports.Outbox.look`."""
        return {row.id: _look(row, now) for row in await self._db.execute(_LOOK, {"accounts": list(account_ids)})}

    async def claim(self, account_id: int, owner: str, now: datetime, limit: int) -> Claim:
        """See `bot.ports.Outbox.claim`."""
        query = _ACCOUNT if is_sqlite(self._db) else _ACCOUNT.add_columns(*_ALONG_INDEXES)
        account = (await self._db.execute(query, {"account": account_id})).one_or_none()
        if account is None:
            return Claim([], now)
        if account.owner != owner or account.lease_until <= now:
            return Claim([], None)
        if account.is_paused:
            return Claim([], None)
        if account.blocked_until and account.blocked_until > now:
            return Claim([], account.blocked_until)
        lanes = await self._due_lanes(account_id, now, limit) if limit else []
        deliveries = await self._take(account_id, lanes, owner) if lanes else []
        next_due = None if deliveries else (await self.look([account_id], now))[account_id].next_due
        return Claim(deliveries, next_due)

    async def let_go(self, account_id: int, owner: str, keep: Collection[DeliveryId]) -> None:
        """See `bot.ports.Outbox.let_go`."""
        unknown = or_(LaneRow.in_flight.is_(None), LaneRow.in_flight.not_in(keep))
        ours = and_(LaneRow.account_id == account_id, LaneRow.owner == owner, unknown)
        await lock_lanes(self._db, select(LaneRow.destination_id).where(ours))
        await self._db.execute(update(LaneRow).where(ours).values(owner=None, in_flight=None))

    async def _due_lanes(self, account_id: int, now: datetime, limit: int) -> list[int]:
        asked = {"account": account_id, "now": now}
        lanes = list((await self._db.execute(_LONGEST, asked | {"limit": limit})).scalars())
        if len(lanes) < limit:
            return lanes
        # A backlog: half of the claim goes to whoever waits longest, half to the newest release's lanes.
        first = list((await self._db.execute(_NEWEST, asked | {"limit": limit // 2})).scalars())
        return list(dict.fromkeys([*lanes[: limit - len(first)], *first, *lanes]))[:limit]

    async def _take(self, account_id: int, lanes: Sequence[int], owner: str) -> list[Delivery]:
        taken = await self._db.execute(_TAKE, {"lanes": lanes, "by": owner})
        head_of: dict[int, int | None] = {row.destination_id: row.in_flight for row in taken}
        # Each by its ids: joined, they cost minutes where the planner's statistics are of tables that were empty.
        of_account = {"account": account_id, "destinations": lanes}
        places = {row.destination_id: row for row in await self._db.execute(_PLACES, of_account)}
        heads = {row.id: row for row in await self._db.execute(_HEADS, {"deliveries": [head for head in head_of.values() if head]})}
        both = [(heads.get(head_of.get(lane)), places[lane]) for lane in lanes]
        return [await self._delivery(row, destination_from(place)) for row, place in both if row is not None]

    async def _delivery(self, row: Any, destination: Destination) -> Delivery:  # noqa: ANN401 - a row of _HEADS
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
            digest_of=await self._digest_of(row.id, destination.id) if kind is DeliveryKind.DIGEST else (),
            silent=row.silent,
            delayed=row.delayed,
        )

    async def _digest_of(self, digest_id: int, destination_id: DestinationId) -> tuple[ReleaseId, ...]:
        held = (DeliveryRow.destination_id == destination_id, DeliveryRow.state == DeliveryState.HELD)
        query = select(DeliveryRow.release_id).where(*held, DeliveryRow.digest_id == digest_id).order_by(DeliveryRow.id)
        return tuple(ReleaseId(ident) for ident in (await self._db.execute(query)).scalars() if ident is not None)


def _look(row: Any, now: datetime) -> Look:  # noqa: ANN401 - a row of _LOOK
    next_due = None if row.is_paused else min(filter(None, (row.next_due, row.next_held)), default=None)
    return Look(
        is_free=row.owner is None or row.lease_until <= now,
        is_due=bool(row.fan_out) or (next_due is not None and next_due <= now),
        next_due=next_due,
    )


# The statements, made once. Each begins at an index and ends after `limit` rows, however much is owed: nothing may
# sort, count or pass over what is pending.

_NEXT_DUE = (
    select(func.min(LaneRow.due_at))
    .where(LaneRow.account_id == AccountRow.id, LaneRow.due_at.is_not(None), LaneRow.owner.is_(None))
    .correlate(AccountRow)
    .scalar_subquery()
)
_NEXT_HELD = (
    select(func.min(LaneRow.held_until))
    .where(LaneRow.account_id == AccountRow.id, LaneRow.held_until.is_not(None))
    .correlate(AccountRow)
    .scalar_subquery()
)
_LOOK = select(
    AccountRow.id,
    AccountRow.owner,
    AccountRow.lease_until,
    exists().where(FanOutRow.id > 0).label("fan_out"),
    _NEXT_DUE.label("next_due"),
    _NEXT_HELD.label("next_held"),
    ACCOUNT_PAUSED.label("is_paused"),
).where(among(AccountRow.id, "accounts"))

_ACCOUNT = (
    select(AccountRow.owner, AccountRow.lease_until, AccountRow.blocked_until, ACCOUNT_PAUSED.label("is_paused"))
    .where(AccountRow.id == bindparam("account"))
    # Nobody takes the account over while we claim: lanes in a former owner's hands would stay there. Who has locked
    # it just now is not waited for, since they may want lanes that this transaction has.
    .with_for_update(read=True, skip_locked=True)
)

# Until the transaction ends PostgreSQL's planner walks along indexes. By itself it goes by statistics from before the fan-out,
# takes the lanes that are due for a few, and gathers and sorts all of them for each claim: 50 ms with 100,000, in place of 4.
_DETOURS = ("enable_sort", "enable_bitmapscan", "enable_seqscan")
_ALONG_INDEXES = [func.set_config(option, "off", True) for option in _DETOURS]  # noqa: FBT003

_IS_DUE = LaneRow.due_at <= bindparam("now")
_FREE = (
    select(LaneRow.destination_id)
    .where(LaneRow.account_id == bindparam("account"), LaneRow.owner.is_(None))
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_LONGEST = _FREE.where(_IS_DUE).order_by(LaneRow.due_at, LaneRow.destination_id)
# By a case, which no index of due times can serve: else a planner with old statistics may go through all that is due, and sort it.
_NEWEST = _FREE.where(LaneRow.newest.is_not(None), case((_IS_DUE, 1), else_=0) == 1).order_by(LaneRow.newest.desc())

_HEAD = (
    select(DeliveryRow.id)
    .where(PENDING, DeliveryRow.destination_id == LaneRow.destination_id)
    .order_by(DeliveryRow.priority, DeliveryRow.id)
    .limit(1)
    .correlate(LaneRow)
    .scalar_subquery()
)
_LANES = among(LaneRow.destination_id, "lanes")
_TAKE = (
    update(LaneRow)
    .where(_LANES)
    .values(owner=bindparam("by"), in_flight=_HEAD)
    .returning(LaneRow.destination_id, LaneRow.in_flight)
)
_HEADS = select(
    DeliveryRow.id,
    DeliveryRow.kind,
    DeliveryRow.created_at,
    DeliveryRow.attempts,
    DeliveryRow.release_id,
    DeliveryRow.revision,
    DeliveryRow.payload,
    DeliveryRow.silent,
    DeliveryRow.delayed,
).where(among(DeliveryRow.id, "deliveries"))
_PLACES = (
    select(*DESTINATION_COLUMNS)
    .select_from(DestinationRow)
    .join(AccountRow, AccountRow.id == bindparam("account"))
    .where(among(DestinationRow.id, "destinations"))
)
