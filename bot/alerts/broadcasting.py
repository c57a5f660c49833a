"""An operator's word to everybody: owed at once where it is for few, by a cursor where it is for many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.alerts.when import held_until, hours_of, zone_of
from bot.domain.delivery import DeliveryKind, Owed, broadcast_key
from bot.domain.options import Frequency
from bot.domain.subscription import Destination
from bot.ports import Broadcast, FanOutCursor, Transaction

AT_ONCE = 1000
"""Up to so many conversations are owed it in the transaction that confirms it; above, a cursor is the debt."""


async def owe_broadcast(tx: Transaction, broadcast: Broadcast, now: datetime) -> None:
    """Owe it to everybody whom it is for at this moment."""
    if (await tx.broadcasts.reach(broadcast, now)).total > AT_ONCE:
        await tx.broadcasts.owe_later(broadcast.id, now)
    else:
        await _owe(tx, broadcast, await tx.broadcasts.audience(broadcast, now), now)


async def owe_more(tx: Transaction, cursor: FanOutCursor, now: datetime) -> None:
    """Take one chunk off a broadcast's cursor."""
    assert cursor.broadcast_id is not None
    broadcast = await tx.broadcasts.get(cursor.broadcast_id)
    if broadcast is None:
        return await tx.outbox.advance(cursor.id, None)
    found = await tx.broadcasts.audience(broadcast, cursor.at, after=cursor.after, until=cursor.until, limit=AT_ONCE)
    await _owe(tx, broadcast, found, now)
    return await tx.outbox.advance(cursor.id, int(found[-1].id) if len(found) == AT_ONCE else None)


async def _owe(tx: Transaction, broadcast: Broadcast, destinations: Sequence[Destination], now: datetime) -> None:
    await tx.outbox.owe([_debt(broadcast, each, now) for each in destinations], now)


def _debt(broadcast: Broadcast, to: Destination, now: datetime) -> Owed:
    """It waits for the end of quiet hours: an operator's word is no reason to wake anybody."""
    until = held_until(now, hours_of(to.options, zone_of(to.timezone)), Frequency.AT_ONCE)
    payload, key = {"broadcast": str(broadcast.id)}, broadcast_key(broadcast.id)
    return Owed(to.id, DeliveryKind.BROADCAST, key, payload=payload, silent=broadcast.silent, held_until=until)
