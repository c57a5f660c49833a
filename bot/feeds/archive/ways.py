"""How a newsroom's history is reached: a page at a time, newest first, from where a cursor says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.newsroom import Feed
from bot.domain.release import ParsedRelease
from bot.errors import FeedError, FeedGone, FeedRefused, MalformedFeed, NoUsableRelease
from bot.feeds.archive.asking import Asking
from bot.feeds.archive.pages import Page
from bot.feeds.archive.route import Cursor
from bot.feeds.archive.sitemaps import Sitemaps
from bot.feeds.parsers import Parsers
from bot.feeds.reading.loose import fields_in, number_in, text_in
from bot.feeds.reading.paging import next_page
from bot.feeds.reading.via import ViaRoom, via_room
from bot.ports import Clock, Database

_NO_SUCH_PAGE = (400, 404)


class Ways:
    """The ways to all newsrooms: over the listing where there is one; else over the older pages of the feed, then the sitemaps."""

    def __init__(self, asking: Asking, parsers: Parsers, clock: Clock, database: Database) -> None:
        self._asking = asking
        self._parsers = parsers
        self._clock = clock
        self._sitemaps = Sitemaps(asking, database, clock)

    async def page(self, feed: Feed, cursor: str) -> Page:
        """The page that a cursor stands for; '' is the first. Raises FeedError."""
        if room := via_room(feed.url):
            return await self._listed(feed, room, cursor)
        if at := Cursor.read(cursor):
            return await self._sitemaps.page(feed, at)
        page = await self._paged(feed, cursor)
        return page if page.cursor else replace(page, cursor=self._sitemaps.begin(), turns=True)

    async def _listed(self, feed: Feed, room: ViaRoom, cursor: str) -> Page:
        place = _Place.read(cursor)
        listing = await self._asking.listing(feed, room, place.page)
        whole: Sequence[ParsedRelease] = ()
        if place.whole and listing.releases:
            try:
                whole = (await self._asking.whole(feed, room, place.page)).releases
            except FeedError as error:
                if isinstance(error, (FeedRefused, FeedGone, MalformedFeed)) and getattr(error, "retry_after", None) is None:
                    place = replace(place, whole=False)  # then each has to be asked for by itself
        following = None if listing.is_last else replace(place, page=place.page + 1).written()
        return Page(listing.releases, following, whole, texts=True, total=listing.total)

    async def _paged(self, feed: Feed, cursor: str) -> Page:
        place = _Place.read(cursor)
        try:
            document = await self._asking.document(place.url or feed.address)
            parsed = await self._parsers.parse(feed, document, self._clock.now())
        except (FeedRefused, FeedGone, NoUsableRelease, MalformedFeed) as error:
            if place.url and (getattr(error, "status", 404) in _NO_SUCH_PAGE):
                return Page((), None)  # one beyond the last
            raise
        oldest = min((one.published for one in parsed.releases if one.published), default=None)
        url = next_page(document.body, document.url)
        # A server that does not know the parameter gives the same page again and again.
        goes_back = oldest is not None and (place.before is None or oldest < place.before)
        following = _Place(url=url, before=oldest).written() if url and goes_back and not parsed.truncated else None
        return Page(parsed.releases, following)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a cursor says. `whole`: whole releases can be had in bulk. `before`: the oldest release of the page before this."""

    page: int = 0
    whole: bool = True
    url: str = ""
    before: datetime | None = None

    @staticmethod
    def read(cursor: str) -> _Place:
        said = fields_in(json.loads(cursor)) if cursor else {}
        before = text_in(said.get("before"))
        return _Place(
            page=number_in(said.get("page")) or 0,
            whole=said.get("whole") is not False,
            url=text_in(said.get("url")),
            before=datetime.fromisoformat(before) if before else None,
        )

    def written(self) -> str:
        if self.url:
            return json.dumps({"url": self.url, "before": self.before.isoformat() if self.before else ""})
        return json.dumps({"page": self.page, "whole": self.whole})
