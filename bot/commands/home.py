"""/home: the first page of a conversation, for platforms that have one."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import Status, say_card, subscriptions_card
from bot.cards.home import News, Subscribed, in_one, news_cards, subscribed_cards
from bot.commands import status
from bot.commands.command import Command, Family
from bot.commands.contact import press_desk
from bot.commands.context import Context
from bot.commands.suggest import find_command
from bot.domain.card import Card
from bot.domain.subscription import ConversationKind
from bot.i18n import N_, Texts
from bot.ports import Reply

_LATEST = 5
_DESKS = 4
_ONLY = ("subscriptions", "news")
_FIXED = "fixed"


@dataclass(frozen=True, slots=True)
class Sections:
    """What of the page is wanted. `fixed`: without buttons that change what is subscribed to."""

    subscriptions: bool = True
    news: bool = True
    fixed: bool = False


def parse_args(rest: str, _texts: Texts) -> Sections:
    """`[subscriptions|news] [fixed]`, as platforms ask; anything else does no harm."""
    words = rest.casefold().split()
    only = next((word for word in words if word in _ONLY), "")
    return Sections(only != "news", only != "subscriptions", _FIXED in words)


async def run(ctx: Context, wanted: Sections) -> Reply:
    """The page, in one card and in several."""
    subscribed = await _subscribed(ctx, wanted) if wanted.subscriptions else None
    news = news_cards(await _news(ctx), ctx.texts, ctx.now) if wanted.news else []
    cards = [*(subscribed_cards(subscribed, ctx.texts, ctx.now) if subscribed else []), *news]
    return Reply(_whole(subscribed, news, ctx), private=True, parts=tuple(cards))


def _whole(subscribed: Subscribed | None, news: list[Card], ctx: Context) -> Card:
    """The page for where a button must say by itself what it is about."""
    cards = [subscriptions_card(subscribed.subscriptions, subscribed.offered, ctx.texts, ctx.now)] if subscribed else []
    return in_one([*cards, *news] or [say_card(ctx.texts.t("Nothing has been found yet."))])


async def _subscribed(ctx: Context, wanted: Sections) -> Subscribed:
    return Subscribed(
        title=_title(ctx),
        subscriptions=await ctx.subscriptions(),
        offered=await ctx.tx.newsrooms.offered(),
        changeable=ctx.is_operator or not wanted.fixed,
        settings=find_command("subscription", ctx.commands) is not None,
    )


def _title(ctx: Context) -> str:
    if ctx.call.conversation_kind is ConversationKind.PRIVATE:
        return ctx.texts.t("For you alone")
    return ctx.call.title or (ctx.destination and ctx.destination.title) or ctx.texts.t("This conversation")


async def _news(ctx: Context) -> News:
    newsrooms = await ctx.own_newsrooms()
    desks = [await press_desk(ctx, newsroom) for newsroom in newsrooms[:_DESKS]]
    return News(
        latest=await ctx.tx.releases.latest([newsroom.id for newsroom in newsrooms], limit=_LATEST),
        desks=desks,
        more=max(0, len(newsrooms) - _DESKS),
        status=await _status(ctx),
    )


async def _status(ctx: Context) -> Status | None:
    """How the bot is doing: operators' concern alone."""
    return await status.seen(ctx) if ctx.is_operator else None


COMMAND = Command(
    name="home",
    family=Family.BOT,
    summary=N_("what is subscribed to here, the latest of it, and whom to call"),
    parse_args=parse_args,
    run=run,
    hidden=True,
)
