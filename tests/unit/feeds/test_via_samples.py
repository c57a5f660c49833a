"""Documents of the Via platform, captured and constructed, where PRESSEVAGT_TEST_DATA names a folder with them."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.prose import plain
from bot.domain.release import Kind
from bot.feeds.reading.parse import parse
from bot.feeds.reading.via import via_room
from bot.feeds.reading.via_document import read_document
from bot.feeds.reading.via_json import read_whole
from bot.feeds.reading.via_listing import read_listing
from bot.feeds.reading.via_versions import Newsdesk

FOLDER = os.environ.get("PRESSEVAGT_TEST_DATA", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="PRESSEVAGT_TEST_DATA names no folder with captured documents")

FEED = "https://via.ritzau.dk/rss/releases/latest?publisherId=2012662"
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def desk() -> Newsdesk:
    """The foreign ministry's."""
    room = via_room(FEED)
    assert room is not None
    return Newsdesk(room, NOW, "da", "DK")


def sample(name: str) -> bytes:
    """A document; it may lie in the folder or in its `samples`."""
    return next(path for path in (Path(FOLDER) / name, Path(FOLDER) / "samples" / name) if path.exists()).read_bytes()


def test_the_real_listing() -> None:
    """All 20 releases, with number, time, kind, lead, link and the pictures that there are."""
    listing: dict[str, Any] = json.loads(sample("via_ritzau_um_pressroom.json"))["release_listing"]
    found = read_listing(json.dumps(listing).encode(), desk(), desk().room.listing(0))
    assert (len(found.releases), found.total, found.is_last, found.faults) == (20, 2321, False, ())
    assert [release.external_id for release in found.releases] == [f"via:via.ritzau.dk:{one['id']}" for one in listing["releases"]]
    assert Counter(release.content.kind for release in found.releases) == {Kind.PRESS_RELEASE: 17, Kind.NEWS: 3}
    assert all(release.content.kind_word in ("Pressemeddelelse", "Nyhed") for release in found.releases)
    assert all(release.content.lead and release.content.language == "da" for release in found.releases)
    assert not any("\u00a0" in release.content.text or "  " in release.content.text for release in found.releases)
    assert sum(bool(release.content.pictures) for release in found.releases) == 1
    assert sum(release.content.title == "Møde i Det Udenrigspolitiske Nævn" for release in found.releases) == 4
    for release, one in zip(found.releases, listing["releases"], strict=True):
        said = datetime.fromisoformat(one["date"]).replace(microsecond=0)
        assert release.published == said
        assert release.content.url == "https://via.ritzau.dk" + one["versions"]["da"]["url"]


def test_the_example_of_a_document() -> None:
    """One version with its text, and the press duty desk out of its last line."""
    (release,) = read_document(sample("via-release-example.json"), 14450001, desk(), FEED)
    assert len(release.content.body) == 10
    (contact,) = release.content.contacts
    assert (contact.role, contact.phones[0].note) == ("pressevagten", "ikke SMS")


def test_the_examples_of_whole_releases_and_of_a_feed_are_about_the_same() -> None:
    """Identity, time and title agree, by whatever way they come."""
    whole = read_whole(sample("via-json-v2-example.json"), desk(), FEED)
    assert (len(whole.releases), whole.faults) == (6, ())
    assert sum(bool(release.content.contacts) for release in whole.releases) == 2
    feed = parse(sample("via-rss-example.xml"), url=FEED, content_type="application/rss+xml", now=NOW, language="da", region="DK")
    by_id = {release.external_id: release for release in whole.releases}
    for item in feed.releases:
        assert (by_id[item.external_id].published, by_id[item.external_id].content.title) == (item.published, item.content.title)
    assert plain(by_id["via:via.ritzau.dk:14450001"].content.body).endswith("pressevagten@um.dk")
