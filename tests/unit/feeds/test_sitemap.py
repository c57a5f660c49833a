"""Sitemaps: what they name, and what they may not do to us."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import FeedError, FeedTooLarge, MalformedFeed
from bot.feeds.reading.sitemap import MOST_LISTED, Listed, Sitemap, printed_moment, read_sitemap, unpacked

URL = "https://havnen.example/sitemap.xml"
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'
)


def read(text: str | bytes) -> Sitemap:
    """What a sitemap says."""
    return read_sitemap(text.encode() if isinstance(text, str) else text, URL)


def urlset(inside: str) -> str:
    """A sitemap of pages."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset {NAMESPACES}>{inside}</urlset>'


def test_pages_with_when_they_were_changed() -> None:
    """Pictures of a page are no pages; relative addresses start from the sitemap; what is no address is left out."""
    found = read(
        urlset(
            "<url><image:image><image:loc>https://a.example/x.jpg</image:loc></image:image><loc> https://havnen.example/nyt/1?a=1&amp;b=2\n"
            "</loc><lastmod>2026-10-13T10:00:00+02:00</lastmod></url><url><loc>/nyt/2</loc></url><url><loc>javascript:x</loc></url><url/>"
        )
    )
    assert found == Sitemap(
        (Listed("https://havnen.example/nyt/1?a=1&b=2", "2026-10-13T10:00:00+02:00"), Listed("https://havnen.example/nyt/2"))
    )
    assert found.pages[0].changed_at == datetime(2026, 10, 13, 8, tzinfo=UTC)


def test_news_say_when_they_were_published() -> None:
    """With title and language; only of these does a sitemap say it, since a change is no publication."""
    (page,) = read(
        urlset(
            "<url><loc>https://havnen.example/nyt/1</loc><n:news><n:publication><n:name>Havnen</n:name><n:language>da</n:language>"
            "</n:publication><n:publication_date>2026-10-13</n:publication_date><n:title>Nye regler</n:title></n:news></url>"
        )
    ).pages
    assert page == Listed("https://havnen.example/nyt/1", "", "2026-10-13", "Nye regler", "da")


def test_an_index_names_further_sitemaps() -> None:
    """And no pages."""
    found = read("<sitemapindex><sitemap><loc>/a.xml.gz</loc><lastmod>2026-10-01</lastmod></sitemap></sitemapindex>")
    assert found == Sitemap(maps=(Listed("https://havnen.example/a.xml.gz", "2026-10-01"),))


def test_packed_ones_and_plain_texts_are_read() -> None:
    """As the protocol allows."""
    packed = gzip.compress(urlset("<url><loc>https://havnen.example/1</loc></url>").encode())
    assert read(packed).pages == (Listed("https://havnen.example/1"),)
    lines = "https://havnen.example/1\r\nvrøvl\r\nhttps://havnen.example/2\r\n"
    assert [page.url[-1] for page in read(lines).pages] == ["1", "2"]


def test_broken_ones_give_what_can_be_read() -> None:
    """A bare ampersand is mended; what broke off gives what came before."""
    assert (
        len(
            read("<urlset><url><loc>https://a.example/?a=1&b=2</loc></url><url><loc>https://a.example/2</loc></url></urlset>").pages
        )
        == 2
    )
    cut = read("<urlset><url><loc>https://a.example/1</loc></url><url><loc>https://a.ex")
    assert (len(cut.pages), cut.broken) == (1, True)


def test_a_bomb_is_not_unpacked() -> None:
    """Neither packed nor by entities: a document type is refused before anything in it is read."""
    with pytest.raises(FeedTooLarge):
        unpacked(gzip.compress(b" " * 3_000_000), URL, 1_000_000)
    layers = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = f'<!DOCTYPE urlset [<!ENTITY a0 "ha">{layers}]><urlset><url><loc>https://a.example/&a9;</loc></url></urlset>'
    with pytest.raises(MalformedFeed, match="document type"):
        read(bomb)
    with pytest.raises(MalformedFeed, match="document type"):
        read('<!DOCTYPE urlset SYSTEM "file:///etc/passwd"><urlset/>')


@pytest.mark.parametrize("text", ["<html><body>404</body></html>", "<rss/>", "{}", "x", "<urlset" + "<a>" * 99, b"\x1f\x8bxx"])
def test_what_is_no_sitemap_is_refused(text: str | bytes) -> None:
    """A page that says "not found" with 200 above all."""
    with pytest.raises(MalformedFeed):
        read(text)


def test_there_is_an_end_to_it() -> None:
    """No more addresses than a sitemap may hold, and no deeper than any is."""
    assert len(read(urlset("<url><loc>https://a.example/1</loc></url>" * (MOST_LISTED + 5))).pages) == MOST_LISTED
    with pytest.raises(MalformedFeed, match="nested"):
        read("<urlset>" + "<url>" * 100)


@given(st.binary(max_size=200), st.text(max_size=60))
def test_nothing_else_is_raised(data: bytes, inside: str) -> None:
    """Whatever is sent in place of a sitemap."""
    for body in (data, urlset(f"<url><loc>{inside}</loc><lastmod>{inside}</lastmod></url>").encode("utf-8", "replace")):
        try:
            found = read(body)
        except FeedError:
            continue
        assert all(page.changed_at is None or page.changed_at.tzinfo for page in found.pages)


@pytest.mark.parametrize(
    ("printed", "moment"),
    [
        ("2026-10-13", datetime(2026, 10, 13, tzinfo=UTC)),
        ("2026-10-13T10:00:00Z", datetime(2026, 10, 13, 10, tzinfo=UTC)),
        ("13.10.2026", datetime(2026, 10, 13, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("i går", None),
        ("", None),
    ],
)
def test_moments_as_sitemaps_print_them(printed: str, moment: datetime | None) -> None:
    """Always with a zone; nothing where it cannot be told."""
    assert printed_moment(printed) == moment
