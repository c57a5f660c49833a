"""The database and its transactions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.buttons import SqlButtons
from storage.destinations import SqlDestinations
from storage.engine import WRITES, async_engine, database_url, storage_errors
from storage.feeds import SqlFeeds
from storage.lists import SqlShownLists
from storage.newsrooms import SqlNewsrooms
from storage.outbox import SqlOutbox
from storage.releases import SqlReleases
from storage.search import SqlSearch


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


class SqlDatabase:
    """The database behind `bot.ports.Database`.

    SQLite lets one writer in at a time: writers of this process queue on a lock of ours, in order, and those of other processes
    on the file's own lock.
    """

    def __init__(self, url: str) -> None:
        self.url = database_url(url)
        self.name = f"the database {self.url.database}"
        self._engine = async_engine(self.url)
        self._writer = asyncio.Lock()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[SqlTransaction]:
        """A writing transaction (BEGIN IMMEDIATE): commits when the block ends, rolls back on an exception. Raises StorageError."""
        with storage_errors(self.name):
            async with self._writer, self._engine.connect() as connection:
                await connection.execution_options(**WRITES)
                async with connection.begin():
                    yield SqlTransaction(connection)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        """A snapshot to read from; never blocks a writer. Raises StorageError."""
        with storage_errors(self.name):
            async with self._engine.connect() as connection, connection.begin():
                yield SqlTransaction(connection)

    async def close(self) -> None:
        """Let every connection go."""
        await self._engine.dispose()
