"""From the bytes of a feed to its releases: the one place that knows the feed library.

    bytes ─ document ─ mend (survey) ─ feedparser ─┐
                     └ jsonfeed ───────────────────┴─ raw items ─ assemble ─ ParsedFeed

feedparser is only ever given a whole, well-formed document of a sane shape, as a stream (given a string it would fetch or open it),
with its cleaning of markup and addresses off: both are slow, and done here once for all formats.
"""

from __future__ import annotations

import calendar
import contextlib
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from time import struct_time
from typing import Any

import feedparser

from bot.domain.release import ParsedFeed
from bot.errors import FeedError, MalformedFeed
from bot.feeds.reading.assemble import assemble
from bot.feeds.reading.document import read_document
from bot.feeds.reading.jsonfeed import read_json
from bot.feeds.reading.mend import WellFormed, well_formed
from bot.feeds.reading.raw import RawFeed, RawItem, RawMedia

_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_PIXELS = re.compile(r"[0-9]{1,5}")
_PREFIX = b"<?xml version='1.0' encoding='utf-8'?>"


def parse(body: bytes, *, url: str, content_type: str, now: datetime, language: str = "", region: str = "") -> ParsedFeed:
    """The releases of an RSS, Atom or JSON Feed document, cleaned, in its order; at most 1,000.

    `url` is where it was fetched and what relative addresses start from; `now` (aware) is what dates are believed against; the
    `language` and `region` (ISO 639-1, ISO 3166) are the newsroom's, for telephone numbers and for dates without a zone.
    Pure, and safe to call in a thread. Raises EmptyDocument, HtmlInsteadOfFeed, MalformedFeed or NoUsableRelease, and nothing else.
    """
    try:
        document = read_document(body, url=url, content_type=content_type)
        raw = read_json(document.data, url) if document.is_json else _read_xml(well_formed(document, url))
        return assemble(raw, url=url, now=now, language=language, region=region)
    except FeedError:
        raise
    except Exception as error:
        # Not ours to repair here: whatever a library stumbles over, one feed is unreadable and the others go on.
        raise MalformedFeed(url, f"could not be read ({type(error).__name__}: {str(error)[:100]})") from error


def _read_xml(document: WellFormed) -> RawFeed:
    data = document.data
    if b"<media:description" in data:
        # The library takes a picture's description for the release's.
        data = data.replace(b"<media:description", b"<media:caption").replace(b"</media:description", b"</media:caption")
    found = feedparser.parse(BytesIO(_PREFIX + data), response_headers=_HEADERS, sanitize_html=False, resolve_relative_uris=False)
    entries: list[dict[str, Any]] = found.entries
    languages = document.languages if len(document.languages) == len(entries) else ("",) * len(entries)
    items = tuple(_raw_item(entry, own, document.bodies) for entry, own in zip(entries, languages, strict=True))
    return RawFeed(_text(found.feed, "title"), items, document.faults, document.truncated)


def _text(entry: dict[str, Any], name: str) -> str:
    """A field by its own name: the library's mapping answers for other fields too, and warns."""
    value = dict.get(entry, name)
    return value if isinstance(value, str) else ""


def _raw_item(entry: dict[str, Any], language: str, bodies: dict[str, str]) -> RawItem:
    content, base = _content(entry, bodies)
    summary = _text(entry, "summary")
    summary = _body(summary, bodies)
    published = _text(entry, "published") or _text(entry, "created")
    return RawItem(
        guid=_text(entry, "id"),
        link=_link(entry),
        title=_body(_text(entry, "title"), bodies),
        summary="" if summary == content else summary,
        content=content,
        dates=tuple(filter(None, (published or _text(entry, "updated"),))),
        last_resort=_moment(dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")),
        language=language or _text(entry, "language"),
        base=base,
        words=_words(entry),
        media=_media(entry, bodies),
    )


def _content(entry: dict[str, Any], bodies: dict[str, str]) -> tuple[str, str]:
    """The longest of the contents, and its xml:base where that is absolute."""
    contents = [
        (_body(value, bodies), _text(one, "base")) for one in dict.get(entry, "content") or () if (value := _text(one, "value"))
    ]
    text, base = max(contents, key=lambda content: len(content[0]), default=("", ""))
    return text, base if base.startswith("http") else ""


def _body(text: str, bodies: dict[str, str]) -> str:
    """The text that a token stands for, mended as the library mends what it carries: UTF-8 that was once taken for Latin-1."""
    body = bodies.get(text)
    if body is None:
        return text
    if "\xc3" in body or "\xc2" in body:
        with contextlib.suppress(UnicodeError):
            return body.encode("latin-1").decode("utf-8")
    return body


def _link(entry: dict[str, Any]) -> str:
    """The link for readers; not a guid that the library holds for one because nothing says that it is none."""
    link = _text(entry, "link")
    if dict.get(entry, "guidislink") and not link.lower().startswith(("http:", "https:")):
        return ""
    return link


def _words(entry: dict[str, Any]) -> tuple[str, ...]:
    tags = (_text(tag, "label") or _text(tag, "term") for tag in dict.get(entry, "tags") or ())
    return tuple(word for word in (*tags, _text(entry, "type")) if word)


def _media(entry: dict[str, Any], bodies: dict[str, str]) -> tuple[RawMedia, ...]:
    named = dict.get(entry, "media_credit") or ()
    credit = _text(named[0], "content") if named else ""
    caption = _body(_text(entry, "media_caption"), bodies)
    found = [
        RawMedia(_text(link, "href"), _text(link, "type"), _text(link, "title"))
        for link in dict.get(entry, "links") or ()
        if _text(link, "rel") == "enclosure"
    ]
    for name in ("media_content", "media_thumbnail"):
        for media in dict.get(entry, name) or ():
            picture = name == "media_thumbnail" or _text(media, "medium") == "image"
            width = _text(media, "width")
            size = int(width) if _PIXELS.fullmatch(width) else 0
            found.append(RawMedia(_text(media, "url"), _text(media, "type"), caption, credit, picture, size))
    return tuple(found[:50])


def _moment(parsed: object) -> datetime | None:
    if not isinstance(parsed, struct_time):
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=calendar.timegm(parsed))
