"""`pressevagt backfill`: fetch a newsroom's history now, and watch it come."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

import click

from bot.app import fetcher_of
from bot.clock import TimeKeeper
from bot.commands.lookup import names_of
from bot.domain.newsroom import Newsroom
from bot.errors import UserError
from bot.feeds.archive.asking import Asking
from bot.feeds.archive.historian import Historian
from bot.feeds.archive.sitemaps import ELSEWHERE, NO_SHAPE
from bot.feeds.archive.ways import Ways
from bot.feeds.catalogue import Catalogue
from bot.feeds.parsers import Parsers
from bot.operate.opened import opened
from bot.operate.progress import Say, shown
from bot.ports import Clock, Database, History, HistoryState
from bot.settings import Settings, load
from bot.text.nearest import Exact, Nothing, Several, nearest

_UNDER_WAY = (HistoryState.WAITING, HistoryState.CATCHING_UP)
_ENDED = {
    NO_SHAPE: "the addresses of its releases do not tell which pages of its sitemap are releases",
    ELSEWHERE: "its releases stand on another site than its feed",
}
_LOOK_EVERY = 0.5
"""Seconds between two looks at how far another process has come."""
_NAMED = 10
"""So many newsrooms are named where none is like what was asked for."""


def backfill(env_file: Path | None, words: str, *, again: bool) -> None:
    """Fetch the history of the newsroom that is meant, with a bar. Raises PressevagtError."""
    with shown() as say:
        history = asyncio.run(_backfill(env_file, words, say, again=again))
    click.echo(_said(history))


async def _backfill(env_file: Path | None, words: str, say: Say, *, again: bool) -> History:
    settings = load(env_file)
    async with opened(env_file) as database:
        clock = await TimeKeeper(database).set()
        newsroom = await _meant(database, words)
        if again:
            async with database.begin() as tx:
                await tx.histories.restart(newsroom.id, clock.now())
        return await _walk(settings, database, clock, newsroom, say)


async def _walk(settings: Settings, database: Database, clock: Clock, newsroom: Newsroom, say: Say) -> History:
    """Until the history is through. Where a bot that runs is just reading a page, that page is waited for."""
    parsers = Parsers()
    try:
        async with fetcher_of(settings) as fetcher:
            ways = Ways(Asking(fetcher, clock, settings.archive_spacing), parsers, clock, database)
            historian = Historian(database, ways, clock, owner=secrets.token_hex(8), most=settings.archive_limit)
            while True:
                ours = await historian.walk(newsroom.id)
                history = await _stands(database, newsroom)
                say(newsroom.name, history.done, max(history.total or 0, history.done + 1))
                if history.state not in _UNDER_WAY:
                    return history
                if not ours:
                    await asyncio.sleep(_LOOK_EVERY)
    finally:
        parsers.close()


async def _stands(database: Database, newsroom: Newsroom) -> History:
    async with database.read() as tx:
        found = await tx.histories.progress([newsroom.id])
    if not found:
        raise UserError(f"the feed of {newsroom.name} has not been read yet; `pressevagt run` reads it, then try again")
    if found[0].fault and found[0].state in _UNDER_WAY:
        raise UserError(
            f"{newsroom.name} cannot be read just now ({found[0].fault}); it is tried again at {found[0].due_at:%Y-%m-%d %H:%M} UTC"
        )
    return found[0]


async def _meant(database: Database, words: str) -> Newsroom:
    """The newsroom that is meant, among those that are followed here."""
    async with database.read() as tx:
        followed = {feed.newsroom.id: feed.newsroom for feed in await tx.feeds.all()}
    catalogue = Catalogue.load()
    match nearest(words, [(newsroom, names_of(newsroom, catalogue)) for newsroom in followed.values()]):
        case Exact(newsroom):
            return newsroom
        case Several(several):
            raise UserError(f"{words!r} may mean {', '.join(newsroom.slug for newsroom in several[:5])}")
        case Nothing(near):
            named = (
                ", ".join(newsroom.slug for newsroom in near[:3] or sorted(followed.values(), key=lambda each: each.slug)[:_NAMED])
                or "none yet"
            )
            raise UserError(f"{words!r} is no newsroom that is followed here; {'nearest' if near else 'followed'}: {named}")


def _said(history: History) -> str:
    name, texts = (
        history.feed.newsroom.name,
        f"; {history.texts} texts follow, fetched by the bot that runs" if history.texts else "",
    )
    match history.state:
        case HistoryState.REFUSED:
            return f"{name}: {history.done} releases looked through; the newsroom lets no more be read ({history.fault})"
        case HistoryState.CAPPED:
            return f"{name}: {history.done} releases looked through, and PRESSEVAGT_ARCHIVE_LIMIT lets no more be fetched{texts}"
        case _:
            ended = f": {_ENDED[history.fault]}" if history.fault in _ENDED else ""
            return f"{name}: {history.done} releases looked through, which is all there is to be read{ended}{texts}"
