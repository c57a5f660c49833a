"""Does every newsroom's feed answer, and is it one? Each is fetched once, through the guard, and read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.checks.line import CheckLine, within
from bot.clock import SystemClock
from bot.domain.newsroom import Feed, FeedState, NewsroomEntry
from bot.errors import FeedError, ForbiddenAddress, HtmlInsteadOfFeed
from bot.feeds.discover import feed_links
from bot.feeds.fetching.fetch import Document, Fetcher
from bot.feeds.reading.parse import parse
from bot.i18n import Texts
from bot.settings import Settings

AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Asked:
    """A feed to ask. `was_read`: the bot has read it as a feed before, so a page in its place is a fault."""

    slug: str
    address: str
    language: str
    country: str
    was_read: bool = False


def to_ask(entries: Iterable[NewsroomEntry], feeds: Iterable[Feed]) -> list[Asked]:
    """The feeds that are known, and of the settings' newsrooms those that are not known yet."""
    known = [feed for feed in feeds if feed.state is FeedState.LIVE]
    asked = [
        Asked(feed.newsroom.slug, feed.address, feed.newsroom.language, feed.newsroom.country, feed.primed_at is not None)
        for feed in known
    ]
    held = {feed.newsroom.slug for feed in feeds}
    return asked + [Asked(e.slug, e.feed_url, e.language, e.country) for e in entries if e.slug not in held]


def stopped(feeds: Iterable[Feed], texts: Texts) -> list[CheckLine]:
    """The feeds that nobody polls any more."""
    lines = []
    for feed in feeds:
        what = feed.newsroom.slug
        if feed.state is FeedState.HELD:
            said = texts.t("held back: everything in it is unknown")
            lines.append(CheckLine(what, said, texts.t("look at it, then write /accept {newsroom} to the bot", newsroom=what)))
        elif feed.state is FeedState.ENDED:
            said = texts.t("closed by the newsroom (410)")
            lines.append(CheckLine(what, said, texts.t("put the feed's new address into PRESSEVAGT_NEWSROOMS")))
    return lines


async def check_feeds(settings: Settings, asked: Sequence[Asked], texts: Texts) -> list[CheckLine]:
    """A line for each, in their order."""
    proxy = settings.proxy.get_secret_value() if settings.proxy else None
    gate = asyncio.Semaphore(AT_ONCE)
    async with Fetcher(allow=settings.allow_private_addresses, contact=settings.contact, proxy=proxy) as fetcher:

        async def one(each: Asked) -> Sequence[CheckLine]:
            async with gate:
                return await within(each.slug, _check(fetcher, each, texts), texts)

        return [line for lines in await asyncio.gather(*map(one, asked)) for line in lines]


async def _check(fetcher: Fetcher, asked: Asked, texts: Texts) -> list[CheckLine]:
    try:
        document = await fetcher.fetch(asked.address)
        assert isinstance(document, Document), "nothing was asked on condition"
        return [await _read(document, asked, texts)]
    except FeedError as error:
        return [CheckLine(asked.slug, str(error), _remedy(error, texts))]


async def _read(document: Document, asked: Asked, texts: Texts) -> CheckLine:
    now = SystemClock().now()
    try:
        feed = await asyncio.to_thread(
            parse,
            document.body,
            url=document.url,
            content_type=document.content_type,
            now=now,
            language=asked.language,
            region=asked.country,
        )
    except HtmlInsteadOfFeed as error:
        linked = next(iter(feed_links(document.body, document.url)), None)
        if linked is None or asked.was_read:
            raise
        return CheckLine(
            asked.slug, texts.t("{page} is a page that links {feed}, which the bot reads", page=error.url, feed=linked)
        )
    count = texts.n("{count} release", "{count} releases", len(feed.releases))
    newest = max((each.published for each in feed.releases if each.published), default=None)
    return CheckLine(asked.slug, _read_well(document.url, count, newest, now, texts))


def _read_well(url: str, count: str, newest: datetime | None, now: datetime, texts: Texts) -> str:
    if newest is None:
        return f"{url}: {count}"
    return texts.t("{url}: {count}, the newest of {moment}", url=url, count=count, moment=texts.moment(newest, now))


def _remedy(error: FeedError, texts: Texts) -> str:
    match error:
        case HtmlInsteadOfFeed():
            return texts.t("find the address of the feed itself, or ask the newsroom for it")
        case ForbiddenAddress():
            return texts.t("do as it says, where that is meant")
        case _:
            return texts.t("look at the address in a browser; the bot tries again by itself")
