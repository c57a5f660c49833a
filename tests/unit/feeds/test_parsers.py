"""How documents are read aside: a few at a time, each with all of its time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from bot.domain.newsroom import Feed, FeedId, Newsroom, NewsroomId
from bot.domain.release import ParsedFeed
from bot.errors import ParseTimeout
from bot.feeds import parsers
from bot.feeds.fetching.fetch import Document
from bot.feeds.parsers import PARSERS, Parsers
from tests.fakes.world import NOW

FEED = Feed(FeedId(1), Newsroom(NewsroomId(1), "havnen", "Havnen", "DK", "da", "", offered=True), "https://havnen.example/feed")
TAKES = 0.2
"""Seconds that reading one document takes here."""


def read_slowly(*_args: object, **_named: object) -> ParsedFeed:
    """As `parse`, of a long document."""
    time.sleep(TAKES)
    return ParsedFeed("Havnen", ())


async def read(documents: int) -> list[ParsedFeed]:
    """So many documents, come in at once."""
    reader = Parsers()
    try:
        each = [reader.parse(replace(FEED, id=FeedId(n)), Document(FEED.url, b""), NOW) for n in range(documents)]
        return await asyncio.gather(*each)
    finally:
        reader.close()


async def test_a_document_that_waits_to_be_read_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit is for reading: the last of many that come in at once has all of it."""
    monkeypatch.setattr(parsers, "parse", read_slowly)
    monkeypatch.setattr(parsers, "PARSE_LIMIT", 3 * TAKES)
    assert len(await read(4 * PARSERS)) == 4 * PARSERS


async def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the error says for how long it was tried."""
    monkeypatch.setattr(parsers, "parse", read_slowly)
    monkeypatch.setattr(parsers, "PARSE_LIMIT", TAKES / 4)
    with pytest.raises(ParseTimeout, match="more than"):
        await read(1)
