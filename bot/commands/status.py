"""/status: how the bot is doing."""

from __future__ import annotations

from datetime import timedelta

import bot
from bot.cards import Inside, Status, status_card
from bot.cards.ledger import DAYS, latencies
from bot.commands.command import Command, Family, no_arguments
from bot.commands.context import Context
from bot.i18n import N_
from bot.ports import Reply

_DEAD_LETTERS = 3


async def run(ctx: Context, _args: None) -> Reply:
    """The state of what is looked at on behalf of this account; of everything, with its inside, for operators."""
    return Reply(status_card(await seen(ctx), ctx.texts, ctx.now), private=True)


async def seen(ctx: Context) -> Status:
    """How things stand, as far as the person may know."""
    newsrooms = await (ctx.tx.newsrooms.all() if ctx.is_operator else ctx.followed())
    known = {newsroom.id for newsroom in newsrooms}
    return Status(
        feeds=[feed for feed in await ctx.tx.feeds.all() if feed.newsroom.id in known],
        releases=await ctx.tx.releases.count([newsroom.id for newsroom in newsrooms]),
        subscriptions=len(await ctx.subscriptions()),
        inside=await _inside(ctx) if ctx.is_operator else None,
        histories=await ctx.tx.histories.progress(known),
        speed=latencies(await ctx.tx.outbox.ledger(known, ctx.now - timedelta(days=DAYS))),
    )


async def _inside(ctx: Context) -> Inside:
    outbox = ctx.tx.outbox
    return Inside(await outbox.health(), await outbox.dead_letters(_DEAD_LETTERS), bot.__version__)


COMMAND = Command(
    name="status",
    family=Family.BOT,
    summary=N_("how the bot is doing"),
    parse_args=no_arguments,
    run=run,
)
