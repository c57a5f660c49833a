"""Bringing a database to the schema of this version."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Barrier

import pytest
from alembic import command
from sqlalchemy import inspect, text

from bot.errors import StorageError
from storage.engine import database_url, sync_engine
from storage.migrate import config, migrate, migrate_now
from storage.sqlite import WRITES
from tests.fakes.postgres import Server


@pytest.fixture(params=["sqlite", "postgres"])
def bare_url(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[str]:
    """The address of a database with no table in it, on each engine in turn."""
    if request.param == "sqlite":
        yield sqlite_url
    else:
        server: Server = request.getfixturevalue("postgres")
        with server.bare() as url:
            yield url


def tables(url: str) -> set[str]:
    """The tables of a database."""
    engine = sync_engine(database_url(url))
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


async def test_an_empty_file_and_no_file_become_a_database(tmp_path: Path) -> None:
    """The folder is made too."""
    url = f"sqlite:///{tmp_path / 'new' / 'folder' / 'pressevagt.db'}"
    await migrate(url)
    (tmp_path / "empty.db").touch()
    await migrate(f"sqlite:///{tmp_path / 'empty.db'}")
    assert tables(f"sqlite:///{tmp_path / 'empty.db'}") == tables(url)


async def test_a_second_time_changes_nothing(bare_url: str) -> None:
    """It is done at every start."""
    assert tables(bare_url) == set()
    for _ in range(2):
        await migrate(bare_url)
        assert {"release", "delivery", "lane", "release_search", "worker"} <= tables(bare_url)


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrations_make_what_the_models_say(bare_url: str) -> None:
    """Nobody changed the tables and forgot the migration."""
    migrate_now(bare_url)
    engine = sync_engine(database_url(bare_url))
    with engine.connect() as connection:
        command.check(config(connection))
    engine.dispose()


def test_a_migration_can_be_taken_back(bare_url: str) -> None:
    """Down to nothing and up again."""
    migrate_now(bare_url)
    engine = sync_engine(database_url(bare_url))
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        command.downgrade(config(connection), "base")
    engine.dispose()
    assert tables(bare_url) == {"alembic_version"}
    migrate_now(bare_url)
    assert "release" in tables(bare_url)


def test_a_migration_that_fails_leaves_nothing_behind(bare_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It happens as a whole or not at all."""
    real = command.upgrade

    def upgrade_then_fail(settings: object, revision: str) -> None:
        real(settings, revision)  # type: ignore[arg-type]
        raise ZeroDivisionError

    monkeypatch.setattr(command, "upgrade", upgrade_then_fail)
    with pytest.raises(ZeroDivisionError):
        migrate_now(bare_url)
    assert tables(bare_url) == set()


async def test_two_that_start_at_once_migrate_once(bare_url: str) -> None:
    """The second waits for the first, and finds nothing left to do."""
    both = Barrier(2)

    def start() -> None:
        both.wait(30)
        migrate_now(bare_url)

    await asyncio.gather(asyncio.to_thread(start), asyncio.to_thread(start))
    assert "release" in tables(bare_url)


def test_a_database_of_a_newer_version_is_left_alone(bare_url: str) -> None:
    """An older program says so, rather than work on tables that it does not know."""
    migrate_now(bare_url)
    engine = sync_engine(database_url(bare_url))
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StorageError, match="newer version of Pressevagt"):
        migrate_now(bare_url)
