"""How a database is reached: its address, its connections, and its errors in our own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import DatabaseBusy, DatabaseReadOnly, DiskFull, SettingsError, StorageError

BUSY_TIMEOUT = 10.0
"""Seconds a connection waits for another process's write before it gives up."""


def database_url(text: str) -> URL:
    """`DATABASE_URL` with its asynchronous driver; raises SettingsError for what is no database we keep things in."""
    try:
        url = make_url(text)
    except ArgumentError:
        message = "DATABASE_URL is not a database address; it should look like sqlite:///data/pressevagt.db"
        raise SettingsError(message) from None
    if url.get_backend_name() != "sqlite":
        message = f"DATABASE_URL names {url.get_backend_name()}, which this version does not support; use sqlite:///path/to/file.db"
        raise SettingsError(message)
    if not url.database or url.database == ":memory:":
        message = "DATABASE_URL needs a file (sqlite:///path/to/file.db): what is owed must outlive the process"
        raise SettingsError(message)
    return url.set(drivername="sqlite+aiosqlite", database=str(Path(url.database).expanduser()))


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turn the driver's errors into ours, naming the database and the remedy."""
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseBusy(f"{what} has no connection free; if this goes on, something holds them for too long") from error
    except DBAPIError as error:
        said = str(error.orig).lower()
        if "locked" in said or "busy" in said:
            message = f"{what} stayed locked by another program for {BUSY_TIMEOUT:.0f} seconds; end that program or its transaction"
            raise DatabaseBusy(message) from error
        if "readonly" in said or "read-only" in said:
            message = f"{what} cannot be written; give this user the right to write the file and its folder"
            raise DatabaseReadOnly(message) from error
        if "full" in said:
            message = f"there is no room left to write {what}; free some space, nothing that was promised is lost"
            raise DiskFull(message) from error
        if "unable to open" in said or "disk i/o" in said:
            message = f"{what} cannot be opened ({error.orig}); check that its folder exists and may be written to"
            raise StorageError(message) from error
        if "malformed" in said or "not a database" in said:
            message = f"{what} is not a database that can be read ({error.orig}); restore it from a backup"
            raise StorageError(message) from error
        raise


WRITES = {"pressevagt_writes": True}
"""Execution options of a connection whose transactions write."""

_TO_JSON = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))


def async_engine(url: URL) -> AsyncEngine:
    """The engine that the bot works with; the folder of the database is made."""
    _make_folder(url)
    engine = create_async_engine(url, pool_size=5, max_overflow=5, connect_args={"timeout": BUSY_TIMEOUT}, json_serializer=_TO_JSON)
    _prepare(engine.sync_engine)
    return engine


def sync_engine(url: URL) -> Engine:
    """An engine of the same making for migrations, which are no coroutines."""
    _make_folder(url)
    engine = create_engine(url.set(drivername="sqlite"), connect_args={"timeout": BUSY_TIMEOUT}, json_serializer=_TO_JSON)
    _prepare(engine)
    return engine


def _make_folder(url: URL) -> None:
    try:
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder of the database {url.database} cannot be made ({error.strerror}); set DATABASE_URL to another place"
        raise StorageError(message) from error


def _prepare(engine: Engine) -> None:
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _on_connect(connection: Any, _record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's own connection
    connection.isolation_level = None  # we say BEGIN ourselves, see _on_begin
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-16000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # A deferred BEGIN that turns into a writer half way fails at once when another wrote meanwhile; IMMEDIATE waits instead.
    writes = connection.get_execution_options().get("pressevagt_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
