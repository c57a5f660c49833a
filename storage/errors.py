"""A database's errors in our own words, naming the database and the remedy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from bot.errors import DatabaseBusy, DatabaseReadOnly, DiskFull, StorageError
from storage.engine import BUSY_TIMEOUT


@contextmanager
def storage_errors(what: str) -> Iterator[None]:
    """Turn the driver's errors into ours; what is a fault of ours stays what it is. No message holds a password."""
    try:
        yield
    except PoolTimeout as error:
        raise DatabaseBusy(f"{what} has no connection free; if this goes on, something holds them for too long") from error
    except InvalidRequestError as error:
        # In these words, and by no error of its own, the pool says that each new connection broke before it could be handed out.
        if "This connection is closed" not in str(error):
            raise
        raise StorageError(f"{what}: connections break as soon as they are made; nothing that was promised is lost") from error
    except DBAPIError as error:
        ours = in_our_words(what, error.orig)
        if ours is None:
            raise
        raise ours from error


def in_our_words(what: str, error: BaseException | None) -> StorageError | None:
    """The error that a driver's is for us, or None where it is a fault of ours."""
    return _of_sqlite(what, error) if error is None or isinstance(error, sqlite3.Error) else _of_postgres(what, error)


def _of_sqlite(what: str, error: BaseException | None) -> StorageError | None:
    said = str(error).lower()
    if "locked" in said or "busy" in said:
        return DatabaseBusy(
            f"{what} stayed locked by another program for {BUSY_TIMEOUT:.0f} seconds; end that program or its transaction"
        )
    if "readonly" in said or "read-only" in said:
        return DatabaseReadOnly(f"{what} cannot be written; give this user the right to write the file and its folder")
    if "full" in said:
        return DiskFull(f"there is no room left to write {what}; free some space, nothing that was promised is lost")
    if "disk i/o" in said:
        return StorageError(
            f"{what} cannot be read or written ({error}); see whether a quota or a limit on files is reached, and whether the disk"
            " is sound; nothing that was promised is lost"
        )
    if "unable to open" in said:
        return StorageError(f"{what} cannot be opened ({error}); check that its folder exists and may be written to")
    if "malformed" in said or "not a database" in said:
        return StorageError(f"{what} is not a database that can be read ({error}); restore it from a backup")
    return None


# By the beginning of PostgreSQL's SQLSTATE, the longer first.
_POSTGRES: tuple[tuple[str, type[StorageError], str], ...] = (
    ("40", DatabaseBusy, "others wrote the same at the same time ({said}); it is safe to try again"),
    ("55P03", DatabaseBusy, "what is to be written stayed locked by another for too long; end that program or its transaction"),
    ("57014", DatabaseBusy, "a statement took too long and was cancelled; the server may be overloaded"),
    ("25P0", DatabaseBusy, "the server ended a transaction that did nothing for too long"),
    ("53300", DatabaseBusy, "the server has no connection free ({said}); raise its max_connections, or run fewer processes"),
    ("53100", DiskFull, "the server has no room left; free some space, nothing that was promised is lost"),
    ("53", DatabaseBusy, "the server is short of something ({said})"),
    ("25006", DatabaseReadOnly, "it may only be read: is this a standby server?"),
    ("42501", DatabaseReadOnly, "this user may not do that ({said}); make it the owner of the database"),
    ("57P", StorageError, "the server is stopping or starting; nothing that was promised is lost"),
    ("08", StorageError, "the connection broke ({said}); nothing that was promised is lost"),
    ("28", StorageError, "the server does not let us in ({said}); check user and password in DATABASE_URL"),
    ("3D000", StorageError, "there is no such database; make it with createdb"),
    ("58", StorageError, "the server cannot use its files ({said}); look into its log"),
    ("XX001", StorageError, "its files are damaged ({said}); restore it from a backup"),
    ("XX002", StorageError, "its files are damaged ({said}); restore it from a backup"),
)


def _of_postgres(what: str, error: BaseException) -> StorageError | None:
    import psycopg  # not by whoever works on SQLite

    if not isinstance(error, psycopg.Error):
        return None
    said = " ".join(str(error).split("\n", 1)[0].split())[:200]
    for beginning, kind, words in _POSTGRES:
        if (error.sqlstate or "").startswith(beginning):
            return kind(f"{what}: {words.format(said=said)}")
    if error.sqlstate is None and isinstance(error, psycopg.OperationalError):
        # Without a code it never came from a server that works: it was not reached, or the connection broke.
        return _not_reached(what, str(error))
    return None


def _not_reached(what: str, said: str) -> StorageError:
    # The server refuses a newcomer in words alone: libpq passes no code on.
    if "too many clients" in said or "connection slots" in said or "too many connections" in said:
        return DatabaseBusy(f"{what}: the server has no connection free; raise its max_connections, or run fewer processes")
    if "authentication" in said or "pg_hba.conf" in said or "no password" in said:
        return StorageError(f"{what}: the server does not let us in; check user and password in DATABASE_URL")
    if "does not exist" in said:
        return StorageError(f"{what}: there is no such database or user; make it with createdb, or correct DATABASE_URL")
    first = " ".join(said.strip().split("\n", 1)[0].split())[:200]
    return StorageError(f"{what} cannot be reached ({first}); is the server up? Nothing that was promised is lost")
