"""Releases that have been missing from their feed for a while: were they taken down?"""

from __future__ import annotations

from bot.alerts.fanout import owe_corrections
from bot.domain.newsroom import Feed
from bot.domain.release import Release
from bot.errors import FeedError
from bot.feeds.fetching.fetch import Fetcher
from bot.ports import Clock, Database

ASK_AGAIN_AFTER_POLLS = 60
"""A missing release whose address still answers is asked for again after so many polls."""
ASK_AT_MOST = 5

_WITHDRAWN = frozenset({404, 410})


async def withdrawn(feed: Feed, database: Database, fetcher: Fetcher, clock: Clock) -> list[Release]:
    """Those of the missing whose addresses answer 404 or 410: they were taken down, which is written down. Raises StorageError."""
    polls = feed.polls + 1
    async with database.read() as tx:
        releases = await tx.feeds.missing(feed.id, polls, ASK_AT_MOST)
    if not releases:
        return []
    gone = [release for release in releases if await _is_withdrawn(release, fetcher)]
    async with database.begin() as tx:
        await tx.feeds.mark_missing({release.id: polls + ASK_AGAIN_AFTER_POLLS for release in releases if release not in gone})
        now = clock.now()
        struck = [(release.id, await tx.releases.mark_gone(release.id, now)) for release in gone]
        # Where one stands, it is struck.
        revised = [(release_id, revision) for release_id, revision in struck if revision is not None]
        await owe_corrections(tx, feed.newsroom.id, revised, now)
    return gone


async def _is_withdrawn(release: Release, fetcher: Fetcher) -> bool:
    url = release.content().url
    try:
        return bool(url) and await fetcher.status(url) in _WITHDRAWN
    except FeedError:
        return False
