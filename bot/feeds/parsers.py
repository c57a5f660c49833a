"""Documents read aside from the event loop, a few at a time, each within a time limit."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial

from bot.domain.newsroom import Feed
from bot.domain.release import ParsedFeed
from bot.errors import HtmlInsteadOfFeed, ParseTimeout
from bot.feeds.discover import feed_links
from bot.feeds.fetching.fetch import Document
from bot.feeds.reading.parse import parse

PARSE_LIMIT = 20.0
"""Seconds that reading one document may take."""
PARSERS = 2


class Parsers:
    """A few threads that read documents."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(PARSERS, "parse")
        self._free = asyncio.Semaphore(PARSERS)

    async def parse(self, feed: Feed, document: Document, now: datetime) -> ParsedFeed:
        """What a document says. Raises FeedError."""
        read = partial(
            parse,
            document.body,
            url=document.url,
            content_type=document.content_type,
            now=now,
            language=feed.newsroom.language,
            region=feed.newsroom.country,
        )
        try:
            async with self._free:  # the time spent waiting for others is not this document's
                return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self._threads, read), PARSE_LIMIT)
        except TimeoutError:
            raise ParseTimeout(feed.address, f"reading it took more than {PARSE_LIMIT:.0f} seconds") from None
        except HtmlInsteadOfFeed as error:
            # A page that links its feed is as good as the feed's own address, where we have not seen a feed yet.
            linked = feed_links(document.body, document.url) if feed.primed_at is None else ()
            raise HtmlInsteadOfFeed(feed.address, error.detail, linked=linked) from None

    def close(self) -> None:
        """Wait for nobody."""
        self._threads.shutdown(wait=False, cancel_futures=True)
