"""What became of what was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.delivery import DeliveryState, Settlement
from storage.dialects import among
from storage.lanes import DIGESTED, LEFT_OUT, PAUSED, look_by
from storage.models import (
    AccountRow,
    DeliveryRow,
    DestinationRow,
    LaneRow,
    PostReleaseRow,
    PostRow,
)
from storage.moving import move_conversation
from storage.outbox.fencing import fence


class Settling:
    """The part of `bot.ports.Outbox` that records outcomes."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def settle(
        self, owner: str, settlements: Sequence[Settlement], between: timedelta | Sequence[timedelta] = timedelta(0)
    ) -> list[bool | None]:
        """See `bot.ports.Outbox.settle`."""
        counts = await fence(self._db, owner, settlements)
        pauses = [between] * len(settlements) if isinstance(between, timedelta) else between
        spaced = [(s, pause) for s, pause, counts_still in zip(settlements, pauses, counts, strict=True) if counts_still]
        if not spaced:
            return counts
        ours = [s for s, _ in spaced]
        await self._write(spaced)
        await self._keep_posts([s for s in ours if s.state is DeliveryState.SENT])
        for settlement in ours:
            await self._follow(settlement)
        return counts

    async def _write(self, spaced: Sequence[tuple[Settlement, timedelta]]) -> None:
        """Deliveries and their lanes; those to which the same happened by one statement, at the time of the last of them."""
        alike: dict[tuple[timedelta, tuple[object, ...]], list[Settlement]] = defaultdict(list)
        for settled, pause in spaced:
            what = (settled.state, settled.reason, settled.counts_as_attempt, settled.ambiguous, settled.due_at)
            alike[pause, what].append(settled)
        for (pause, _), some in alike.items():
            last = max(some, key=lambda settled: settled.at)
            await self._db.execute(_SETTLE_DELIVERIES, _settled(last) | {"deliveries": [s.delivery_id for s in some]})
            await self._db.execute(
                _SETTLE_LANES,
                {
                    "lanes": [s.destination_id for s in some],
                    "settled": 0 if last.state is DeliveryState.PENDING else 1,
                    "next": last.due_at or last.at + pause,
                },
            )

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
                        "more": s.more,
                    }
                    for s in standing
                ],
            )
            post_of: dict[int, int] = {delivery: post for delivery, post in made}  # noqa: C416
            shows = [
                {"post_id": post_of[s.delivery_id], "release_id": release_id, "revision": revision, "told": revision}
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
        for release_id, revision in settlement.told:
            here = select(PostRow.id).where(PostRow.destination_id == settlement.destination_id)
            await self._db.execute(
                update(PostReleaseRow)
                .where(PostReleaseRow.post_id.in_(here), PostReleaseRow.release_id == release_id)
                .values(told=revision)
            )
        if settlement.gone is not None:
            await self._db.execute(delete(PostReleaseRow).where(PostReleaseRow.post_id == settlement.gone))
        if settlement.digests:
            dead = settlement.state is DeliveryState.DEAD
            shown = [release_id for release_id, _ in settlement.shows]
            await self._db.execute(
                update(DeliveryRow)
                .where(
                    DeliveryRow.destination_id == settlement.destination_id,
                    DeliveryRow.state == DeliveryState.HELD,
                    DeliveryRow.digest_id == settlement.delivery_id,
                )
                .values(
                    state=DeliveryState.DEAD if dead else DeliveryState.SKIPPED,
                    reason=settlement.reason if dead else case((DeliveryRow.release_id.in_(shown), DIGESTED), else_=LEFT_OUT),
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
        if settlement.held_until is not None:
            await self._hold_back(settlement, settlement.held_until)
        if settlement.pause is not None or settlement.moved_to is not None:
            await self._leave(settlement)

    async def _hold_back(self, settlement: Settlement, until: datetime) -> None:
        """It is outside the lane's count; the lane knows when to look at it again."""
        kept = {"held_until": until, "payload": dict(settlement.payload) or None}
        await self._db.execute(update(DeliveryRow).where(DeliveryRow.id == settlement.delivery_id).values(kept))
        await look_by(self._db, [settlement.destination_id], until)

    async def _leave(self, settlement: Settlement) -> None:
        """A conversation is closed to us or has moved: with all its threads."""
        here = (
            await self._db.execute(
                select(DestinationRow.account_id, DestinationRow.conversation).where(DestinationRow.id == settlement.destination_id)
            )
        ).one()
        this = and_(DestinationRow.account_id == here.account_id, DestinationRow.conversation == here.conversation)
        if settlement.pause is not None:
            await self._db.execute(update(DestinationRow).where(this).values(paused=settlement.pause, paused_at=settlement.at))
            closed = select(DestinationRow.id).where(this)
            await self._db.execute(update(LaneRow).where(LaneRow.destination_id.in_(closed)).values(due_at=None))
        if settlement.moved_to is not None:
            await move_conversation(self._db, here.account_id, here.conversation, settlement.moved_to)


def _settled(settlement: Settlement) -> dict[str, Any]:
    return {
        "to_state": settlement.state,
        "because": settlement.reason,
        "tried": 1 if settlement.counts_as_attempt else 0,
        "unsure": 1 if settlement.ambiguous else 0,
        "unsure_at": settlement.at if settlement.ambiguous else None,
        "done": None if settlement.state in (DeliveryState.PENDING, DeliveryState.HELD) else settlement.at,
    }


_LANES = among(LaneRow.destination_id, "lanes")
_SETTLE_DELIVERIES = (
    update(DeliveryRow)
    .where(among(DeliveryRow.id, "deliveries"))
    .values(
        state=bindparam("to_state"),
        reason=bindparam("because"),
        attempts=DeliveryRow.attempts + bindparam("tried"),
        ambiguous=DeliveryRow.ambiguous + bindparam("unsure"),
        ambiguous_at=func.coalesce(DeliveryRow.ambiguous_at, bindparam("unsure_at", type_=DeliveryRow.ambiguous_at.type)),
        done_at=bindparam("done"),
    )
)
_LEFT = LaneRow.pending - bindparam("settled", type_=Integer)
_SETTLE_LANES = (
    update(LaneRow)
    .where(_LANES)
    .values(
        pending=_LEFT,
        owner=None,
        in_flight=None,
        due_at=case((_LEFT <= 0, None), (PAUSED, None), else_=bindparam("next", type_=LaneRow.due_at.type)),
        # What has to be tried again has had its turn: from now on it waits among all others.
        newest=case((_LEFT <= 0, None), (bindparam("settled", type_=Integer) == 0, None), else_=LaneRow.newest),
    )
)
