"""A newsroom on the Via platform, served on loopback in the platform's shape: feed, listing, release documents, JSON v2.

    async with WebServer() as server:
        press = Press(server)
        press.publish(Text(1, "Kajen åbner", body="<p>Skibe kan lægge til.</p>"))
        ... NewsroomEntry("havnen", "Havnen", press.feed_url, ...) ...

The platform is known by its hosts, so the addresses bear one of them: `at_home` lets it stand for this machine. What is served is
bounded by what a test publishes. Faults: a release's `delay` and `status`; `whole` and `listed` switch whole replies off.
"""

from __future__ import annotations

import asyncio
import json
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any

import pytest
from aiohttp import web

from bot.domain.newsroom import NewsroomEntry
from tests.fakes.web import WebServer

HOST = "via.ritzau.dk"
PUBLISHER = 7001
PAGE = 20
RSS, JSON = "application/rss+xml; charset=utf-8", "application/json; charset=utf-8"


@dataclass(slots=True)
class Text:
    """A release as the newsroom has it. `delay`, `status`: of its document; `in_feed`: whether the feed shows it."""

    number: int
    title: str
    lead: str = ""
    body: str = ""
    kind: str = "Pressemeddelelse"
    published: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    cards: list[dict[str, Any]] = field(default_factory=list)
    image: dict[str, Any] | None = None
    language: str = "da"
    delay: float = 0.0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    in_feed: bool = True


@dataclass(slots=True)
class Press:
    """The newsroom, newest first. `window`: how many releases its feed shows. `asked`: the documents that were, by number."""

    server: WebServer
    window: int = 20
    texts: list[Text] = field(default_factory=list)
    listed: bool = True
    whole: bool = True
    documents: bool = True
    asked: list[int] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)

    @property
    def feed_url(self) -> str:
        """The address of its feed."""
        return f"{self.origin}/rss/releases/latest?publisherId={PUBLISHER}"

    @property
    def origin(self) -> str:
        """The platform, on this machine."""
        return self.server.url("", host=HOST)

    @property
    def entry(self) -> NewsroomEntry:
        """The newsroom as a catalogue would name it."""
        return NewsroomEntry("havnen", "Havnen", self.feed_url, "DK", "da", "via")

    def publish(self, *texts: Text) -> None:
        """Put releases out, the last of them on top."""
        for text in texts:
            self.texts.insert(0, text)
            self.server.on(f"/public-website-api/release/{text.number}", self._document)
        self.serve()

    def text(self, number: int) -> Text:
        """A release by its number."""
        return next(text for text in self.texts if text.number == number)

    def remove(self, number: int) -> None:
        """Take a release down everywhere."""
        self.texts = [text for text in self.texts if text.number != number]
        self.server.forget(f"/public-website-api/release/{number}")
        self.serve()

    def serve(self) -> None:
        """Answer from now on."""
        self.server.put("/rss/releases/latest", self._rss(), content_type=RSS, etag=True)
        self.server.on("/json/v2/releases", self._whole)
        for page in range(len(self.texts) // PAGE + 2):
            self.server.on(f"/public-website-api/pressroom/{PUBLISHER}/releases/{PAGE}/{page}", self._listing)

    # The documents

    def _rss(self) -> str:
        shown = [text for text in self.texts if text.in_feed][: self.window]
        items = "".join(
            f"<item><title>{escape(text.title)}</title><link>{escape(self._link(text, 'pressemeddelelse'))}</link>"
            f"<description>{escape(text.lead)}</description><pubDate>{format_datetime(text.published, usegmt=True)}</pubDate>"
            f"<guid>{escape(self._link(text, 'pressemeddelelse'))}</guid><regulatory>false</regulatory></item>"
            for text in shown
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Havnen - seneste pressemeddelelser</title>'
            f"<link>{self.origin}/nyhedsrum/{PUBLISHER}/havnen</link><description>x</description>{items}</channel></rss>"
        )

    async def _listing(self, request: web.BaseRequest) -> web.StreamResponse:
        page = int(request.path.rsplit("/", 1)[-1])
        self.pages.append(page)
        if not self.listed:
            return web.Response(status=404)
        some = self.texts[page * PAGE : (page + 1) * PAGE]
        return _json(
            {
                "paging": {"count": len(self.texts), "itemsPerPage": PAGE, "page": page},
                "releases": [
                    {"id": text.number, "date": _iso(text.published), "versions": {text.language: self._short(text)}}
                    for text in some
                ],
                "categories": [],
                "brands": [],
            }
        )

    async def _document(self, request: web.BaseRequest) -> web.StreamResponse:
        number = int(request.path.rsplit("/", 1)[-1])
        self.asked.append(number)
        text = self.text(number)
        said = self._of(text)
        await asyncio.sleep(text.delay)
        if not self.documents:
            return web.Response(status=404)
        if text.status != 200:
            return web.Response(status=text.status, headers=text.headers)
        return _json(said)

    async def _whole(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self.whole:
            return web.Response(status=400)
        page = int(request.query.get("page", "0"))
        some = self.texts[page * PAGE : (page + 1) * PAGE]
        return _json(
            {
                "releases": [self._entire(text) for text in some],
                "nextPage": page + 1,
                "totalCount": len(self.texts),
            }
        )

    def _short(self, text: Text) -> dict[str, Any]:
        image = text.image and {"path": text.image["path"], "caption": text.image.get("caption"), "focus": "center"}
        return {
            "title": text.title,
            "type": text.kind,
            "metadescription": text.lead,
            "url": self._path(text, "release"),
            "image": image,
            "logoUrl": None,
        }

    def _of(self, text: Text) -> dict[str, Any]:
        version: dict[str, Any] = {
            "title": text.title,
            "type": text.kind,
            "leadtext": f"<p>{escape(text.lead)}</p>" if text.lead else None,
            "metadescription": text.lead,
            "body": {"complete": text.body, "cookieless": {"content": text.body}},
            "keywords": "havn, kaj",
            "contacts": {"cards": text.cards},
            "leadimage": text.image,
            "images": [],
            "documents": [],
            "links": [],
            "url": self._path(text, "release"),
        }
        return {
            "id": text.number,
            "date": _iso(text.published),
            "url": self._path(text, "release"),
            "format": "html",
            "publisher": {"id": PUBLISHER, "name": "Havnen"},
            "versions": {text.language: version},
        }

    def _entire(self, text: Text) -> dict[str, Any]:
        persons = [{name: card.get(name) for name in ("name", "title", "phone", "email")} for card in text.cards]
        return {
            "id": text.number,
            "title": text.title,
            "url": self._path(text, "pressemeddelelse"),
            "leadtext": f"<p>{escape(text.lead)}</p>",
            "body": text.body,
            "keywords": ["havn"],
            "published": text.published.isoformat(),
            "publisher": {"id": PUBLISHER, "name": "Havnen"},
            "images": [],
            "documents": [],
            "contacts": {"text": None, "persons": persons},
            "version": 1,
            "versions": [],
            "language": text.language,
            "mainImage": None,
            "type": text.kind,
        }

    def _path(self, text: Text, word: str) -> str:
        return f"/{word}/{text.number}/nyt-fra-havnen?publisherId={PUBLISHER}&lang={text.language}"

    def _link(self, text: Text, word: str) -> str:
        return self.origin + self._path(text, word)


def old(count: int, first: int = 1, *, days: float = 10) -> list[Text]:
    """Releases of the past, oldest first, the newest of them so many days old."""
    newest = datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)
    return [
        Text(
            first + place,
            f"Gammel nyhed {first + place}",
            lead=f"Det skete i havnen, sag {first + place}.",
            body=f"<p>Havnefogeden fortalte om sag {first + place} og om tovværket {word(first + place)}.</p>",
            published=newest - timedelta(days=count - place),
        )
        for place in range(count)
    ]


def word(number: int) -> str:
    """A word that stands in the text of one old release alone, and begins no other."""
    return "tov" + "".join("bdfgjklmnp"[int(digit)] + "a" for digit in f"{number:04}") + "k"


def at_home(monkeypatch: pytest.MonkeyPatch | None = None) -> None:
    """Let the platform's host stand for this machine; without a monkeypatch for as long as the process lives."""
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **named: Any) -> Any:
        return real("127.0.0.1" if host == HOST else host, *args, **named)

    if monkeypatch:
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    else:
        socket.getaddrinfo = getaddrinfo


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _json(value: object) -> web.Response:
    return web.Response(body=json.dumps(value, ensure_ascii=False).encode(), headers={"Content-Type": JSON})
