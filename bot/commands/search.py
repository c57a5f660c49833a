"""/search: releases by their words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial

from bot.cards import Page, list_card, say_card
from bot.cards.asked import BETWEEN
from bot.cards.shorten import shorten
from bot.commands.command import Command, Family
from bot.commands.context import Context
from bot.commands.narrowing import Kept, keep, other_readings
from bot.domain.card import Button
from bot.domain.newsroom import Newsroom
from bot.domain.prose import Block, plain
from bot.domain.release import Content, Release
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Found, Reply
from bot.text.highlight import highlight
from bot.text.query import Query, matches, parse
from bot.text.request import Request, understand
from bot.text.spelling import corrected

_Search = Callable[..., Awaitable[Found]]

SHOWN = 5
_SNIPPET = 160
_SEARCHED = 20_000
_EITHER_OF = 6
"""Any of more words than these would be found nearly everywhere."""
_SPELT_BY = 400
"""The titles of so many of the newest releases tell how words are spelt."""


def parse_args(rest: str, texts: Texts) -> str:
    """The words, as typed: quotes, minus, OR, labels and dates mean something. Raises UserError where there are none."""
    if parse(rest).is_empty:
        raise UserError(texts.t("Write what to search for, such as /search sanctions russia."))
    return rest


async def run(ctx: Context, line: str) -> Reply:
    """A page of what was found, with the words pointed out, and how the line was understood."""
    request = understand(line, ctx.now, ctx.texts.zone)
    kept = await keep(ctx, request, "/search")
    stored = await ctx.newsrooms()
    query = parse(request.words, languages=_languages(stored))
    search = partial(_find, ctx, query, kept, stored)
    page, found = await _page(ctx, search, line)
    ways_out = other_readings("/search", request, ctx.texts)
    if not found.releases:
        return await _nothing(ctx, request, kept, query, stored, ways_out)
    ctx.remember(page.first, found.releases)
    snippets = [_snippet(query, release, ctx.texts) for release in found.releases] if request.words else ()
    heading = BETWEEN.join(filter(None, (_heading(request.words, found, ctx.texts), kept.said)))
    card = list_card(heading, found.releases, ctx.texts, ctx.now, page=page, snippets=snippets, buttons=ways_out)
    return Reply(card, replaces=ctx.page is not None)


def _languages(stored: Sequence[Newsroom]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(("da", "en", *(newsroom.language for newsroom in stored))))


async def _find(ctx: Context, query: Query, kept: Kept, stored: Sequence[Newsroom], *, limit: int, offset: int = 0) -> Found:
    """What has the words; without words, the newest of what the line is kept to."""
    among = [newsroom.id for newsroom in kept.among(stored)]
    if query.is_empty:
        total = await kept.narrowed(ctx.tx.releases.count)(among)
        return Found(await kept.narrowed(ctx.tx.releases.latest)(among, limit=limit, offset=offset), total)
    find = kept.narrowed(ctx.tx.search.find)
    everything = not kept.names_newsrooms and await ctx.sees_everything()
    return await find(query, newsrooms=None if everything else among, limit=limit, offset=offset)


async def _page(ctx: Context, search: _Search, line: str) -> tuple[Page, Found]:
    page = Page(ctx.page or 1, SHOWN, 0, f"/search {line}")
    found = await search(limit=SHOWN + 1, offset=page.first - 1)
    shown = replace(found, releases=found.releases[:SHOWN])
    # What is beyond the cap was not counted.
    seen = page.first - 1 + len(shown.releases) if shown.releases else 0
    page = replace(page, total=max(found.total, seen), goes_on=found.capped and len(found.releases) > SHOWN)
    if found.releases or not found.total:
        return page, shown
    page = replace(page, number=page.pages)
    return page, await search(limit=SHOWN, offset=page.first - 1)


def _heading(words: str, found: Found, texts: Texts) -> str:
    if not words:
        return texts.n("{count} release", "{count} releases", found.total)
    said = shorten(words, 80)
    if found.capped:
        return texts.t("More than {count} releases for “{words}”", count=texts.number(found.total - 1), words=said)
    return texts.n("{count} release for “{words}”", "{count} releases for “{words}”", found.total, words=said)


def _snippet(query: Query, release: Release, texts: Texts) -> Block:
    content = _found_in(query, release, texts)
    return highlight(query, _text(content), content.language, _SNIPPET)


def _found_in(query: Query, release: Release, texts: Texts) -> Content:
    """The version that has the words: the reader's, else the first that has them."""
    read = release.content(texts.language)
    others = [version for version in release.versions if version != read]
    if not others or matches(query, f"{read.title}\n{_text(read)}", read.language):
        return read
    return next((each for each in others if matches(query, f"{each.title}\n{_text(each)}", each.language)), read)


def _text(content: Content) -> str:
    return f"{content.lead}\n{plain(content.body)}"[:_SEARCHED]


async def _nothing(
    ctx: Context, request: Request, kept: Kept, query: Query, stored: Sequence[Newsroom], ways_out: Sequence[Button]
) -> Reply:
    words, texts = request.words, ctx.texts
    said = texts.t("Nothing was found for “{words}”.", words=shorten(words, 80)) if words else texts.t("Nothing was found.")
    kept_to = texts.t("Kept to: {what}", what=kept.said) if kept.said else ""
    meant = await _meant(ctx, request, kept, stored)
    if meant:
        hint = texts.t("Did you mean “{words}”?", words=shorten(meant, 80))
        buttons = [Button(shorten(meant, 40), f"/search {meant}"), *ways_out]
    else:
        hint = words and texts.t("Try fewer or other words; a star finds every ending: /search sanct*")
        buttons = [*ways_out, *_other_searches(request, query, texts), Button(texts.t("Latest"), "/latest")]
    return Reply(say_card("\n".join(filter(None, (said, kept_to, hint))), buttons=buttons))


async def _meant(ctx: Context, request: Request, kept: Kept, stored: Sequence[Newsroom]) -> str:
    """The line with its slips mended, if that finds something."""
    newest = await ctx.tx.releases.latest([newsroom.id for newsroom in kept.among(stored)], limit=_SPELT_BY)
    titles = [version.title for release in newest for version in release.versions]
    languages = _languages(stored)
    line = corrected(request, titles, languages)
    if not line:
        return ""
    words = understand(line, ctx.now, ctx.texts.zone).words
    found = await _find(ctx, parse(words, languages), kept, stored, limit=1)
    return line if found.total else ""


def _other_searches(request: Request, query: Query, texts: Texts) -> list[Button]:
    parts = request.words.split()
    plain_words = all(part.isalnum() for part in parts) and "OR" not in parts and "ELLER" not in parts
    if request.narrows or not plain_words or len(query.any_of) != 1 or not 1 < len(parts) <= _EITHER_OF:
        return []
    return [Button(texts.t("Any of the words"), f"/search {' OR '.join(parts)}")]


COMMAND = Command(
    name="search",
    family=Family.RELEASES,
    aliases={"da": ("søg", "soeg", "sog")},
    arguments=N_("words"),
    summary=N_("find press releases by their words"),
    details=N_(
        "All words must be there, in any form. Words in quotation marks stand side by side, a minus leaves a word out, "
        "OR finds either, and a star finds every ending. Dates among the words are read as dates (last week, since Monday, October "
        "2025) unless they stand in quotation marks; from: and to: take any date. newsroom:, kind: and lang: narrow it down."
    ),
    examples=(
        "sanktioner rusland",
        '"nordisk råd" -finland',
        N_("klima OR energi"),
        "grønland*",
        N_("sanktioner last week"),
        N_("budget newsroom:um kind:news from:1.10.2025"),
    ),
    parse_args=parse_args,
    run=run,
)
