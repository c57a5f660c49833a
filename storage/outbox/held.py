"""What was held back, and leaves when its time has come: singly, or as one digest of several."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update

from bot.domain.delivery import ANEW, DeliveryKind, DeliveryState, Owed, is_judged_anew
from bot.domain.subscription import DestinationId
from bot.ports import Hint
from storage.hints import hint
from storage.lanes import ACCOUNT_PAUSED, WAITS
from storage.models import AccountRow, DeliveryRow, LaneRow
from storage.outbox.owing import Owing, chunks


class Held(Owing):
    """The part of `bot.ports.Outbox` that lets go what was held back."""

    async def release_held(self, account_id: int, now: datetime, limit: int) -> int:
        """See `bot.ports.Outbox.release_held`."""
        lanes = list((await self._db.execute(_DUE, {"account": account_id, "now": now, "limit": limit})).scalars())
        for some in chunks(lanes):
            await self._release(some, now)
        if lanes:
            hint(self._db, Hint.LANES)
        return len(lanes)

    async def _release(self, lanes: Sequence[int], now: datetime) -> None:
        due = _by_destination((await self._db.execute(_HELD, {"lanes": lanes, "now": now})).all())
        await self._let_go([row for rows in due.values() for row in _single(rows)], now)
        several = {destination: alerts for destination, rows in due.items() if len(alerts := _alerts(rows)) > 1}
        digests = [_digest(DestinationId(destination), alerts) for destination, alerts in several.items()]
        made = await self.owe_digests(digests, now)
        links = [{"row": row.id, "digest": made[destination]} for destination, alerts in several.items() for row in alerts]
        if links:
            await self._db.execute(_LINK, links)
        await self._db.execute(_NEXT, {"lanes": lanes})

    async def _let_go(self, rows: Sequence[Any], now: datetime) -> None:
        """Owed from now on: it is tried for as long as what was never held."""
        for some in chunks(row.id for row in rows):
            these = update(DeliveryRow).where(DeliveryRow.id.in_(some))
            await self._db.execute(these.values(state=DeliveryState.PENDING, created_at=now))
        newest = {row.destination_id: row.release_id for row in rows if row.kind == DeliveryKind.ALERT}
        await self.add_pending(Counter(row.destination_id for row in rows), newest, now)

    async def owe_digests(self, digests: Sequence[Owed], now: datetime) -> Mapping[int, int]:
        """Owe digests; the delivery of each, by destination."""
        await self.owe(digests, now)
        made: dict[int, int] = {}
        for some in chunks(digests):
            rows = await self._db.execute(
                select(DeliveryRow.destination_id, DeliveryRow.id).where(
                    DeliveryRow.destination_id.in_([digest.destination_id for digest in some]),
                    DeliveryRow.dedupe_key.in_([digest.dedupe_key for digest in some]),
                )
            )
            made |= {row.destination_id: row.id for row in rows}
        return made


def _by_destination(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.destination_id].append(row)
    return found


def _alerts(rows: Iterable[Any]) -> list[Any]:
    return [row for row in rows if row.kind == DeliveryKind.ALERT]


def _single(rows: Sequence[Any]) -> list[Any]:
    """What leaves by itself: a single alert, and whatever follows on alerts."""
    alerts = _alerts(rows)
    return list(rows) if len(alerts) == 1 else [row for row in rows if row.kind != DeliveryKind.ALERT]


def _digest(destination: DestinationId, alerts: Sequence[Any]) -> Owed:
    """One digest of them; its payload names those that are judged when it is sent."""
    anew = [str(row.release_id) for row in alerts if is_judged_anew(row.payload or {})]
    payload = {ANEW: " ".join(anew)} if anew else {}
    silent = all(row.silent for row in alerts)
    # By the first of them: of two who let the same go, the second finds that it is done.
    return Owed(destination, DeliveryKind.DIGEST, f"digest:held:{alerts[0].id}", payload=payload, silent=silent)


_LANES = LaneRow.destination_id.in_(bindparam("lanes", expanding=True))
_ON_PAUSE = exists().where(AccountRow.id == bindparam("account"), ACCOUNT_PAUSED)
"""What is held back stays so while its account is paused: then it leaves together."""
_DUE = (
    select(LaneRow.destination_id)
    .where(LaneRow.account_id == bindparam("account"), LaneRow.held_until <= bindparam("now"), ~_ON_PAUSE)
    .order_by(LaneRow.held_until, LaneRow.destination_id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_HELD = (
    select(
        DeliveryRow.id,
        DeliveryRow.destination_id,
        DeliveryRow.kind,
        DeliveryRow.release_id,
        DeliveryRow.silent,
        DeliveryRow.payload,
    )
    .where(WAITS, DeliveryRow.destination_id.in_(bindparam("lanes", expanding=True)), DeliveryRow.held_until <= bindparam("now"))
    .order_by(DeliveryRow.id)
)
_DELIVERY = DeliveryRow.__table__.c
_LINK = update(DeliveryRow.__table__).where(_DELIVERY.id == bindparam("row")).values(digest_id=bindparam("digest"))  # type: ignore[arg-type]
_NEXT_OF_LANE = (
    select(func.min(DeliveryRow.held_until))
    .where(WAITS, DeliveryRow.destination_id == LaneRow.destination_id)
    .correlate(LaneRow)
    .scalar_subquery()
)
_NEXT = update(LaneRow).where(_LANES).values(held_until=_NEXT_OF_LANE)
