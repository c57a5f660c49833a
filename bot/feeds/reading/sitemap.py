"""Sitemaps (sitemaps.org 0.9, Google's news extension): the pages that a site names, and the further sitemaps of an index. Pure.

Read by expat alone. A document type is refused before anything in it is read, so that there are no entities; sizes are bounded
before and after unpacking.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.parsers.expat import ExpatError, ParserCreate

from bot.errors import EmptyDocument, FeedTooLarge, MalformedFeed
from bot.feeds.html.links import absolute_url
from bot.feeds.reading.dates import read_date
from bot.feeds.reading.document import as_utf8
from bot.feeds.reading.mend import mend_ampersands

MOST_BYTES = 20 * 1024 * 1024
"""Of one sitemap, unpacked: 50,000 addresses, which is what one may hold, are 5 to 15 MB."""
MOST_LISTED = 50_000
_DEEPEST = 20
_LONGEST_FIELD = 4_000
_GZIP = b"\x1f\x8b"
_BLANK = b" \t\r\n\xef\xbb\xbf"
_ROOTS = {"urlset": "url", "sitemapindex": "sitemap"}
_TEXT_LINE = re.compile(rb"https?://\S+")


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry, as it is printed: `changed` (lastmod); of news also `published`, `title` and `language`, else ''."""

    url: str
    changed: str = ""
    published: str = ""
    title: str = ""
    language: str = ""

    @property
    def changed_at(self) -> datetime | None:
        """When the page was last changed or, where that is not said, published."""
        return printed_moment(self.changed) or printed_moment(self.published)


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap's pages, or an index's sitemaps, in the document's order. `broken`: it broke off, and this is what came before."""

    pages: tuple[Listed, ...] = ()
    maps: tuple[Listed, ...] = ()
    broken: bool = False


def printed_moment(text: str) -> datetime | None:
    """The time (aware UTC) that a sitemap prints; None where it is none."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return read_date(text)[0] if text.strip() else None
    try:
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except OverflowError:
        return None


def unpacked(body: bytes, url: str, most: int = MOST_BYTES) -> bytes:
    """The body, unpacked where it is gzip; never more than `most` bytes. Raises FeedTooLarge, MalformedFeed."""
    if not body.startswith(_GZIP):
        return body
    try:
        plain = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body, most + 1)
    except zlib.error as error:
        raise MalformedFeed(url, "broken gzip") from error
    if len(plain) > most:
        raise FeedTooLarge(url, f"more than {most // 1024**2} MB, counted after unpacking")
    return plain


def read_sitemap(body: bytes, url: str, content_type: str = "") -> Sitemap:
    """What a sitemap says: XML, packed or not, or a text with an address in each line. `url`: where relative addresses start from.

    Raises EmptyDocument, FeedTooLarge, and MalformedFeed for everything that is no sitemap.
    """
    data = as_utf8(unpacked(body, url), content_type).lstrip(_BLANK)
    if not data:
        raise EmptyDocument(url, "answered with nothing in it")
    if _TEXT_LINE.match(data):
        return Sitemap(tuple(_lines(data, url)))
    found = _read(data, url)
    if found.broken:  # a bare ampersand is what nearly always breaks them
        mended = _read(mend_ampersands(data, {}), url)
        return mended if len(mended.pages) + len(mended.maps) >= len(found.pages) + len(found.maps) else found
    return found


def _lines(data: bytes, url: str) -> list[Listed]:
    lines = data.split(b"\n", MOST_LISTED)[:MOST_LISTED]
    found = (absolute_url(line.decode("utf-8", "replace").strip(), url) for line in lines if _TEXT_LINE.match(line))
    return [Listed(address) for address in found if address]


class _Enough(Exception):
    """As many entries as are wanted have been read."""


@dataclass(slots=True)
class _Reader:
    url: str
    root: str = ""
    open: list[str] = field(default_factory=list)
    entry: dict[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    size: int = 0
    found: list[Listed] = field(default_factory=list)

    def doctype(self, *_: object) -> None:
        raise MalformedFeed(self.url, "it declares a document type, which no sitemap does; it was not read")

    def start(self, name: str, _: dict[str, str]) -> None:
        local = name.rpartition(" ")[2].lower()
        if not self.open and local not in _ROOTS:
            raise MalformedFeed(self.url, f"it begins with <{local[:40]}>, which is no sitemap")
        if len(self.open) >= _DEEPEST:
            raise MalformedFeed(self.url, f"nested more than {_DEEPEST} levels deep")
        self.root = self.root or local
        self.open.append(local)
        self.text, self.size = [], 0

    def words(self, text: str) -> None:
        self.size += len(text)
        if self.size <= _LONGEST_FIELD:
            self.text.append(text)

    def end(self, _: str) -> None:
        match self.open:
            case [root, entry, local] if entry == _ROOTS[root]:
                self.entry.setdefault(local, "".join(self.text).strip())
            case [_, "url", "news", local] | [_, "url", "news", "publication", "language" as local]:
                self.entry.setdefault(f"news:{local}", "".join(self.text).strip())
            case [root, entry] if entry == _ROOTS[root]:
                self._take()
        self.open.pop()
        self.text, self.size = [], 0

    def _take(self) -> None:
        entry, self.entry = self.entry, {}
        address = absolute_url(entry.get("loc", ""), self.url) if entry.get("loc") else None
        if address:
            named = (entry.get(name, "") for name in ("lastmod", "news:publication_date", "news:title", "news:language"))
            self.found.append(Listed(address, *named))
        if len(self.found) >= MOST_LISTED:
            raise _Enough


def _read(data: bytes, url: str) -> Sitemap:
    reader, parser, broken = _Reader(url), ParserCreate("utf-8", " "), False
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.words
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
    except _Enough:
        pass
    except ExpatError:
        broken = True
    if not reader.root:
        raise MalformedFeed(url, f"no sitemap; it begins with {data[:40].decode('utf-8', 'replace')!a}")
    found = tuple(reader.found)
    return Sitemap(maps=found, broken=broken) if reader.root == "sitemapindex" else Sitemap(found, broken=broken)
