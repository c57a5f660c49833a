"""The days of which operators were told, and what went wrong meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import InstrumentedAttribute

from bot.domain.delivery import DeliveryState
from bot.ports import Troubles
from storage.dialects import insert_or_ignore
from storage.models import AccountRow, DeliveryRow, DestinationRow, SummaryRow
from storage.rows import ERASED

_DAY = timedelta(days=1)
_KEPT = timedelta(days=31)


class SqlSummaries:
    """`bot.ports.Summaries` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def begin(self, day: str, now: datetime) -> datetime | None:
        """See `bot.ports.Summaries.begin`."""
        made = insert_or_ignore(self._db, SummaryRow).values(day=day, at=now).returning(SummaryRow.day)
        if (await self._db.execute(made)).first() is None:
            return None
        before = (await self._db.execute(select(func.max(SummaryRow.at)).where(SummaryRow.day < day))).scalar_one()
        await self._db.execute(delete(SummaryRow).where(SummaryRow.at < now - _KEPT, SummaryRow.at < (before or now)))
        return before or now - _DAY

    async def troubles(self, since: datetime, until: datetime) -> Troubles:
        """See `bot.ports.Summaries.troubles`."""

        def within(moment: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
            return and_(moment >= since, moment < until)

        dead = await self._db.execute(
            select(DeliveryRow.reason, func.count()).where(_DEAD, within(DeliveryRow.done_at)).group_by(DeliveryRow.reason)
        )
        closed = await self._db.execute(
            select(DestinationRow.paused, func.count())
            .where(within(DestinationRow.paused_at), DestinationRow.paused.is_not(None), DestinationRow.paused != ERASED)
            .group_by(DestinationRow.paused)
        )
        left = select(func.count()).select_from(AccountRow).where(within(AccountRow.gone_at))
        # Each once, however often it may stand: what was told of is not told of again because it was tried again.
        unsure = select(func.count()).select_from(DeliveryRow).where(_UNSURE, within(DeliveryRow.ambiguous_at))
        return Troubles(
            dead={reason: count for reason, count in dead},  # noqa: C416 - rows, which dict() does not take for pairs
            closed={str(reason): count for reason, count in closed},
            left=int((await self._db.execute(left)).scalar_one()),
            ambiguous=int((await self._db.execute(unsure)).scalar_one()),
        )


# Spelt out, since an index of some rows is used only where these can be seen to be all that is asked for.
_DEAD = and_(DeliveryRow.state == literal_column(f"'{DeliveryState.DEAD.value}'"), DeliveryRow.state != literal_column("'sent'"))
_UNSURE = DeliveryRow.ambiguous > literal_column("0")
