"""An installation carried from one database into another, or into a file and back: nothing is lost, and nothing changes."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sqlite3
import stat
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.domain.contact import Contact, ContactKind, Phone
from bot.domain.delivery import DeliveryKind, Refused, Sent
from bot.domain.prose import paragraphs
from bot.domain.release import Content, ParsedRelease
from bot.errors import PressevagtError, SecondWorker, SettingsError, StorageError
from bot.ports import Worker
from bot.text.query import parse
from storage.database import SqlDatabase
from storage.engine import database_url as address_of
from storage.migrate import migrate, migrate_now
from storage.portable import keeping, moving
from storage.portable.archive import tally_of
from storage.portable.keeping import back_up, restore
from storage.portable.lines import Tally, line_of, row_of
from storage.portable.moving import Compared, move
from storage.portable.reaching import snapshot
from storage.portable.tables import rows_of, tables_of
from storage.worker_lock import worker_lock
from tests.fakes.postgres import Server
from tests.fakes.world import NOW, World, item

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 3


def quiet(_name: str, _done: int, _total: int) -> None:
    """Nobody looks on."""


async def lively(database: SqlDatabase, releases: int = 30) -> World:
    """An installation in the midst of its work: something in every state, words of every sort."""
    world = World(database)
    desks = [await world.desk(name, thread) for name, thread in (("desk", ""), ("desk", "7"), ("fjord 🚢", ""))]
    newsroom = await world.newsroom()
    await world.subscribe(desks[0], newsroom.id)
    await world.subscribe(desks[1])
    contact = Contact(ContactKind.PRESS, "Åse Ørsted", "Pressechef", None, (Phone("+4533331234"),), ("aase@havnen.example",))
    said = Content(
        'Æblet "faldt"', lead="A\u2028B\n\\u0000 {}", body=paragraphs("Én\n\nto"), language="da", url="https://h.example/a"
    )
    special = ParsedRelease("æ", replace(said, contacts=(contact,), keywords=("kaj", "mole")), NOW - timedelta(microseconds=1))
    kept = await world.add(special, *(item(f"r{n}", f"Molen {n}", body=f"Kajen er nummer {n}") for n in range(releases)))
    for desk in desks:
        await world.owe(desk, *list(kept.values())[:5])
    for outcome in (Sent("1"), Refused("not allowed"), Sent("2")):
        (delivery,) = await world.claim(1)
        await world.settle(delivery, outcome)
    await world.claim(1)
    await world.owe(desks[0], kept["æ"], kind=DeliveryKind.CORRECTION, revision=2)
    async with database.begin() as tx:
        await tx.outbox.owe_later(DeliveryKind.ALERT, newsroom.id, [(kept["æ"], 1)], NOW)
        await tx.releases.revise(kept["æ"], replace(said, title="Æblet lå"), now=NOW, correction=True)
        await tx.buttons.keep({f"k{n}": f"/release {n}" for n in range(5)} | {"Ø": "/help", "a": "/help", "B": "/help"}, NOW)
        await tx.marks.set("mark", NOW + timedelta(hours=1), NOW)
        await tx.leases.take("listen:test:bot", "one", NOW, timedelta(minutes=1))
        await tx.installations.keep("slack", "T1", "sealed", NOW)
        await tx.workers.seen(Worker("one", frozenset({"poll"}), "here:1", "0.1", NOW, NOW))
    return world


def names_in(folder: Path) -> list[str]:
    """The files of a folder."""
    return [path.name for path in folder.iterdir()]


async def contents(url: str) -> dict[str, tuple[int, str]]:
    """What a database holds: rows and digest by table."""
    async with snapshot(address_of(url)) as connection:
        tallies = [(table.name, await tally_of(connection, table)) for table in await tables_of(connection)]
    return {name: (tally.rows, tally.digest) for name, tally in tallies}


@pytest.fixture
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database that is not there yet (SQLite) or without any schema (PostgreSQL)."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'other' / 'pressevagt.db'}"
    else:
        server: Server = request.getfixturevalue("postgres")
        with server.bare() as url:
            yield url


both_ways = pytest.mark.parametrize("other_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
async def world(database: SqlDatabase) -> World:
    """An installation in the midst of its work."""
    return await lively(database)


async def works(url: str) -> None:
    """The bot goes on there: what is owed goes out, what is new is numbered on, what is old is found."""
    await migrate(url)
    database = SqlDatabase(url)
    try:
        there = World(database, NOW + timedelta(minutes=5), owner="two")
        assert await there.drifted() == []
        async with database.read() as tx:
            found = await tx.search.find(parse("kajen"), limit=100)
            assert len(found.releases) == 30
            (corrected,) = (await tx.search.find(parse("æblet"), limit=10)).releases
            assert (corrected.content().title, corrected.published) == ("Æblet lå", NOW - timedelta(microseconds=1))
            assert corrected.content().lead == "A\u2028B\n\\u0000 {}"
            assert await tx.buttons.command("Ø") == "/help"
        assert (await there.claim(1))[0].attempts == 0
        new = await there.release("Ny kaj")
        assert await there.owe(await there.desk("new"), new) == 1
        assert await there.drifted() == []
    finally:
        await database.close()


# Rows


async def test_a_row_is_the_same_line_on_both_engines_and_a_line_the_same_row(world: World) -> None:
    """So that tables can be compared, and files read."""
    async with snapshot(world.database.url) as connection:
        for table in await tables_of(connection):
            for row in await rows_of(connection, table, None, 1000):
                line = line_of(row)
                assert "\n" not in line
                assert row_of(table, line) == row


def test_a_tally_asks_for_no_order() -> None:
    """But for every row, as often as it is there."""
    tallies = [Tally(), Tally(), Tally(), Tally()]
    for tally, lines in zip(tallies, ("abc", "cba", "abb", "abcc"), strict=True):
        for line in lines:
            tally.add(line)
    assert tallies[0] == tallies[1]
    assert len({tally.digest for tally in tallies}) == 3


async def test_tables_come_after_those_that_they_refer_to(world: World) -> None:
    """And every table of ours is among them."""
    async with snapshot(world.database.url) as connection:
        names = [table.name for table in await tables_of(connection)]
    assert names.index("newsroom") < names.index("feed") < names.index("release") < names.index("post_release")
    assert {"account", "lane", "delivery", "worker", "mark"} <= set(names)
    assert not {"alembic_version", "release_search", "release_search_data"} & set(names)


async def test_pages_by_key_miss_nothing_and_repeat_nothing(world: World) -> None:
    """Keys of one number, of words, and of several columns."""
    async with snapshot(world.database.url) as connection:
        for table in await tables_of(connection):
            whole = await rows_of(connection, table, None, 1000)
            paged, after = [], None
            while page := await rows_of(connection, table, after, 2):
                paged += page
                after = [page[-1][column.name] for column in table.primary_key]
            assert paged == whole


# Moving


@both_ways
async def test_an_installation_moves(world: World, database_url: str, other_url: str) -> None:
    """From either engine to either: the same rows, and the bot goes on there."""
    compared = await move(database_url, other_url, quiet)
    assert {table.name for table in compared} >= {"release", "delivery", "lane"}
    assert all(table.same and table.source == table.target for table in compared)
    assert await contents(other_url) == await contents(database_url)
    await works(other_url)


@both_ways
async def test_it_is_interrupted_anywhere_and_goes_on(
    world: World, database_url: str, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After every step in turn, each start going on where the last one stopped."""
    monkeypatch.setattr(moving, "BATCH", 7)
    copied: list[str] = []

    def stop(name: str, _done: int, _total: int) -> None:
        copied.append(name)
        raise KeyboardInterrupt

    for _ in range(500):
        try:
            compared = await move(database_url, other_url, stop if len(copied) < 25 else quiet)
            break
        except KeyboardInterrupt:
            with pytest.raises(StorageError, match="migrate-data"):
                await migrate(other_url)
    assert all(table.same for table in compared)
    assert len(set(copied)) > 5
    assert await contents(other_url) == await contents(database_url)
    await works(other_url)


_KILLED = """
import asyncio, os, signal, sys
from storage.portable import moving
moving.BATCH = 5
left = int(sys.argv[3])
def count(name, done, total):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
compared = asyncio.run(moving.move(sys.argv[1], sys.argv[2], count))
assert compared and all(table.same for table in compared)
"""


@both_ways
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_is_killed_anywhere_and_goes_on(world: World, database_url: str, other_url: str) -> None:
    """By a signal that nobody can hear, in the midst of a batch or between two."""
    chance = random.Random(7)  # noqa: S311 - where it is killed
    ended = []
    for round_ in range(ROUNDS + 1):
        after = chance.randint(2, 9) if round_ < ROUNDS else 0
        command = [sys.executable, "-c", _KILLED, database_url, other_url, str(after)]
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        ended.append(await asyncio.wait_for(process.wait(), 60))
    assert ended == [-signal.SIGKILL] * ROUNDS + [0]
    assert await contents(other_url) == await contents(database_url)
    await works(other_url)


@both_ways
async def test_a_target_in_use_is_refused(world: World, database_url: str, other_url: str) -> None:
    """What is there stays as it is."""
    await migrate(other_url)
    other = SqlDatabase(other_url)
    await World(other).newsroom("andre")
    before = await contents(other_url)
    with pytest.raises(StorageError, match=r"not empty \(the table (newsroom|account|feed) has rows\)"):
        await move(database_url, other_url, quiet)
    assert await contents(other_url) == before
    await other.close()


@both_ways
async def test_another_migration_is_not_gone_on_with(world: World, database_url: str, other_url: str, tmp_path: Path) -> None:
    """What was begun from one database is not ended from another."""
    third = f"sqlite:///{tmp_path / 'third.db'}"
    await migrate(third)

    def stop(_name: str, _done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await move(database_url, other_url, stop)
    with pytest.raises(StorageError, match="being filled from another database"):
        await move(third, other_url, quiet)


@both_ways
async def test_what_changed_meanwhile_is_noticed(
    world: World, database_url: str, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no bot starts on what is not whole."""
    monkeypatch.setattr(moving, "BATCH", 10)

    def stop(name: str, done: int, _total: int) -> None:
        if name == "release" and done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await move(database_url, other_url, stop)
    async with world.database.begin() as tx:
        await tx.connection.execute(text("UPDATE newsroom SET name = 'Havn & Mole'"))
    compared = await move(database_url, other_url, quiet)
    assert [table for table in compared if not table.same] == [Compared("newsroom", 1, 1, same=False)]
    with pytest.raises(StorageError, match="migrate-data"):
        await migrate(other_url)


@both_ways
async def test_nothing_moves_while_a_worker_runs(world: World, database_url: str, other_url: str) -> None:
    """Unless it is told that it may: then it is a picture of one moment."""
    async with world.database.begin() as tx:
        await tx.workers.seen(Worker("one", frozenset({"poll"}), "desk-1:42", "0.1", NOW, datetime.now(UTC)))
    with worker_lock(database_url):
        with pytest.raises(SecondWorker, match=r"worker \((process|here)"):
            await move(database_url, other_url, quiet)
        assert all(table.same for table in await move(database_url, other_url, quiet, while_running=True))


async def test_nothing_to_move(database_url: str, tmp_path: Path, postgres: Server) -> None:
    """No file, no schema, or the target itself; no password is in what is said."""
    await migrate(database_url)
    with pytest.raises(StorageError, match="is not there"):
        await move(f"sqlite:///{tmp_path / 'nothing.db'}", database_url, quiet)
    with pytest.raises(SettingsError, match="the same"):
        await move(database_url, database_url, quiet)
    with pytest.raises(SettingsError, match="DATABASE_URL"):
        await move("nonsense", database_url, quiet)
    with postgres.bare() as bare, pytest.raises(StorageError, match="holds no installation"):
        await move(bare, database_url, quiet)
    with pytest.raises(PressevagtError) as caught:
        await move(database_url, "postgresql://bot:hemmelig@127.0.0.1:1/x", quiet)
    assert "hemmelig" not in str(caught.value)


@pytest.mark.parametrize("other_url", ["postgres"], indirect=True)
async def test_what_sqlite_alone_can_hold(sqlite_url: str, other_url: str) -> None:
    """The character NUL is left out, in words and in JSON, and the rest of the text is there."""
    await migrate(sqlite_url)
    database = SqlDatabase(sqlite_url)
    await World(database).add(item("a", "Kajen"))
    with closing(sqlite3.connect(address_of(sqlite_url).database or "")) as file:
        file.execute("UPDATE newsroom SET name = 'Hav' || char(0) || 'nen'")
        file.execute("UPDATE statement SET content = ?", ('{"lead":"a\\u0000b\\\\u0000c"}',))
        file.commit()
    assert all(table.same for table in await move(sqlite_url, other_url, quiet))
    there = World(SqlDatabase(other_url))
    assert await there.rows("SELECT name FROM newsroom") == [("Havnen",)]
    async with there.database.read() as tx:
        (release,) = (await tx.search.find(parse("kajen"), limit=2)).releases
    assert release.content().lead == "ab\\u0000c"
    await there.database.close()
    await database.close()


# Backups


async def test_a_backup_holds_what_the_database_holds(world: World, database_url: str, tmp_path: Path) -> None:
    """While somebody writes there; for nobody else to read, and never over another file unasked."""
    file = tmp_path / "backup"
    before = await contents(database_url)
    async with world.database.begin() as tx:
        await tx.connection.execute(text("UPDATE newsroom SET name = 'nothing of this is committed'"))
        kept = await back_up(database_url, file, quiet)
    assert kept.rows >= sum(rows for rows, _ in before.values())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [name for name in names_in(tmp_path) if "backup" in name] == ["backup"]
    with pytest.raises(SettingsError, match="--force"):
        await back_up(database_url, file, quiet)
    await back_up(database_url, file, quiet, force=True)


portable = pytest.mark.parametrize("portable", [False, True], ids=["own", "portable"])


@portable
async def test_a_backup_is_restored(world: World, database_url: str, tmp_path: Path, postgres: Server, *, portable: bool) -> None:
    """All of it; on SQLite what was there meanwhile is kept beside."""
    file = tmp_path / "backup"
    before = await contents(database_url)
    await back_up(database_url, file, quiet, portable=portable)
    await world.release("Nyere end kopien")
    await world.database.close()
    if world.database.is_shared:
        with pytest.raises(StorageError, match="not empty"):
            await restore(database_url, file, quiet)
        with postgres.bare() as url:
            assert (await restore(url, file, quiet)).former is None
            assert await contents(url) == before
            await works(url)
        return
    newer = await contents(database_url)
    former = (await restore(database_url, file, quiet)).former
    assert await contents(database_url) == before
    assert former is not None
    assert await contents(f"sqlite:///{former}") == newer
    assert not [name for name in names_in(tmp_path) if ".part" in name]
    await works(database_url)


@both_ways
async def test_a_portable_backup_is_of_no_engine(world: World, database_url: str, other_url: str, tmp_path: Path) -> None:
    """Made on one, restored on the other, or on the same."""
    file = tmp_path / "backup.zip"
    await back_up(database_url, file, quiet, portable=True)
    await restore(other_url, file, quiet)
    assert await contents(other_url) == await contents(database_url)
    await works(other_url)


async def test_a_portable_backup_can_be_read_by_anybody(world: World, database_url: str, tmp_path: Path) -> None:
    """A zip of JSON lines, with a table of contents."""
    file = tmp_path / "backup.zip"
    await back_up(database_url, file, quiet, portable=True)
    with zipfile.ZipFile(file) as members:
        manifest = json.loads(members.read("manifest.json"))
        rows = {table["name"]: table["rows"] for table in manifest["tables"]}
        lines = members.read("release.jsonl").decode().splitlines()
    assert (manifest["format"], rows["release"], len(lines)) == (1, 31, 31)
    assert "Ø" not in lines[0]
    assert json.loads(lines[0])["first_seen"] == "2026-11-20T11:00:00+00:00"


async def test_a_backup_of_sqlite_is_a_database(sqlite_url: str, tmp_path: Path) -> None:
    """One file, that any tool reads."""
    await migrate(sqlite_url)
    database = SqlDatabase(sqlite_url)
    await lively(database)
    await back_up(sqlite_url, tmp_path / "backup.db", quiet)
    await database.close()
    with closing(sqlite3.connect(tmp_path / "backup.db")) as file:
        assert file.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert file.execute("SELECT count(*) FROM release").fetchone() == (31,)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _spoil(file: Path) -> None:
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)
    file.write_bytes(bytes(data))


def _shorten(file: Path) -> None:
    """Whole as a zip file, and a line is missing."""
    with zipfile.ZipFile(file) as members:
        kept = {name: members.read(name) for name in members.namelist()}
    kept["release.jsonl"] = kept["release.jsonl"].partition(b"\n")[2]
    with zipfile.ZipFile(file, "w") as members:
        for name, data in kept.items():
            members.writestr(name, data)


@pytest.mark.parametrize("damage", [_cut, _spoil, _shorten])
async def test_a_damaged_backup_is_not_restored(world: World, database_url: str, tmp_path: Path, damage: object) -> None:
    """And what is there stays."""
    file, target = tmp_path / "backup.zip", f"sqlite:///{tmp_path / 'target.db'}"
    await back_up(database_url, file, quiet, portable=True)
    await migrate(target)
    database = SqlDatabase(target)
    await World(database).newsroom()
    await database.close()
    before = await contents(target)
    damage(file)  # type: ignore[operator]
    with pytest.raises(PressevagtError, match="backup"):
        await restore(target, file, quiet)
    assert await contents(target) == before
    assert not [name for name in names_in(tmp_path) if ".part" in name or ".before-" in name]


async def test_a_damaged_database_is_no_backup(sqlite_url: str, tmp_path: Path) -> None:
    """What is read back tells."""
    await migrate(sqlite_url)
    database = SqlDatabase(sqlite_url)
    await lively(database, 300)
    await database.close()
    file = tmp_path / "backup.db"
    await back_up(sqlite_url, file, quiet)
    data = bytearray(file.read_bytes())
    for page in range(5, 15):
        data[page * 4096 : page * 4096 + 16] = bytes(16)
    file.write_bytes(bytes(data))
    with pytest.raises(StorageError, match=r"damaged|not a database"):
        await restore(sqlite_url, file, quiet)


async def test_what_is_no_backup_is_not_restored(database_url: str, tmp_path: Path) -> None:
    """Nothing, a text, a database of others, and a SQLite file where PostgreSQL is in use."""
    await migrate(database_url)
    with pytest.raises(SettingsError, match="no such file"):
        await restore(database_url, tmp_path / "nothing", quiet)
    (tmp_path / "text").write_text("abc")
    with pytest.raises(SettingsError, match="no backup"):
        await restore(database_url, tmp_path / "text", quiet)
    with closing(sqlite3.connect(tmp_path / "others.db")) as file:
        file.execute("CREATE TABLE a (b)")
    with pytest.raises(PressevagtError, match=r"holds no installation|migrate-data"):
        await restore(database_url, tmp_path / "others.db", quiet)


async def test_nothing_is_restored_under_a_worker(sqlite_url: str, tmp_path: Path) -> None:
    """Nor under a chat, which has the file open."""
    await migrate(sqlite_url)
    file = tmp_path / "backup.db"
    await back_up(sqlite_url, file, quiet)
    with worker_lock(sqlite_url), pytest.raises(SecondWorker):
        await restore(sqlite_url, file, quiet)
    chat = SqlDatabase(sqlite_url)
    async with chat.read() as tx:
        await tx.newsrooms.all()
        with pytest.raises(StorageError, match="in use by another program"):
            await restore(sqlite_url, file, quiet)
    await chat.close()
    await restore(sqlite_url, file, quiet)


async def test_a_broken_database_is_kept_too(sqlite_url: str, tmp_path: Path) -> None:
    """It may be why there is something to restore."""
    await migrate(sqlite_url)
    file, database = tmp_path / "backup.db", tmp_path / "pressevagt.db"
    await back_up(sqlite_url, file, quiet)
    database.write_bytes(b"x" * 5000)
    former = (await restore(sqlite_url, file, quiet)).former
    assert former is not None
    assert former.read_bytes() == b"x" * 5000
    await migrate(sqlite_url)


async def test_a_disk_that_is_full_leaves_nothing_behind(
    world: World, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup is there whole or not at all."""

    def full(*_args: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keeping, "verify_archive", full)
    with pytest.raises(StorageError, match="No space left"):
        await back_up(database_url, tmp_path / "backup.zip", quiet, portable=True)
    assert [name for name in names_in(tmp_path) if "backup" in name] == []


async def test_a_backup_of_nothing(tmp_path: Path, postgres: Server) -> None:
    """Is none."""
    with pytest.raises(StorageError, match="is not there"):
        await back_up(f"sqlite:///{tmp_path / 'nothing.db'}", tmp_path / "backup", quiet)
    with postgres.bare() as url, pytest.raises(StorageError, match="nothing to back up"):
        await back_up(url, tmp_path / "backup", quiet)
    assert names_in(tmp_path) == []


async def test_an_archive_of_a_newer_schema(world: World, database_url: str, tmp_path: Path) -> None:
    """Is for a newer version to restore."""
    file = tmp_path / "backup.zip"
    changed = text("UPDATE alembic_version SET version_num = :number")
    async with world.database.begin() as tx:
        ours = (await tx.connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one()
        await tx.connection.execute(changed, {"number": "9999"})
    try:
        await back_up(database_url, file, quiet, portable=True)
    finally:  # the next test has this database
        async with world.database.begin() as tx:
            await tx.connection.execute(changed, {"number": ours})
    with pytest.raises(StorageError, match="9999"):
        await restore(f"sqlite:///{tmp_path / 'target.db'}", file, quiet)
    assert not (tmp_path / "target.db").exists()


async def test_an_upgraded_program_backs_up_before_it_migrates(sqlite_url: str, tmp_path: Path) -> None:
    """The tables are those of the database, whatever the models say by now."""
    migrate_now(sqlite_url)
    with closing(sqlite3.connect(address_of(sqlite_url).database or "")) as file:
        file.execute("CREATE TABLE bygone (id INTEGER PRIMARY KEY, at DATETIME)")
        file.execute("INSERT INTO bygone VALUES (1, '2025-01-01 00:00:00.000000')")
        file.commit()
    await back_up(sqlite_url, tmp_path / "backup.zip", quiet, portable=True)
    with zipfile.ZipFile(tmp_path / "backup.zip") as members:
        assert json.loads(members.read("bygone.jsonl")) == {"id": 1, "at": "2025-01-01T00:00:00+00:00"}
