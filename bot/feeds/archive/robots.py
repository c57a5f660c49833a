"""What a host's robots.txt says of us (RFC 9309), asked once a day."""

from __future__ import annotations

import asyncio
import time
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

from bot.errors import FeedError, FeedRefused
from bot.feeds.fetching.fetch import Document, Fetcher

AGENT = "Pressevagt"
FRESH = 24 * 3600.0
"""Seconds for which an answer is believed."""
MOST_SITEMAPS = 50
_LONGEST = 500 * 1024
_SLOWEST = 60.0


class Robots:
    """What may be asked, host by host. A robots.txt that is not there allows everything, one that fails says nothing yet."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._rules: dict[str, tuple[float, RobotFileParser]] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    async def allow(self, url: str) -> bool:
        """Whether an address may be asked."""
        return (await self._of(url)).can_fetch(AGENT, url)

    async def delay(self, url: str) -> float:
        """The seconds between two requests that its host asks for, at most a minute."""
        asked = (await self._of(url)).crawl_delay(AGENT)
        return min(float(asked), _SLOWEST) if asked else 0.0

    async def sitemaps(self, url: str) -> list[str]:
        """The sitemaps that its host names, as it writes them."""
        return list((await self._of(url)).site_maps() or ())[:MOST_SITEMAPS]

    async def _of(self, url: str) -> RobotFileParser:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        async with self._asking.setdefault(origin, asyncio.Lock()):
            read_at, rules = self._rules.get(origin, (0.0, None))
            if rules is None or time.monotonic() - read_at > FRESH:
                rules = await self._read(origin)
                self._rules[origin] = (time.monotonic(), rules)
        return rules

    async def _read(self, origin: str) -> RobotFileParser:
        rules = RobotFileParser()
        try:
            answer = await self._fetcher.fetch(f"{origin}/robots.txt")
            text = answer.body[:_LONGEST].decode("utf-8", "replace") if isinstance(answer, Document) else ""
        except FeedError as error:
            # "Unavailable" allows all, "unreachable" forbids all for now; of those our own requests will tell.
            text = "User-agent: *\nDisallow: /" if isinstance(error, FeedRefused) and error.status in (401, 403) else ""
        rules.parse(text.splitlines())
        return rules
