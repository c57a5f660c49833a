"""Asking for documents beside the feed: by the feeds' own fetcher, spaced, as robots.txt allows, on the newsroom's host alone."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import urlsplit

from bot.domain.newsroom import Feed
from bot.domain.release import ParsedFeed, ParsedRelease
from bot.errors import FeedError, FeedRefused, ForbiddenAddress, ParseTimeout
from bot.feeds.archive.hosts import Hosts
from bot.feeds.archive.robots import Robots
from bot.feeds.fetching.fetch import MAX_BYTES, Document, Fetcher, NotModified
from bot.feeds.parsers import PARSE_LIMIT
from bot.feeds.reading import sitemap
from bot.feeds.reading.page import NoRelease, Reading, read_page
from bot.feeds.reading.sitemap import Listed, Sitemap, read_sitemap
from bot.feeds.reading.via import ViaRoom
from bot.feeds.reading.via_document import read_document
from bot.feeds.reading.via_json import read_whole
from bot.feeds.reading.via_listing import Listing, read_listing
from bot.feeds.reading.via_versions import Newsdesk
from bot.ports import Clock

T = TypeVar("T")

REST = timedelta(minutes=1)
"""After a 429 or 503 that says no time."""
_REMEMBERED = 200
_TOO_MANY = (429, 503)


class Asking:
    """Documents of newsrooms. Every method raises FeedError.

    What was asked for a moment ago with the same result is not sent again: validators are kept for the addresses asked last.
    """

    def __init__(self, fetcher: Fetcher, clock: Clock, spacing: float) -> None:
        self.hosts = Hosts(spacing)
        self._fetcher = fetcher
        self._robots = Robots(fetcher)
        self._clock = clock
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._under_way: dict[str, asyncio.Task[Document]] = {}

    async def listing(self, feed: Feed, room: ViaRoom, page: int, *, spaced: bool = True) -> Listing:
        """A page of the newsroom's listing."""
        answer = await self.document(room.listing(page), spaced=spaced)
        return await self._read(partial(read_listing, answer.body, self._desk(feed, room), answer.url), answer.url)

    async def whole(self, feed: Feed, room: ViaRoom, page: int, *, spaced: bool = True) -> ParsedFeed:
        """A page of whole releases."""
        answer = await self.document(room.json(page), spaced=spaced)
        return await self._read(partial(read_whole, answer.body, self._desk(feed, room), answer.url), answer.url)

    async def release(
        self, feed: Feed, room: ViaRoom, number: int, language: str, *, spaced: bool = True
    ) -> tuple[ParsedRelease, ...]:
        """The language versions of a release, from its own document."""
        # By itself: what another asked for before the feed changed its words may be older than that.
        answer = await self._ask(room.document(number, language), spaced=spaced)
        return await self._read(partial(read_document, answer.body, number, self._desk(feed, room), answer.url), answer.url)

    async def named_sitemaps(self, url: str) -> list[str]:
        """The sitemaps that the robots.txt of an address's host names, as it writes them."""
        return await self._robots.sitemaps(url)

    async def sitemap(self, url: str, takes: Callable[[str], bool]) -> tuple[Sitemap, int]:
        """A sitemap with those of its pages whose addresses are taken, and its size in bytes as it was sent."""
        answer = await self._ask(url, spaced=True, most=sitemap.MOST_BYTES, keep=False)
        return await self._read(partial(_taken, answer, takes), url), len(answer.body)

    async def page(self, feed: Feed, listed: Listed, takes: Callable[[str], bool]) -> ParsedRelease:
        """The release that stands at an address of a sitemap. Raises NoRelease too, also where it leads to what is not taken."""
        answer = await self._ask(listed.url, spaced=True, page=True, keep=False)
        if not takes(answer.url):
            raise NoRelease("moved")
        desk = Reading(self._clock.now(), feed.newsroom.language, feed.newsroom.country)
        there = replace(listed, url=answer.url)
        return await self._read(partial(read_page, answer.body, there, desk, answer.content_type, takes), listed.url)

    async def document(self, url: str, *, spaced: bool = True) -> Document:
        """What an address answers; those who ask for the same at the same time share the answer."""
        task = self._under_way.get(url)
        if task is None:
            task = self._under_way[url] = asyncio.create_task(self._ask(url, spaced=spaced))
            task.add_done_callback(lambda _: self._under_way.pop(url, None))
        return await asyncio.shield(task)

    async def _ask(self, url: str, *, spaced: bool, most: int = MAX_BYTES, page: bool = False, keep: bool = True) -> Document:
        """`keep`: it is worth remembering, since it will be asked for again."""
        host = urlsplit(url).netloc
        self._refuse_while_resting(url, host)
        if not await self._robots.allow(url):
            raise FeedRefused(url, "its robots.txt asks not to be read", status=403)
        if spaced:
            self.hosts.space(host, await self._robots.delay(url))
            await self.hosts.turn(host)
            self._refuse_while_resting(url, host)
        before = self._kept.get(url)
        try:
            answer = await self._fetcher.fetch(
                url,
                etag=before.etag if before else None,
                last_modified=before.last_modified if before else None,
                most=most,
                page=page,
            )
        except FeedRefused as error:
            if error.status in _TOO_MANY or error.retry_after is not None:
                self.hosts.rest(host, error.retry_after or REST)
            raise
        if urlsplit(answer.url).netloc != host:
            raise ForbiddenAddress(url, "it leads to another host, which is not asked about this newsroom")
        if isinstance(answer, NotModified):
            assert before is not None
            return before
        if keep:
            self._keep(url, answer)
        return answer

    def _refuse_while_resting(self, url: str, host: str) -> None:
        if (left := self.hosts.resting(host)) is not None:
            raise FeedRefused(url, "the host wants to be left alone", status=429, retry_after=left)

    def _keep(self, url: str, answer: Document) -> None:
        if answer.etag or answer.last_modified:
            self._kept[url] = answer
            self._kept.move_to_end(url)
            while len(self._kept) > _REMEMBERED:
                self._kept.popitem(last=False)

    def _desk(self, feed: Feed, room: ViaRoom) -> Newsdesk:
        return Newsdesk(room, self._clock.now(), feed.newsroom.language, feed.newsroom.country)

    async def _read(self, read: Callable[[], T], url: str) -> T:
        try:
            return await asyncio.wait_for(asyncio.to_thread(read), PARSE_LIMIT)
        except TimeoutError:
            raise ParseTimeout(url, f"reading it took more than {PARSE_LIMIT:.0f} seconds") from None
        except (FeedError, NoRelease):
            raise
        except Exception as error:
            raise FeedError(url, f"could not be read ({type(error).__name__})") from error


def _taken(answer: Document, takes: Callable[[str], bool]) -> Sitemap:
    found = read_sitemap(answer.body, answer.url, answer.content_type)
    return replace(found, pages=tuple(one for one in found.pages if takes(one.url)))
