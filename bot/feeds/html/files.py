"""Pictures and files that a text shows or links to."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from bot.domain.release import Picture
from bot.feeds.html.lines import plain_line, seen, shorten
from bot.feeds.html.links import absolute_url
from bot.feeds.html.markup import Attributes

MOST_FILES = 20
"""Pictures, and files, of one release."""
LONGEST_CAPTION = 500

_FILE = re.compile(
    r"https?://[^/?#]+/[^?#]*\.(?:pdf|docx?|odt|rtf|xlsx?|ods|csv|pptx?|odp|zip|epub|ics|vcf|mp3|mp4|mov|wav)(?:[?#].*)?",
    re.ASCII | re.IGNORECASE,
)
_PIXEL = re.compile(r"(?:(?:max-)?(?:width|height)\s*:\s*[01](?:px)?\s*(?:;|$)|display\s*:\s*none)", re.IGNORECASE)


def is_document(url: str) -> bool:
    """Whether an address ends like a file to download rather than like a page."""
    return _FILE.fullmatch(url) is not None


def file_name(url: str) -> str:
    """The last part of an address's path, readable."""
    return seen(unquote(PurePosixPath(urlsplit(url).path).name, errors="replace"))


def body_picture(attributes: Attributes, base: str) -> Picture | None:
    """The picture of an `img` tag, or None for trackers, inlined data and unusable addresses."""
    if _is_pixel(attributes):
        return None
    source = attributes.get("src") or ""
    if not source or source[:5].lower() == "data:":
        source = attributes.get("data-src") or attributes.get("data-lazy-src") or ""
    url = absolute_url(source, base) if source else None
    return Picture(url, shorten(plain_line(attributes.get("alt") or ""), LONGEST_CAPTION)) if url else None


def _is_pixel(attributes: Attributes) -> bool:
    sizes = ((attributes.get(name) or "").strip().removesuffix("px") for name in ("width", "height"))
    return any(size in ("0", "1") for size in sizes) or bool(_PIXEL.search(attributes.get("style") or ""))


def is_picture(url: str) -> bool:
    """Whether an address ends like a picture."""
    return url.split("?", 1)[0].lower().endswith((".jpg", ".jpeg", ".png", ".gif", ".webp", ".avif"))
