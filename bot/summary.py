"""What operators need not know at once they are told together, once a day: exactly once, whatever number of processes there are.

The day's summary is owed in the transaction that takes the day on, so none is lost and none is told twice. A day on which nothing
runs at the hour is told of as soon as something does.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta, tzinfo

from bot import __version__
from bot.alerts.fanout import owe_notice
from bot.alerts.when import moment_of
from bot.cards.day import Day, FailingFeed, day_to_json
from bot.domain.newsroom import Feed, FeedState
from bot.domain.subscription import DestinationId
from bot.feeds.telling import was_told
from bot.log import one_round
from bot.ports import Clock, Database, Transaction
from bot.presence import LEASE

CODE = "summary"
LOOK_EVERY = 30.0
"""Seconds between two looks at the clock, which may jump."""
_DAY = timedelta(days=1)


def day_at(now: datetime, at: time, zone: tzinfo) -> date:
    """The day whose summary was last due, by the zone's own clocks. Pure."""
    today = now.astimezone(zone).date()
    return today if moment_of(today, at, zone) <= now else today - _DAY


class Summary:
    """Tells `operators` every day at `at`, by the clocks of `zone`, what went wrong since it told them last."""

    def __init__(self, database: Database, clock: Clock, operators: Sequence[DestinationId], at: time, zone: tzinfo) -> None:
        self._database, self._clock, self._operators, self._at, self._zone = database, clock, operators, at, zone
        self._told: date | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping.is_set():
            with one_round("summary_put_off"):
                await self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), LOOK_EVERY)

    async def look(self) -> None:
        """Tell of the day whose hour has come, unless that was done. Raises StorageError."""
        now = self._clock.now()
        day = day_at(now, self._at, self._zone)
        if day == self._told:
            return
        async with self._database.begin() as tx:
            since = await tx.summaries.begin(day.isoformat(), now)
            if since is not None:
                await self._tell(tx, day, since, now)
        self._told = day

    async def _tell(self, tx: Transaction, day: date, since: datetime, now: datetime) -> None:
        found = await gathered(tx, since, now)
        if found.is_quiet:
            return
        await owe_notice(tx, self._operators, f"{CODE}:{day.isoformat()}", CODE, {"day": day_to_json(found)}, now)


async def gathered(tx: Transaction, since: datetime, now: datetime) -> Day:
    """What there is to say of the time since then."""
    troubles = await tx.summaries.troubles(since, now)
    return Day(
        since=since.isoformat(),
        version=__version__,
        dead=troubles.dead,
        closed=troubles.closed,
        left=troubles.left,
        ambiguous=troubles.ambiguous,
        feeds=[_failing(feed) for feed in await tx.feeds.all() if _is_failing(feed)],
        paused=[(pause.platform, pause.account) for pause in await tx.pauses.all()],
        # No Counter: made anew from its pairs, as `asdict` makes what it copies, it counts the pairs.
        versions=dict(Counter(worker.version for worker in await tx.workers.live(now - LEASE))),
    )


def _is_failing(feed: Feed) -> bool:
    return feed.state is not FeedState.LIVE or was_told(feed)


def _failing(feed: Feed) -> FailingFeed:
    since = feed.last_good_at.isoformat() if feed.last_good_at else ""
    fault = "gone" if feed.state is FeedState.ENDED else feed.fault
    return FailingFeed(feed.newsroom.name, "held" if feed.state is FeedState.HELD else fault or "", since)
