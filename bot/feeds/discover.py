"""Feeds that a web page links to: what to suggest where a page stands in place of a feed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, cast
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

from justhtml import stream

MOST_BYTES = 512 * 1024
"""How much of a page is looked at."""
MOST_LINKS = 20

_FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
_PERHAPS_TYPES = frozenset({"application/json", "application/rdf+xml", "application/xml", "text/xml"})
_LOOKS_LIKE_FEED = re.compile(r"(?:^|[/._?=&-])(?:rss2?(?:feed)?|atom|rdf|feeds?|jsonfeed)(?:$|[/._?=&-])", re.IGNORECASE)
_CAMEL_RSS = re.compile(r"(?<![A-Z])(?:Rss|RSS)")  # DynamicRss.ashx
_COMMENTS = re.compile("comment|kommentar", re.IGNORECASE)
# WordPress declares its programming interface on every page; feed readers on the web hold the address of the feed in their own.
_NO_FEED = re.compile(r"/wp-json/|oembed|://|%3a%2f%2f", re.IGNORECASE)


class _Link(NamedTuple):
    """How good a link is, least first: a feed of comments, how sure it is to be a feed, another host, its place on the page."""

    of_comments: bool
    doubt: int
    elsewhere: bool
    place: int
    url: str


def feed_links(html: bytes | str, base_url: str) -> tuple[str, ...]:
    """The addresses of the feeds that a page links to, absolute http(s), best first; at most 20.

    Those that the page declares (`<link rel="alternate">`) come before links in its text that look like feeds, the page's own host
    before others, feeds of comments last. Only the first 512 KB are read. `base_url` is where the page was found.
    """
    best: dict[str, _Link] = {}
    for link in _links(html[:MOST_BYTES], base_url):
        best[link.url] = min(link, best.get(link.url, link))
    best.pop(urldefrag(base_url).url, None)
    return tuple(link.url for link in sorted(best.values()))[:MOST_LINKS]


def _links(html: bytes | str, page: str) -> Iterator[_Link]:
    base = page
    for place, (event, data) in enumerate(stream(html)):
        if event != "start":
            continue
        tag, attributes = cast("tuple[str, dict[str, str | None]]", data)
        values = {name: (value or "").strip() for name, value in attributes.items()}
        if tag == "base" and values.get("href"):
            base = _joined(page, values["href"]) or page
        elif tag in ("link", "a", "area") and (url := _joined(base, values.get("href", ""))):
            doubt = _doubt(tag, values, urlsplit(url))
            if doubt is not None:
                of_comments = bool(_COMMENTS.search(f"{url} {values.get('title', '')}"))
                yield _Link(of_comments, doubt, _site(url) != _site(page), place, url)


def _doubt(tag: str, values: dict[str, str], url: SplitResult) -> int | None:
    """0 for a declared feed, 1 for a declared document that may be one, 2 for a link that looks like one, None for any other."""
    where = f"{url.path}?{url.query}" if url.query else url.path
    if _NO_FEED.search(where):
        return None
    kind = values.get("type", "").partition(";")[0].strip().lower()
    declared = tag == "link" and bool({"alternate", "feed"} & set(values.get("rel", "").lower().split()))
    if kind in _FEED_TYPES and (declared or tag != "link"):
        return 0 if declared else 2
    if declared and kind in _PERHAPS_TYPES:
        return 1
    if tag != "link" and (_LOOKS_LIKE_FEED.search(where) or _CAMEL_RSS.search(where)):
        return 2
    return None


def _joined(base: str, href: str) -> str | None:
    try:
        url = urldefrag(urljoin(base, href)).url if href else ""
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return None
    return url if usable and url.isprintable() else None


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")
