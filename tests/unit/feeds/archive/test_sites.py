"""Which addresses belong to a newsroom's own site."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.feeds.archive.sites import is_own
from tests.unit.feeds.test_decide import FEED


@pytest.mark.parametrize(
    ("feed", "url", "own"),
    [
        ("https://www.gov.scot/feed", "https://news.gov.scot/news/x", True),
        ("https://sum.dk/rss", "http://www.sum.dk/nyheder/x", True),
        ("https://sum.dk/rss", "https://ism.dk/nyheder/x", False),
        ("https://feeds.example.com/um", "https://um.dk/x", False),
        ("http://127.0.0.1:8080/feed", "http://127.0.0.1:9090/x", True),
        ("http://10.1.0.1/feed", "http://10.2.0.1/x", False),
        ("https://um.dk/feed", "https://via.ritzau.dk/pressemeddelelse/1", False),
        ("https://via.ritzau.dk/rss/short-messages/latest", "https://via.ritzau.dk/short-message/1", False),
        ("https://um.dk/feed", "", False),
        ("https://um.dk/feed", "http://[", False),
    ],
)
def test_a_site_is_a_host_and_its_neighbours(feed: str, url: str, own: bool) -> None:
    """Neither another's host, nor a platform that many newsrooms share."""
    assert is_own(replace(FEED, url=feed), url) is own
