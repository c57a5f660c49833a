"""Bringing a database to the schema of this version."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic import command

from bot.errors import StorageError
from storage.engine import WRITES, database_url, sync_engine
from storage.migrate import config, migrate, migrate_now


def tables(path: Path) -> set[str]:
    """The tables of a database file."""
    with sqlite3.connect(path) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


async def test_an_empty_file_and_no_file_become_a_database(tmp_path: Path) -> None:
    """The folder is made too; a second time changes nothing."""
    path = tmp_path / "new" / "folder" / "pressevagt.db"
    for _ in range(2):
        await migrate(f"sqlite:///{path}")
        assert {"release", "delivery", "lane", "release_search"} <= tables(path)
    empty = tmp_path / "empty.db"
    empty.touch()
    await migrate(f"sqlite:///{empty}")
    assert tables(empty) == tables(path)


@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_the_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    """Nobody changed the tables and forgot the migration."""
    url = f"sqlite:///{tmp_path / 'pressevagt.db'}"
    migrate_now(url)
    with sync_engine(database_url(url)).connect() as connection:
        command.check(config(connection))


def test_a_migration_can_be_taken_back(tmp_path: Path) -> None:
    """Down to nothing and up again."""
    path = tmp_path / "pressevagt.db"
    url = f"sqlite:///{path}"
    migrate_now(url)
    with sync_engine(database_url(url)).connect().execution_options(**WRITES) as connection, connection.begin():
        command.downgrade(config(connection), "base")
    assert not tables(path) & {"release", "delivery", "lane", "release_search"}
    migrate_now(url)
    assert "release" in tables(path)


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It happens as a whole or not at all."""
    path = tmp_path / "pressevagt.db"

    real = command.upgrade

    def upgrade_then_fail(settings: object, revision: str) -> None:
        real(settings, revision)  # type: ignore[arg-type]
        raise ZeroDivisionError

    monkeypatch.setattr(command, "upgrade", upgrade_then_fail)
    with pytest.raises(ZeroDivisionError):
        migrate_now(f"sqlite:///{path}")
    assert tables(path) == set()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """An older program says so, rather than work on tables that it does not know."""
    path = tmp_path / "pressevagt.db"
    migrate_now(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match="newer version of Pressevagt"):
        migrate_now(f"sqlite:///{path}")
