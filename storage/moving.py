"""A conversation has another id from now on, with all its threads."""

from __future__ import annotations

from sqlalchemy import case, delete, exists, func, null, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.domain.delivery import DeliveryState
from bot.ports import Hint
from storage.circles import erase_codes, move_circle
from storage.hints import hint
from storage.lanes import PENDING, WAITS, due_unless_paused, lock_account, lock_lanes
from storage.models import AccountRow, AuditRow, DeliveryRow, DestinationRow, LaneRow, SubscriptionRow

MOVED = "moved"


async def move_conversation(db: AsyncConnection, account_id: int, old: str, new: str) -> None:
    """Give the destinations of a conversation its new id; where one is there already, it takes over what the old one had."""
    if old == new:
        return
    await lock_account(db, AccountRow.id == account_id)
    there = {row.thread: row.id for row in await _destinations(db, account_id, new)}
    here = await _destinations(db, account_id, old)
    await lock_lanes(db, [*there.values(), *(row.id for row in here)])
    hint(db, Hint.LANES)
    await erase_codes(db, [row.id for row in here])
    for row in here:
        if row.thread in there:
            await _merge(db, row.id, there[row.thread])
        else:
            await db.execute(update(DestinationRow).where(DestinationRow.id == row.id).values(conversation=new))
    await move_circle(db, account_id, old, new)


async def _destinations(db: AsyncConnection, account_id: int, conversation: str) -> list[DestinationRow]:
    query = select(DestinationRow.__table__).where(
        DestinationRow.account_id == account_id, DestinationRow.conversation == conversation
    )
    return list(await db.execute(query))  # type: ignore[arg-type]


async def _merge(db: AsyncConnection, old: int, new: int) -> None:
    await _merge_choices(db, old, new)
    await _merge_subscriptions(db, old, new)
    await _merge_deliveries(db, old, new)


async def _merge_choices(db: AsyncConnection, old: int, new: int) -> None:
    """What was chosen for the old one holds, unless something was chosen for the new one."""
    chosen = select(DestinationRow.options).where(DestinationRow.id == old).scalar_subquery()
    unchosen = (DestinationRow.id == new, DestinationRow.options.is_(null()))
    await db.execute(update(DestinationRow).where(*unchosen).values(options=chosen))
    await db.execute(update(AuditRow).where(AuditRow.destination_id == old).values(destination_id=new))


async def _merge_subscriptions(db: AsyncConnection, old: int, new: int) -> None:
    other = aliased(SubscriptionRow)
    same = exists().where(
        other.destination_id == new,
        other.ended_at.is_(None),
        other.newsroom_id.is_not_distinct_from(SubscriptionRow.newsroom_id),
    )
    live = (SubscriptionRow.destination_id == old, SubscriptionRow.ended_at.is_(None))
    await db.execute(update(SubscriptionRow).where(*live, ~same).values(destination_id=new))
    await db.execute(delete(SubscriptionRow).where(*live))


async def _merge_deliveries(db: AsyncConnection, old: int, new: int) -> None:
    """What is owed goes along, but for what is in flight: its own outcome says whether it has to move."""
    lane = (await db.execute(select(LaneRow.due_at, LaneRow.in_flight).where(LaneRow.destination_id == old))).one()
    other = aliased(DeliveryRow)
    same = exists().where(other.destination_id == new, other.dedupe_key == DeliveryRow.dedupe_key)
    owed = (
        DeliveryRow.destination_id == old,
        DeliveryRow.state.in_((DeliveryState.PENDING, DeliveryState.HELD)),
        DeliveryRow.id.is_distinct_from(lane.in_flight),
        # What is in a digest goes where the digest goes.
        or_(DeliveryRow.digest_id.is_(None), DeliveryRow.digest_id.is_distinct_from(lane.in_flight)),
    )
    await db.execute(update(DeliveryRow).where(*owed, same).values(state=DeliveryState.SKIPPED, reason=MOVED))
    await db.execute(update(DeliveryRow).where(*owed).values(destination_id=new))
    pending = select(func.count()).where(PENDING, DeliveryRow.destination_id == LaneRow.destination_id).scalar_subquery()
    await db.execute(update(LaneRow).where(LaneRow.destination_id.in_((old, new))).values(pending=pending))
    # Neither had a time where the old one was paused and the new one had nothing to do: then what is owed was due when it was owed.
    owed_at = select(func.min(DeliveryRow.created_at)).where(PENDING, DeliveryRow.destination_id == new).scalar_subquery()
    due_at = due_unless_paused(func.coalesce(LaneRow.due_at, lane.due_at, owed_at))
    await db.execute(
        update(LaneRow).where(LaneRow.destination_id == new).values(due_at=case((LaneRow.pending > 0, due_at), else_=None))
    )
    await db.execute(update(LaneRow).where(LaneRow.destination_id == old, LaneRow.pending == 0).values(due_at=None))
    held = select(func.min(DeliveryRow.held_until)).where(WAITS, DeliveryRow.destination_id == LaneRow.destination_id)
    await db.execute(update(LaneRow).where(LaneRow.destination_id.in_((old, new))).values(held_until=held.scalar_subquery()))
