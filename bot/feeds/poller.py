"""Which feeds are due, and who polls them: claimed under leases, many at a time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic

import structlog

from bot.domain.newsroom import Feed, FeedId
from bot.domain.subscription import DestinationId
from bot.errors import StorageError
from bot.feeds.fetching.fetch import Fetcher
from bot.feeds.parsers import Parsers
from bot.feeds.poll import Means, Poll
from bot.gather import Gather
from bot.happenings import Witness, nobody
from bot.ports import Clock, Database, PollResult
from bot.tasks import finish

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
"""How long a claimed feed is ours. A poll that waits for its turn longer than that has its lease renewed meanwhile."""
RENEW_EVERY = 30.0
"""Seconds between two renewals of the leases in hand, by a clock that nobody sets."""
AT_ONCE = 128
"""Polls under way at one time, most of them waiting for an answer."""
TICK = 1.0
"""Seconds after which the feeds are looked at even if none said when it is due."""
SETTLE_WITHIN = 0.05
STOP_WITHIN = 10.0


class Poller:
    """Polls every feed when it is due. `witness` hears what may be counted."""

    def __init__(
        self,
        database: Database,
        fetcher: Fetcher,
        clock: Clock,
        *,
        interval: timedelta,
        owner: str,
        operators: Sequence[DestinationId] = (),
        witness: Witness = nobody,
        looks: bool = False,
    ) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._results = Gather(self._settle, SETTLE_WITHIN)
        self._means = Means(
            database,
            fetcher,
            Parsers(),
            clock,
            interval,
            owner,
            operators,
            witness,
            chance=random.Random(owner).random,  # noqa: S311 - it spreads polls, it guards nothing
            put=self._results.put,
            looks=looks,
        )
        self._polls: set[asyncio.Task[None]] = set()
        self._in_hand: dict[FeedId, asyncio.Task[None]] = {}
        self._renewed_at = monotonic()
        self._backlog = False
        # Whether a claim failed: it may have been made all the same, and only the word of it was lost.
        self._unsure = False
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """A feed may be due earlier than we thought."""
        self._wake.set()

    def stop(self) -> None:
        """Claim nothing more; what is under way is finished, then `run` returns."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Poll until `stop`."""
        writer = asyncio.create_task(self._results.run())
        try:
            while not self._stopping:
                try:
                    pause = await self._round()
                except StorageError as error:
                    log.error("database_unusable", error=str(error))
                    pause = TICK
                except Exception:  # a fault of ours in one round must not end all of them
                    log.exception("poller_broken")
                    pause = TICK
                await self._sleep(pause)
        finally:
            await self._finish(writer)

    async def _finish(self, writer: asyncio.Task[None]) -> None:
        await finish(self._polls, STOP_WITHIN)
        await self._results.drain(STOP_WITHIN)
        writer.cancel()
        await asyncio.gather(writer, return_exceptions=True)
        self._means.parsers.close()
        with suppress(StorageError):
            async with self._database.begin() as tx:
                await tx.feeds.let_go(self._owner)

    async def _round(self) -> float:
        """Take up what is due; seconds until it is worth looking again."""
        self._wake.clear()
        now = self._clock.now()
        if self._in_hand and monotonic() - self._renewed_at >= RENEW_EVERY:
            await self._renew(now)
        room = AT_ONCE - len(self._polls) - len(self._results)
        if room <= 0:
            return TICK
        if not self._backlog and not self._unsure:
            async with self._database.glance() as tx:
                due = await tx.feeds.next_due()
            if due is None:
                return TICK
            if due > now:
                return min((due - now).total_seconds(), TICK)
        unsure, self._unsure = self._unsure, True
        async with self._database.begin() as tx:
            if unsure:
                await tx.feeds.let_go(self._owner)
            feeds = await tx.feeds.claim_due(self._owner, now, LEASE, room)
        self._unsure = False
        self._backlog = len(feeds) == room
        for feed in feeds:
            self._take_up(feed)
        return 0.0 if self._backlog else TICK

    async def _renew(self, now: datetime) -> None:
        async with self._database.begin() as tx:
            await tx.feeds.renew(self._in_hand, self._owner, now + LEASE)
        self._renewed_at = monotonic()

    def _take_up(self, feed: Feed) -> None:
        if before := self._in_hand.get(feed.id):
            # Its lease ran out, so another may have polled the feed since: what it started from may be of yesterday.
            before.cancel()
        task = asyncio.create_task(self._poll(feed))
        self._in_hand[feed.id] = task
        self._polls.add(task)
        task.add_done_callback(self._done)

    async def _poll(self, feed: Feed) -> None:
        poll = Poll(feed, self._means)
        try:
            await poll.run()
        finally:
            if self._in_hand.get(feed.id) is asyncio.current_task():
                del self._in_hand[feed.id]
        await poll.follow_up()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._polls.discard(task)
        self._wake.set()

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    async def _settle(self, results: list[PollResult]) -> None:
        async with self._database.begin() as tx:
            await tx.feeds.settle(results, owner=self._owner)
        self._wake.set()
