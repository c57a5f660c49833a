"""The captured feeds of real newsrooms, where they are at hand: the folder that PRESSEVAGT_TEST_DATA names."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.prose import plain
from bot.domain.release import ParsedFeed
from bot.feeds.reading.parse import parse

FOLDER = os.environ.get("PRESSEVAGT_TEST_DATA", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="PRESSEVAGT_TEST_DATA names no folder with captured feeds")


def sample(name: str, url: str, region: str = "") -> ParsedFeed:
    """A captured feed, parsed; it may lie in the folder or in its `samples`."""
    path = next(path for path in (Path(FOLDER) / "samples" / name, Path(FOLDER) / name) if path.exists())
    return parse(
        path.read_bytes(), url=url, content_type="application/rss+xml", now=datetime(2026, 11, 23, tzinfo=UTC), region=region
    )


def test_health_ministry() -> None:
    """Eight items, an empty description among them, ids from links that are guids."""
    feed = sample("dk_sundhedsministeriet.rss.xml", "http://www.ism.dk/handlers/DynamicRss.ashx", "DK")
    assert len(feed.releases) == 8
    assert not feed.faults
    assert feed.releases[1].external_id == "url:ism.dk/nyheder/2026/september/skabelon-til-nyheder-pm"
    assert feed.releases[0].published == datetime(2026, 9, 25, 22, 14, tzinfo=UTC)
    assert feed.releases[2].content.lead == ""


def test_european_parliament() -> None:
    """A guid that is no link, and the language of the feed is not the item's."""
    (release,) = sample(
        "europarl_press_releases.rss.xml", "https://www.europarl.europa.eu/rss/doc/press-releases/en.xml", "EU"
    ).releases
    assert release.external_id == "guid:ipr-com_ipr-2026-07-15-46501_en"
    assert release.content.language == ""


def test_scottish_government() -> None:
    """CDATA, British summer time, UUIDs and categories."""
    first, second = sample("gov_scot_news.rss.xml", "https://news.gov.scot/feed/rss", "GB").releases
    assert first.published == datetime(2017, 6, 27, 14, 5, tzinfo=UTC)
    assert first.external_id == "guid:f5efd7f6-e9e4-4e70-a47c-e8dec8cb0400"
    assert first.content.keywords == ("Communities", "Constitution")
    assert plain(first.content.body).startswith("We don't need a referendum")
    assert len(second.content.lead) <= 300
    assert "£4.8 million" in plain(second.content.body)


def test_us_house() -> None:
    """Doubly escaped HTML, dates without a zone, guids with escaped HTML in them."""
    feed = sample("us_house_ruiz_press.rss.xml", "http://ruiz.house.gov/rss.xml", "US")
    assert len({release.external_id for release in feed.releases}) == 10
    assert feed.releases[0].published == datetime(2013, 4, 15, 14, 23, tzinfo=UTC)
    assert feed.releases[0].content.lead.startswith("Washington, DC – Last Friday marked")
    assert feed.releases[-1].content.title == "Rep. Ruiz Statement on the President’s State of the Union Address"
    assert not any("&" in plain(release.content.body) for release in feed.releases)


def test_short_messages() -> None:
    """A short message keeps its mark."""
    (release,) = sample("via_ritzau_short_messages.item.rss.xml", "https://via.ritzau.dk/rss/short-messages/latest", "DK").releases
    assert (release.external_id, release.content.language) == ("via:via.ritzau.dk:15002803#sm-15002803", "da")
    assert release.published == datetime(2026, 6, 20, 11, 55, 7, tzinfo=UTC)


def test_via_example() -> None:
    """Five releases by number, in the document's order."""
    feed = sample("via-rss-example.xml", "https://via.ritzau.dk/rss/releases/latest?publisherId=2012662", "DK")
    assert [release.external_id for release in feed.releases] == [f"via:via.ritzau.dk:{n}" for n in range(14500005, 14500000, -1)]
    assert feed.releases[0].published == datetime(2025, 10, 13, 9, 50, 4, tzinfo=UTC)
