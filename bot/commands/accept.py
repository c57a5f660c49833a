"""/accept: an operator says that a feed which changed altogether is right."""

from __future__ import annotations

from bot.cards import say_card
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context
from bot.commands.line import unquoted
from bot.commands.lookup import find_newsroom
from bot.domain.card import Button, Tone
from bot.domain.newsroom import FeedState, Newsroom
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply


def parse_args(rest: str, texts: Texts) -> str:
    """The newsroom. Raises UserError where none is named."""
    words = unquoted(rest)
    if not words:
        raise UserError(texts.t("Which newsroom's feed? /status names those that are held back."))
    return words


async def run(ctx: Context, words: str) -> Reply:
    """Take what stands in the feed now in silence, and go on from there."""
    # An operator answers for the feeds of all accounts.
    newsroom = await find_newsroom(ctx, words, lambda slug: f"/accept {slug}", among=await ctx.tx.newsrooms.all())
    feeds = await ctx.tx.feeds.of(newsroom.id) if isinstance(newsroom, Newsroom) else []
    if not isinstance(newsroom, Newsroom) or not any(feed.state is FeedState.HELD for feed in feeds):
        said = ctx.texts.t("The feed of {newsroom} is not held back: there is nothing to accept.", newsroom=newsroom.name)
        return Reply(say_card(said, buttons=[Button(ctx.texts.t("Status"), "/status")]), private=True)
    await ctx.tx.feeds.wake(newsroom.id, ctx.now, prime=True)
    await ctx.tx.deeds.note(ctx.call.actor, "accept", {"newsroom": newsroom.name}, ctx.now)
    said = ctx.texts.t(
        "What the feed of {newsroom} holds now is taken in silence; what comes next is sent.", newsroom=newsroom.name
    )
    return Reply(say_card(said, tone=Tone.GOOD), private=True)


COMMAND = Command(
    name="accept",
    family=Family.OPERATORS,
    aliases={"da": ("godkend",)},
    arguments=N_("newsroom"),
    summary=N_("take a feed as it is that was held back"),
    details=N_("A feed in which everything is unknown may have been moved or renumbered: nothing is sent until this is said."),
    examples=("um",),
    audience=Audience.OPERATORS,
    writes=True,
    parse_args=parse_args,
    run=run,
)
