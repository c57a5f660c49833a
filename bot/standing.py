"""How the bot stands at this moment: read when it is asked for, and at most once in five seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Generic, Protocol, TypeVar, runtime_checkable

from bot.domain.newsroom import Feed
from bot.errors import StorageError
from bot.ports import Clock, Database, OutboxHealth, Pause, Transaction, Worker
from bot.presence import LEASE

KEEP = 5.0
"""Seconds for which a reading holds."""
ANSWERS_WITHIN = 1.0
"""Seconds in which a database that is well answers."""
COUNTS_WITHIN = 5.0
"""Seconds that the outbox may take to be counted."""

T = TypeVar("T")


@runtime_checkable
class SaysWhetherConnected(Protocol):
    """An adapter that knows whether its platform can be reached."""

    @property
    def connected(self) -> bool:
        """Whether it could be reached when we last tried."""
        ...


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform in this process.

    `owned`: for each account that the process dispatches for, whether it owns it; None before it looked which there are.
    `dispatches`: whether it sends what is owed at all. `connected`: None where the adapter does not say.
    """

    name: str
    owned: Sequence[bool] | None = None
    dispatches: bool = True
    connected: bool | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found. None stands for what could not be read; `trouble` says why the database could not.

    `unwritten` says why it could not be written lately. `others` are the live processes beside this one, `pauses` what operators
    have paused.
    """

    at: datetime | None = None
    trouble: str = "not asked yet"
    feeds: Sequence[Feed] | None = None
    others: Sequence[Worker] = ()
    pauses: Sequence[Pause] = ()
    outbox: OutboxHealth | None = None
    platforms: Sequence[Platform] = field(default=())
    unwritten: str = ""

    @property
    def database_up(self) -> bool:
        """Whether the database answered."""
        return not self.trouble


class Kept(Generic[T]):
    """What a reading found, for some seconds: however many ask, it is read once in that time."""

    def __init__(self, read: Callable[[], Awaitable[T]], seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._read, self._seconds, self._clock = read, seconds, clock
        self._found: tuple[float, T] | None = None
        self._reading = asyncio.Lock()

    async def get(self) -> T:
        """The reading, a new one where the last is too old."""
        async with self._reading:
            if self._found is None or self._clock() - self._found[0] >= self._seconds:
                found = await self._read()
                self._found = self._clock(), found
            return self._found[1]


@dataclass(frozen=True, slots=True)
class _Found(Generic[T]):
    what: T | None
    trouble: str = ""


class Standings:
    """Reads how the bot stands. `owner` is this process; `platforms` says how those of this process do, `unwritten` as above."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        owner: str,
        platforms: Callable[[], Sequence[Platform]],
        unwritten: Callable[[], str] = str,
    ) -> None:
        self._unwritten = unwritten
        self._database, self._clock, self._owner, self._platforms = database, clock, owner, platforms
        self._feeds = Kept(lambda: self._within(ANSWERS_WITHIN, self._read_feeds), KEEP)
        self._outbox = Kept(lambda: self._within(COUNTS_WITHIN, self._count_outbox), KEEP)

    async def look(self, *, count: bool) -> Standing:
        """How it stands; the outbox is counted only where that is asked for, since it costs more than the rest."""
        feeds = await self._feeds.get()
        outbox: _Found[OutboxHealth] = await self._outbox.get() if count and not feeds.trouble else _Found(None)
        found, others, pauses = feeds.what or (None, (), ())
        trouble = feeds.trouble or outbox.trouble
        return Standing(self._clock.now(), trouble, found, others, pauses, outbox.what, self._platforms(), self._unwritten())

    async def _within(self, seconds: float, read: Callable[[Transaction], Awaitable[T]]) -> _Found[T]:
        try:
            async with asyncio.timeout(seconds), self._database.read() as tx:
                return _Found(await read(tx))
        except TimeoutError:
            return _Found(None, f"no answer within {seconds:g} seconds")
        except StorageError as error:
            return _Found(None, str(error))

    async def _read_feeds(self, tx: Transaction) -> tuple[Sequence[Feed], Sequence[Worker], Sequence[Pause]]:
        workers = await tx.workers.live(self._clock.now() - LEASE)
        others = [worker for worker in workers if worker.owner != self._owner]
        return await tx.feeds.all(), others, await tx.pauses.all()

    async def _count_outbox(self, tx: Transaction) -> OutboxHealth:
        return await tx.outbox.health()
