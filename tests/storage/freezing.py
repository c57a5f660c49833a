"""Released schemas, frozen: a database of each as SQL, with something in every table, for the tests of upgrades.

    make freeze-schema          # when a version is released: writes tests/storage/released/<version>/

What is frozen is never written again: it is what people have.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from bot import __version__
from storage.database import SqlDatabase
from storage.migrate import migrate
from tests.fakes.postgres import _binaries, running
from tests.storage.filled import fill

RELEASED = Path(__file__).parent / "released"
ENGINES = ("sqlite", "postgres")
_SETTING = re.compile(r"^(?:SET .*|SELECT pg_catalog\.set_config.*|\\.*|--.*)?\n", re.MULTILINE)
_BESIDE = "INSERT INTO sqlite_master(type,name,tbl_name,rootpage,sql)VALUES('table','{0}','{0}',0,'{1}');"
_HEADING = re.compile(r"^## \[?v?(\d+\.\d+\.\d+)\]?\W.*\d{4}-\d{2}-\d{2}", re.MULTILINE)


def released_versions(changelog: str) -> list[str]:
    """The versions that a changelog says were released: its headings with a date."""
    return _HEADING.findall(changelog)


def frozen() -> list[str]:
    """The versions whose schemas lie here."""
    return sorted(folder.name for folder in RELEASED.glob("*.*.*")) if RELEASED.is_dir() else []


def place(version: str, engine: str) -> Path:
    """Where a version's database lies."""
    return RELEASED / version / f"{engine}.sql"


def dumped(url: str) -> str:
    """A database as SQL."""
    if not url.startswith("sqlite"):
        return _dumped_by_postgres(url)
    with closing(sqlite3.connect(make_url(url).database or "")) as database:
        asked = "SELECT name, sql FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
        indexes: dict[str, str] = dict(database.execute(asked).fetchall())
        # What an index holds stands in tables beside it, so it must not make its own. Older Pythons have it do so.
        beside = {f"{sql};": _BESIDE.format(*(text.replace("'", "''") for text in (name, sql))) for name, sql in indexes.items()}
        rows = tuple(f'INSERT INTO "{name}" ' for name in indexes)
        begin, *lines, commit = (beside.get(line, line) for line in database.iterdump() if not line.startswith(rows))
    return "".join(f"{line}\n" for line in (begin, "PRAGMA writable_schema=ON;", *lines, "PRAGMA writable_schema=OFF;", commit))


def _dumped_by_postgres(url: str) -> str:
    binaries = _binaries()
    assert binaries is not None
    where = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    words = [str(binaries / "pg_dump"), "--inserts", "--no-owner", "--no-privileges", "--no-comments", where]
    sql = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    # What it says to its own server first, another version may not know.
    head, create, rest = sql.partition("CREATE ")
    return _SETTING.sub("", head) + create + re.sub(r"\n\\.*", "", rest)


def load(sql: str, url: str) -> None:
    """Make a database of SQL."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(make_url(url).database or "")) as database:
            database.executescript(sql)
        return
    with psycopg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        connection.execute(sql.encode())


@contextmanager
def _database(engine: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        if engine == "sqlite":
            yield f"sqlite:///{folder}/pressevagt.db"
            return
        with running() as server, server.bare() as url:
            yield url


async def filled(url: str) -> None:
    """Make a database of today's schema, with something in every table."""
    await migrate(url)
    database = SqlDatabase(url)
    await fill(database)
    await database.close()


def freeze(version: str) -> None:
    """Write both databases of a version down."""
    if (RELEASED / version).exists():
        sys.exit(f"{version} is frozen: raise the version in bot/__init__.py first")
    for engine in ENGINES:
        with _database(engine) as url:
            asyncio.run(filled(url))
            place(version, engine).parent.mkdir(parents=True, exist_ok=True)
            place(version, engine).write_text(dumped(url), encoding="utf-8")


if __name__ == "__main__":
    freeze(__version__)
