"""What is held back already, when the hours are chosen anew: it is told when they say so now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.alerts.wants import BY, Rule
from bot.alerts.when import Hours, held_until, hours_of, zone_of
from bot.commands.context import Context
from bot.domain.options import Frequency
from bot.domain.subscription import Destination
from bot.ports import Waiting


async def reschedule(ctx: Context, destination: Destination) -> None:
    """Hold what waits here until its time by the hours and subscriptions of now; what need not wait any more is due at once.

    `destination`: as it was set just now.
    """
    waiting = await ctx.tx.outbox.waiting(destination.id)
    if not waiting:
        return
    subscriptions = await ctx.tx.destinations.subscriptions(destination.id)
    frequencies = {str(each.id): each.options.frequency for each in subscriptions}
    hours = hours_of(destination.options, zone_of(destination.timezone))
    await ctx.tx.outbox.put_off(destination.id, [_held(each, frequencies, hours, ctx.now) for each in waiting])


def _held(waits: Waiting, frequencies: Mapping[str, Frequency], hours: Hours, now: datetime) -> Waiting:
    """Until the soonest time of the subscriptions that brought it; by none that there still is, as what is told at once."""
    brought = [frequencies[each] for each in waits.payload.get(BY, "").split() if each in frequencies] or [Frequency.AT_ONCE]
    until, soonest = min(((held_until(now, hours, each) or now, each) for each in brought), key=lambda pair: pair[0])
    payload = dict(waits.payload)
    if "held" in payload and until > now:
        payload["held"] = Rule.HELD_QUIET if soonest is Frequency.AT_ONCE else Rule.HELD_DIGEST
    return Waiting(waits.id, until, payload)
