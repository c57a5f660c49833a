"""Where the older releases of a feed are: the address of the page that follows on a document, if it has one."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from bot.feeds.html.links import absolute_url
from bot.feeds.html.markup import unescape

_HEAD = 64 * 1024
"""Bytes at the beginning of a document in which its own links stand, before the items or after some of them."""
_LINK = re.compile(rb"<(?:[a-z0-9]{1,20}:)?link\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(rel|href)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_WORDPRESS = re.compile(rb"<generator>\s*https?://wordpress\.(?:org|com)/", re.IGNORECASE)
_MOST_PAGES = 10_000


def next_page(body: bytes, url: str) -> str | None:
    """The address of the next older page, on the same host; `url` is where the document was found.

    Named by the feed (`rel="next"`, RFC 5005; `next_url` of a JSON Feed), or counted up where WordPress says that it made it.
    """
    named = _named_in_json(body) if body.lstrip()[:1] == b"{" else _named_in_xml(body)
    found = absolute_url(named, url) if named else _counted_up(url) if _WORDPRESS.search(body[:_HEAD]) else None
    return found if found and found != url and urlsplit(found).netloc == urlsplit(url).netloc else None


def _named_in_xml(body: bytes) -> str:
    for link in _LINK.finditer(body[:_HEAD]):
        attributes = {
            name.lower(): unescape(double or single)
            for name, double, single in _ATTRIBUTE.findall(link[1].decode("utf-8", "replace"))
        }
        if attributes.get("rel", "").lower() == "next":
            return attributes.get("href", "")
    return ""


def _named_in_json(body: bytes) -> str:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    found = document.get("next_url") if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""


def _counted_up(url: str) -> str | None:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50))
    page = query.get("paged", "1")
    if not (page.isascii() and page.isdecimal()) or int(page[:6]) >= _MOST_PAGES:
        return None
    query["paged"] = str(int(page) + 1)
    return urlunsplit(parts._replace(query=urlencode(query)))
