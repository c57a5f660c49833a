"""What the poller does with a document once it is there; its journeys are in tests/features."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.clock import SystemClock
from bot.domain.newsroom import Feed, FeedId, Newsroom, NewsroomId
from bot.domain.release import ParsedFeed
from bot.errors import ParseTimeout
from bot.feeds import poller
from bot.feeds.fetching.fetch import Document, Fetcher
from bot.feeds.poller import PARSERS, Poller
from storage.database import SqlDatabase

FEED = Feed(FeedId(1), Newsroom(NewsroomId(1), "havnen", "Havnen", "DK", "da", "", offered=True), "https://havnen.example/feed")
TAKES = 0.2
"""Seconds that reading one document takes here."""


def read_slowly(*_args: object, **_named: object) -> ParsedFeed:
    """As `parse`, of a long document."""
    time.sleep(TAKES)
    return ParsedFeed("Havnen", ())


async def read(database: SqlDatabase, documents: int) -> list[ParsedFeed]:
    """So many documents, come in at once."""
    reader = Poller(database, Fetcher(), SystemClock(), interval=timedelta(minutes=1), owner="test")
    each = [reader._parse(replace(FEED, id=FeedId(n)), Document(FEED.url, b"")) for n in range(documents)]
    return await asyncio.gather(*each)


async def test_a_document_that_waits_to_be_read_is_not_late(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit is for reading: the last of many that come in at once has all of it."""
    monkeypatch.setattr(poller, "parse", read_slowly)
    monkeypatch.setattr(poller, "PARSE_LIMIT", 3 * TAKES)
    assert len(await read(database, 4 * PARSERS)) == 4 * PARSERS


async def test_a_document_that_takes_too_long_is_given_up(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """And the error says for how long it was tried."""
    monkeypatch.setattr(poller, "parse", read_slowly)
    monkeypatch.setattr(poller, "PARSE_LIMIT", TAKES / 4)
    with pytest.raises(ParseTimeout, match="more than"):
        await read(database, 1)
