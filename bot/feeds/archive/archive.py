"""The archive as a part of the bot: one process at a time looks at documents and walks through histories."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from time import monotonic

import structlog

from bot.errors import StorageError
from bot.feeds.archive.asking import Asking
from bot.feeds.archive.historian import Historian
from bot.feeds.archive.looker import Looker
from bot.feeds.archive.ways import Ways
from bot.feeds.fetching.fetch import Fetcher
from bot.feeds.parsers import Parsers
from bot.happenings import Witness, nobody
from bot.ports import Clock, Database

log = structlog.get_logger()

TICK = 5.0
"""Seconds after which it looks what is due even if nobody said so. Somebody nearly always does: the guarantee is the alert's, which
waits two seconds and no longer."""
PAUSE = 1.0
"""Seconds before it tries again what went wrong."""
LEASE_NAME = "archive"
LEASE = timedelta(seconds=20)
BEAT = 5.0
"""Seconds between two renewals of the lease."""
STOP_WITHIN = 5.0


class Archive:
    """Runs until it is stopped. `alone`: no other process can be there, and whoever held something before us is dead.

    `spacing`: seconds between two requests to one host. `most`: releases of each newsroom's history; 0: histories are not fetched.
    One process does all of it, by a lease: so the spacing holds however many there are.
    """

    def __init__(
        self,
        database: Database,
        fetcher: Fetcher,
        clock: Clock,
        *,
        owner: str,
        spacing: float,
        most: int,
        alone: bool = False,
        witness: Witness = nobody,
    ) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._alone = alone
        self._wake = asyncio.Event()
        asking = Asking(fetcher, clock, spacing)
        self._parsers = Parsers()
        self._looker = Looker(database, fetcher, asking, clock, owner=owner, witness=witness, on_free=self.wake)
        ways = Ways(asking, self._parsers, clock, database)
        self._historian = Historian(database, ways, clock, owner=owner, most=most, on_free=self.wake)
        self._renewed_at: float | None = None
        self._stopping = False

    def wake(self) -> None:
        """A document is to be looked at, or a newsroom is new."""
        self._wake.set()

    def stop(self) -> None:
        """Take up nothing more; what is under way is finished, then `run` returns."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until `stop`."""
        try:
            while not self._stopping:
                self._wake.clear()
                pause = await self._round()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)
        finally:
            await asyncio.gather(self._looker.finish(STOP_WITHIN), self._historian.finish(STOP_WITHIN))
            self._parsers.close()
            with suppress(StorageError):
                async with self._database.begin() as tx:
                    await tx.leases.release(self._owner, LEASE_NAME)

    async def _round(self) -> float:
        """Take up what is due; seconds until it is worth looking again."""
        try:
            if not await self._is_ours():
                return TICK
            due = [when for when in (await self._looker.round(), await self._historian.round()) if when]
        except StorageError as error:
            log.error("archive_waits", error=str(error))
            return PAUSE
        except Exception:  # a fault of ours in one round must not end all of them
            log.exception("archive_broken")
            return PAUSE
        waits = (min(due) - self._clock.now()).total_seconds() if due else TICK
        return min(max(waits, 0.05), TICK)

    async def _is_ours(self) -> bool:
        """Whether this process is the one; what its forerunner had in hand is taken from it. Raises StorageError."""
        if self._renewed_at is not None and (self._alone or monotonic() - self._renewed_at < BEAT):
            return True
        async with self._database.begin() as tx:
            ours = self._alone or await tx.leases.take(LEASE_NAME, self._owner, self._clock.now(), LEASE)
            if ours and self._renewed_at is None:
                await tx.lookups.let_go()
                await tx.histories.let_go()
        self._renewed_at = monotonic() if ours else None
        return ours
