"""/status: how the bot is doing."""

from __future__ import annotations

from datetime import timedelta

import bot
from bot.cards import Inside, Page, Status, status_card
from bot.cards.deeds import deeds_card
from bot.cards.ledger import DAYS, latencies
from bot.commands.command import Command, Family
from bot.commands.context import Context
from bot.commands.line import unquoted
from bot.i18n import N_, Texts
from bot.ports import Reply
from bot.presence import LEASE
from bot.text.fold import fold

_DEAD_LETTERS = 3
_SHOWN = 10
_LOG = tuple(map(fold, ("log", "logbog")))


def parse_what(rest: str, _texts: Texts) -> bool:
    """`[log]`: whether the operators' record is wanted; what else is typed does no harm."""
    return fold(unquoted(rest)) in _LOG


async def run(ctx: Context, log: bool) -> Reply:  # noqa: FBT001 - what its arguments were read as
    """The state of what is looked at on behalf of this account; of everything, with its inside or its record, for operators."""
    if log and ctx.is_operator:
        return await _record(ctx)
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
    workers = await ctx.tx.workers.live(ctx.now - LEASE)
    return Inside(
        await outbox.health(),
        await outbox.dead_letters(_DEAD_LETTERS),
        bot.__version__,
        pauses=await ctx.tx.pauses.all(),
        processes=[worker.version for worker in workers],
    )


async def _record(ctx: Context) -> Reply:
    """A page of what operators did to the whole installation."""
    number = ctx.page or 1
    offset = (number - 1) * _SHOWN
    found = await ctx.tx.deeds.latest(_SHOWN + 1, offset)
    page = Page(number, _SHOWN, offset + len(found), "/status log")
    return Reply(deeds_card(found[:_SHOWN], ctx.texts, ctx.now, page=page), private=True, replaces=ctx.page is not None)


COMMAND = Command(
    name="status",
    family=Family.BOT,
    summary=N_("how the bot is doing"),
    details=N_("For operators with its outbox, what was given up, and what is paused; with “log”: what operators did."),
    parse_args=parse_what,
    run=run,
)
