"""Documents of feeds, written and read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from bot.domain.release import ParsedFeed
from bot.feeds.reading.parse import parse

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEEDS = Path(__file__).parents[2] / "fixtures" / "feeds"
URL = "https://fyr.test/feed.xml"


def read(name: str) -> bytes:
    """The bytes of a fixture."""
    return (FEEDS / name).read_bytes()


def parsed(body: bytes | str, content_type: str = "application/rss+xml", region: str = "DK") -> ParsedFeed:
    """What `parse` makes of a document."""
    raw = body.encode() if isinstance(body, str) else body
    return parse(raw, url=URL, content_type=content_type, now=NOW, language="da", region=region)


def rss(*items: str, head: str = "") -> str:
    """An RSS document of these items."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>T</title>{head}{"".join(items)}</channel></rss>'
    )


def item(number: int, extra: str = "") -> str:
    """One plain item."""
    return (
        f"<item><title>Release {number}</title><link>https://fyr.test/{number}</link>"
        f"<pubDate>Mon, 13 Oct 2025 09:50:04 GMT</pubDate>{extra}</item>"
    )
