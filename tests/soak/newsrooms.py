"""The newsrooms' server: hundreds of feeds on loopback addresses, with 304 for whoever has one, and with faults.

HTTP is answered by a protocol of our own: of a month's million of polls nearly all are answered in a line.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from http import HTTPStatus

from bot.domain.newsroom import NewsroomEntry
from tests.soak.plan import Plan
from tests.soak.record import Record

WINDOW = 20
UNREAD = WINDOW // 4
"""No feed is broken for longer than until so many came: it is asked again an hour later, when its window may have moved on."""
"""Releases in a feed."""
HOSTS = 16
"""Loopback addresses that the feeds are spread over: of one host only a few are asked at a time."""
_LIMIT = 65536
_WORDS = "Kajen åbner igen efter et halvt år med arbejde på bolværket, og borgmesteren klipper snoren. " * 4
_PATH = re.compile(rb"GET /(feed|r)/(\d+)(?:-(\d+))? ")
_ETAG = re.compile(rb"(?i)\r\nif-none-match: \"(\d+)\"")


class Fault(StrEnum):
    """What is wrong with a feed."""

    ERROR = "500"
    MISSING = "404"
    SILENT = "no answer"
    PAGE = "a page instead of the feed"
    TORN = "half of it"


@dataclass(slots=True)
class Feed:
    """What a feed says now; `items` by number, the newest last. `unread`: so many came since it was last read well."""

    number: int
    version: int = 0
    published: int = 0
    unread: int = 0
    items: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=WINDOW))
    gone: deque[int] = field(default_factory=lambda: deque(maxlen=WINDOW))
    fault: Fault | None = None
    body: bytes = b""


@dataclass
class Newsrooms:
    """All feeds of a plan."""

    plan: Plan
    record: Record
    port: int = 0
    polls: int = 0
    feeds: list[Feed] = field(default_factory=list)

    @property
    def entries(self) -> list[NewsroomEntry]:
        """The newsrooms as an installation names them."""
        numbers = range(self.plan.feeds)
        return [NewsroomEntry(f"rum{n}", f"Rum {n}", self._url(n, f"feed/{n}"), "DK", "da", "rss") for n in numbers]

    def _url(self, feed: int, path: str) -> str:
        return f"http://127.0.0.{2 + feed % HOSTS}:{self.port}/{path}"

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve until the block ends, from feeds that are full of old releases."""
        loop = asyncio.get_running_loop()
        servers = []
        for host in range(2, 2 + HOSTS):
            servers.append(await loop.create_server(lambda: _Http(self), f"127.0.0.{host}", self.port, backlog=1024))
            self.port = servers[0].sockets[0].getsockname()[1]
        self.feeds = [Feed(number) for number in range(self.plan.feeds)]
        for feed in self.feeds:
            for old in range(WINDOW):
                self._add(feed, self.plan.start - timedelta(hours=2 * (WINDOW - old)))
            self._write(feed)
        try:
            yield
        finally:
            for server in servers:
                server.close()

    # What newsrooms do

    def publish(self, number: int, at: datetime) -> None:
        """Put a release out."""
        feed = self.feeds[number]
        self._add(feed, at)
        self._write(feed)
        feed.unread += 1
        if feed.unread > UNREAD:
            feed.fault = None
        self.record.put("published", feed=number, n=feed.published)

    def correct(self, number: int) -> None:
        """Say something else in the newest release."""
        feed = self.feeds[number]
        n, item = feed.items[-1]
        feed.items[-1] = (
            n,
            re.sub(
                r"<description>.*?</description>",
                f"<description>Åbningen er udsat {feed.version} dage. {_WORDS}</description>",
                item,
            ),
        )
        self._write(feed)
        self.record.put("corrected", feed=number, n=n)

    def take_down(self, number: int) -> None:
        """Withdraw the newest release but one."""
        feed = self.feeds[number]
        n, _ = feed.items[-2]
        del feed.items[-2]
        feed.gone.append(n)
        self._write(feed)
        self.record.put("withdrawn", feed=number, n=n)

    def _add(self, feed: Feed, at: datetime) -> None:
        feed.published += 1
        n, url = feed.published, self._url(feed.number, f"r/{feed.number}-{feed.published}")
        item = (
            f"<item><title>f{feed.number}-{n} Kajen åbner</title><link>{url}</link><guid>{url}</guid>"
            f"<pubDate>{format_datetime(at, usegmt=True)}</pubDate><description>Åbningen er i dag. {_WORDS}</description></item>"
        )
        feed.items.append((n, item))

    def _write(self, feed: Feed) -> None:
        feed.version += 1
        items = "".join(item for _, item in reversed(feed.items))
        feed.body = (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>Rum {feed.number}</title>{items}</channel></rss>'.encode()
        )

    # What is asked

    def answer(self, request: bytes) -> bytes | None:
        """To a request of HTTP; None: there is no answer."""
        asked = _PATH.match(request)
        if asked is None:
            return _said(HTTPStatus.NOT_FOUND)
        feed = self.feeds[int(asked[2])]
        if asked[1] == b"r":
            return _said(HTTPStatus.NOT_FOUND if int(asked[3] or 0) in feed.gone else HTTPStatus.OK, b"<p>Kajen</p>", "text/html")
        self.polls += 1
        if feed.fault:
            return _faulty(feed)
        feed.unread = 0
        known = _ETAG.search(request)
        if known and int(known[1]) == feed.version:
            return _said(HTTPStatus.NOT_MODIFIED, more=f'ETag: "{feed.version}"\r\n')
        return _said(HTTPStatus.OK, feed.body, "application/rss+xml", f'ETag: "{feed.version}"\r\n')


class _Http(asyncio.Protocol):
    """One connection, kept alive until the other end has done with it."""

    def __init__(self, newsrooms: Newsrooms) -> None:
        self._newsrooms, self._heard = newsrooms, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            request, _, self._heard = self._heard.partition(b"\r\n\r\n")
            answer = self._newsrooms.answer(request)
            assert isinstance(self._transport, asyncio.WriteTransport)
            if answer is not None:
                self._transport.write(answer)
            if b"connection: close" in request.lower() and answer is not None:
                self._transport.close()


def _faulty(feed: Feed) -> bytes | None:
    match feed.fault:
        case Fault.ERROR:
            return _said(HTTPStatus.INTERNAL_SERVER_ERROR)
        case Fault.MISSING:
            return _said(HTTPStatus.NOT_FOUND)
        case Fault.PAGE:
            return _said(HTTPStatus.OK, b"<!doctype html><title>Vi er straks tilbage</title><p>Vent.</p>", "text/html")
        case Fault.TORN:
            return _said(HTTPStatus.OK, feed.body[: len(feed.body) // 2], "application/rss+xml")
        case _:
            return None


def _said(status: HTTPStatus, body: bytes = b"", kind: str = "text/plain", more: str = "") -> bytes:
    length = "" if status is HTTPStatus.NOT_MODIFIED else f"Content-Type: {kind}; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{length}{more}\r\n".encode() + body
