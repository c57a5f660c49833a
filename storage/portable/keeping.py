"""`pressevagt backup` and `pressevagt restore`: what an installation holds as a file, and the file as an installation.

A SQLite database is kept as what it is, which is quick, exact and readable by every tool for it; any other, or where
it is asked for, as an archive (`storage.portable.archive`), which can be restored on either engine.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from sqlalchemy.engine import URL

from bot.errors import SettingsError, StorageError
from storage.engine import database_url, is_shared, name_of
from storage.migrate import migrate_now
from storage.portable.archive import Progress, is_archive, load_archive, verify_archive, write_archive
from storage.portable.copying import copy_file, is_sqlite_file, verify_file
from storage.portable.moving import refuse_while_running
from storage.portable.reaching import engine_for, snapshot
from storage.sqlite import make_folder
from storage.worker_lock import worker_lock

_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database that is in use."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup that was made, or restored: its rows in all, its schema; `former`: where the database that was there is now."""

    rows: int
    schema: str
    former: Path | None = None


async def back_up(url: str, file: Path, progress: Progress, *, force: bool = False, portable: bool = False) -> Kept:
    """Write a backup beside, verify it, and only then give it its name. Raises SettingsError and StorageError."""
    address = database_url(url)
    with new_file(address, file, force=force) as path:
        if is_shared(address) or portable:
            async with snapshot(address) as connection:
                await write_archive(connection, path, progress)
            manifest = await asyncio.to_thread(verify_archive, path)
            return Kept(sum(table.rows for table in manifest.tables), manifest.schema)
        return await asyncio.to_thread(_copied, address, path)


def _copied(address: URL, path: Path) -> Kept:
    database = Path(address.database or "")
    if not database.is_file():
        raise StorageError(f"{name_of(address)} is not there; check DATABASE_URL")
    counts = copy_file(database, path)
    found, schema = verify_file(path)
    if found != counts:
        raise StorageError(f"the backup {path} does not hold what the database held; try again")
    return Kept(sum(counts.values()), schema)


async def restore(url: str, file: Path, progress: Progress) -> Kept:
    """Put a backup in the place of the database, which must be empty on PostgreSQL, and is kept beside on SQLite.

    Raises SettingsError, SecondWorker and StorageError.
    """
    address, archive = database_url(url), _is_archive(file)
    if is_shared(address):
        if not archive:
            message = f"{file} is a SQLite database; `pressevagt migrate-data sqlite:///{file} ...` carries it into PostgreSQL"
            raise SettingsError(message)
        return await _fill(address, file, progress)
    with worker_lock(url):
        return await _put_in_place(address, file, progress, archive=archive)


def _is_archive(file: Path) -> bool:
    if not file.is_file():
        raise SettingsError(f"{file} cannot be read: there is no such file")
    if not is_archive(file) and not is_sqlite_file(file):
        raise SettingsError(f"{file} is no backup of Pressevagt's")
    return is_archive(file)


async def _fill(address: URL, file: Path, progress: Progress) -> Kept:
    async with engine_for(address) as engine, engine.connect() as connection, connection.begin():
        await refuse_while_running(connection, address)
        manifest = await load_archive(connection, file, progress)
    return Kept(sum(table.rows for table in manifest.tables), manifest.schema)


async def _put_in_place(address: URL, file: Path, progress: Progress, *, archive: bool) -> Kept:
    make_folder(address)
    database = _file_of(address)
    with _beside(database) as path:
        here = address.set(database=str(path))
        if archive:
            kept = await _fill(here, file, progress)
        else:
            await asyncio.to_thread(copy_file, file, path)
            counts, schema = await asyncio.to_thread(verify_file, path)
            await asyncio.to_thread(migrate_now, here.render_as_string(hide_password=False))
            kept = Kept(sum(counts.values()), schema)
        _alone_in_one_file(path)
        former = _keep_former(database)
        path.replace(database)
        _to_disk(database.parent)
    return Kept(kept.rows, kept.schema, former)


def _file_of(address: URL) -> Path:
    return Path(address.database or "").resolve()


def _keep_former(database: Path) -> Path | None:
    """Give the database that is there another name as well; None where there is none."""
    if not database.exists():
        return None
    former = database.with_name(f"{database.name}.before-{datetime.now(UTC):%Y%m%dT%H%M%S}-{token_hex(2)}")
    try:
        _alone_in_one_file(database)
    except sqlite3.OperationalError as error:
        message = f"{database} is in use by another program, such as `pressevagt chat`; end that first ({error})"
        raise StorageError(message) from error
    except sqlite3.DatabaseError:  # damaged, which may be why there is a backup to restore: kept as it is
        for ending in _BESIDE:
            with suppress(FileNotFoundError):
                Path(f"{database}{ending}").rename(f"{former}{ending}")
    os.link(database, former)
    return former


def _alone_in_one_file(database: Path) -> None:
    """Take in what SQLite keeps beside a database. Fails where anybody else has it open."""
    with closing(sqlite3.connect(database, timeout=1, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


@contextmanager
def new_file(address: URL, file: Path, *, force: bool) -> Iterator[Path]:
    """A file beside, for this user alone, which gets the name at the end. Raises SettingsError and StorageError.

    It never takes the place of the database or of what belongs to it: a bot that runs would go on writing to a file without a name.
    """
    if file.resolve() in _own(address):
        raise SettingsError(f"{file} is the database itself, or belongs to it; choose another name")
    if file.exists() and not force:
        raise SettingsError(f"{file} exists; write to another file, or overwrite it with --force")
    if file.exists() and not file.is_file():
        raise SettingsError(f"{file} is no file; choose another name")
    with _beside(file) as path:
        yield path
        _to_disk(path)
        if force:
            path.replace(file)
        else:
            os.link(path, file)  # fails where somebody made it meanwhile
        _to_disk(file.parent)


def _own(address: URL) -> frozenset[Path]:
    if is_shared(address):
        return frozenset()
    return frozenset(Path(f"{_file_of(address)}{ending}") for ending in ("", "-journal", ".worker", *_BESIDE))


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A file beside this one, for this user alone, until the block ends. Raises StorageError."""
    path = file.with_name(f".{file.name}.{token_hex(4)}.part")
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield path
    except OSError as error:
        raise StorageError(f"{file} cannot be written ({error.strerror or error})") from error
    finally:
        for ending in ("", "-journal", *_BESIDE):
            Path(f"{path}{ending}").unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
