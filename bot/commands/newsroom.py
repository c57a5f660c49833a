"""/newsroom and /newsrooms: one newsroom, and which there are."""

from __future__ import annotations

import re

from bot.cards import NewsroomFacts, NewsroomLine, Page, newsroom_card, newsrooms_card, say_card
from bot.cards.shorten import shorten
from bot.commands.command import Command, Family
from bot.commands.contact import press_desk
from bot.commands.context import Context
from bot.commands.line import unquoted
from bot.commands.lookup import AnyNewsroom, candidates, find_newsroom, is_followed, unknown_newsroom
from bot.domain.card import Button
from bot.domain.newsroom import Newsroom
from bot.domain.subscription import Subscription
from bot.i18n import N_, Texts
from bot.ports import Reply
from bot.text.nearest import Exact, Nothing, Several, matching, nearest

_CHANGE = re.compile(r"(?:(?P<more>add|tilføj|tilfoej)|remove|fjern) (?P<name>.+)", re.IGNORECASE)
_LATEST = 3
_LISTED = 9
"""So that each has a digit for its key in the terminal."""


def parse_words(rest: str, _texts: Texts) -> str:
    """A name, or words of it."""
    return unquoted(rest)


# One newsroom -----------------------------------------------------------------------------------------------------------


async def show(ctx: Context, words: str) -> Reply:
    """A newsroom's card; without a word the only one followed here, else the list of those."""
    if words:
        newsroom = await find_newsroom(ctx, words, lambda slug: f"/newsroom {slug}")
        return Reply(newsroom_card(await _facts(ctx, newsroom), ctx.texts, ctx.now))
    own = await ctx.own_newsrooms()
    if len(own) == 1:
        return Reply(newsroom_card(await _facts(ctx, own[0]), ctx.texts, ctx.now))
    return await _page(ctx, [*own], "", "/newsroom") if own else await list_all(ctx, "")


async def _facts(ctx: Context, newsroom: AnyNewsroom) -> NewsroomFacts:
    desk = await press_desk(ctx, newsroom)
    if not isinstance(newsroom, Newsroom):
        return NewsroomFacts(desk, feed_url=newsroom.feed_url)
    latest = await ctx.tx.releases.latest([newsroom.id], limit=_LATEST)
    ctx.remember(1, latest)
    feeds = await ctx.tx.feeds.of(newsroom.id)
    return NewsroomFacts(
        desk,
        latest=latest,
        total=await ctx.tx.releases.count([newsroom.id]),
        feed_url=feeds[0].address if feeds else "",
        last_good_at=max((feed.last_good_at for feed in feeds if feed.last_good_at), default=None),
        followed=await is_followed(ctx, newsroom),
        subscribed=_subscribes(await ctx.subscriptions(), newsroom),
    )


# Many -------------------------------------------------------------------------------------------------------------------


async def list_all(ctx: Context, words: str) -> Reply:
    """The newsrooms that have such a name; without words all, those followed here first."""
    if ctx.is_operator and (change := _CHANGE.fullmatch(words)):
        return _asked_to_change(ctx, change)
    everything = candidates(await ctx.newsrooms(), ctx.catalogue)
    if not words:
        found = [newsroom for newsroom, _ in everything]
        return await _page(ctx, sorted(found, key=_offered_then_name), "", "/newsrooms")
    found = matching(words, everything)
    if not found:
        match nearest(words, everything):
            case Exact(newsroom):
                found = [newsroom]
            case Several(newsrooms):
                found = list(newsrooms)
            case Nothing(newsrooms):
                raise unknown_newsroom(words, newsrooms, lambda slug: f"/newsroom {slug}", ctx.texts)
    return await _page(ctx, found, words, f"/newsrooms {words}")


def _asked_to_change(ctx: Context, change: re.Match[str]) -> Reply:
    """What operators write first where a list is to be longer or shorter."""
    name, texts = change["name"], ctx.texts
    if change["more"]:
        button = Button(texts.t("Offer it to everybody"), f"/offer {name}")
        return Reply(
            say_card(texts.t("Shall {newsroom} be offered to everybody?", newsroom=shorten(name, 100)), buttons=[button]),
            private=True,
        )
    button = Button(texts.t("Offer it no longer"), f"/unoffer {name}")
    return Reply(
        say_card(texts.t("Shall {newsroom} be offered no longer?", newsroom=shorten(name, 100)), buttons=[button]), private=True
    )


def _offered_then_name(newsroom: AnyNewsroom) -> tuple[bool, bool, str]:
    stored = isinstance(newsroom, Newsroom)
    return not (isinstance(newsroom, Newsroom) and newsroom.offered), not stored, newsroom.name.casefold()


async def _page(ctx: Context, newsrooms: list[AnyNewsroom], words: str, command: str) -> Reply:
    page = Page(1, _LISTED, len(newsrooms), command)
    page = Page(min(ctx.page or 1, page.pages), page.size, page.total, command)
    subscriptions = await ctx.subscriptions()
    lines = [
        NewsroomLine(
            newsroom,
            offered=isinstance(newsroom, Newsroom) and newsroom.offered,
            subscribed=isinstance(newsroom, Newsroom) and _subscribes(subscriptions, newsroom),
        )
        for newsroom in newsrooms[page.first - 1 : page.first - 1 + page.size]
    ]
    return Reply(newsrooms_card(lines, ctx.texts, page=page, words=shorten(words, 60)), replaces=ctx.page is not None)


def _subscribes(subscriptions: list[Subscription], newsroom: Newsroom) -> bool:
    return any(each.newsroom_id == newsroom.id or (each.newsroom is None and newsroom.offered) for each in subscriptions)


ONE = Command(
    name="newsroom",
    family=Family.NEWSROOMS,
    aliases={"da": ("nyhedsrum",)},
    arguments=N_("[name]"),
    summary=N_("one newsroom: its latest, its contacts, its links"),
    details=N_("A newsroom is an organisation's press office. Part of its name is enough."),
    examples=("um", "københavns politi"),
    parse_args=parse_words,
    run=show,
)
MANY = Command(
    name="newsrooms",
    family=Family.NEWSROOMS,
    aliases={"da": ("nyhedsrumsliste",)},
    arguments=N_("[words]"),
    summary=N_("which newsrooms there are to subscribe to"),
    details=N_("With words: only newsrooms with such a name."),
    examples=("", "politi"),
    parse_args=parse_words,
    run=list_all,
)
