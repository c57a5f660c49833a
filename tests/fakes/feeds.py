"""A newsroom for journeys: releases that a test writes, served as an RSS feed by the WebServer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.fakes.web import WebServer


@dataclass(slots=True)
class Item:
    """One release as the feed says it; `guid` defaults to the link."""

    number: int
    title: str
    lead: str = ""
    published: datetime | None = None
    guid: str | None = None
    link: str | None = None
    body: str = ""
    language: str = ""


@dataclass(slots=True)
class Newsroom:
    """Holds releases, newest first, and keeps the feed on the web server up to date. `window`: how many the feed shows."""

    web: WebServer
    path: str = "/feed"
    window: int = 20
    items: list[Item] = field(default_factory=list)
    etag: bool = True

    def publish(self, *items: Item) -> None:
        """Put releases out, the last of them on top."""
        for item in items:
            self.items.insert(0, item)
        self.serve()

    def item(self, number: int) -> Item:
        """A release by its number."""
        return next(item for item in self.items if item.number == number)

    def remove(self, number: int) -> None:
        """Take a release down."""
        self.items = [item for item in self.items if item.number != number]
        self.serve()

    def link(self, item: Item) -> str:
        """The reader's link of a release."""
        return item.link or self.web.url(f"/pressemeddelelse/{item.number}")

    def serve(self) -> None:
        """Serve the feed as it is now."""
        self.web.put(self.path, self.document(), etag=self.etag)

    def document(self) -> str:
        """The feed document."""
        items = "".join(self._xml(item) for item in self.items[: self.window])
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
            f"<channel><title>Havnen</title><link>{self.web.url('/')}</link><description>x</description>{items}</channel></rss>"
        )

    def _xml(self, item: Item) -> str:
        link = self.link(item)
        date = f"<pubDate>{format_datetime(item.published, usegmt=True)}</pubDate>" if item.published else ""
        body = f"<content:encoded><![CDATA[{item.body}]]></content:encoded>" if item.body else ""
        return (
            f"<item><title>{escape(item.title)}</title><link>{escape(link)}</link><description>{escape(item.lead)}</description>"
            f"{body}{date}<guid>{escape(item.guid or link)}</guid></item>"
        )


def ago(**how_long: float) -> datetime:
    """A moment in the past, to the full second."""
    return (datetime.now(UTC) - timedelta(**how_long)).replace(microsecond=0)
