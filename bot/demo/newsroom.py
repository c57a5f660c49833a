"""A small newsroom on loopback: a feed shaped like Via's, and the pages that it links to."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from types import TracebackType
from typing import Self
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from aiohttp import web

from bot.demo.releases import NEWSROOM, DemoRelease

PUBLISHER_ID = 2012662
WINDOW = 20
"""Items in the feed."""

_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})
_LONGEST_SLUG = 90
ET.register_namespace("content", _CONTENT)


class DemoNewsroom:
    """Serves releases on 127.0.0.1, at a port of the system's choice, for as long as its `async with` block runs.

    What is published, corrected or withdrawn stands there at once, and nobody is told.
    """

    def __init__(self, releases: Iterable[DemoRelease] = ()) -> None:
        self._releases = {release.id: release for release in releases}
        self._slugs = {release.id: slug(release.title) for release in self._releases.values()}
        self._base = ""

    @property
    def feed_url(self) -> str:
        """The feed's address."""
        return f"{self._base}/rss/releases/latest?publisherId={PUBLISHER_ID}"

    @property
    def page_url(self) -> str:
        """The address of the page that lists the releases."""
        return f"{self._base}/nyhedsrum/{PUBLISHER_ID}/udenrigsministeriet"

    def publish(self, release: DemoRelease) -> datetime:
        """Let a release stand in the feed; since when (aware UTC) it does."""
        self._releases[release.id] = release
        self._slugs[release.id] = slug(release.title)
        return datetime.now(UTC)

    def correct(
        self, ident: int, *, title: str | None = None, lead: str | None = None, body: Sequence[str] | None = None
    ) -> datetime:
        """Let a release say something else under its old address; since when (aware UTC) it does. Raises KeyError."""
        old = self._releases[ident]
        self._releases[ident] = replace(
            old,
            title=old.title if title is None else title,
            lead=old.lead if lead is None else lead,
            body=old.body if body is None else tuple(body),
        )
        return datetime.now(UTC)

    def withdraw(self, ident: int) -> None:
        """Take a release down: out of the feed, and its page answers 404. Raises KeyError."""
        del self._releases[ident]

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/rss/releases/latest", self._feed)
        app.router.add_get("/nyhedsrum/{publisher}/{slug}", self._index)
        app.router.add_get("/pressemeddelelse/{id:[0-9]{1,18}}/{slug}", self._page)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._runner.cleanup()

    async def _feed(self, request: web.Request) -> web.Response:
        if request.query.get("publisherId") != str(PUBLISHER_ID):
            raise web.HTTPNotFound(text="<!doctype html><title>404</title>", content_type="text/html")
        body = feed_document([(release, self._address(release)) for release in self._newest()], self.page_url)
        etag = hashlib.sha256(body).hexdigest()[:16]
        response = web.Response(body=body, content_type="application/rss+xml", charset="utf-8")
        if any(tag.value == etag for tag in request.if_none_match or ()):
            response = web.Response(status=304)
        response.etag = etag
        return response

    async def _index(self, request: web.Request) -> web.Response:
        del request
        entries = (f'<li><a href="{escape(self._address(r))}">{escape(r.title)}</a></li>' for r in self._newest())
        return _html(NEWSROOM, f"<ul>{''.join(entries)}</ul>")

    async def _page(self, request: web.Request) -> web.Response:
        release = self._releases.get(int(request.match_info["id"]))
        if release is None:
            raise web.HTTPNotFound(text="<!doctype html><title>404</title>", content_type="text/html")
        when = release.published.strftime("%d.%m.%Y %H:%M:%S UTC")
        body = f"<p>{when} | {escape(release.kind)}</p><p><strong>{escape(release.lead)}</strong></p>{_paragraphs(release.body)}"
        return _html(release.title, body, release.language)

    def _newest(self) -> list[DemoRelease]:
        return sorted(self._releases.values(), key=lambda release: release.published, reverse=True)[:WINDOW]

    def _address(self, release: DemoRelease) -> str:
        # Via's own links say `lang=da` for whatever a Danish newsroom writes.
        query = urlencode({"publisherId": PUBLISHER_ID, "lang": "da"})
        return f"{self._base}/pressemeddelelse/{release.id}/{self._slugs[release.id]}?{query}"


def slug(title: str) -> str:
    """A title as it stands in an address: `Møde i nævnet` is `moede-i-naevnet`."""
    plain = unicodedata.normalize("NFKD", title.lower().translate(_LETTERS)).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())[:_LONGEST_SLUG].strip("-")


def feed_document(releases: Iterable[tuple[DemoRelease, str]], page_url: str) -> bytes:
    """RSS 2.0 as Via has it, with the kind and the full text besides; `releases` come with their addresses, newest first."""
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _add(channel, "title", f"{NEWSROOM} - seneste pressemeddelelser")
    _add(channel, "link", page_url)
    _add(channel, "description", "Opdigtede meddelelser, der viser, hvad Pressevagt gør")
    for release, address in releases:
        item = ET.SubElement(channel, "item")
        _add(item, "title", release.title)
        _add(item, "link", address)
        _add(item, "description", release.lead)
        _add(item, f"{{{_CONTENT}}}encoded", _paragraphs(release.body))
        _add(item, "category", release.kind)
        _add(item, "pubDate", format_datetime(release.published.astimezone(UTC), usegmt=True))
        _add(item, "guid", address)
    return bytes(ET.tostring(rss, encoding="utf-8", xml_declaration=True))


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _paragraphs(texts: Iterable[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _html(title: str, body: str, language: str = "da") -> web.Response:
    page = (
        f'<!doctype html><html lang="{escape(language)}"><meta charset="utf-8"><title>{escape(title)}</title>'
        '<body style="max-width: 40em; margin: 2em auto; font: 1.1em/1.5 sans-serif">'
        f"<p><em>{escape(NEWSROOM)}. Opdigtet, for at vise Pressevagt. / Invented, to show Pressevagt.</em></p>"
        f"<h1>{escape(title)}</h1>{body}</body></html>"
    )
    return web.Response(text=page, content_type="text/html")
