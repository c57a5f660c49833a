"""/latest: the newest releases."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.cards import Page, list_card, say_card
from bot.cards.asked import BETWEEN, understood
from bot.commands.command import Command, Family
from bot.commands.context import Context, NearMiss
from bot.commands.line import unquoted
from bot.commands.lookup import EVERYTHING, AnyNewsroom, find_newsroom, is_followed
from bot.commands.narrowing import Kept, keep, not_collected
from bot.domain.card import Button, Card
from bot.domain.newsroom import Newsroom
from bot.i18n import N_, Texts
from bot.ports import Reply
from bot.text.request import Request, understand

SHOWN = 5
MOST = 50


@dataclass(frozen=True, slots=True)
class Latest:
    """Of which newsroom (empty: the usual ones), how many on a page, and what the list is kept to besides."""

    words: str = ""
    count: int = SHOWN
    request: Request = field(default_factory=Request)


def parse_args(rest: str, _texts: Texts) -> str:
    """All of it: what is a number of releases and what a date depends on the day, so that `read` must say it."""
    return rest


def read(rest: str, texts: Texts, now: datetime) -> Latest:
    """`[newsroom] [n]`, in this order or the other, among narrowing words. Raises UserError for a number out of range."""
    request = understand(rest, now, texts.zone)
    words = request.words.split()
    numbers = [word for word in (words[-1:] + words[:1]) if word.isascii() and word.isdigit()]
    if not numbers:
        return Latest(unquoted(request.words), request=request)
    count = int(numbers[0])
    words = words[:-1] if words[-1] == numbers[0] else words[1:]
    name = unquoted(" ".join(words))
    if not 1 <= count <= MOST:
        said = texts.t("I can show 1 to {most} releases at a time, not {count}.", most=MOST, count=count)
        again = Button(texts.t("Show {count}", count=MOST), f"/latest {name} {MOST}".replace("  ", " "))
        raise NearMiss(said, [again] if count else [])
    return Latest(name, count, request)


async def run(ctx: Context, rest: str) -> Reply:
    """A page of the newest releases, numbered."""
    args = read(rest, ctx.texts, ctx.now)
    kept = await keep(ctx, args.request, "/latest")
    if args.words and args.words.casefold() not in EVERYTHING:
        newsroom = await find_newsroom(ctx, args.words, lambda slug: _command(args, slug))
        if not isinstance(newsroom, Newsroom):
            return Reply(_not_followed(newsroom, ctx.texts))
        newsrooms = kept.without((newsroom, *(each for each in kept.newsrooms if each.id != newsroom.id)))
        if len(newsrooms) > 1:
            kept = replace(kept, said=BETWEEN.join(filter(None, (newsroom.name, kept.said))))
        return await _list(ctx, newsrooms, args, kept, newsroom.slug)
    usual = await (ctx.tx.newsrooms.offered() if args.words else ctx.own_newsrooms())
    newsrooms = kept.among(usual)
    return await _list(ctx, newsrooms, args, kept, args.words) if usual or newsrooms else Reply(_no_newsrooms(ctx.texts))


async def _list(ctx: Context, newsrooms: list[Newsroom], args: Latest, kept: Kept, slug: str) -> Reply:
    ids = [newsroom.id for newsroom in newsrooms]
    total = await kept.narrowed(ctx.tx.releases.count)(ids)
    single = newsrooms[0] if len(newsrooms) == 1 else None
    followed = await is_followed(ctx, single) if single else True
    if not total and args.request.narrows:
        return Reply(_none_of_these(args, kept, slug, ctx.texts))
    if not total:
        return Reply(_none_yet(single, ctx.texts) if followed or not single else _not_followed(single, ctx.texts))
    page = Page(1, args.count, total, _command(args, slug))
    page = Page(min(ctx.page or 1, page.pages), args.count, total, page.command)
    releases = await kept.narrowed(ctx.tx.releases.latest)(ids, limit=args.count, offset=page.first - 1)
    ctx.remember(page.first, releases)
    note = "" if followed else ctx.texts.t("Nobody here subscribes to this newsroom now, so newer releases may be missing.")
    card = list_card(
        _heading(single, kept, ctx.texts),
        releases,
        ctx.texts,
        ctx.now,
        page=page,
        single=single is not None,
        note=note,
        buttons=_any_date(args.request, ctx.texts),
    )
    return Reply(card, replaces=ctx.page is not None)


def _command(args: Latest, slug: str) -> str:
    """The line that asks the same of the newsroom with this slug."""
    if args.request.narrows:
        typed = re.compile(rf"(?<!\S){re.escape(args.words)}(?!\S)")
        return f"/latest {typed.sub(lambda _: slug, args.request.line, count=1)}"
    words = ("/latest", slug, str(args.count) if args.count != SHOWN else "")
    return " ".join(filter(None, words))


def _heading(single: Newsroom | None, kept: Kept, texts: Texts) -> str:
    if single:
        said = (texts.t("Latest from {newsroom}", newsroom=single.name), understood(kept.narrowing, texts))
    else:
        said = (texts.t("Latest"), kept.said)
    return BETWEEN.join(filter(None, said))


def _any_date(request: Request, texts: Texts) -> list[Button]:
    return [Button(texts.t("Any date"), f"/latest {request.undated}".rstrip())] if request.read_as_date else []


def _none_of_these(args: Latest, kept: Kept, slug: str, texts: Texts) -> Card:
    said = texts.t("Nothing was found.")
    kept_to = texts.t("Kept to: {what}", what=kept.said) if kept.said else ""
    buttons = _any_date(args.request, texts) or [Button(texts.t("Latest"), f"/latest {slug}".rstrip())]
    return say_card(f"{said}\n{kept_to}".strip(), buttons=buttons)


def _not_followed(newsroom: AnyNewsroom, texts: Texts) -> Card:
    page = [Button(texts.t("The newsroom's page"), url=newsroom.page_url)] if newsroom.page_url else []
    subscribe = Button(texts.t("Subscribe"), f"/subscribe {newsroom.slug}")
    return say_card(not_collected(newsroom, texts), buttons=[subscribe, *page])


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
        "1 to 50. Dates and kind: and lang: narrow it down, as in /search. The list is numbered: /release 3 opens the third."
    ),
    examples=("", "um", "um 10", N_("um kind:news last week")),
    parse_args=parse_args,
    run=run,
)
