"""What goes wrong with a database, in words that name it and the remedy."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError, IntegrityError

from bot.errors import DatabaseBusy, DatabaseReadOnly, DiskFull, SettingsError, StorageError
from storage import engine
from storage.database import SqlDatabase
from storage.engine import database_url
from storage.migrate import migrate, migrate_now
from tests.fakes.world import NOW, World, entry, item, opened


@pytest.fixture
async def sqlite_world(sqlite_url: str) -> AsyncIterator[World]:
    """An empty installation on SQLite."""
    await migrate(sqlite_url)
    async with opened(sqlite_url) as database:
        yield World(database)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "not a database address"),
        ("data/pressevagt.db", "not a database address"),
        ("mysql://u:p@host/x", "mysql"),
        ("postgresql+asyncpg://u:p@host/x", "postgresql"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_an_address_that_is_none_is_a_fault_of_the_settings(url: str, words: str) -> None:
    """It names DATABASE_URL, shows one that works, and quotes no password."""
    with pytest.raises(SettingsError, match="DATABASE_URL") as caught:
        database_url(url)
    assert words in str(caught.value)
    assert "u:p" not in str(caught.value)


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    migrate_now("sqlite:///~/here/pressevagt.db")
    assert (tmp_path / "here" / "pressevagt.db").is_file()


async def test_a_locked_file_is_busy_and_well_again(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program's transaction is waited for so long; readers are not held up at all."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT", 0.05)
    await migrate(sqlite_url)
    holder = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    async with opened(sqlite_url) as database:
        with pytest.raises(DatabaseBusy, match="another program"):
            async with database.begin() as tx:
                await tx.newsrooms.ensure(entry("ny"), now=NOW)
        async with database.read() as tx:
            assert await tx.newsrooms.all() == []
        holder.rollback()
        async with database.begin() as tx:
            await tx.newsrooms.ensure(entry("ny"), now=NOW)
    holder.close()


async def test_a_full_disk_is_named_and_nothing_of_the_transaction_stays(sqlite_world: World) -> None:
    """What was there is there still, and writing works again once there is room."""
    world = sqlite_world
    await world.newsroom()
    long = "ord " * 50_000

    async def write(pages: str) -> None:
        feed = await world.feed()
        async with world.database.begin() as tx:
            await tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            await tx.newsrooms.ensure(entry("ny"), now=NOW)
            await tx.releases.add(feed, [item("1", "Lang", body=long)], now=NOW, late=())

    with pytest.raises(DiskFull, match="nothing that was promised is lost"):
        await write("1")
    async with world.database.read() as tx:
        assert [newsroom.slug for newsroom in await tx.newsrooms.all()] == ["havnen"]
    await write("1000000")
    assert len(await world.rows("SELECT id FROM release")) == 1


async def test_a_limit_on_files_is_told_from_a_wrong_folder(sqlite_world: World) -> None:
    """A quota, or a limit such as ulimit's, comes as a fault of the disk: the remedy is not the folder's rights."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(StorageError, match="a quota or a limit on files is reached"):
            async with sqlite_world.database.begin() as tx:
                await tx.connection.exec_driver_sql("CREATE TABLE much AS SELECT randomblob(1000000)")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    await sqlite_world.newsroom()


async def test_a_file_that_may_only_be_read(sqlite_world: World) -> None:
    """The error says what right is missing."""
    with pytest.raises(DatabaseReadOnly, match="right to write"):
        async with sqlite_world.database.begin() as tx:
            await tx.connection.exec_driver_sql("PRAGMA query_only = ON")
            await tx.newsrooms.ensure(entry("ny"), now=NOW)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Whatever it is, it is neither migrated nor overwritten."""
    path = tmp_path / "letter.db"
    letter = "Kære redaktion, " * 1000
    await asyncio.to_thread(path.write_text, letter)
    with pytest.raises(StorageError, match="not a database"):
        await migrate(f"sqlite:///{path}")
    async with opened(f"sqlite:///{path}") as database:
        with pytest.raises(StorageError, match="not a database"):
            async with database.read() as tx:
                await tx.newsrooms.all()
    assert await asyncio.to_thread(path.read_text) == letter


async def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be made"):
        await migrate(f"sqlite:///{tmp_path / 'file' / 'pressevagt.db'}")
    with pytest.raises(StorageError, match="cannot be made"):
        SqlDatabase(f"sqlite:///{tmp_path / 'file' / 'pressevagt.db'}")


async def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    """It cannot be opened, and that is said."""
    with pytest.raises(StorageError, match="cannot be opened"):
        await migrate(f"sqlite:///{tmp_path}")


async def test_connections_that_are_all_taken_are_a_busy_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a connection for too long is an error of ours, which every caller knows how to live with."""
    pool = world.database._engine.pool
    monkeypatch.setattr(pool, "_timeout", 0.05)
    held = [await world.database._engine.connect() for _ in range(10)]
    with pytest.raises(DatabaseBusy, match="no connection free"):
        async with world.database.read() as tx:
            await tx.newsrooms.all()
    for connection in held:
        await connection.close()


async def test_connections_that_break_as_soon_as_they_are_made(world: World) -> None:
    """The pool gives up after a few of them, in an error of its own: that is the database's, and the next try may go well."""

    def broken(*_: object) -> None:
        raise DisconnectionError

    pool = world.database._engine.sync_engine
    event.listen(pool, "checkout", broken)
    for way in (world.database.begin, world.database.read, world.database.glance):
        with pytest.raises(StorageError, match="break as soon as they are made"):
            async with way():
                pass
    event.remove(pool, "checkout", broken)
    assert await world.rows("SELECT 1") == [(1,)]


async def test_a_fault_of_ours_is_not_dressed_up(world: World) -> None:
    """A broken promise of the schema stays the error that it is, and rolls the transaction back."""
    added = await world.add(item("1", "Kajen"), item("2", "Molen"))
    with pytest.raises(IntegrityError):
        async with world.database.begin() as tx:
            await tx.releases.mark_gone(added["1"], NOW)
            await tx.releases.rekey(added["1"], "2")
    assert await world.rows("SELECT gone_at FROM release") == [(None,), (None,)]


async def test_a_reader_sees_one_moment(world: World) -> None:
    """A snapshot does not change while it is looked at, and holds nobody up."""
    await world.newsroom()
    async with world.database.read() as tx:
        before = await tx.newsrooms.all()
        await world.newsroom("nabohavnen")
        assert await tx.newsrooms.all() == before


async def test_a_time_without_zone_never_reaches_the_database(world: World) -> None:
    """It would mean something else in every place it is read."""
    with pytest.raises(Exception, match="without zone"):
        async with world.database.begin() as tx:
            await tx.newsrooms.ensure(entry(), now=NOW.replace(tzinfo=None))
