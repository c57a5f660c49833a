"""A SQLite file, copied as it is, while others write in it.

By SQLite's own backup (`sqlite3.Connection.backup`) within a reading transaction, in one step: so the copy is of one moment, no
writer is held up or makes it begin anew, and the rows can be counted at that very moment, to be compared with. VACUUM INTO cannot
run inside of a transaction; copying the file would miss what is in the WAL.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bot.errors import StorageError
from storage.errors import in_our_words

_MAGIC = b"SQLite format 3\0"
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"

Counts = dict[str, int]
"""Rows by table."""


def is_sqlite_file(path: Path) -> bool:
    """Whether a file is a SQLite database, and not something else."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def copy_file(source: Path, target: Path) -> Counts:
    """Copy a database into a file that is there and empty; what it held at that moment. Raises StorageError."""
    with _opened(source, "ro") as here, _opened(target, "rw") as there:
        here.execute("BEGIN")
        counts = _counts(here)
        here.backup(there)
        there.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
    return counts


def verify_file(path: Path) -> tuple[Counts, str]:
    """Look through a whole database: what it holds, and its schema. Raises StorageError for a damaged one, or one of others."""
    with _opened(path, "ro") as file:
        faults = [str(row[0]) for row in file.execute("PRAGMA integrity_check(5)")]
        if faults != ["ok"]:
            raise StorageError(f"{path} is damaged ({'; '.join(faults)[:300]}); use another backup")
        if file.execute("PRAGMA foreign_key_check").fetchone():
            raise StorageError(f"{path} is damaged (rows refer to others that are not there); use another backup")
        counts = _counts(file)
        if "alembic_version" not in counts or "release" not in counts:
            raise StorageError(f"{path} holds no installation of Pressevagt")
        (schema,) = file.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        return counts, str(schema)


def _counts(file: sqlite3.Connection) -> Counts:
    names = [str(row[0]) for row in file.execute(_TABLES)]
    return {name: int(file.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]) for name in names}  # noqa: S608 - its own


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, timeout=10, isolation_level=None)) as file:
            yield file
    except sqlite3.Error as error:
        raise in_our_words(str(path), error) or StorageError(f"{path} cannot be used ({error})") from error
