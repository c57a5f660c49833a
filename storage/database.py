"""The database and its transactions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Hint
from storage.buttons import SqlButtons
from storage.destinations import SqlDestinations
from storage.engine import async_engine, database_url, is_shared, name_of
from storage.errors import storage_errors
from storage.feeds import SqlFeeds
from storage.hints import Watchers, begin_hints
from storage.installations import SqlInstallations
from storage.leases import SqlLeases
from storage.listening import listening, notify
from storage.lists import SqlShownLists
from storage.marks import SqlMarks
from storage.newsrooms import SqlNewsrooms
from storage.outbox import SqlOutbox
from storage.postgres import patience
from storage.releases import SqlReleases
from storage.search import SqlSearch
from storage.sqlite import WRITES
from storage.workers import SqlWorkers

_CLOCK_READINGS = 5


class SqlTransaction:
    """The repositories over one connection that is inside a transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.newsrooms = SqlNewsrooms(connection)
        self.feeds = SqlFeeds(connection)
        self.releases = SqlReleases(connection)
        self.search = SqlSearch(connection)
        self.destinations = SqlDestinations(connection)
        self.outbox = SqlOutbox(connection)
        self.lists = SqlShownLists(connection)
        self.buttons = SqlButtons(connection)
        self.installations = SqlInstallations(connection)
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
        self._single = self._engine.execution_options(isolation_level="AUTOCOMMIT") if self.is_shared else self._engine
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
        """For a question that is one statement: on PostgreSQL it is sent alone, without a transaction. Raises StorageError."""
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

    async def clock_offset(self) -> timedelta:
        """How far the database's clock is ahead of ours, by the quickest of a few readings; 0 on SQLite. Raises StorageError."""
        if not self.is_shared:
            return timedelta(0)
        readings: list[tuple[timedelta, timedelta]] = []
        with storage_errors(self.name):
            async with self._single.connect() as connection:
                for _ in range(_CLOCK_READINGS):
                    asked = datetime.now(UTC)
                    theirs: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
                    took = datetime.now(UTC) - asked
                    readings.append((took, theirs - (asked + took / 2)))
        return min(readings)[1]

    @contextmanager
    def _patience(self, connection: AsyncConnection) -> Iterator[None]:
        with patience(connection) if self.is_shared else nullcontext():
            yield

    async def close(self) -> None:
        """Let every connection go."""
        await self._engine.dispose()
