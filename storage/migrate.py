"""Bring a database to the schema of this version, from whatever version it had."""

from __future__ import annotations

import asyncio

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, func, inspect, select

from bot.errors import StorageError
from storage.engine import database_url, name_of, sync_engine
from storage.errors import storage_errors
from storage.portable.tables import RECORD
from storage.sqlite import WRITES

_LOCK = 7_377_824_301
"""The advisory lock on PostgreSQL that says "I am migrating"; the number means nothing."""


def config(connection: Connection) -> Config:
    """Alembic's configuration over an open connection; it reads no file, so it works from any folder and from a wheel."""
    settings = Config()
    settings.set_main_option("script_location", "storage:migrations")
    settings.attributes["connection"] = connection
    return settings


def one_migrates(connection: Connection) -> None:
    """Until the end of this transaction no other process migrates; on SQLite there is but one that writes."""
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def migrate(url: str) -> None:
    """Migrate to the newest schema; does nothing where that is reached. Raises StorageError."""
    await asyncio.to_thread(migrate_now, url)


def migrate_now(url: str) -> None:
    """`migrate`, for callers without an event loop. One transaction: it happens as a whole or not at all."""
    address = database_url(url)
    engine = sync_engine(address)
    try:
        # BEGIN IMMEDIATE, or the lock, keeps a second process out until the first is through.
        with (
            storage_errors(name_of(address)),
            engine.connect().execution_options(**WRITES) as connection,
            connection.begin(),
        ):
            one_migrates(connection)
            if inspect(connection).has_table(RECORD):
                raise StorageError(
                    f"{name_of(address)} is being filled by `pressevagt migrate-data`, which has not come to its end; "
                    "start that again"
                )
            try:
                command.upgrade(config(connection), "head")
            except CommandError as error:
                message = f"{name_of(address)} was made by a newer version of Pressevagt ({error}); use that version"
                raise StorageError(message) from error
    finally:
        engine.dispose()
