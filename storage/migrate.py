"""Bring a database to the schema of this version, from whatever version it had."""

from __future__ import annotations

import asyncio

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from bot.errors import StorageError
from storage.engine import WRITES, database_url, storage_errors, sync_engine


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
        # BEGIN IMMEDIATE keeps a second process out until the first is through.
        with (
            storage_errors(f"the database {address.database}"),
            engine.connect().execution_options(**WRITES) as connection,
            connection.begin(),
        ):
            try:
                command.upgrade(config(connection), "head")
            except CommandError as error:
                message = f"the database {address.database} was made by a newer version of Pressevagt ({error}); use that version"
                raise StorageError(message) from error
    finally:
        engine.dispose()
