"""/status: how the bot is doing."""

from __future__ import annotations

import bot
from bot.cards import Inside, Status, status_card
from bot.commands.command import Command, Family, no_arguments
from bot.commands.context import Context
from bot.i18n import N_
from bot.ports import Reply

_DEAD_LETTERS = 3


async def run(ctx: Context, _args: None) -> Reply:
    """The state of what is looked at on behalf of this account; of everything, with its inside, for operators."""
    newsrooms = await (ctx.tx.newsrooms.all() if ctx.is_operator else ctx.followed())
    known = {newsroom.id for newsroom in newsrooms}
    status = Status(
        feeds=[feed for feed in await ctx.tx.feeds.all() if feed.newsroom.id in known],
        releases=await ctx.tx.releases.count([newsroom.id for newsroom in newsrooms]),
        subscriptions=len(await ctx.subscriptions()),
        inside=await _inside(ctx) if ctx.is_operator else None,
    )
    return Reply(status_card(status, ctx.texts, ctx.now), private=True)


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
