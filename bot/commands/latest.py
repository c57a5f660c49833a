"""/latest: the newest releases."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards import Page, list_card, say_card
from bot.commands.command import Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.line import unquoted
from bot.commands.lookup import EVERYTHING, AnyNewsroom, find_newsroom, is_followed
from bot.domain.card import Button, Card
from bot.domain.newsroom import Newsroom
from bot.i18n import N_, Texts
from bot.ports import Reply

SHOWN = 5
MOST = 50


@dataclass(frozen=True, slots=True)
class Latest:
    """Of which newsroom (empty: the usual ones), and how many on a page."""

    words: str = ""
    count: int = SHOWN


def parse_args(rest: str, texts: Texts) -> Latest:
    """`[newsroom] [n]`, in this order or the other. Raises UserError for a number out of range."""
    words = rest.split()
    numbers = [word for word in (words[-1:] + words[:1]) if word.isascii() and word.isdigit()]
    if not numbers:
        return Latest(unquoted(rest))
    count = int(numbers[0])
    words = words[:-1] if words[-1] == numbers[0] else words[1:]
    name = unquoted(" ".join(words))
    if not 1 <= count <= MOST:
        said = texts.t("I can show 1 to {most} releases at a time, not {count}.", most=MOST, count=count)
        again = Button(texts.t("Show {count}", count=MOST), f"/latest {name} {MOST}".replace("  ", " "))
        raise NearMiss(said, [again] if count else [])
    return Latest(name, count)


async def run(ctx: Context, args: Latest) -> Reply:
    """A page of the newest releases, numbered."""
    if not args.words or args.words.casefold() in EVERYTHING:
        newsrooms = await (ctx.tx.newsrooms.offered() if args.words else ctx.own_newsrooms())
        return await _list(ctx, newsrooms, args.count, args.words) if newsrooms else Reply(_no_newsrooms(ctx.texts))
    newsroom = await find_newsroom(ctx, args.words, lambda slug: _command(slug, args.count))
    if not isinstance(newsroom, Newsroom):
        return Reply(_not_followed(newsroom, ctx.texts))
    return await _list(ctx, [newsroom], args.count, newsroom.slug)


async def _list(ctx: Context, newsrooms: list[Newsroom], count: int, slug: str) -> Reply:
    ids = [newsroom.id for newsroom in newsrooms]
    total = await ctx.tx.releases.count(ids)
    single = newsrooms[0] if len(newsrooms) == 1 else None
    followed = await is_followed(ctx, single) if single else True
    if not total:
        return Reply(_none_yet(single, ctx.texts) if followed or not single else _not_followed(single, ctx.texts))
    page = Page(1, count, total, _command(slug, count))
    page = Page(min(ctx.page or 1, page.pages), count, total, page.command)
    releases = await ctx.tx.releases.latest(ids, limit=count, offset=page.first - 1)
    ctx.remember(page.first, releases)
    heading = ctx.texts.t("Latest from {newsroom}", newsroom=single.name) if single else ctx.texts.t("Latest")
    note = "" if followed else ctx.texts.t("Nobody here subscribes to this newsroom now, so newer releases may be missing.")
    card = list_card(heading, releases, ctx.texts, ctx.now, page=page, single=single is not None, note=note)
    return Reply(card, replaces=ctx.page is not None)


def _command(slug: str, count: int) -> str:
    words = ("/latest", slug, str(count) if count != SHOWN else "")
    return " ".join(filter(None, words))


def _not_followed(newsroom: AnyNewsroom, texts: Texts) -> Card:
    said = texts.t(
        "Nobody here subscribes to {newsroom} yet, so I have none of its releases. Subscribe, and I collect them from now on.",
        newsroom=newsroom.name,
    )
    page = [Button(texts.t("The newsroom's page"), url=newsroom.page_url)] if newsroom.page_url else []
    return say_card(said, buttons=[Button(texts.t("Subscribe"), f"/subscribe {newsroom.slug}"), *page])


def _none_yet(newsroom: Newsroom | None, texts: Texts) -> Card:
    if newsroom:
        return say_card(texts.t("Nothing from {newsroom} has been found yet.", newsroom=newsroom.name))
    return say_card(texts.t("Nothing has been found yet."))


def _no_newsrooms(texts: Texts) -> Card:
    said = texts.t("No newsroom is followed here yet. Choose one to subscribe to.")
    return say_card(said, buttons=[Button(texts.t("All newsrooms"), "/newsrooms")])


COMMAND = Command(
    name="latest",
    family=Family.RELEASES,
    aliases={"da": ("seneste", "nyeste")},
    arguments=N_("[newsroom] [number]"),
    summary=N_("the newest press releases"),
    details=N_(
        "Without a newsroom: those that are subscribed to here, else those offered. The number is how many to show at a time, "
        "1 to 50. The list is numbered: /release 3 opens the third."
    ),
    examples=("", "um", "um 10"),
    parse_args=parse_args,
    run=run,
)
