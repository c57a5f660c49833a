"""JSON Feed gives the same releases as every other format."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.release import Kind, ParsedFeed
from bot.errors import MalformedFeed
from bot.feeds.reading.parse import parse

FEED = (Path(__file__).parents[2] / "fixtures" / "feeds" / "newsroom.feed.json").read_bytes()


def parsed(body: bytes | str) -> ParsedFeed:
    """What `parse` makes of a JSON document."""
    raw = body.encode() if isinstance(body, str) else body
    return parse(
        raw, url="https://bro.test/feed.json", content_type="application/feed+json", now=datetime(2026, 11, 23, tzinfo=UTC)
    )


def test_items() -> None:
    """All that an item gives is kept, and what is no item costs a sentence."""
    feed = parsed(FEED)
    first, second = feed.releases
    assert feed.title == "Broselskabet"
    assert feed.faults == ("Item 3 is no JSON object and was left out.",)
    assert (first.external_id, second.external_id) == ("guid:17", "url:bro.test/nyt/16")
    assert first.published == datetime(2025, 10, 13, 9, 50, 4, tzinfo=UTC)
    content = first.content
    assert (content.title, content.lead, content.language) == ("Broen lukkes i nat", "Kun natten til søndag.", "da")
    assert content.url == "https://bro.test/nyt/17"
    assert (content.kind, content.kind_word, content.keywords) == (Kind.NEWS, "Nyhed", ("Bro",))
    assert content.body[1].spans[1].url == "https://bro.test/kort"
    assert [p.url for p in content.pictures] == ["https://bro.test/bro.jpg"]
    assert [(d.url, d.name) for d in content.documents] == [("https://bro.test/kort.pdf", "Kort")]
    assert second.content.title == "Første linje."
    assert [b.text for b in second.content.body] == ["Første linje.", "Anden linje."]


def test_truncated_at_every_place() -> None:
    """A document that broke off gives its whole items."""
    document = {
        "version": "https://jsonfeed.org/version/1",
        "title": "T",
        "items": [{"id": str(n), "title": f"T{n}"} for n in range(3)],
    }
    body = json.dumps(document)
    for cut in range(body.index('"items": [') + 10, len(body)):
        feed = parsed(body[:cut])
        assert feed.truncated
        assert len(feed.releases) == body[:cut].count("}") - (cut == len(body))
        assert not feed.faults


def test_without_version() -> None:
    """A list of items that look like items is enough."""
    assert len(parsed('{"items": [{"id": "1", "title": "x"}]}').releases) == 1


def test_no_items() -> None:
    """An empty feed is a feed."""
    assert parsed('{"version": "https://jsonfeed.org/version/1", "title": "T", "items": []}') == ParsedFeed("T")


@pytest.mark.parametrize(
    "body",
    [
        '{"items": []}',
        "{}",
        "[]",
        '{"items": {"a": 1}}',
        "[" * 100_000,
        '{"version": "https://jsonfeed.org/version/1"',
        "{'a': 1}",
        '{"x":' + "1" * 10_000 + "}",
    ],
)
def test_no_json_feed(body: str) -> None:
    """Other JSON, and what is none, is an error."""
    with pytest.raises(MalformedFeed):
        parsed(body)


def test_odd_values() -> None:
    """Values of the wrong type are as if they were missing."""
    item: dict[str, object] = {
        "id": None,
        "title": ["x"],
        "content_text": "Tekst.",
        "tags": "a",
        "attachments": [1, {"url": 5}],
        "image": {},
        "date_published": True,
    }
    (release,) = parsed(json.dumps({"version": "https://jsonfeed.org/version/1", "items": [item]})).releases
    assert release.content.title == "Tekst."
    assert release.content.documents == ()
