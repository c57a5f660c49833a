"""Which outcomes may be written down now: those of deliveries in our hands, where nobody else has locked what they change.

Nothing is waited for. Who waited here for one lane would keep the outcomes of all others waiting with it, for as long as it pleases
whoever has locked it: what is locked is left for the next time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import aliased

from bot.domain.delivery import Settlement
from storage.dialects import among, is_sqlite
from storage.models import AccountRow, DestinationRow, LaneRow


async def fence(db: AsyncConnection, owner: str, settlements: Sequence[Settlement]) -> list[bool | None]:
    """Whether each outcome counts still, and None where another has locked what it would change; what counts is ours to change."""
    barred = await _barred(db, settlements)
    asked = {s.destination_id for s in settlements} - barred
    in_hand = await _in_hand(db, owner, asked)
    barred |= await _locked(db, owner, asked - in_hand.keys())
    counts = list[bool | None]()
    for s in settlements:
        if s.destination_id in barred:
            counts.append(None)
        else:
            # What is in hand is settled once, even if two outcomes of it come together.
            counts.append(in_hand.get(s.destination_id) == s.delivery_id and bool(in_hand.pop(s.destination_id)))
    return counts


async def _in_hand(db: AsyncConnection, owner: str, lanes: Collection[int]) -> dict[int, int | None]:
    rows = await db.execute(_IN_HAND, {"lanes": sorted(lanes), "by": owner})
    return {row.destination_id: row.in_flight for row in rows}


async def _locked(db: AsyncConnection, owner: str, lanes: Collection[int]) -> set[int]:
    """Those of the lanes passed over that are the owner's all the same: another has locked them."""
    if not lanes or is_sqlite(db):
        return set()
    return set((await db.execute(_OURS, {"lanes": sorted(lanes), "by": owner})).scalars())


async def _barred(db: AsyncConnection, settlements: Sequence[Settlement]) -> set[int]:
    """Lanes whose outcomes mean something for their account or for lanes beside them, and that cannot have those now.

    What stands above is locked before what stands below, here as everywhere.
    """
    wide = [s for s in settlements if s.blocks_account or s.pause is not None or s.moved_to is not None]
    if not wide or is_sqlite(db):
        return set()
    query = select(LaneRow.destination_id, LaneRow.account_id)
    account_of = {
        row.destination_id: row.account_id
        for row in await db.execute(query.where(LaneRow.destination_id.in_([s.destination_id for s in wide])))
    }
    accounts = set((await db.execute(_ACCOUNTS, {"accounts": sorted(set(account_of.values()))})).scalars())
    beside = await _beside(db, wide)
    lanes = set(
        (await db.execute(_FREE, {"lanes": sorted({*account_of, *(lane for some in beside.values() for lane in some)})})).scalars()
    )
    return {lane for lane, account in account_of.items() if account not in accounts or not {lane, *beside[lane]} <= lanes}


async def _beside(db: AsyncConnection, wide: Sequence[Settlement]) -> Mapping[int, set[int]]:
    """The lanes of the conversations that are left, and of those that others moved to, by the lane whose outcome says so."""
    beside = defaultdict[int, set[int]](set)
    left, new = aliased(DestinationRow), [s.moved_to for s in wide if s.moved_to is not None]
    leaving = [s.destination_id for s in wide if not s.blocks_account]
    touched = or_(DestinationRow.conversation == left.conversation, DestinationRow.conversation.in_(new))
    rows = await db.execute(
        select(left.id, LaneRow.destination_id)
        .join(DestinationRow, DestinationRow.id == LaneRow.destination_id)
        .join(left, left.account_id == DestinationRow.account_id)
        .where(left.id.in_(leaving), touched)
    )
    for leaver, lane in rows:
        beside[leaver].add(lane)
    return beside


_LANES = among(LaneRow.destination_id, "lanes")
_OURS = select(LaneRow.destination_id).where(_LANES, LaneRow.owner == bindparam("by"))
_IN_HAND = _OURS.add_columns(LaneRow.in_flight).order_by(LaneRow.destination_id).with_for_update(skip_locked=True)
_FREE = (
    select(LaneRow.destination_id).where(_LANES).order_by(LaneRow.destination_id).with_for_update(key_share=True, skip_locked=True)
)
_ACCOUNTS = (
    select(AccountRow.id)
    .where(among(AccountRow.id, "accounts"))
    .order_by(AccountRow.id)
    .with_for_update(key_share=True, skip_locked=True)
)
