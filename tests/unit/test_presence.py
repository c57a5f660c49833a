"""Signs of life of several processes, and what one clears up after another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from bot.ports import Worker
from bot.presence import LEASE, Presence
from storage.database import SqlDatabase
from tests.fakes.world import NOW, World
from tests.features.newsdesk import StillClock

POLL_LEASE = timedelta(minutes=2)


class Seen:
    """Two processes' presence at a time that the test moves; `live` are those that the first saw last."""

    def __init__(self, database: SqlDatabase) -> None:
        self.clock = StillClock(NOW)
        self.live: list[str] = []
        self.here = Presence(database, self.clock, "here", ["poll"], self._keep)
        self.there = Presence(database, self.clock, "there", ["poll"], lambda _workers: None)

    def _keep(self, workers: Sequence[Worker]) -> None:
        self.live = [worker.owner for worker in workers]

    async def beat(self, after: timedelta, *, there: bool) -> None:
        """Another beat, of the other process too or not."""
        self.clock.time += after
        if there:
            await self.there._tell()
        await self.here._tell()


async def test_feeds_of_a_process_that_died_are_free_a_beat_after_its_lease(database: SqlDatabase) -> None:
    """Long before their own leases end, and not before it has been silent for two beats."""
    world = World(database)
    await world.feed()
    seen = Seen(database)
    await seen.beat(timedelta(0), there=True)
    async with database.begin() as tx:
        assert len(await tx.feeds.claim_due("there", NOW, POLL_LEASE, 10)) == 1
    await seen.beat(LEASE / 2, there=False)
    assert seen.live == ["here", "there"]
    await seen.beat(LEASE, there=False)
    assert seen.live == ["here"]
    async with database.begin() as tx:
        assert await tx.feeds.claim_due("here", seen.clock.now(), POLL_LEASE, 10) == []
    await seen.beat(timedelta(seconds=5), there=False)
    async with database.begin() as tx:
        assert len(await tx.feeds.claim_due("here", seen.clock.now(), POLL_LEASE, 10)) == 1


async def test_a_process_that_only_looks_silent_keeps_what_it_has(database: SqlDatabase) -> None:
    """By a clock that jumped its last word is old; a beat later it has said another."""
    world = World(database)
    await world.feed()
    seen = Seen(database)
    await seen.beat(timedelta(0), there=True)
    async with database.begin() as tx:
        await tx.feeds.claim_due("there", NOW, POLL_LEASE, 10)
    await seen.beat(2 * LEASE, there=False)
    await seen.beat(timedelta(seconds=5), there=True)
    assert seen.live == ["here", "there"]
    async with database.begin() as tx:
        assert await tx.feeds.claim_due("here", seen.clock.now(), POLL_LEASE, 10) == []
