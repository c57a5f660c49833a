"""A ministry on loopback: pages of many sorts, a sitemap in parts that names them all, and a feed of the newest releases."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import unquote

from tests.fakes.feeds import Item, Newsroom, ago
from tests.fakes.web import WebServer

MONTHS = ["januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december"]
SUBJECTS = ["Kajen", "Molen", "Færgen", "Fyret", "Slusen", "Broen", "Lodsen", "Skibet", "Værftet", "Dokken"]
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Piece:
    """A release on the site."""

    number: int
    published: datetime

    @property
    def title(self) -> str:
        """Its heading."""
        return f"{SUBJECTS[self.number % 10]} får plan nummer {self.number}"

    @property
    def path(self) -> str:
        """Where it stands."""
        month = MONTHS[self.published.month - 1]
        return f"/nyheder/{self.published.year}/{month}/{SUBJECTS[self.number % 10].lower()}-faar-plan-{self.number}"

    def html(self, host: str = "") -> str:
        """Its page, with a contact of its own."""
        when = self.published.isoformat()
        return (
            f'<!doctype html><html lang="da"><head><title>{escape(self.title)} | Havnen</title>'
            f'<link rel="canonical" href="{host}{self.path}"><meta property="article:published_time" content="{when}">'
            f'<meta name="description" content="Sag {self.number} i korte træk."></head>'
            f"<body><nav><a href='/'>Forside</a></nav><main><article><h1>{escape(self.title)}</h1>"
            f"<p>Havnefogeden lægger en plan med ordet tovværk{self.number:03d} i, så alle kan følge med.</p>"
            "<p>Kontakt: Pressechef Asta Dam, tlf. 20 12 34 56, asta@havnen.example</p></article></main>"
            "<footer>Havnen, CVR 43271911</footer></body></html>"
        )


@dataclass(slots=True)
class Site:
    """Serves `releases` pages among `others`; `window` of them, the newest, stand in the feed, by `guids` or by their links."""

    web: WebServer
    releases: int = 40
    others: int = 300
    window: int = 10
    guids: bool = False
    pieces: list[Piece] = field(default_factory=list)
    newsroom: Newsroom = field(init=False)

    def __post_init__(self) -> None:
        self.newsroom = Newsroom(self.web, window=self.window)
        start = ago(days=3)
        self.pieces = [Piece(n, start - timedelta(days=9 * (self.releases - n))) for n in range(1, self.releases + 1)]
        for piece in self.pieces:
            self.put(piece)
        self.newsroom.publish(*map(self.item, self.pieces))
        self.serve()

    def put(self, piece: Piece, **more: Any) -> None:
        """Serve a release, with and without a slash at the end."""
        for path in (piece.path, piece.path + "/"):
            self.web.put(path, **{"body": piece.html(self.web.url("")), "content_type": HTML, **more})

    def item(self, piece: Piece) -> Item:
        """A release as the feed says it."""
        guid = f"guid-{piece.number:04d}" if self.guids else None
        return Item(piece.number, piece.title, f"Sag {piece.number}.", piece.published, guid=guid, link=self.web.url(piece.path))

    def add(self, published: datetime) -> Piece:
        """One more release, that the feed does not hold."""
        piece = Piece(len(self.pieces) + 1, published)
        self.pieces = sorted([*self.pieces, piece], key=lambda one: one.published)
        self.put(piece)
        self.serve()
        return piece

    def serve(self) -> None:
        """The sitemap: an index of one part for each half of the releases, the newer of them packed, and one for other pages."""
        half = self.releases // 2
        self.web.put("/sitemap.xml", self.index("/sitemap-andet.xml", "/sitemap-nye.xml.gz", "/sitemap-gamle.xml"))
        self.web.put("/sitemap-nye.xml.gz", gzip.compress(self.part(self.pieces[half:]).encode()), content_type="application/gzip")
        self.web.put("/sitemap-gamle.xml", self.part(self.pieces[:half]))
        self.web.put("/sitemap-andet.xml", urlset(self.web.url(path) for path in other_paths(self.others)))

    def index(self, *paths: str) -> str:
        """A sitemap of sitemaps."""
        parts = "".join(f"<sitemap><loc>{self.web.url(path)}</loc></sitemap>" for path in paths)
        return f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</sitemapindex>'

    def part(self, pieces: list[Piece]) -> str:
        """A sitemap of releases."""
        return urlset(*[(self.web.url(piece.path) + "/", piece.published) for piece in pieces])

    def asked(self) -> list[str]:
        """The pages of releases that were asked for, in order."""
        paths = {path for piece in self.pieces for path in (piece.path, piece.path + "/")}
        return [path for request in self.web.requests if (path := unquote(request.path)) in paths]


def urlset(*entries: object) -> str:
    """A sitemap of addresses, each alone or with when it was changed."""
    listed = entries[0] if len(entries) == 1 and not isinstance(entries[0], tuple) else entries
    said = [entry if isinstance(entry, tuple) else (entry, None) for entry in listed]  # type: ignore[attr-defined]
    urls = "".join(
        f"<url><loc>{escape(str(url))}</loc>{f'<lastmod>{at.isoformat()}</lastmod>' if at else ''}</url>" for url, at in said
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def other_paths(count: int) -> list[str]:
    """Pages of a ministry that are no releases, some much like them."""
    sorts = (
        "/ministeriet/organisation/kontor-{n}", "/publikationer/2026/oktober/rapport-om-havne-nummer-{n}", "/nyheder/{n}",
        "/temaer/havne/tema-{n}", "/nyheder/arkiv/side/{n}", "/en/news/2026/october/harbour-plan-{n}", "/billeder/kaj-{n}.jpg",
    )  # fmt: skip
    return [sorts[n % len(sorts)].format(n=n) for n in range(count)]
