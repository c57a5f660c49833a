"""/retry: look at a newsroom's feed at once, also one that it had closed, or at another address."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import say_card
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.line import unquoted
from bot.commands.lookup import entry_at, find_newsroom, is_address, is_polled
from bot.commands.offer import BY_SETTINGS, SETTING
from bot.domain.card import Button, Tone
from bot.domain.newsroom import FeedState, Newsroom, NewsroomEntry
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Reply


@dataclass(frozen=True, slots=True)
class Again:
    """Whose feed, and where it is to be asked from now on, if that is elsewhere."""

    words: str
    address: str = ""


def parse_args(rest: str, texts: Texts) -> Again:
    """`newsroom [address]`. Raises UserError where no newsroom is named."""
    words, _, last = rest.strip().rpartition(" ")
    found = Again(unquoted(words), last) if words and is_address(last) else Again(unquoted(rest))
    if not found.words:
        raise UserError(texts.t("Which newsroom's feed? /status names those with faults."))
    return found


async def run(ctx: Context, again: Again) -> Reply:
    """Have the feed polled now. What was held stays so until it is accepted."""
    # An operator answers for the feeds of all accounts.
    stored = await ctx.tx.newsrooms.all()
    line = f" {again.address}".rstrip()
    newsroom = await find_newsroom(ctx, again.words, lambda slug: f"/retry {slug}{line}", among=stored)
    if not isinstance(newsroom, Newsroom) or not await is_polled(ctx, newsroom):
        raise NearMiss(
            ctx.texts.t("Nobody follows {newsroom} here, so its feed is not looked at.", newsroom=newsroom.name),
            [Button(ctx.texts.t("Offer it to everybody"), f"/offer {newsroom.slug}")],
        )
    if again.address:
        return await _elsewhere(ctx, newsroom, again.address)
    if any(feed.state is FeedState.HELD for feed in await ctx.tx.feeds.of(newsroom.id)):
        raise NearMiss(
            ctx.texts.t("The feed of {newsroom} can be read, but everything in it is unknown.", newsroom=newsroom.name),
            [Button(ctx.texts.t("Take it as it is"), f"/accept {newsroom.slug}")],
        )
    await ctx.tx.feeds.wake(newsroom.id, ctx.now, prime=False)
    await ctx.tx.deeds.note(ctx.call.actor, "retry", {"newsroom": newsroom.name}, ctx.now)
    said = ctx.texts.t("The feed of {newsroom} is looked at now.", newsroom=newsroom.name)
    return Reply(say_card(said, tone=Tone.GOOD, buttons=[Button(ctx.texts.t("Status"), "/status")]), private=True)


async def _elsewhere(ctx: Context, newsroom: Newsroom, address: str) -> Reply:
    """The same newsroom, its feed at another address: its releases stay, and what is known there already is no news."""
    entry = await entry_at(address, ctx)
    other = next((each for each in await ctx.tx.newsrooms.all() if each.slug == entry.slug != newsroom.slug), None)
    if other is not None or (ctx.catalogue.get(entry.slug) and entry.slug != newsroom.slug):
        raise UserError(ctx.texts.t("That is the feed of {newsroom}.", newsroom=other.name if other else entry.name))
    same = NewsroomEntry(
        newsroom.slug,
        newsroom.name,
        entry.feed_url,
        newsroom.country,
        newsroom.language,
        page_url=newsroom.page_url,
        contact=newsroom.contact,
    )
    await ctx.tx.newsrooms.ensure(same, now=ctx.now)
    await ctx.tx.feeds.wake(newsroom.id, ctx.now, prime=False)
    await ctx.tx.deeds.note(ctx.call.actor, "address", {"newsroom": newsroom.name, "url": entry.feed_url}, ctx.now)
    said = [ctx.texts.t("The feed of {newsroom} is looked at there from now on.", newsroom=newsroom.name)]
    if any(each.id == newsroom.id for each in await ctx.tx.newsrooms.offered(BY_SETTINGS)):
        said.append(
            ctx.texts.t(
                "The setting {setting} names this newsroom: write the new address there too, or the former one counts again "
                "when the bot starts anew.",
                setting=SETTING,
            )
        )
    return Reply(say_card("\n".join(said), tone=Tone.GOOD, buttons=[Button(ctx.texts.t("Status"), "/status")]), private=True)


COMMAND = Command(
    name="retry",
    family=Family.OPERATORS,
    aliases={"da": ("genprøv",)},
    arguments=N_("newsroom [new address]"),
    summary=N_("look at a newsroom's feed now"),
    details=N_(
        "Also at one that the newsroom had closed. With an address the feed is looked for there from then on: "
        "for a newsroom that has moved and left no redirect behind."
    ),
    examples=("um", "um https://example.org/feed"),
    audience=Audience.OPERATORS,
    writes=True,
    parse_args=parse_args,
    run=run,
)
