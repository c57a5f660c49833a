"""The database and its transactions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from datetime import datetime, timedelta
from secrets import token_hex

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import CAREFULLY, machine_time
from bot.ports import Hint
from storage.audit import SqlAudit
from storage.broadcasts import SqlBroadcasts
from storage.buttons import SqlButtons
from storage.circles import SqlCircles
from storage.deeds import SqlDeeds
from storage.destinations import SqlDestinations
from storage.engine import async_engine, database_url, is_shared, name_of
from storage.errors import storage_errors
from storage.feeds import SqlFeeds
from storage.forgetting import SqlForgetting
from storage.hints import Watchers, begin_hints
from storage.histories import SqlHistories
from storage.installations import SqlInstallations
from storage.leap import catch_up, leap
from storage.leases import SqlLeases
from storage.listening import listening, notify
from storage.lists import SqlShownLists
from storage.lookups import SqlLookups
from storage.marks import SqlMarks
from storage.newsrooms import SqlNewsrooms
from storage.outbox import SqlOutbox
from storage.pauses import SqlPauses
from storage.pins import SqlPins
from storage.postgres import patience
from storage.releases import SqlReleases
from storage.retention import SqlRetention
from storage.search import SqlSearch
from storage.sqlite import ALONE, WRITES
from storage.summaries import SqlSummaries
from storage.takers import SqlTakers
from storage.workers import SqlWorkers


class SqlTransaction:
    """The repositories over one connection that is inside a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.newsrooms = SqlNewsrooms(connection)
        self.feeds = SqlFeeds(connection)
        self.releases = SqlReleases(connection)
        self.lookups = SqlLookups(connection)
        self.histories = SqlHistories(connection)
        self.search = SqlSearch(connection)
        self.destinations = SqlDestinations(connection)
        self.outbox = SqlOutbox(connection)
        self.audit = SqlAudit(connection)
        self.pauses = SqlPauses(connection)
        self.broadcasts = SqlBroadcasts(connection)
        self.deeds = SqlDeeds(connection)
        self.summaries = SqlSummaries(connection)
        self.pins = SqlPins(connection)
        self.lists = SqlShownLists(connection)
        self.buttons = SqlButtons(connection)
        self.installations = SqlInstallations(connection)
        self.takers = SqlTakers(connection)
        self.circles = SqlCircles(connection)
        self.retention = SqlRetention(connection)
        self.forgetting = SqlForgetting(connection)
        self.marks = SqlMarks(connection)
        self.leases = SqlLeases(connection)
        self.workers = SqlWorkers(connection)


class SqlDatabase:
    """The database behind `bot.ports.Database`, on SQLite or PostgreSQL by its address.

    SQLite lets one writer in at a time: writers of this process queue on a lock of ours, in order, and those of other processes
    on the file's own lock. On PostgreSQL writers meet at the rows that they both want.
    """

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.name = name_of(self.url)
        self.is_shared = is_shared(self.url)
        """Whether several workers may use the database at once."""
        self._engine = async_engine(self.url)
        self._snapshots = self._engine
        self._turn: AbstractAsyncContextManager[object] = asyncio.Lock()
        if self.is_shared:
            self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            self._turn = nullcontext()
        self._single = self._engine.execution_options(**({"isolation_level": "AUTOCOMMIT"} if self.is_shared else ALONE))
        self._watchers = Watchers()
        self._sender = token_hex(8)

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTransaction]:
        """A writing transaction: commits when the block ends, rolls back on an exception. Raises StorageError.

        BEGIN IMMEDIATE on SQLite, READ COMMITTED on PostgreSQL. What it changed is hinted at after the commit.
        """
        with storage_errors(self.name):
            async with self._turn, self._engine.connect() as connection:
                await connection.execution_options(**WRITES)
                hints = begin_hints(connection)
                with self._patience(connection):
                    async with connection.begin():
                        yield SqlTransaction(connection)
                        if hints and self.is_shared:
                            await notify(connection, self._sender, hints)
        self._watchers.tell(hints)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        """A snapshot to read from; never blocks a writer. Raises StorageError."""
        with storage_errors(self.name):
            async with self._snapshots.connect() as connection:
                with self._patience(connection):
                    async with connection.begin():
                        yield SqlTransaction(connection)

    @asynccontextmanager
    async def glance(self) -> AsyncIterator[SqlTransaction]:
        """For a question that is one statement: it is sent alone, without a transaction. Raises StorageError."""
        with storage_errors(self.name):
            async with self._single.connect() as connection:
                with self._patience(connection):
                    async with connection.begin():
                        yield SqlTransaction(connection)

    @asynccontextmanager
    async def watch(self, on_hint: Callable[[Hint], None]) -> AsyncIterator[None]:
        """Hear of hints after the commits that gave them, of this process and (PostgreSQL) of all others, until the block ends."""
        others = Watchers()
        with self._watchers.with_(on_hint), others.with_(on_hint):
            async with listening(self.url, self._sender, others.tell) if self.is_shared else nullcontext():
                yield

    async def clock_offset(self, clock: Callable[[], datetime] = machine_time, readings: int = CAREFULLY) -> timedelta:
        """How far the database's clock is ahead of `clock`, by the quickest of some readings; 0 on SQLite. Raises StorageError."""
        if not self.is_shared:
            return timedelta(0)
        found: list[tuple[timedelta, timedelta]] = []
        with storage_errors(self.name):
            async with self._single.connect() as connection:
                with self._patience(connection):
                    for _ in range(readings):
                        asked = clock()
                        theirs: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
                        took = clock() - asked
                        found.append((took, theirs - (asked + took / 2)))
        return min(found)[1]

    async def leap(self, before: datetime, after: datetime) -> None:
        """See `bot.clock.Timed.leap`. Raises StorageError."""
        async with self.begin() as tx:
            await leap(tx.connection, before, after)

    async def catch_up(self, before: datetime, now: datetime, *, all_noticed: bool) -> None:
        """See `bot.clock.Timed.catch_up`. Raises StorageError."""
        async with self.begin() as tx:
            await catch_up(tx.connection, before, now, all_noticed=all_noticed)

    @contextmanager
    def _patience(self, connection: AsyncConnection) -> Iterator[None]:
        with patience(connection) if self.is_shared else nullcontext():
            yield

    async def close(self) -> None:
        """Let every connection go."""
        await self._engine.dispose()
