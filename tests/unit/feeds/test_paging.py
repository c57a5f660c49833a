"""Where the older releases of a feed are."""

from __future__ import annotations

import pytest

from bot.feeds.reading.paging import next_page

URL = "https://havnen.example/feed/"
WORDPRESS = b"<rss><channel><generator>https://wordpress.org/?v=6.6</generator></channel></rss>"


@pytest.mark.parametrize(
    ("body", "url", "found"),
    [
        (
            b'<rss><channel><atom:link rel="next" href="https://havnen.example/feed/2"/></channel></rss>',
            URL,
            "https://havnen.example/feed/2",
        ),
        (b"<feed><link href='?side=2&amp;a=1' rel='next'/></feed>", URL, "https://havnen.example/feed/?side=2&a=1"),
        (b'<feed><link rel="self" href="/feed/"/></feed>', URL, None),
        (b'<feed><link rel="next" href="https://andre.example/feed"/></feed>', URL, None),
        (b'<feed><link rel="next" href="/feed/"/></feed>', URL, None),
        (b'<feed><link rel="next" href="javascript:alert(1)"/></feed>', URL, None),
        (
            b'{"version": "https://jsonfeed.org/version/1.1", "next_url": "https://havnen.example/feed.json?page=2", "items": []}',
            URL,
            "https://havnen.example/feed.json?page=2",
        ),
        (b'{"next_url": 7}', URL, None),
        (b'{"next_url": ', URL, None),
        (WORDPRESS, URL, "https://havnen.example/feed/?paged=2"),
        (WORDPRESS, URL + "?cat=3&paged=9", "https://havnen.example/feed/?cat=3&paged=10"),
        (WORDPRESS, URL + "?paged=x", None),
        (b"<rss><channel><title>Nyt</title></channel></rss>", URL, None),
        (b"", URL, None),
    ],
)
def test_the_next_page_is_where_the_feed_says_it_is(body: bytes, url: str, found: str | None) -> None:
    """Named, or counted up on WordPress; never on another host, and never the same page."""
    assert next_page(body, url) == found
