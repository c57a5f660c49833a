"""JSON Feed 1.0 and 1.1 (jsonfeed.org), which the feed library does not read, as the same raw items as every other format."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.errors import MalformedFeed
from bot.feeds.reading.raw import RawFeed, RawItem, RawMedia
from bot.feeds.reading.survey import MOST_ITEMS

_ITEMS = re.compile(r'"items"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")


def read_json(data: bytes, url: str) -> RawFeed:
    """The items of a JSON Feed, newest first as the document has them, at most `MOST_ITEMS`.

    A document that broke off gives the items that are whole. Raises MalformedFeed for JSON that is no JSON Feed, and for what is no
    JSON at all.
    """
    text = data.decode("utf-8", "replace")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _broken_off(text, url, error)
    if not isinstance(document, dict) or not isinstance(document.get("items"), list) or not _says_it_is(document):
        raise MalformedFeed(url, "JSON, but not a JSON Feed (no list of items)")
    return _feed(_text(document.get("title")), document["items"])


def _says_it_is(document: dict[str, Any]) -> bool:
    """By its version; or, where that is missing, by the shape of its items."""
    items = document["items"]
    names = {"id", "url", "title", "content_html", "content_text", "summary", "date_published"}
    return "jsonfeed.org" in _text(document.get("version")) or (
        bool(items) and isinstance(items[0], dict) and len(names & items[0].keys()) > 1
    )


def _broken_off(text: str, url: str, error: Exception) -> RawFeed:
    start = _ITEMS.search(text)
    at = getattr(error, "pos", -1)
    if start is None or "jsonfeed.org" not in text[:2_000]:
        raise MalformedFeed(url, "broken JSON") from error
    items: list[Any] = []
    decoder, place = json.JSONDecoder(), start.end()
    while len(items) <= MOST_ITEMS:
        place = _end_of(_BETWEEN, text, place)
        try:
            item, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            break
        items.append(item)
    broken_off = _is_cut(text, place, at)
    if not items and not broken_off:
        raise MalformedFeed(url, "broken JSON in which no item can be told") from error
    title = re.search(r'"title"\s*:\s*("(?:[^"\\\n]|\\.){0,500}")', text[: start.start()])
    feed = _feed(_text(json.loads(title[1], strict=False)) if title else "", items)
    faults = (
        feed.faults
        if broken_off
        else (*feed.faults, f"Item {len(items) + 1} is broken JSON; it and what follows could not be read.")
    )
    return RawFeed(feed.title, feed.items, faults, truncated=True)


def _is_cut(text: str, place: int, at: int) -> bool:
    """Whether the text ends where reading stopped, rather than going on with something that is no JSON."""
    return not text.rstrip().endswith("}") or text.count("{", place) != text.count("}", place) or at >= len(text.rstrip())


def _end_of(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place


def _feed(title: str, items: list[Any]) -> RawFeed:
    read: list[RawItem] = []
    faults: list[str] = []
    for number, item in enumerate(items[:MOST_ITEMS], 1):
        if isinstance(item, dict):
            read.append(_item(item))
        else:
            faults.append(f"Item {number} is no JSON object and was left out.")
    if len(items) > MOST_ITEMS:
        faults.append(f"The document holds more than {MOST_ITEMS} items; only its first {MOST_ITEMS} were read.")
    return RawFeed(title, tuple(read), tuple(faults))


def _item(item: dict[str, Any]) -> RawItem:
    published = _text(item.get("date_published"))
    return RawItem(
        guid=_identifier(item.get("id")),
        link=_text(item.get("url")) or _text(item.get("external_url")),
        title=_text(item.get("title")),
        summary=_text(item.get("summary")),
        content=_text(item.get("content_html")) or _text(item.get("content_text")),
        dates=tuple(filter(None, (published or _text(item.get("date_modified")),))),
        language=_text(item.get("language")),
        words=tuple(filter(None, map(_text, _list(item.get("tags"))[:100]))),
        media=(*_pictures(item), *(_attachment(a) for a in _list(item.get("attachments"))[:50] if isinstance(a, dict))),
    )


def _pictures(item: dict[str, Any]) -> tuple[RawMedia, ...]:
    return tuple(RawMedia(_text(item[name]), picture=True) for name in ("image", "banner_image") if _text(item.get(name)))


def _attachment(attachment: dict[str, Any]) -> RawMedia:
    return RawMedia(_text(attachment.get("url")), _text(attachment.get("mime_type")).lower(), _text(attachment.get("title")))


def _text(value: object) -> str:
    # JSON can write half a character (a lone surrogate), which no database and no chat takes.
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _identifier(value: object) -> str:
    """An id as it is, or the digits of one that is a number, as it often is."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _text(value)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
