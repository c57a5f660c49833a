"""Dead letters: what was given up is tried anew, or let be, as an operator says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, update

from bot.domain.delivery import DeliveryId, DeliveryKind, DeliveryState
from bot.ports import AccountHealth, Hint
from storage.hints import hint
from storage.lanes import lock_lanes
from storage.models import AccountRow, DeliveryRow, DestinationRow
from storage.outbox.owing import Owing, chunks

DROPPED = "dropped by an operator"
"""The reason of a dead letter that is not to be tried any more."""

_DEAD = DeliveryRow.state == DeliveryState.DEAD


class Letters(Owing):
    """The part of `bot.ports.Outbox` that is about what was given up."""

    async def by_account(self) -> list[AccountHealth]:
        """See `bot.ports.Outbox.by_account`."""
        rows = await self._db.execute(
            select(
                AccountRow.platform,
                AccountRow.name,
                _count(DeliveryState.PENDING),
                _count(DeliveryState.HELD),
                _count(DeliveryState.DEAD),
                func.min(case((DeliveryRow.state == DeliveryState.PENDING, DeliveryRow.created_at))),
            )
            .join(DestinationRow, DestinationRow.account_id == AccountRow.id)
            .join(DeliveryRow, and_(DeliveryRow.destination_id == DestinationRow.id, DeliveryRow.state != DeliveryState.SENT))
            .group_by(AccountRow.id, AccountRow.platform, AccountRow.name)
            .order_by(AccountRow.platform, AccountRow.name)
        )
        return [AccountHealth(*row) for row in rows]

    async def retry(self, ids: Collection[DeliveryId] | None, now: datetime) -> list[DeliveryId]:
        """See `bot.ports.Outbox.retry`."""
        letters = await self._dead(ids)
        digests = [letter.id for letter in letters if letter.kind == DeliveryKind.DIGEST]
        # What died with a digest goes out with it, if that is tried anew, and by itself if not.
        alone = [letter for letter in letters if letter.digest_id is None or letter.digest_id not in set(digests)]
        afresh = {"attempts": 0, "reason": "", "done_at": None, "created_at": now}
        await self._change(digests, DeliveryRow.digest_id, afresh | {"state": DeliveryState.HELD})
        pending = afresh | {"state": DeliveryState.PENDING, "digest_id": None, "held_until": None}
        await self._change([letter.id for letter in alone], DeliveryRow.id, pending)
        await self.add_pending(Counter(letter.destination_id for letter in alone), _newest(alone), now)
        if letters:
            hint(self._db, Hint.LANES)
        return [DeliveryId(letter.id) for letter in letters]

    async def drop(self, ids: Collection[DeliveryId] | None, now: datetime) -> list[DeliveryId]:
        """See `bot.ports.Outbox.drop`."""
        letters = await self._dead(ids)
        dropped = {"state": DeliveryState.SKIPPED, "reason": DROPPED, "done_at": now}
        await self._change([letter.id for letter in letters if letter.kind == DeliveryKind.DIGEST], DeliveryRow.digest_id, dropped)
        await self._change([letter.id for letter in letters], DeliveryRow.id, dropped)
        return [DeliveryId(letter.id) for letter in letters]

    async def _dead(self, ids: Collection[DeliveryId] | None) -> Sequence[Any]:
        """Those of the deliveries that are dead letters, by id; their lanes are ours until the end of the transaction."""
        these = _DEAD if ids is None else and_(_DEAD, DeliveryRow.id.in_(ids))
        await lock_lanes(self._db, select(DeliveryRow.destination_id).where(these))
        columns = (DeliveryRow.id, DeliveryRow.destination_id, DeliveryRow.kind, DeliveryRow.release_id, DeliveryRow.digest_id)
        return (await self._db.execute(select(*columns).where(these).order_by(DeliveryRow.id))).all()

    async def _change(self, ids: Iterable[int], by: Any, values: dict[str, Any]) -> None:  # noqa: ANN401 - a column of DeliveryRow
        for some in chunks(ids):
            await self._db.execute(update(DeliveryRow).where(_DEAD, by.in_(some)).values(values))


def _count(state: DeliveryState) -> ColumnElement[int]:
    return func.count(case((DeliveryRow.state == state, 1)))


def _newest(letters: Iterable[Any]) -> dict[int, int]:
    """The newest release of which each destination is owed an alert."""
    found: dict[int, int] = {}
    for letter in letters:
        if letter.kind == DeliveryKind.ALERT and letter.release_id is not None:
            found[letter.destination_id] = max(letter.release_id, found.get(letter.destination_id, 0))
    return found
