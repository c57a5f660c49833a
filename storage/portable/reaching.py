"""Connections that may take their time: a whole database is read in one snapshot, and written in one transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import StorageError
from storage.engine import async_engine, is_shared, name_of
from storage.errors import storage_errors
from storage.migrate import config, one_migrates
from storage.sqlite import WRITES


@asynccontextmanager
async def snapshot(address: URL) -> AsyncIterator[AsyncConnection]:
    """A database as it is now, while others write in it. Raises StorageError, and where there is none."""
    ensure_there(address)
    engine = async_engine(address, limited=False)
    if is_shared(address):
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with storage_errors(name_of(address)):
        try:
            async with engine.connect() as connection, connection.begin():
                yield connection
        finally:
            await engine.dispose()


def ensure_there(address: URL) -> None:
    """Raises StorageError where a file is none; a server is asked when it is connected to."""
    if not is_shared(address) and not Path(address.database or "").is_file():
        raise StorageError(f"{name_of(address)} is not there; check its address")


@asynccontextmanager
async def engine_for(address: URL) -> AsyncIterator[AsyncEngine]:
    """An engine whose transactions write. Raises StorageError."""
    engine = async_engine(address, limited=False)
    with storage_errors(name_of(address)):
        try:
            yield engine.execution_options(**WRITES)
        finally:
            await engine.dispose()


async def schema_of(connection: AsyncConnection) -> str | None:
    """The id of the migration that a database is at; None: there is no schema of ours."""
    return await connection.run_sync(lambda plain: MigrationContext.configure(plain).get_current_revision())


async def bring_to(connection: AsyncConnection, schema: str) -> None:
    """Migrate to a schema (`head`: this version's), as part of the transaction. Raises StorageError for one that is not known."""
    await connection.run_sync(_bring_to, schema)


def _bring_to(connection: Connection, schema: str) -> None:
    try:
        one_migrates(connection)
        command.upgrade(config(connection), schema)
    except CommandError as error:
        if MigrationContext.configure(connection).get_current_revision() is not None:
            raise StorageError(
                f"the database was made by a newer version of Pressevagt ({error}); use that version, or an empty database"
            ) from error
        raise StorageError(
            f"this version of Pressevagt does not know the schema {schema} ({error}); use the one it is of"
        ) from error
