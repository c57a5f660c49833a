"""What waited through an operators' pause, where it is quiet hours by then: held like anything that comes out in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from bot.alerts.wants import Rule
from bot.alerts.when import held_until, hours_of, zone_of
from bot.domain.delivery import DeliveryKind, More
from bot.domain.options import Frequency
from bot.domain.subscription import Destination, DestinationId
from bot.ports import Hold, Transaction, Unsent

AT_ONCE = 1000
"""Destinations that are judged together."""


async def keep_quiet(tx: Transaction, platform: str, account: str, now: datetime) -> int:
    """Hold what goes on through a platform, or one account of it, wherever it is quiet hours; how much that was due is held."""
    held, after = 0, 0
    while there := await tx.pauses.going_on(platform, account, after=after, limit=AT_ONCE):
        after = there[-1].id
        if quiet := _quiet(there, now):
            unsent = await tx.outbox.unsent(quiet.keys())
            holds = list(held_back(unsent, quiet))
            await tx.outbox.hold(holds)
            # What was held before the pause is held longer; of what was due, too many late ones wait for a digest already.
            due = {each.id for each in unsent if each.until is None or "held" not in each.payload}
            held += sum(each.id in due for each in holds)
    return held


def _quiet(destinations: Sequence[Destination], now: datetime) -> dict[DestinationId, datetime]:
    """Where it is quiet hours, and when they end."""
    ends = ((each.id, held_until(now, hours_of(each.options, zone_of(each.timezone)), Frequency.AT_ONCE)) for each in destinations)
    return {ident: until for ident, until in ends if until is not None}


def held_back(unsent: Sequence[Unsent], quiet: Mapping[DestinationId, datetime]) -> Iterator[Hold]:
    """What of it waits until its destination's quiet hours end: alerts without urgent words, what belongs to them, and digests."""
    urgent = {(each.destination_id, each.release_id) for each in unsent if each.payload.get("why") == Rule.URGENT}
    for each in unsent:
        until = quiet[each.destination_id]
        breaks_in = (each.destination_id, each.release_id) in urgent or (each.until is not None and each.until >= until)
        if _waits(each) and not breaks_in:
            # An alert that is held is judged anew when it leaves; what was held for a digest keeps its own reason.
            why = {"held": Rule.HELD_QUIET.value} if each.kind is DeliveryKind.ALERT else {}
            yield Hold(each.id, each.destination_id, until, why | dict(each.payload))


def _waits(each: Unsent) -> bool:
    """Whether it is held in quiet hours: not what operators say, nor what is said of what stands."""
    whole = each.kind is DeliveryKind.FOLLOW_UP and each.payload.get("more") == More.WHOLE
    return whole or each.kind in (DeliveryKind.ALERT, DeliveryKind.DIGEST)
