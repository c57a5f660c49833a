"""What was set, written down."""

from __future__ import annotations

from bot.commands.context import Context
from bot.commands.holding import reschedule
from bot.commands.lookup import is_polled
from bot.domain.newsroom import Newsroom
from bot.domain.subscription import Destination, Subscription
from bot.i18n import texts


async def save_subscription(ctx: Context, old: Subscription, new: Subscription) -> None:
    """Make a live subscription what it is to be. A mute that is over stays as it was."""
    destinations = ctx.tx.destinations
    if old.options != new.options:
        await destinations.set_subscription_options(old.id, new.options)
    if old.options.frequency is not new.options.frequency and ctx.destination:
        await reschedule(ctx, ctx.destination)
    if old.silent != new.silent:
        await destinations.set_silent(old.id, silent=new.silent)
    until = new.muted_until if new.is_muted(ctx.now) else None
    if (old.muted_until if old.is_muted(ctx.now) else None) != until:
        await destinations.mute([old.id], until, ctx.now)


async def save_destination(ctx: Context, old: Destination, new: Destination) -> None:
    """Make the destination what it is to be. What is said of it from then on is said in its language and by its clock."""
    destinations = ctx.tx.destinations
    if old.options != new.options:
        await destinations.set_options(old.id, new.options)
    if old.timezone != new.timezone:
        await destinations.set_timezone(old.id, new.timezone)
    if old.language != new.language:
        await destinations.set_language(old.id, new.language)
    ctx.destination, ctx.texts = new, texts(new.language, new.timezone)
    if (old.options, old.timezone) != (new.options, new.timezone):
        await reschedule(ctx, new)


async def subscribe_to(ctx: Context, destination: Destination, newsroom: Newsroom | None) -> tuple[Subscription, bool]:
    """The live subscription, and whether it is new. A feed that nobody looked at is begun in silence."""
    was_polled = newsroom is None or await is_polled(ctx, newsroom)
    newsroom_id = newsroom.id if newsroom else None
    made = await ctx.tx.destinations.subscribe(destination.id, newsroom_id, by=str(ctx.call.actor), now=ctx.now)
    if newsroom and not was_polled:
        await ctx.tx.feeds.wake(newsroom.id, ctx.now, prime=True)
    return made
