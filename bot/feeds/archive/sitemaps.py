"""The way to a newsroom's history over the sitemaps of its site: which pages are its releases, newest first, a few at a time."""

from __future__ import annotations

from collections import Counter, OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from time import monotonic
from urllib.parse import urlsplit

import structlog

from bot.domain.newsroom import Feed, FeedId
from bot.domain.release import ParsedRelease
from bot.errors import FeedError, FeedRefused, FeedUnreachable, ParseTimeout
from bot.feeds.archive.asking import Asking
from bot.feeds.archive.pages import Page
from bot.feeds.archive.route import Cursor, Stop, route
from bot.feeds.archive.sites import is_own
from bot.feeds.html.links import absolute_url, same_address
from bot.feeds.reading.dates import EARLIEST
from bot.feeds.reading.page import NoRelease
from bot.feeds.reading.shape import Shape, learn
from bot.feeds.reading.sitemap import Listed, Sitemap
from bot.ports import Clock, Database, KnownVersion

log = structlog.get_logger()

NO_SHAPE = "no_shape"
"""Why a history ends: the addresses of the releases that the feed has brought do not tell what a release's address looks like."""
ELSEWHERE = "elsewhere"
"""Its releases stand on another site than its feed does, which is not asked about them."""

LEARNT_FROM = 200
MOST_KNOWN = 50_000
MOST_MAPS = 200
MOST_MAP_BYTES = 200 * 1024 * 1024
DEEPEST = 2
MOST_PAGES = 20_000
AT_ONCE = 10
"""Pages in one step."""
LONGEST = 90.0
"""Seconds after which a step takes up nothing more: far within the lease of a history."""
TRUSTED = 3
"""So many pages in a row fail before the host, and not the page, is taken to be at fault."""
STUCK = 4
"""So often they are asked again."""
_WALKS = 4
_SERVER_ERRORS = 500
_TOO_MANY = (429, 503)


@dataclass(slots=True)
class _Walk:
    """What is known of a site while its history is walked through. It can be had anew at any time."""

    shape: Shape
    known: set[str]
    cursor: Cursor
    hosts: set[str]
    maps: deque[tuple[str, int]]
    seen: set[str] = field(default_factory=set)
    size: int = 0
    found: list[Listed] = field(default_factory=list)
    stops: deque[Stop] | None = None
    stuck: int = 0
    """So often in a row nothing came of a step."""
    expects: Cursor | None = None
    """The cursor with which the next step goes on."""


class Sitemaps:
    """Goes over the sitemaps of sites whose feeds tell no more."""

    def __init__(self, asking: Asking, database: Database, clock: Clock) -> None:
        self._asking = asking
        self._database = database
        self._clock = clock
        self._walks: OrderedDict[FeedId, _Walk] = OrderedDict()

    def begin(self) -> str:
        """The cursor of a walk's beginning."""
        return Cursor(self._clock.now()).written()

    async def page(self, feed: Feed, cursor: Cursor) -> Page:
        """The next pages of a site that are releases of the feed's newsroom. Raises FeedError."""
        began = monotonic()
        walk = self._walks.pop(feed.id, None)
        if walk is None or walk.expects != cursor:
            links, known = await self._known(feed)
            shape = learn(links)
            if shape is None or not is_own(feed, shape.origin):
                return Page((), None, looked=0, ended=NO_SHAPE if shape is None else ELSEWHERE)
            walk = await self._begun(shape, known, cursor)
        self._walks[feed.id] = walk
        while len(self._walks) > _WALKS:
            self._walks.popitem(last=False)
        while walk.maps and monotonic() - began < LONGEST:
            await self._read_map(feed, walk)
        if walk.maps:
            return Page((), cursor.written(), looked=0)
        if walk.stops is None:
            stops, walk.cursor = route(walk.found, walk.shape, walk.known, cursor)
            walk.stops, walk.found = deque(stops), []
        return await self._visited(feed, walk, walk.stops, began)

    async def _known(self, feed: Feed) -> tuple[list[str], set[str]]:
        """The addresses that the feed itself gave its newest releases, and all that the newsroom's releases go by here."""
        async with self._database.read() as tx:
            versions: dict[FeedId, Sequence[KnownVersion]] = {}
            for each in await tx.feeds.of(feed.newsroom.id):
                versions[each.id] = await tx.feeds.newer_than(each.id, EARLIEST, MOST_KNOWN)
        links = [one.url for one in versions.get(feed.id, ()) if one.fingerprint and one.url][:LEARNT_FROM]
        everything = [one for those in versions.values() for one in those]
        named = {one.external_id.removeprefix("url:") for one in everything if one.external_id.startswith("url:")}
        return links, named | {same_address(one.url) for one in everything if one.url}

    async def _begun(self, shape: Shape, known: set[str], cursor: Cursor) -> _Walk:
        named = await self._asking.named_sitemaps(f"{shape.origin}/")
        maps = [url for text in named if (url := absolute_url(text, f"{shape.origin}/"))] or [f"{shape.origin}/sitemap.xml"]
        hosts = {_host(url) for url in (shape.origin, *maps)}
        return _Walk(shape, known, cursor, hosts, deque((url, 0) for url in dict.fromkeys(maps)), set(maps), expects=cursor)

    async def _read_map(self, feed: Feed, walk: _Walk) -> None:
        """Read one sitemap. One that cannot be read is left out, unless its host is at fault: then it is tried again."""
        url, depth = walk.maps[0]
        try:
            found, size = await self._asking.sitemap(url, walk.shape.takes)
        except FeedError as error:
            if _asks_to_wait(error) or (depth == 0 and isinstance(error, FeedUnreachable)):
                raise
            log.info("sitemap_left_out", newsroom=feed.newsroom.slug, error=str(error))
            found, size = Sitemap(), 0
        walk.maps.popleft()
        walk.size += size
        walk.found += found.pages[: MOST_PAGES - len(walk.found)]
        if walk.size > MOST_MAP_BYTES or len(walk.found) >= MOST_PAGES:
            walk.maps.clear()
        elif depth < DEEPEST:
            self._note(walk, found, depth + 1)

    def _note(self, walk: _Walk, found: Sitemap, depth: int) -> None:
        """The further sitemaps of an index, those that were changed last first, on the hosts that are asked."""
        newest = sorted(found.maps, key=lambda one: one.changed_at or EARLIEST, reverse=True)
        for one in newest:
            if one.url not in walk.seen and _host(one.url) in walk.hosts and len(walk.seen) < MOST_MAPS:
                walk.seen.add(one.url)
                walk.maps.append((one.url, depth))

    async def _visited(self, feed: Feed, walk: _Walk, stops: deque[Stop], began: float) -> Page:
        """Ask the next pages. One that fails is passed over; when several in a row do, it is the host, and they are asked again."""
        releases: list[ParsedRelease] = []
        passed: list[str] = []
        faults: list[FeedError] = []
        asked = 0
        while asked < min(AT_ONCE, len(stops)) and (not asked or monotonic() - began < LONGEST):
            try:
                releases += await self._release(feed, walk, stops[asked].listed)
                faults = []
            except NoRelease as why:
                passed.append(str(why))
                faults = []
            except FeedError as error:
                if _asks_to_wait(error):
                    faults = [error]
                    break
                passed.append(error.code)
                faults = [*faults, error] if _is_hosts_fault(error) else []
            asked += 1
            if len(faults) == TRUSTED and not self._is_enough(walk, faults[-1]):
                asked -= TRUSTED
                passed = passed[:-TRUSTED]
                break
        if faults and not asked:
            raise faults[-1]
        walk.stuck = 0
        if passed:
            log.info("pages_passed_over", newsroom=feed.newsroom.slug, **Counter(passed))
        for _ in range(asked):  # only now: a step that fails is made again
            walk.cursor = walk.expects = replace(walk.cursor, after=stops.popleft().key)
        return Page(releases, walk.cursor.written() if stops else None, looked=asked, left=len(stops))

    def _is_enough(self, walk: _Walk, error: FeedError) -> bool:
        """Whether pages that the server cannot make were tried so often that they are left, rather than all that follow them."""
        walk.stuck += 1
        return walk.stuck >= STUCK and isinstance(error, FeedRefused)

    async def _release(self, feed: Feed, walk: _Walk, listed: Listed) -> list[ParsedRelease]:
        """The release at an address, as the newsroom's feed would write that; none where it turns out to be known."""
        read = await self._asking.page(feed, listed, walk.shape.takes)
        name = same_address(read.content.url)
        if name in walk.known:
            return []
        walk.known.add(name)
        return [replace(read, content=replace(read.content, url=walk.shape.spelled(read.content.url)))]


def _host(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")


def _asks_to_wait(error: FeedError) -> bool:
    return isinstance(error, FeedRefused) and (error.retry_after is not None or error.status in _TOO_MANY)


def _is_hosts_fault(error: FeedError) -> bool:
    """Whether the same page may be read later."""
    if isinstance(error, FeedRefused):
        return error.status >= _SERVER_ERRORS
    return isinstance(error, (FeedUnreachable, ParseTimeout))
