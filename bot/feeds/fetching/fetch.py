"""Fetching: one conditional request, with limits on time, size, redirects and addresses. A feed that did not change ends here."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
from yarl import URL

from bot import __version__
from bot.errors import EmptyDocument, FeedError, FeedGone, FeedRefused, FeedTooLarge, FeedUnreachable, TooManyRedirects
from bot.feeds.fetching.guard import ForbiddenName, Guard, literal_address, presentable
from bot.feeds.fetching.turns import KEEP_ALIVE, Turns
from bot.feeds.fetching.unreachable import why
from bot.received import at_most

MAX_REDIRECTS = 5
MAX_BYTES = 5 * 1024 * 1024
"""The most that a document may hold, counted after decompression."""
LONGEST_WAIT = timedelta(hours=24)

T = TypeVar("T")
_FEEDS = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1"
)
_PAGES = "text/html, application/xhtml+xml, */*;q=0.5"
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_CONDITION = re.compile(r"[\x20-\x7e\x80-\xff]{1,1000}")  # what may stand in a header, and in a database
_BLANK = b" \t\r\n\0\xef\xbb\xbf\xfe\xff"  # a byte-order mark alone is no document either


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: the document is the one that the conditions describe. `moved_to`: as in `Document`."""

    url: str
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What an address answered with 200.

    `url` is the address that answered at last. `content_type` is the whole header, or empty. `etag` and `last_modified` are to be
    given back as they are. `moved_to` is where permanent redirects lead, as far as all up to there were permanent; it is worth
    keeping once the document has proved to be a feed.
    """

    url: str
    body: bytes
    content_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None


Fetched = NotModified | Document


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a request may take, in seconds.

    `connect`: until there is a connection. `read`: between two pieces of an answer. `total`: from first to last over all
    redirects, the time spent waiting for a turn at a host excepted.
    """

    connect: float = 10.0
    read: float = 20.0
    total: float = 30.0


class Fetcher:
    """Asks feeds for news over one session; an async context manager.

    `allow`: private hosts that may be asked, see `Guard`. `contact`: where a newsroom reaches the people who run this bot, for the
    User-Agent. `per_host` and `limit`: requests at one time. No cookies are kept, and the environment names no proxy.

    `proxy` is the address of an HTTP proxy, which may itself be private. With one, names are resolved by the proxy: the guard then
    looks every name up and checks it *before* the request, and a name that changes its meaning in between is the proxy's to refuse.
    """

    def __init__(
        self,
        *,
        allow: bool | frozenset[str] = False,
        contact: str = "",
        proxy: str | None = None,
        limits: Limits | None = None,
        per_host: int = 4,
        limit: int = 64,
    ) -> None:
        self._guard = Guard(allow)
        self._proxy = proxy
        self._limits = limits or Limits()
        self._turns = Turns(per_host=per_host, limit=limit)
        self._agent = user_agent(contact)

    async def __aenter__(self) -> Self:
        self._resolver = self._guard.resolver()
        connector = aiohttp.TCPConnector(
            resolver=None if self._proxy else self._resolver,
            limit=0,  # Turns counts the requests
            keepalive_timeout=KEEP_ALIVE,
            ttl_dns_cache=60,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._agent, "Accept-Encoding": "gzip, deflate"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._limits.connect, sock_read=self._limits.read),
            proxy=self._proxy,
            trust_env=False,
        )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._session.close()
        await self._resolver.close()

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        most: int = MAX_BYTES,
        page: bool = False,
    ) -> Fetched:
        """The document at an address, or that it has not changed since the one with this `etag` and `last_modified`.

        `most`: the bytes that it may hold, counted after decompression. `page`: a web page is wanted rather than a feed.

        Raises FeedUnreachable, ForbiddenAddress, TooManyRedirects, FeedGone, FeedRefused (which may say when to come back),
        FeedTooLarge and EmptyDocument; each names `url`.
        """
        headers = {"Accept": _PAGES if page else _FEEDS}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified

        async def read(answer: aiohttp.ClientResponse, final: str, moved_to: str | None) -> Fetched:
            if answer.status == HTTPStatus.NOT_MODIFIED and (etag or last_modified):
                return NotModified(final, moved_to)
            if answer.status != HTTPStatus.OK:
                raise _refusal(url, answer)
            return await _document(url, answer, final, moved_to, most)

        return await self._follow(url, headers, read)

    async def status(self, url: str) -> int:
        """The status that an address answers with in the end, redirects followed; the body is left unread.

        Raises FeedUnreachable, ForbiddenAddress and TooManyRedirects.
        """

        async def read(answer: aiohttp.ClientResponse, *_: str | None) -> int:
            return answer.status

        return await self._follow(url, {"Accept": _PAGES}, read)

    async def _follow(
        self, first: str, headers: dict[str, str], read: Callable[[aiohttp.ClientResponse, str, str | None], Awaitable[T]]
    ) -> T:
        address, moved_to, permanent = first, None, True
        clock, left = asyncio.get_running_loop().time, self._limits.total
        for _ in range(MAX_REDIRECTS + 1):
            target = self._guard.check(address, feed=first)
            async with self._turns.at(target.raw_host or ""):
                started = clock()  # waiting for a turn is not the server's fault
                try:
                    async with asyncio.timeout(left), self._ask(target, headers) as answer:
                        onward = _onward(answer)
                        if onward is None:
                            return await read(answer, address, moved_to)
                        permanent = permanent and answer.status in _PERMANENT
                except (aiohttp.ClientError, OSError, ValueError) as error:
                    raise self._explained(first, target, error) from error
                left -= clock() - started
            address = onward
            moved_to = onward if permanent else moved_to
        raise TooManyRedirects(presentable(first), f"more than {MAX_REDIRECTS} redirects, the last to {presentable(address)}")

    @asynccontextmanager
    async def _ask(self, target: URL, headers: dict[str, str]) -> AsyncIterator[aiohttp.ClientResponse]:
        host = target.raw_host or ""
        if self._proxy and literal_address(host) is None:
            await self._resolver.resolve(host, target.port or 0)
        if not self._turns.often(host):
            headers = {**headers, "Connection": "close"}
        async with self._session.get(target, headers=headers, allow_redirects=False) as answer:
            yield answer

    def _explained(self, first: str, target: URL, error: Exception) -> FeedError:
        cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
        if isinstance(cause, ForbiddenName):
            return self._guard.forbidden_name(target.host or "", feed=first)
        return FeedUnreachable(presentable(first), why(error, target.host or "", self._limits))


def user_agent(contact: str = "") -> str:
    """Who we say we are: name, version, and where to complain."""
    reachable = "".join(character for character in contact if character.isascii() and character.isprintable()).strip()
    return f"Pressevagt/{__version__}" + (f" (+{reachable})" if reachable else "")


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After header (seconds, or an HTTP date) asks for, counted from `now` (aware): from nothing to a day, or None.

    None means that there is no such header, or none that can be read (RFC 9110, section 10.2.3).
    """
    value = (header or "").strip()
    if value.isascii() and value.isdecimal():
        return timedelta(seconds=min(int(value[:9]), LONGEST_WAIT.total_seconds()))
    try:
        moment = parsedate_to_datetime(value)
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now
    except (ValueError, TypeError, OverflowError):
        return None
    return max(timedelta(0), min(wait, LONGEST_WAIT))


def _onward(answer: aiohttp.ClientResponse) -> str | None:
    """Where a redirect leads, or None where the answer is no redirect."""
    location = answer.headers.get("Location", "").strip() if answer.status in _REDIRECTS else ""
    if not location:
        return None
    # Servers write UTF-8 into this header, which comes out of the parser as surrogates.
    readable = location.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    try:
        return str(answer.url.join(URL(readable)).with_fragment(None))
    except ValueError:
        return readable  # the guard says what is wrong with it


def _refusal(url: str, answer: aiohttp.ClientResponse) -> FeedError:
    status, named = answer.status, presentable(url)
    if status == HTTPStatus.GONE:
        return FeedGone(named, "answered 410: the newsroom ended this feed")
    phrase = f" ({HTTPStatus(status).phrase})" if status in HTTPStatus._value2member_map_ else ""
    wait = retry_after(answer.headers.get("Retry-After"), datetime.now(UTC))
    wish = f", and asks to come back in {round(wait.total_seconds())} s" if wait is not None else ""
    return FeedRefused(named, f"answered {status}{phrase}{wish}", status=status, retry_after=wait)


async def _document(url: str, answer: aiohttp.ClientResponse, final: str, moved_to: str | None, most: int) -> Document:
    body = await _body(url, answer, most)
    if not body.strip(_BLANK):
        raise EmptyDocument(presentable(url), "answered 200 with nothing in it")
    return Document(
        url=final,
        body=body,
        content_type=_header(answer, "Content-Type") or "",
        etag=_header(answer, "ETag"),
        last_modified=_header(answer, "Last-Modified"),
        moved_to=moved_to,
    )


async def _body(url: str, answer: aiohttp.ClientResponse, most: int) -> bytes:
    said = await at_most(answer, most)
    if said is None:
        raise FeedTooLarge(presentable(url), f"more than {most // 1024**2} MB, counted after decompression")
    return said


def _header(answer: aiohttp.ClientResponse, name: str) -> str | None:
    value = answer.headers.get(name)
    return value if value and _CONDITION.fullmatch(value) else None
