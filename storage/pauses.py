"""Accounts and platforms that operators have paused, and what leaves when they go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, delete, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryKind, DeliveryState
from bot.domain.release import LATE_AFTER
from bot.ports import Actor, Hint, Pause
from storage.dialects import among, insert_or_ignore
from storage.hints import hint
from storage.lanes import ACCOUNT_PAUSED, PENDING, due_unless_paused, lock_lanes
from storage.models import AccountRow, DeliveryRow, LaneRow, PauseRow
from storage.outbox.late import LATE_AT_ONCE

AT_ONCE = 1000
"""So many conversations go on in one statement, since none may take longer than the server lets it."""


class SqlPauses:
    """`bot.ports.Pauses` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(self, platform: str, account: str, actor: Actor, now: datetime) -> bool:
        """See `bot.ports.Pauses.add`."""
        values = {"platform": platform, "account": account, "at": now, "by": str(actor), "name": actor.name}
        made = insert_or_ignore(self._db, PauseRow).values(values).returning(PauseRow.platform)
        return (await self._db.execute(made)).first() is not None

    async def lift(self, platform: str, account: str, now: datetime) -> bool:
        """See `bot.ports.Pauses.lift`."""
        these = (
            AccountRow.platform == platform if not account else and_(AccountRow.platform == platform, AccountRow.name == account)
        )
        before = set((await self._db.execute(select(AccountRow.id).where(these, ACCOUNT_PAUSED))).scalars())
        which = PauseRow.platform == platform if not account else and_(PauseRow.platform == platform, PauseRow.account == account)
        lifted = (await self._db.execute(delete(PauseRow).where(which).returning(PauseRow.platform))).all()
        still = set((await self._db.execute(select(AccountRow.id).where(these, ACCOUNT_PAUSED))).scalars())
        await self._go_on(sorted(before - still), now)
        return bool(lifted)

    async def all(self) -> list[Pause]:
        """See `bot.ports.Pauses.all`."""
        rows = await self._db.execute(select(PauseRow.__table__).order_by(PauseRow.platform, PauseRow.account))
        return [Pause(row.platform, row.account, row.at, row.by, row.name) for row in rows]

    async def accounts(self) -> list[tuple[str, str]]:
        """See `bot.ports.Pauses.accounts`."""
        query = select(AccountRow.platform, AccountRow.name).where(AccountRow.gone_at.is_(None))
        return [(row.platform, row.name) for row in await self._db.execute(query.order_by(AccountRow.platform, AccountRow.name))]

    async def _go_on(self, accounts: Sequence[int], now: datetime) -> None:
        """What waited is due as of now; of too many late alerts what is told singly otherwise waits for one digest."""
        hint(self._db, Hint.LANES)
        query = select(LaneRow.destination_id).where(LaneRow.account_id.in_(accounts), LaneRow.pending > 0)
        waiting = list((await self._db.execute(query)).scalars())
        await lock_lanes(self._db, waiting)
        for at in range(0, len(waiting), AT_ONCE):
            await self._due_again(waiting[at : at + AT_ONCE], now)

    async def _due_again(self, waiting: Sequence[int], now: datetime) -> None:
        here, late = {"lanes": waiting}, _late(now - LATE_AFTER)
        many = select(DeliveryRow.destination_id).where(late, _THEIRS).group_by(DeliveryRow.destination_id)
        crowded = list((await self._db.execute(many.having(func.count() > LATE_AT_ONCE), here)).scalars())
        held = update(DeliveryRow).where(late, _THEIRS).values(state=DeliveryState.HELD, held_until=now)
        await self._db.execute(held, {"lanes": crowded})
        # What is tried anew may be tried for as long as what is owed just now.
        afresh = {"created_at": now, "delayed": case((late, true()), else_=DeliveryRow.delayed)}
        await self._db.execute(update(DeliveryRow).where(PENDING, _THEIRS).values(afresh), here)
        lanes_there = update(LaneRow).where(among(LaneRow.destination_id, "lanes"))
        await self._db.execute(lanes_there.values(held_until=now), {"lanes": crowded})
        due_at = due_unless_paused(case((_LEFT > 0, func.coalesce(LaneRow.due_at, now)), else_=None))
        await self._db.execute(lanes_there.values(pending=_LEFT, due_at=due_at), here)


_THEIRS = among(DeliveryRow.destination_id, "lanes")
_LEFT = (
    select(func.count()).where(PENDING, DeliveryRow.destination_id == LaneRow.destination_id).correlate(LaneRow).scalar_subquery()
)


def _late(before: datetime) -> ColumnElement[bool]:
    """Alerts that were due before then and that nobody has in hand."""
    in_hand = select(LaneRow.in_flight).where(LaneRow.in_flight.is_not(None))
    alert = DeliveryRow.kind == DeliveryKind.ALERT
    return and_(PENDING, alert, DeliveryRow.created_at <= before, DeliveryRow.id.not_in(in_hand))
