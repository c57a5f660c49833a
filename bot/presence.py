"""Several processes on one database: each says that it is there and what it does, and sees who else is."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

import structlog

from bot import __version__
from bot.log import lesser_fault, one_round
from bot.ports import ChatAdapter, Clock, Database, Transaction, Worker

log = structlog.get_logger()

BEAT = 5.0
"""Seconds between two signs of life, and between two renewals of a lease."""
LEASE = timedelta(seconds=20)
"""After so long without a sign of life a process counts as gone, and what it had leased is free."""
REMEMBERED = timedelta(days=1)
"""A process that is gone is cleared up after by another; those that nobody saw go within this leave nothing to clear up."""


class Presence:
    """Tells of this process, its `roles` being what it does, and hands those that live to `on_workers` at every beat."""

    def __init__(
        self, database: Database, clock: Clock, owner: str, roles: Iterable[str], on_workers: Callable[[Sequence[Worker]], None]
    ) -> None:
        self._database, self._clock, self._owner, self._on_workers = database, clock, owner, on_workers
        self._roles = frozenset(roles)
        self._where = f"{socket.gethostname()}:{os.getpid()}"
        self._started = clock.now()
        self._silent: tuple[Worker, ...] = ()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Say goodbye, and let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping.is_set():
            with one_round("presence_not_told"):
                await self._tell()
            await _either(self._stopping, BEAT)
        with lesser_fault("presence_not_ended"):
            async with self._database.begin() as tx:
                await tx.workers.gone(self._owner)
                await tx.leases.release(self._owner)

    async def _tell(self) -> None:
        now = self._clock.now()
        me = Worker(self._owner, self._roles, self._where, __version__, self._started, now)
        async with self._database.begin() as tx:
            await tx.workers.seen(me)
            known = await tx.workers.live(now - REMEMBERED)
            await self._clear_up(tx, [worker for worker in known if worker.seen_at < now - LEASE])
        self._on_workers([worker for worker in known if worker.seen_at >= now - LEASE])

    async def _clear_up(self, tx: Transaction, silent: Sequence[Worker]) -> None:
        """After processes that are gone: else the feeds that they were just reading would wait for the end of a longer lease.

        One is gone where a beat later it has still said nothing: what it said last may only look old, by a clock that jumped.
        """
        for worker in silent:
            if worker in self._silent:
                await tx.feeds.let_go(worker.owner)
                await tx.workers.gone(worker.owner)
        self._silent = tuple(silent)


class Listening:
    """Lets an adapter listen while this process holds the lease for it: where only one process may ask for what people say."""

    def __init__(self, adapter: ChatAdapter, database: Database, clock: Clock, owner: str) -> None:
        self._adapter, self._database, self._clock, self._owner = adapter, database, clock, owner
        self._until: datetime | None = None
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Hear nothing more, and let `run` return."""
        self._stopping.set()

    async def run(self) -> None:
        """Until `stop`. Raises SettingsError for what the platform does not take."""
        while not self._stopping.is_set():
            if await self._take():
                async with self._let_go(), self._adapter.listen():
                    await self._hold()
            else:
                await _either(self._stopping, BEAT)

    async def _hold(self) -> None:
        while not await _either(self._stopping, BEAT) and await self._take():
            pass

    async def _take(self) -> bool:
        """Take or renew the lease. A database that cannot be reached takes away nothing before the lease has run out."""
        now = self._clock.now()
        with lesser_fault("lease_not_renewed"):
            async with self._database.begin() as tx:
                for account in await self._adapter.accounts():
                    held = await tx.leases.take(f"listen:{self._adapter.platform}:{account}", self._owner, now, LEASE)
                    self._until = now + LEASE if held else None
        return self._until is not None and now < self._until

    @asynccontextmanager
    async def _let_go(self) -> AsyncIterator[None]:
        log.info("listening", platform=self._adapter.platform)
        try:
            yield
        finally:
            log.info("listening_ended", platform=self._adapter.platform)
            self._until = None


async def _either(event: asyncio.Event, seconds: float) -> bool:
    """Wait until the event or so long; whether it was the event."""
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
