"""/search: releases by their words."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Page, list_card, say_card
from bot.cards.shorten import shorten
from bot.commands.command import Command, Family
from bot.commands.context import Context
from bot.domain.card import Button
from bot.domain.prose import Block, plain
from bot.domain.release import Release
from bot.errors import UserError
from bot.i18n import N_, Texts
from bot.ports import Found, Reply
from bot.text.query import Query, highlight, parse

SHOWN = 5
_SNIPPET = 160
_SEARCHED = 20_000
_EITHER_OF = 6
"""Any of more words than these would be found nearly everywhere."""


def parse_args(rest: str, texts: Texts) -> str:
    """The words, as typed: quotes, minus and OR mean something. Raises UserError where there are none."""
    if parse(rest).is_empty:
        raise UserError(texts.t("Write what to search for, such as /search sanctions russia."))
    return rest


async def run(ctx: Context, words: str) -> Reply:
    """A page of what was found, with the words pointed out."""
    stored = await ctx.tx.newsrooms.all()
    query = parse(words, languages=dict.fromkeys(("da", "en", *(newsroom.language for newsroom in stored))))
    page, found = await _page(ctx, query, words)
    if not found.releases:
        return Reply(say_card(_nothing(words, ctx.texts), buttons=_other_searches(words, query, ctx.texts)))
    ctx.remember(page.first, found.releases)
    snippets = [_snippet(query, release, ctx.texts) for release in found.releases]
    card = list_card(_heading(words, found, ctx.texts), found.releases, ctx.texts, ctx.now, page=page, snippets=snippets)
    return Reply(card, replaces=ctx.page is not None)


async def _page(ctx: Context, query: Query, words: str) -> tuple[Page, Found]:
    page = Page(ctx.page or 1, SHOWN, 0, f"/search {words}")
    found = await ctx.tx.search.find(query, limit=SHOWN, offset=page.first - 1)
    page = Page(page.number, SHOWN, found.total, page.command)
    if found.releases or not found.total:
        return page, found
    page = Page(page.pages, SHOWN, found.total, page.command)
    return page, await ctx.tx.search.find(query, limit=SHOWN, offset=page.first - 1)


def _heading(words: str, found: Found, texts: Texts) -> str:
    said = shorten(words, 80)
    if found.capped:
        return texts.t("More than {count} releases for “{words}”", count=texts.number(found.total - 1), words=said)
    return texts.n("{count} release for “{words}”", "{count} releases for “{words}”", found.total, words=said)


def _snippet(query: Query, release: Release, texts: Texts) -> Block:
    content = release.content(texts.language)
    text = f"{content.lead}\n{plain(content.body)}"[:_SEARCHED]
    return highlight(query, text, content.language, _SNIPPET)


def _nothing(words: str, texts: Texts) -> str:
    said = texts.t("Nothing was found for “{words}”.", words=shorten(words, 80))
    return f"{said}\n{texts.t('Try fewer or other words; a star finds every ending: /search sanct*')}"


def _other_searches(words: str, query: Query, texts: Texts) -> Sequence[Button]:
    parts = words.split()
    plain_words = all(part.isalnum() for part in parts) and "OR" not in parts and "ELLER" not in parts
    if plain_words and len(query.any_of) == 1 and 1 < len(parts) <= _EITHER_OF:
        return [Button(texts.t("Any of the words"), f"/search {' OR '.join(parts)}"), Button(texts.t("Latest"), "/latest")]
    return [Button(texts.t("Latest"), "/latest")]


COMMAND = Command(
    name="search",
    family=Family.RELEASES,
    aliases={"da": ("søg", "soeg", "sog")},
    arguments=N_("words"),
    summary=N_("find press releases by their words"),
    details=N_(
        "All words must be there, in any form. Words in quotation marks stand side by side, a minus leaves a word out, "
        "OR finds either, and a star finds every ending."
    ),
    examples=("sanktioner rusland", '"nordisk råd" -finland', N_("klima OR energi"), "grønland*"),
    parse_args=parse_args,
    run=run,
)
