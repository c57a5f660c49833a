"""What is held back already, when the hours are chosen anew: it is told when they say so now."""

from __future__ import annotations

from bot.alerts.when import held_until, hours_of, zone_of
from bot.commands.context import Context
from bot.domain.options import Frequency
from bot.domain.subscription import Destination


async def reschedule(ctx: Context, destination: Destination) -> None:
    """Hold what waits here until its time by the hours and subscriptions of now; what need not wait any more is due at once.

    `destination`: as it was set just now.
    """
    waiting = await ctx.tx.outbox.waiting(destination.id)
    if not waiting:
        return
    subscriptions = await ctx.tx.destinations.subscriptions(destination.id)
    frequency = {str(each.id): each.options.frequency for each in subscriptions}
    hours = hours_of(destination.options, zone_of(destination.timezone))
    until = {
        each.id: held_until(ctx.now, hours, frequency.get(each.payload.get("by", ""), Frequency.AT_ONCE)) or ctx.now
        for each in waiting
    }
    await ctx.tx.outbox.put_off(destination.id, until)
