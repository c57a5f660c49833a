"""What an installation holds, as one file that is of no engine.

A zip file with a member `<table>.jsonl` for each table, a row a line (`storage.portable.lines`), and at its end `manifest.json`:
`{"pressevagt": "0.1.0", "format": 1, "schema": "0001", "at": "2026-11-20T11:00:00+00:00",
"tables": [{"name": "account", "rows": 2, "digest": "…"}, …]}`, the tables in an order in which they can be written.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import __version__
from bot.errors import StorageError
from storage.portable.filling import go_on_numbering, index_releases, insert_rows
from storage.portable.lines import Tally, line_of, row_of
from storage.portable.reaching import bring_to, schema_of
from storage.portable.tables import count_rows, first_filled, key_of, rows_of, tables_of

BATCH = 1000
SEARCH = "search index"
"""What progress calls the making of it."""
_FORMAT = 1
_MANIFEST = "manifest.json"

Progress = Callable[[str, int, int], None]
"""Hears how far it is: the table's name, how many rows of it are through, and how many it has."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A table of an archive: its rows, and the sum of their hashes."""

    name: str
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself."""

    version: str
    schema: str
    at: str
    tables: tuple[Carried, ...]


async def write_archive(connection: AsyncConnection, path: Path, progress: Progress) -> Manifest:
    """Write what the snapshot of a database holds into a file, which is there and empty. Raises StorageError."""
    schema = await schema_of(connection)
    if schema is None:
        raise StorageError("there is nothing to back up: the database has no schema of Pressevagt's yet")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        carried = [await _write_table(connection, table, file, progress) for table in await tables_of(connection)]
        manifest = Manifest(__version__, schema, datetime.now(UTC).isoformat(timespec="seconds"), tuple(carried))
        file.writestr(_MANIFEST, _to_json(manifest))
    return manifest


async def _write_table(connection: AsyncConnection, table: Table, file: zipfile.ZipFile, progress: Progress) -> Carried:
    total, tally, after = await count_rows(connection, table), Tally(), None
    progress(table.name, 0, total)
    with file.open(f"{table.name}.jsonl", "w", force_zip64=True) as member:
        while rows := await rows_of(connection, table, after, BATCH):
            for line in map(line_of, rows):
                tally.add(line)
                member.write(f"{line}\n".encode())
            after = key_of(table, rows[-1])
            progress(table.name, tally.rows, total)
    if tally.rows != total:
        raise StorageError(f"of the table {table.name} {tally.rows} rows were read, though it has {total}; try again")
    return Carried(table.name, tally.rows, tally.digest)


def verify_archive(path: Path) -> Manifest:
    """Read a whole archive: what it says of itself, which is so. Raises StorageError."""
    with _opened(path) as file:
        manifest = _manifest(file, path)
        for table in manifest.tables:
            tally = Tally()
            for line in _lines(file, table.name):
                tally.add(line)
            _compare(path, table, tally)
    return manifest


async def load_archive(connection: AsyncConnection, path: Path, progress: Progress) -> Manifest:
    """Fill an empty database within its transaction, and bring it to this version's schema. Raises StorageError."""
    with _opened(path) as file:
        manifest = _manifest(file, path)
        await bring_to(connection, manifest.schema)
        tables = {table.name: table for table in await tables_of(connection)}
        if filled := await first_filled(connection, list(tables.values())):
            raise StorageError(f"the database is not empty (the table {filled} has rows); restore into a new one")
        for carried in manifest.tables:
            if carried.name not in tables:
                raise StorageError(f"{path} has a table {carried.name}, which the schema {manifest.schema} does not know")
            await _load_table(connection, tables[carried.name], carried, path, file, progress)
    await go_on_numbering(connection, list(tables.values()))
    await bring_to(connection, "head")
    await index_all(connection, progress)
    return manifest


async def _load_table(
    connection: AsyncConnection, table: Table, carried: Carried, path: Path, file: zipfile.ZipFile, progress: Progress
) -> None:
    progress(table.name, 0, carried.rows)
    lines, done = _lines(file, table.name), 0
    while some := list(islice(lines, BATCH)):
        try:
            await insert_rows(connection, table, [row_of(table, line) for line in some])
        except ValueError as error:
            raise _damaged(path, f"a row of {table.name} cannot be read") from error
        done += len(some)
        progress(table.name, done, carried.rows)
    _compare(path, carried, await tally_of(connection, table))


async def tally_of(connection: AsyncConnection, table: Table, progress: Callable[[int], None] = lambda _rows: None) -> Tally:
    """The rows of a table as it is in a database."""
    tally, after = Tally(), None
    while rows := await rows_of(connection, table, after, BATCH):
        for row in rows:
            tally.add(line_of(row))
        after = key_of(table, rows[-1])
        progress(tally.rows)
    return tally


async def index_all(connection: AsyncConnection, progress: Progress) -> None:
    """Make every release findable."""
    (releases,) = [table for table in await tables_of(connection) if table.name == "release"]
    total, done, ids = await count_rows(connection, releases), 0, [0]
    progress(SEARCH, 0, total)
    while ids := await index_releases(connection, ids[-1], BATCH):
        done += len(ids)
        progress(SEARCH, done, total)


def is_archive(path: Path) -> bool:
    """Whether a file is an archive, and not something else."""
    return zipfile.is_zipfile(path)


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError) as error:
        raise _damaged(path, str(error)) from error


def _manifest(file: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        said: dict[str, Any] = json.loads(file.read(_MANIFEST))
        if said["format"] != _FORMAT:
            raise StorageError(f"{path} was made by a newer version of Pressevagt ({said['pressevagt']}); use that version")
        tables = tuple(Carried(str(each["name"]), int(each["rows"]), str(each["digest"])) for each in said["tables"])
        return Manifest(str(said["pressevagt"]), str(said["schema"]), str(said["at"]), tables)
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise _damaged(path, f"its {_MANIFEST} cannot be read") from error


def _to_json(manifest: Manifest) -> str:
    said = {"pressevagt": manifest.version, "format": _FORMAT, "schema": manifest.schema, "at": manifest.at}
    return json.dumps(said | {"tables": [asdict(table) for table in manifest.tables]}, indent=1)


def _lines(file: zipfile.ZipFile, name: str) -> Iterator[str]:
    """The lines of a member. Raises StorageError for a damaged one."""
    path = Path(file.filename or "")
    try:
        with file.open(f"{name}.jsonl") as member:
            for line in member:
                yield line.decode().removesuffix("\n")
    except (KeyError, EOFError, OSError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise _damaged(path, f"its table {name} cannot be read") from error


def _compare(path: Path, said: Carried, found: Tally) -> None:
    if (said.rows, said.digest) != (found.rows, found.digest):
        raise _damaged(path, f"its table {said.name} should have {said.rows} rows, and has {found.rows} or others")


def _damaged(path: Path, why: str) -> StorageError:
    return StorageError(f"{path} is no whole backup of Pressevagt's ({why}); use another one")
