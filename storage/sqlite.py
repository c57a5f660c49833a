"""Connections to a SQLite file: WAL, every commit on the disk, and who writes says so at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import SettingsError, StorageError

WRITES = {"pressevagt_writes": True}
"""Execution options of a connection whose transactions write."""
ALONE = {"pressevagt_alone": True}
"""Execution options of a connection whose statements are transactions of their own."""


def sqlite_url(url: URL) -> URL:
    """The address with its asynchronous driver; raises SettingsError for what is no file."""
    if not url.database or url.database == ":memory:":
        message = "DATABASE_URL needs a file (sqlite:///path/to/file.db): what is owed must outlive the process"
        raise SettingsError(message)
    return url.set(drivername="sqlite+aiosqlite", database=str(Path(url.database).expanduser()))


def make_folder(url: URL) -> None:
    """Make the folder of the file, for the user alone who runs the bot; raises StorageError."""
    try:
        Path(url.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder of the database {url.database} cannot be made ({error.strerror}); set DATABASE_URL to another place"
        raise StorageError(message) from error


def prepare(engine: Engine) -> None:
    """Have every connection set up and every transaction begun as we want it."""
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
    if connection.get_execution_options().get("pressevagt_alone", False):
        return
    writes = connection.get_execution_options().get("pressevagt_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
