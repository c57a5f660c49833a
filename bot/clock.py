"""The time: steady, and by the database's clock.

What is due and whose lease has run out is decided by times in the database, and one clock must judge them all: the database's,
which on SQLite is this machine's. `SystemClock` is set by it once and then goes by the stopwatch of the machine, which nobody can
put forward or back. So where the database has a clock of its own, that of a machine may jump by an hour, and nothing here moves.

`TimeKeeper` asks the database's clock every ten seconds. A small difference is drift, and taken over as it is. A larger one is a
jump of the clock that all processes go by, and has to be followed, since those that start later go by it too. Before the clock
follows, what the jump falsifies in the database is put right (`Timed.leap`): a lease that was good is good, one that was not stays
ended, and what had been due soon does not wait for an hour more. Doing so twice changes nothing, so every process does it when it
notices; and, after a jump back, again until nothing is left that was on its way by the old clock (`Timed.catch_up`).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog

from bot.errors import StorageError

log = structlog.get_logger()

LOOK_EVERY = 10.0
"""Seconds between two looks at the database's clock; less than any lease."""
NOTHING = timedelta(seconds=0.1)
"""A difference above this may be a slow answer's: it is looked at carefully."""
DRIFT = timedelta(seconds=2)
"""A difference above this is a jump."""
CAREFULLY = 5
"""Readings of which the quickest counts."""
ON_ITS_WAY = 1.0
"""Seconds after which what a process was just writing when its clock leapt is written."""
ALL_HAVE_NOTICED = 2
"""After so many more looks all processes have noticed a jump."""

_STOPWATCH = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def machine_time() -> datetime:
    """What this machine's clock shows: aware UTC."""
    return datetime.now(UTC)


def stopwatch() -> float:
    """Seconds that have passed on this machine, those that it was suspended for among them: a lease runs out meanwhile."""
    return time.clock_gettime(_STOPWATCH)


class SystemClock:
    """A clock that is set to the machine's time, and runs on its stopwatch."""

    def __init__(self) -> None:
        self._zero = machine_time() - timedelta(seconds=stopwatch())
        self._latest = self.now_at_all()

    def now(self) -> datetime:
        """Aware UTC; never before what it showed last, but for a leap."""
        self._latest = max(self._latest, self.now_at_all())
        return self._latest

    def now_at_all(self) -> datetime:
        """The time as it is set, drift included."""
        return self._zero + timedelta(seconds=stopwatch())

    def steer(self, by: timedelta) -> None:
        """Put it right by a little; where that is back, it stands still until the time has come again."""
        self._zero += by

    def leap(self, by: timedelta) -> None:
        """Put it forward or back at once."""
        self._zero += by
        self._latest = self.now_at_all()


class Timed(Protocol):
    """A database, as far as it keeps time."""

    @property
    def is_shared(self) -> bool:
        """Whether its clock is another than this machine's."""
        ...

    async def clock_offset(self, clock: Callable[[], datetime], readings: int) -> timedelta:
        """How far its clock is ahead of this one. Raises StorageError."""
        ...

    async def leap(self, before: datetime, after: datetime) -> None:
        """Put right what its clock falsifies by showing `after` where it should have shown `before`. Raises StorageError."""
        ...

    async def catch_up(self, before: datetime, now: datetime, *, all_noticed: bool) -> None:
        """After a leap back: the same for what was written since by the old clock, which showed `before` when it was left.

        `all_noticed`: no process goes by the old clock any more. Raises StorageError.
        """
        ...


class TimeKeeper:
    """Keeps a clock by the database's until it is stopped."""

    def __init__(self, database: Timed) -> None:
        self._database = database
        self.clock = SystemClock()
        self._went_back_at: datetime | None = None
        self._pauses: list[float] = []
        self._stopping = asyncio.Event()

    async def set(self) -> SystemClock:
        """The clock, set by the database's. Raises StorageError."""
        self.clock.leap(await self._ahead(CAREFULLY))
        return self.clock

    def stop(self) -> None:
        """Let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping.is_set():
            # Whoever works with a database that is away says so; the stopwatch runs on meanwhile.
            with suppress(StorageError):
                await self.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._pauses[0] if self._pauses else LOOK_EVERY)

    async def look(self) -> None:
        """Ask the database's clock, and follow it. Raises StorageError."""
        ahead = await self._ahead(1)
        if abs(ahead) > NOTHING:
            ahead = await self._ahead(CAREFULLY)
        if abs(ahead) > DRIFT:
            await self._leap(ahead)
            return
        self.clock.steer(ahead)
        if self._went_back_at:
            await self._database.catch_up(self._went_back_at, self.clock.now(), all_noticed=len(self._pauses) == 1)
            del self._pauses[0]
            self._went_back_at = self._went_back_at if self._pauses else None

    async def _leap(self, ahead: timedelta) -> None:
        before = self.clock.now()
        await self._database.leap(before, before + ahead)
        self.clock.leap(ahead)
        back = ahead < timedelta(0)
        self._went_back_at = before if back else None
        self._pauses = [ON_ITS_WAY, *[LOOK_EVERY] * ALL_HAVE_NOTICED] if back else []
        log.warning("clock_jumped", seconds=round(ahead.total_seconds()))

    async def _ahead(self, readings: int) -> timedelta:
        if self._database.is_shared:
            return await self._database.clock_offset(self.clock.now_at_all, readings)
        return machine_time() - self.clock.now_at_all()
