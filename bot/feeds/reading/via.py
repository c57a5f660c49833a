"""A newsroom on the Via platform (Ritzau, TT, NTB, STT): where its listing and its releases can be read beside its feed.

    feed  ──> via_room ──> addresses of   listing (via_listing)   release document (via_document)   JSON v2 (via_json)

What is known of these documents, and how well, stands in the reference of the platform: the listing was seen, the two others are
known from the vendor's help and from programs that read them. So everything in them may be missing, and the feed is what counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.domain.newsroom import Feed
from bot.feeds.reading.identity import VIA_HOSTS, via_release

PAGE = 20
"""Releases on one page of a listing: the size that the newsroom pages themselves ask for."""

_FEED = "/rss/releases/latest"
_PUBLISHER = re.compile(r"(?:^|&)publisherId=(\d{1,12})(?:&|$)", re.ASCII)
_NUMBERED = re.compile(r"via:[^:]+:(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ViaRoom:
    """A newsroom's place on its host; `origin` is scheme, host and port of its feed, and of all that is asked about it."""

    origin: str
    publisher: int

    @property
    def host(self) -> str:
        """The host, without its port."""
        return urlsplit(self.origin).hostname or ""

    def listing(self, page: int) -> str:
        """The address of a page of the listing; pages count from 0, newest first."""
        return f"{self.origin}/public-website-api/pressroom/{self.publisher}/releases/{PAGE}/{page}"

    def document(self, number: int, language: str = "") -> str:
        """The address of one release's document."""
        lang = f"&lang={language}" if language else ""
        return f"{self.origin}/public-website-api/release/{number}?publisherId={self.publisher}{lang}"

    def json(self, page: int) -> str:
        """The address of a page of whole releases; newest first."""
        return f"{self.origin}/json/v2/releases?publisher={self.publisher}&size={PAGE}&page={page}"

    def link(self, number: int, language: str = "") -> str:
        """A reader's link to a release, where a document gives none."""
        lang = f"&lang={language}" if language else ""
        return f"{self.origin}/release/{number}?publisherId={self.publisher}{lang}"

    def owns(self, url: str) -> bool:
        """Whether an address is on the newsroom's own host."""
        return (urlsplit(url).hostname or "") == self.host

    def external_id(self, number: int) -> str:
        """The identity that the feed gives to the release of this number."""
        found = via_release(self.link(number))
        return found[0] if found else ""


def via_room(feed_url: str) -> ViaRoom | None:
    """The newsroom whose releases a feed brings; None where it is no newsroom's feed on a Via host."""
    try:
        parts = urlsplit(feed_url)
        host = parts.hostname
    except ValueError:
        return None
    publisher = _PUBLISHER.search(parts.query)
    if host not in VIA_HOSTS or parts.path != _FEED or not publisher or "@" in parts.netloc:
        return None
    return ViaRoom(f"{parts.scheme}://{parts.netloc}", int(publisher[1]))


def has_documents(feed: Feed) -> bool:
    """Whether the releases of a feed have documents of their own that can be looked at."""
    return via_room(feed.url) is not None


def release_number(external_id: str) -> int | None:
    """The platform's number in a release's identity; None for short messages and for whatever is not on Via."""
    found = _NUMBERED.fullmatch(external_id)
    return int(found[1]) if found else None
