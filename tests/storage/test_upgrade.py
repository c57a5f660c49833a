"""Whoever upgrades keeps everything: databases of every released schema, and of today's, come up with all that was in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Connection, text

from bot.errors import StorageError
from storage.database import SqlDatabase
from storage.engine import database_url as address_of
from storage.engine import sync_engine
from storage.migrate import config, migrate
from storage.portable.keeping import back_up, restore
from storage.sqlite import WRITES
from tests.fakes.postgres import Server
from tests.storage.filled import empty_tables, look_through, revision_of, shape_of
from tests.storage.freezing import ENGINES, dumped, filled, frozen, load, place, released_versions

pytestmark = pytest.mark.filterwarnings("ignore:.*expression-based index")
ROOT = Path(__file__).parents[2]
Bare = Callable[[], str]
each_frozen = pytest.mark.parametrize("version", frozen() or [pytest.param("", marks=pytest.mark.skip("nothing is released yet"))])


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return str(request.param)


@pytest.fixture
def bare(engine: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bare]:
    """Makes databases without anything in them."""
    if engine == "sqlite":
        numbers = iter(range(9))
        yield lambda: f"sqlite:///{tmp_path / f'{next(numbers)}.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.bare() as one, server.bare() as two:
        left = iter((one, two))
        yield lambda: next(left)


@contextmanager
def opened(url: str) -> Iterator[Connection]:
    """A connection for looking, and for migrating."""
    engine = sync_engine(address_of(url))
    try:
        with engine.connect().execution_options(**WRITES) as connection, connection.begin():
            yield connection
    finally:
        engine.dispose()


async def upgraded(sql: str, url: str) -> None:
    """Load a database, start on it as any upgrade does, and look through it."""
    load(sql, url)
    await migrate(url)
    database = SqlDatabase(url)
    try:
        await look_through(database)
    finally:
        await database.close()


async def test_a_database_of_today_can_be_frozen_and_comes_up_whole(bare: Bare) -> None:
    """So that on the day of a release nothing is left to be invented. A table that is new is filled by itself."""
    url = bare()
    await filled(url)
    database = SqlDatabase(url)
    assert await empty_tables(database) == []
    await database.close()
    with opened(url) as before:
        shape = shape_of(before)
    thawed = bare()
    await upgraded(dumped(url), thawed)
    with opened(thawed) as after:
        assert shape_of(after) == shape


@each_frozen
async def test_a_released_database_comes_up_with_all_that_was_in_it(version: str, engine: str, bare: Bare) -> None:
    """As it lies with whoever installed that version."""
    await upgraded(place(version, engine).read_text(encoding="utf-8"), bare())


@each_frozen
def test_what_was_released_is_still_made_by_the_migrations(version: str, engine: str, bare: Bare) -> None:
    """A migration that was released is never edited: those who ran it would not have what it says now."""
    old, new = bare(), bare()
    load(place(version, engine).read_text(encoding="utf-8"), old)
    with opened(old) as then, opened(new) as now:
        command.upgrade(config(now), revision_of(then))
        assert shape_of(now) == shape_of(then)


def test_every_release_has_its_schema_frozen() -> None:
    """`make freeze-schema`, before a version's heading in the changelog gets its date."""
    assert set(released_versions((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))) <= set(frozen())
    for version in frozen():
        assert [engine for engine in ENGINES if not place(version, engine).is_file()] == []


@pytest.mark.parametrize(
    ("heading", "versions"),
    [
        ("## Unreleased", []),
        ("## 0.1.0 - unreleased", []),
        ("## 0.1.0 - 2026-12-01", ["0.1.0"]),
        ("## [1.2.3] (2027-01-31)", ["1.2.3"]),
        ("## v1.2.3, 2027-01-31\n\n### Added\n\n## 0.1.0 – 2026-12-01", ["1.2.3", "0.1.0"]),
    ],
)
def test_a_heading_with_a_date_is_a_release(heading: str, versions: list[str]) -> None:
    """However it is written."""
    assert released_versions(f"# Changelog\n\n{heading}\n\n### Added\n- 1 thing on 2026-11-01") == versions


async def test_what_an_upgrade_leaves_out_is_noticed(tmp_path: Path) -> None:
    """The look through a database that has lost something fails."""
    url = f"sqlite:///{tmp_path / 'a.db'}"
    await filled(url)
    with sqlite3.connect(tmp_path / "a.db") as file:
        file.execute("UPDATE destination SET options = NULL")
    with pytest.raises(AssertionError):
        await upgraded(dumped(url), f"sqlite:///{tmp_path / 'b.db'}")


async def test_going_back_needs_an_empty_database(postgres: Server, tmp_path: Path) -> None:
    """The former version finds tables of a newer one, says so, and leaves them alone."""
    source, file = f"sqlite:///{tmp_path / 'a.db'}", tmp_path / "backup.zip"
    await filled(source)
    await back_up(source, file, _quiet, portable=True)
    with postgres.bare() as url:
        await migrate(url)
        with opened(url) as newer:
            newer.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(StorageError, match=r"made by a newer version .* or an empty database"):
            await restore(url, file, _quiet)
    with postgres.bare() as url:
        await restore(url, file, _quiet)
        database = SqlDatabase(url)
        await look_through(database)
        await database.close()


def _quiet(_name: str, _done: int, _total: int) -> None:
    """Nobody looks on."""
