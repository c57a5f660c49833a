"""Bring a database to the schema of this version, from whatever version it had."""

from __future__ import annotations

import asyncio

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, func, select

from bot.errors import StorageError
from storage.engine import database_url, is_shared, name_of, sync_engine
from storage.errors import storage_errors
from storage.sqlite import WRITES

_LOCK = 7_377_824_301
"""The advisory lock on PostgreSQL that says "I am migrating"; the number means nothing."""


def config(connection: Connection) -> Config:
    """Alembic's configuration over an open connection; it reads no file, so it works from any folder and from a wheel."""
    settings = Config()
    settings.set_main_option("script_location", "storage:migrations")
    settings.attributes["connection"] = connection
    return settings


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
            if is_shared(address):
                connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            try:
                command.upgrade(config(connection), "head")
            except CommandError as error:
                message = f"{name_of(address)} was made by a newer version of Pressevagt ({error}); use that version"
                raise StorageError(message) from error
    finally:
        engine.dispose()
