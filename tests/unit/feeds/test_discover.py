"""Feeds found on a web page."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.discover import MOST_BYTES, feed_links

PAGE = "https://www.example.org/nyheder/"


def declared(href: str, kind: str = "application/rss+xml", title: str = "") -> str:
    """A page's declaration of a feed."""
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


def test_declared_feeds_come_before_links_that_look_like_feeds() -> None:
    """What a page declares is surer than what its text links to."""
    page = '<a href="/rss">RSS</a>' + declared("/feed.xml")
    assert feed_links(page, PAGE) == ("https://www.example.org/feed.xml", "https://www.example.org/rss")


@pytest.mark.parametrize(
    "kind", ["application/rss+xml", "application/atom+xml; charset=utf-8", "APPLICATION/FEED+JSON", "application/json"]
)
def test_every_kind_of_feed_is_found(kind: str) -> None:
    """RSS, Atom and both names of JSON Feed count."""
    assert feed_links(declared("f", kind), PAGE) == ("https://www.example.org/nyheder/f",)


def test_feeds_of_comments_come_last() -> None:
    """Nobody waits for the comments."""
    page = declared("/kommentarer/feed") + declared("/a", title="Comments on this") + declared("/feed")
    assert feed_links(page, PAGE)[0] == "https://www.example.org/feed"
    assert len(feed_links(page, PAGE)) == 3


def test_the_pages_own_host_is_preferred() -> None:
    """A feed at home goes before one elsewhere; `www.` makes no other host."""
    page = declared("https://other.example/feed") + declared("https://example.org/feed")
    assert feed_links(page, PAGE) == ("https://example.org/feed", "https://other.example/feed")


def test_addresses_are_made_absolute_against_the_pages_base() -> None:
    """A base element counts, and fragments do not."""
    page = '<base href="/arkiv/">' + declared("feed.xml#top") + declared("feed.xml")
    assert feed_links(page, PAGE) == ("https://www.example.org/arkiv/feed.xml",)


@pytest.mark.parametrize(
    "href",
    [
        "/rss",
        "/da/rss.xml",
        "/feed/",
        "/nyheder/?rss=true",
        "/handlers/DynamicRss.ashx?id=1",
        "/x.atom",
        "/list?format=rss",
        "/RSS.ashx",
    ],
)
def test_links_in_the_text_that_look_like_feeds_are_found(href: str) -> None:
    """Newsrooms that declare nothing still link their feed somewhere."""
    assert feed_links(f'<p><a href="{href}">Abonner</a>', PAGE) == (f"https://www.example.org{href}",)


@pytest.mark.parametrize(
    "html",
    [
        '<a href="/feedback">Skriv</a>',
        '<a href="/boersselskaber">Børsselskaber</a>',
        '<a href="/presse">Presse</a>',
        '<a href="javascript:rss()">RSS</a>',
        '<a href="ftp://example.org/rss">RSS</a>',
        '<a href="https://reader.example/subscribe/feed/https://www.example.org/rss">Læs</a>',
        '<link rel="stylesheet" type="text/css" href="/feed.css">',
        '<link rel="alternate" hreflang="en" href="/en/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">',
        "<script>document.write('<a href=\"/rss\">')</script>",
        '<!-- <a href="/rss">RSS</a> -->',
        '<a href="http://[rss">RSS</a>',
        '<a href="https://me:hemmelig@example.org/rss">RSS</a>',
        "",
    ],
)
def test_other_links_are_not_taken_for_feeds(html: str) -> None:
    """Words that merely look like it, programs, comments and other schemes are passed over."""
    assert feed_links(html, PAGE) == ()


def test_the_page_itself_is_not_its_own_feed() -> None:
    """A page that was found in place of a feed often links to that very address."""
    assert feed_links(declared("https://www.example.org/rss"), "https://www.example.org/rss") == ()


def test_bytes_and_text_are_read_alike() -> None:
    """A page may come as it came over the wire, in its own charset."""
    page = '<meta charset="iso-8859-1"><a href="/børn/rss">x</a>'
    assert feed_links(page.encode("latin-1"), PAGE) == feed_links(page, PAGE) == ("https://www.example.org/børn/rss",)


def test_only_the_beginning_of_a_page_is_read() -> None:
    """What stands after half a megabyte is not looked for."""
    assert feed_links(" " * MOST_BYTES + declared("/feed"), PAGE) == ()


@pytest.mark.parametrize(
    "piece", ["<div>", "<!--", "<a ", "<a href=/rss>", "<link rel=alternate type=application/rss+xml href=", "&"]
)
def test_hostile_pages_are_read_in_linear_time(piece: str) -> None:
    """Nothing that fits into half a megabyte takes long; a second is twenty times what it takes."""
    start = time.process_time()
    assert len(feed_links(piece * (MOST_BYTES // len(piece)), PAGE)) <= 20
    assert time.process_time() - start < 10


@given(st.text() | st.binary())
def test_whatever_stands_there_is_no_error(html: str | bytes) -> None:
    """Any bytes at all give a list."""
    assert isinstance(feed_links(html, PAGE), tuple)
