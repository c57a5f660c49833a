"""Words of the operators to everybody: drafts, whom they are for, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.domain.delivery import DeliveryKind, DeliveryState, broadcast_key
from bot.domain.subscription import Destination
from bot.ports import Actor, Broadcast, Hint, Progress, Reach
from storage.hints import hint
from storage.models import AccountRow, BroadcastRow, DeliveryRow, DestinationRow, FanOutRow, SubscriptionRow
from storage.rows import DESTINATION_COLUMNS, destination_from

_DAY = timedelta(days=1)


class SqlBroadcasts:
    """`bot.ports.Broadcasts` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def draft(self, text: str, platform: str, language: str, actor: Actor, now: datetime, *, silent: bool) -> Broadcast:
        """See `bot.ports.Broadcasts.draft`; drafts that nobody can send any more go by and by."""
        await self._db.execute(
            delete(BroadcastRow).where(BroadcastRow.confirmed_at.is_(None), BroadcastRow.drafted_at < now - _DAY)
        )
        values = {"text": text, "platform": platform, "language": language, "silent": silent, "drafted_at": now}
        values |= {"by": str(actor), "name": actor.name}
        made = insert(BroadcastRow).values(values).returning(BroadcastRow.id)
        found = await self.get((await self._db.execute(made)).scalar_one())
        assert found is not None
        return found

    async def get(self, broadcast_id: int) -> Broadcast | None:
        """The one with this number."""
        row = (await self._db.execute(select(BroadcastRow.__table__).where(BroadcastRow.id == broadcast_id))).first()
        return _broadcast(row) if row else None

    async def latest(self, limit: int) -> list[Broadcast]:
        """See `bot.ports.Broadcasts.latest`."""
        query = select(BroadcastRow.__table__).where(BroadcastRow.confirmed_at.is_not(None))
        return [_broadcast(row) for row in await self._db.execute(query.order_by(BroadcastRow.id.desc()).limit(limit))]

    async def confirm(self, broadcast_id: int, since: datetime, now: datetime) -> bool:
        """See `bot.ports.Broadcasts.confirm`."""
        draft = update(BroadcastRow).where(_draft(broadcast_id), BroadcastRow.drafted_at >= since).values(confirmed_at=now)
        return (await self._db.execute(draft)).rowcount > 0

    async def discard(self, broadcast_id: int) -> bool:
        """See `bot.ports.Broadcasts.discard`."""
        return (await self._db.execute(delete(BroadcastRow).where(_draft(broadcast_id)))).rowcount > 0

    async def reach(self, broadcast: Broadcast, now: datetime) -> Reach:
        """See `bot.ports.Broadcasts.reach`."""
        told = _counted(_meant(broadcast), _first_of(now)).group_by(AccountRow.platform).order_by(AccountRow.platform)
        muted = _counted(_meant(broadcast), _first_of(None), ~_any_thread(now)).group_by(AccountRow.platform)
        left_out = sum(row.number for row in await self._db.execute(muted))
        return Reach({row.platform: row.number for row in await self._db.execute(told)}, left_out)

    async def audience(
        self, broadcast: Broadcast, now: datetime, *, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Destination]:
        """See `bot.ports.Broadcasts.audience`."""
        query = (
            select(*DESTINATION_COLUMNS)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(DestinationRow.id > after, *_meant(broadcast), _first_of(now))
            .order_by(DestinationRow.id)
            .limit(limit)
        )
        if until is not None:
            query = query.where(DestinationRow.id <= until)
        return [destination_from(row) for row in await self._db.execute(query)]

    async def owe_later(self, broadcast_id: int, now: datetime) -> None:
        """See `bot.ports.Broadcasts.owe_later`."""
        until = (await self._db.execute(select(func.coalesce(func.max(DestinationRow.id), 0)))).scalar_one()
        cursor: dict[str, Any] = {"kind": DeliveryKind.BROADCAST, "newsroom_id": None, "broadcast_id": broadcast_id, "releases": []}
        await self._db.execute(insert(FanOutRow).values(cursor | {"at": now, "after": 0, "until": until}))
        hint(self._db, Hint.LANES)

    async def progress(self, broadcast_id: int) -> Progress:
        """See `bot.ports.Broadcasts.progress`."""
        states = await self._db.execute(_STATES.where(DeliveryRow.dedupe_key == broadcast_key(broadcast_id)))
        under_way = select(exists().where(FanOutRow.broadcast_id == broadcast_id))
        return Progress(
            {DeliveryState(state): count for state, count in states}, not (await self._db.execute(under_way)).scalar_one()
        )


def _broadcast(row: Any) -> Broadcast:  # noqa: ANN401 - a row of the table
    return Broadcast(row.id, row.text, row.platform, row.language, row.silent, row.by, row.name, row.drafted_at, row.confirmed_at)


def _draft(broadcast_id: int) -> ColumnElement[bool]:
    return and_(BroadcastRow.id == broadcast_id, BroadcastRow.confirmed_at.is_(None))


def _meant(broadcast: Broadcast) -> Iterable[ColumnElement[bool]]:
    if broadcast.platform:
        yield AccountRow.platform == broadcast.platform
    if broadcast.language:
        yield DestinationRow.language == broadcast.language


def _counted(meant: Iterable[ColumnElement[bool]], *which: ColumnElement[bool]) -> Select[str, int]:
    counted = select(AccountRow.platform, func.count().label("number")).select_from(DestinationRow)
    return counted.join(AccountRow, AccountRow.id == DestinationRow.account_id).where(*meant, *which)


_other = aliased(DestinationRow)


def _hears(destination: Any, now: datetime | None) -> ColumnElement[bool]:  # noqa: ANN401 - the table, or an alias of it
    """Whether anything is subscribed to there, and (at a moment) heard, and it can be written to."""
    live = [SubscriptionRow.destination_id == destination.id, SubscriptionRow.ended_at.is_(None)]
    if now is not None:
        live.append(or_(SubscriptionRow.muted_until.is_(None), SubscriptionRow.muted_until <= now))
    return and_(destination.paused.is_(None), exists().where(*live).correlate(destination))


def _first_of(now: datetime | None) -> ColumnElement[bool]:
    """Of a conversation and its threads the one to be told: itself, or else the first."""
    before = exists().where(_same_conversation(), _other.thread < DestinationRow.thread, _hears(_other, now))
    return and_(_hears(DestinationRow, now), ~before.correlate(DestinationRow))


def _any_thread(now: datetime) -> ColumnElement[bool]:
    return exists().where(_same_conversation(), _hears(_other, now)).correlate(DestinationRow)


def _same_conversation() -> ColumnElement[bool]:
    return and_(_other.account_id == DestinationRow.account_id, _other.conversation == DestinationRow.conversation)


# The word is spelt out, so that the index of broadcasts alone can be used.
_STATES = (
    select(DeliveryRow.state, func.count())
    .where(DeliveryRow.kind == literal_column(f"'{DeliveryKind.BROADCAST.value}'"))
    .group_by(DeliveryRow.state)
)
