"""/offer and /unoffer: which newsrooms this installation offers to everybody, as operators say beside the settings."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.cards import say_card
from bot.cards.shorten import shorten
from bot.commands.command import Audience, Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.line import unquoted
from bot.commands.lookup import find_newsroom, is_polled
from bot.domain.card import Button, Tone
from bot.domain.newsroom import Newsroom
from bot.i18n import N_, Texts
from bot.ports import Reply

log = structlog.get_logger()

BY_OPERATOR = "operator"
BY_SETTINGS = "settings"
SETTING = "PRESSEVAGT_NEWSROOMS"
_CHOICES = 8


def parse_words(rest: str, _texts: Texts) -> str:
    """A name, words of it, or an address."""
    return unquoted(rest)


# Offering ---------------------------------------------------------------------------------------------------------------


async def offer(ctx: Context, words: str) -> Reply:
    """Offer a newsroom to everybody; without words, which operators offer."""
    if not words:
        return await _offered(ctx)
    # What an operator offers is offered in all accounts.
    stored = await ctx.tx.newsrooms.all()
    chosen = await find_newsroom(ctx, words, lambda slug: f"/offer {slug}", prefer_stored=False, among=stored)
    if isinstance(chosen, Newsroom) and chosen.offered:
        return await _already(ctx, chosen)
    was_polled = await is_polled(ctx, chosen)
    newsroom = chosen if isinstance(chosen, Newsroom) else await ctx.tx.newsrooms.ensure(chosen, now=ctx.now)
    await ctx.tx.newsrooms.offer(newsroom.id, BY_OPERATOR)
    if not was_polled:
        # Nobody followed it until now: what came out meanwhile is no news.
        await ctx.tx.feeds.wake(newsroom.id, ctx.now, prime=True)
    await _note(ctx, "offer", newsroom)
    return await _now_offered(ctx, newsroom, is_new=not was_polled)


async def _offered(ctx: Context) -> Reply:
    ours = await ctx.tx.newsrooms.offered(BY_OPERATOR)
    texts = ctx.texts
    how = texts.t("Which newsroom is to be offered to everybody? Part of its name, or the address of a feed: /offer energinet")
    names = shorten(", ".join(each.name for each in ours), 500)
    lines = [how, texts.t("Offered by operators: {newsrooms}.", newsrooms=names)] if ours else [how]
    buttons = [Button(texts.t("No longer {newsroom}", newsroom=each.name), f"/unoffer {each.slug}") for each in ours[:_CHOICES]]
    return Reply(say_card("\n".join(lines), buttons=[*buttons, Button(texts.t("All newsrooms"), "/newsrooms")]), private=True)


async def _already(ctx: Context, newsroom: Newsroom) -> Reply:
    if await _is_set(ctx, newsroom):
        said = ctx.texts.t("{newsroom} is offered already, by the setting {setting}.", newsroom=newsroom.name, setting=SETTING)
        return Reply(say_card(said), private=True)
    said = ctx.texts.t("{newsroom} is offered already.", newsroom=newsroom.name)
    return Reply(say_card(said, buttons=[Button(ctx.texts.t("Offer it no longer"), f"/unoffer {newsroom.slug}")]), private=True)


async def _now_offered(ctx: Context, newsroom: Newsroom, *, is_new: bool) -> Reply:
    texts = ctx.texts
    said = [texts.t("{newsroom} is now offered to everybody.", newsroom=newsroom.name)]
    if count := await ctx.tx.newsrooms.subscribers(None):
        said.append(
            texts.n(
                "{count} conversation that subscribes to all newsrooms gets its releases from now on.",
                "{count} conversations that subscribe to all newsrooms get its releases from now on.",
                count,
            )
        )
    if is_new:
        said.append(texts.t("What stands in its feed now is taken in silence. If it cannot be read, the operators are told."))
    buttons = [
        Button(texts.t("Subscribe here"), f"/subscribe {newsroom.slug}"),
        Button(texts.t("Undo"), f"/unoffer {newsroom.slug}"),
    ]
    return Reply(say_card("\n".join(said), tone=Tone.GOOD, buttons=buttons), private=True)


# No longer --------------------------------------------------------------------------------------------------------------


async def unoffer(ctx: Context, words: str) -> Reply:
    """Offer a newsroom no longer; releases and subscriptions stay."""
    ours = await ctx.tx.newsrooms.offered(BY_OPERATOR)
    if not words:
        raise NearMiss(ctx.texts.t("Which newsroom is to be offered no longer?"), _choice(ours))
    stored = await ctx.tx.newsrooms.all()
    newsroom = await find_newsroom(ctx, words, lambda slug: f"/unoffer {slug}", among=stored)
    if not isinstance(newsroom, Newsroom) or not newsroom.offered:
        raise NearMiss(ctx.texts.t("{newsroom} is not offered here.", newsroom=newsroom.name), _choice(ours))
    if await _is_set(ctx, newsroom):
        raise NearMiss(
            ctx.texts.t(
                "{newsroom} is offered by the setting {setting}: take it out there, and start the bot anew.",
                newsroom=newsroom.name,
                setting=SETTING,
            )
        )
    await ctx.tx.newsrooms.withdraw(newsroom.id)
    await _note(ctx, "unoffer", newsroom)
    return await _no_longer(ctx, newsroom)


async def _no_longer(ctx: Context, newsroom: Newsroom) -> Reply:
    texts, still = ctx.texts, await ctx.tx.newsrooms.subscribers(newsroom.id)
    said = [texts.t("{newsroom} is no longer offered. Its releases are kept.", newsroom=newsroom.name)]
    if still:
        said.append(
            texts.n(
                "{count} conversation subscribes to it and still gets its releases.",
                "{count} conversations subscribe to it and still get its releases.",
                still,
            )
        )
    else:
        said.append(texts.t("No conversation subscribes to it, so its feed is no longer looked at."))
    if others := await ctx.tx.newsrooms.subscribers(None):
        said.append(
            texts.n(
                "{count} conversation that subscribes to all newsrooms no longer gets it by that.",
                "{count} conversations that subscribe to all newsrooms no longer get it by that.",
                others,
            )
        )
    again = Button(texts.t("Offer it again"), f"/offer {newsroom.slug}")
    return Reply(say_card("\n".join(said), tone=Tone.GOOD, buttons=[again]), private=True)


def _choice(newsrooms: Sequence[Newsroom]) -> list[Button]:
    return [Button(each.name, f"/unoffer {each.slug}") for each in newsrooms[:_CHOICES]]


async def _is_set(ctx: Context, newsroom: Newsroom) -> bool:
    return any(each.id == newsroom.id for each in await ctx.tx.newsrooms.offered(BY_SETTINGS))


async def _note(ctx: Context, what: str, newsroom: Newsroom) -> None:
    log.info("newsroom_offer_changed", what=what, newsroom=newsroom.slug, by=str(ctx.call.actor))
    await ctx.tx.deeds.note(ctx.call.actor, what, {"newsroom": newsroom.name}, ctx.now)


OFFER = Command(
    name="offer",
    family=Family.OPERATORS,
    aliases={"da": ("tilbyd", "udbyd")},
    arguments=N_("[newsroom or address]"),
    summary=N_("offer a newsroom to everybody"),
    details=N_(
        "A newsroom of /newsrooms by part of its name, or the address of a feed or of a page that links one. "
        "Who subscribes to all newsrooms gets its releases from then on."
    ),
    examples=("energinet", "https://example.org/feed"),
    audience=Audience.OPERATORS,
    writes=True,
    parse_args=parse_words,
    run=offer,
)
UNOFFER = Command(
    name="unoffer",
    family=Family.OPERATORS,
    aliases={"da": ("tilbagekald",)},
    arguments=N_("newsroom"),
    summary=N_("offer a newsroom no longer"),
    details=N_(
        "Its releases are kept, and who subscribes to it still gets them. What the setting PRESSEVAGT_NEWSROOMS names is offered "
        "for as long as it stands there."
    ),
    examples=("energinet",),
    audience=Audience.OPERATORS,
    writes=True,
    parse_args=parse_words,
    run=unoffer,
)
