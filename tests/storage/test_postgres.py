"""PostgreSQL as a server: found by its address alone, and whatever happens to it is said in words and costs a retry at most."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack, closing, suppress
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from bot.clock import machine_time
from bot.errors import DatabaseBusy, DatabaseReadOnly, DiskFull, SettingsError, StorageError
from storage import postgres
from storage.database import SqlDatabase
from storage.engine import database_url, name_of
from storage.errors import in_our_words
from storage.migrate import migrate
from tests.fakes.postgres import running
from tests.fakes.world import NOW, World, entry, opened


async def one(database: SqlDatabase) -> object:
    """The answer to a question that needs the server."""
    async with database.read() as tx:
        return (await tx.connection.execute(text("SELECT 1"))).scalar_one()


# Its address


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
async def test_the_address_alone_chooses_it(postgres_url: str, scheme: str) -> None:
    """By any of the names it goes by, its options kept."""
    url = postgres_url.replace("postgresql", scheme, 1) + "&application_name=mine&options=-c%20work_mem%3D7MB"
    async with opened(url) as database:
        assert database.is_shared
        rows = await World(database).rows("SELECT current_setting('application_name'), current_setting('work_mem')")
        assert rows == [("mine", "7MB")]
        rows = await World(database).rows("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        assert rows == [("30s", "10s")]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgres://u:secret@db.example:5433/presse", "the database presse on db.example:5433"),
        ("postgresql://u:secret@/presse?host=/run/pg", "the database presse on /run/pg"),
        ("postgresql://u:secret@", "the database u on this machine"),
        ("sqlite:///data/pressevagt.db", "the database data/pressevagt.db"),
    ],
)
def test_a_database_is_named_without_its_secrets(url: str, name: str) -> None:
    """Where it is, and nothing more."""
    assert name_of(database_url(url)) == name


def test_an_option_that_postgres_does_not_know_is_a_fault_of_the_settings() -> None:
    """It is named before anything is tried."""
    with pytest.raises(SettingsError, match=r"DATABASE_URL.*nonsense"):
        database_url("postgresql://u:secret@host/x?nonsense=1")


def test_another_driver_is_a_fault_of_the_settings() -> None:
    """It is named; the password is not."""
    with pytest.raises(SettingsError, match="asyncpg") as caught:
        database_url("postgresql+asyncpg://u:secret@host/x")
    assert "secret" not in str(caught.value)


# What goes wrong


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (psycopg.errors.SerializationFailure, DatabaseBusy, "try again"),
        (psycopg.errors.DeadlockDetected, DatabaseBusy, "try again"),
        (psycopg.errors.LockNotAvailable, DatabaseBusy, "locked"),
        (psycopg.errors.QueryCanceled, DatabaseBusy, "too long"),
        (psycopg.errors.IdleInTransactionSessionTimeout, DatabaseBusy, "too long"),
        (psycopg.errors.TooManyConnections, DatabaseBusy, "max_connections"),
        (psycopg.errors.OutOfMemory, DatabaseBusy, "short of"),
        (psycopg.errors.DiskFull, DiskFull, "nothing that was promised is lost"),
        (psycopg.errors.ReadOnlySqlTransaction, DatabaseReadOnly, "standby"),
        (psycopg.errors.InsufficientPrivilege, DatabaseReadOnly, "owner"),
        (psycopg.errors.AdminShutdown, StorageError, "stopping"),
        (psycopg.errors.CannotConnectNow, StorageError, "starting"),
        (psycopg.errors.ConnectionFailure, StorageError, "broke"),
        (psycopg.errors.InvalidPassword, StorageError, "user and password"),
        (psycopg.errors.InvalidCatalogName, StorageError, "no such database"),
        (psycopg.errors.IoError, StorageError, "its log"),
        (psycopg.errors.DataCorrupted, StorageError, "backup"),
        (psycopg.OperationalError, StorageError, "cannot be reached"),
    ],
)
def test_each_error_of_the_server_is_one_of_ours(error: type[psycopg.Error], kind: type[StorageError], words: str) -> None:
    """It names the database and what to do; a fault of ours stays what it is."""
    ours = in_our_words("the database x on y", error("said {this}\nLINE 1: ..."))
    assert type(ours) is kind
    assert str(ours).startswith("the database x on y")
    assert words in str(ours)
    assert in_our_words("x", psycopg.errors.UniqueViolation("x")) is None


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    """For the bot and for its migrations; the password stays out of it."""
    url = f"postgresql://u:secret@/presse?host={tmp_path}"
    async with opened(url) as database:
        for attempt in (one(database), migrate(url), database.clock_offset()):
            with pytest.raises(StorageError, match=r"presse on .* cannot be reached") as caught:
                await attempt
            assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [("database=nowhere", "no such database"), ("sslmode=nonsense", "sslmode"), ("user=nobody", "no such database or user")],
)
async def test_a_server_that_does_not_let_us_in(postgres_url: str, change: str, words: str) -> None:
    """It is said which of the two it is."""
    key, _, value = change.partition("=")
    url = make_url(postgres_url)
    url = {"database": url.set(database=value), "user": url.set(username=value)}.get(key) or url.update_query_dict({key: value})
    async with opened(url.render_as_string(hide_password=False)) as database:
        with pytest.raises(StorageError, match=words):
            await one(database)


async def test_no_connection_left_on_the_server(postgres_url: str) -> None:
    """Whoever holds them, it passes."""
    name = make_url(postgres_url).database
    async with opened(postgres_url) as admin, opened(postgres_url.replace("postgres@", "plain@")) as database:
        try:
            async with admin.begin() as tx:
                await tx.connection.execute(text("CREATE ROLE plain LOGIN CONNECTION LIMIT 0"))
            with pytest.raises(DatabaseBusy, match="max_connections"):
                await one(database)
            async with admin.begin() as tx:
                await tx.connection.execute(text("ALTER ROLE plain CONNECTION LIMIT 5"))
            assert await one(database) == 1
            with pytest.raises(DatabaseReadOnly, match=f"{name}.*owner"):
                await World(database).newsroom()
        finally:
            async with admin.begin() as tx:
                await tx.connection.execute(text("DROP ROLE plain"))


async def test_a_row_that_stays_locked(postgres_url: str) -> None:
    """It is waited for so long, and is well again when the other is through."""
    async with opened(postgres_url) as database, opened(postgres_url) as other:
        await World(database).newsroom()
        async with other.begin() as theirs:
            await theirs.newsrooms.ensure(entry(), now=NOW)
            with pytest.raises(DatabaseBusy, match="locked"):
                async with database.begin() as tx:
                    await tx.connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
                    await tx.newsrooms.ensure(entry(), now=NOW)
            async with database.read() as tx:
                assert len(await tx.newsrooms.all()) == 1
        await World(database).newsroom()


async def test_a_statement_that_takes_too_long(postgres_url: str) -> None:
    """It is cancelled; the connection is as good as new."""
    async with opened(postgres_url) as database:
        with pytest.raises(DatabaseBusy, match="too long"):
            async with database.begin() as tx:
                await tx.connection.execute(text("SET LOCAL statement_timeout = '50ms'"))
                await tx.connection.execute(text("SELECT pg_sleep(5)"))
        assert await one(database) == 1


async def test_a_snapshot_is_to_read_from(postgres_url: str) -> None:
    """The server sees to that."""
    async with opened(postgres_url) as database:
        with pytest.raises(DatabaseReadOnly):
            async with database.read() as tx:
                await tx.newsrooms.withdraw_others("settings", [])


# A server that comes and goes


async def test_a_restarted_server_costs_nothing_but_what_was_under_way() -> None:
    """Connections that died while nobody used them are not used; a transaction that was cut off leaves nothing."""
    with running(own=True) as server, server.empty() as url:
        assert server.process is not None
        async with opened(url) as database:
            world = World(database)
            await world.newsroom()
            await asyncio.gather(*(one(database) for _ in range(5)))
            for how in ("INT", "QUIT"):
                server.process.restart(how)
                await asyncio.sleep(0.05)
                assert await one(database) == 1, "without a failure"
            for _ in range(2):
                with pytest.raises(StorageError):
                    async with database.begin() as tx:
                        await tx.newsrooms.ensure(entry("ny"), now=NOW)
                        server.process.restart("QUIT")
                        await tx.newsrooms.all()
                assert await one(database) == 1
            assert await world.rows("SELECT slug FROM newsroom") == [("havnen",)]
            server.process.stop()
            with pytest.raises(StorageError):
                await one(database)
            server.process.start()
            assert await one(database) == 1


class Line:
    """A line to a server that may go dead without a word: what is sent is taken, and nothing ever comes back."""

    def __init__(self, server: str) -> None:
        self.folder = tempfile.mkdtemp(prefix="line-")
        self.is_dead = asyncio.Event()
        self._to = str(Path(server) / ".s.PGSQL.5432")

    async def serve(self) -> asyncio.Server:
        """Listen as the server does."""
        return await asyncio.start_unix_server(self._meet, str(Path(self.folder) / ".s.PGSQL.5432"))

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, to = await asyncio.open_unix_connection(self._to)
        await asyncio.gather(self._pass(reader, to), self._pass(theirs, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(OSError):
            while data := await reader.read(65536):
                if not self.is_dead.is_set():
                    writer.write(data)


async def test_a_line_that_goes_dead_hangs_nobody(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at a statement, nor at a commit; and when it is there again, so are we."""
    url = make_url(postgres_url)
    line = Line(str(url.query["host"]))
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, line.folder)
        listening = await stack.enter_async_context(await line.serve())
        through = url.update_query_dict({"host": line.folder}).render_as_string(hide_password=False)
        database = await stack.enter_async_context(opened(through))
        await one(database)
        for wait_before_death in (False, True):
            line.is_dead.clear()
            with monkeypatch.context() as hurried, pytest.raises(StorageError):
                hurried.setattr(postgres, "PATIENCE", 0.3)  # here alone: a machine that stalls is not to lose a line that is well
                async with asyncio.timeout(10), database.begin() as tx:
                    if wait_before_death:
                        await tx.newsrooms.ensure(entry(), now=NOW)
                    line.is_dead.set()
                    if not wait_before_death:
                        await tx.newsrooms.all()
            line.is_dead.clear()
            assert await one(database) == 1
        listening.close()


async def test_somebody_who_is_cancelled_leaves_a_good_connection(postgres_url: str) -> None:
    """Whether they waited for the server or for nothing."""
    async with opened(postgres_url) as database:

        async def wait() -> None:
            async with database.begin() as tx:
                await tx.connection.execute(text("SELECT pg_sleep(10)"))

        for _ in range(12):
            task = asyncio.create_task(wait())
            await asyncio.sleep(0.03)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await one(database) == 1
        async with asyncio.timeout(5):  # the server hears of the last cancellation a moment later
            while await World(database).rows("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"):
                await asyncio.sleep(0.02)


# What it costs, and its clock


async def test_writers_work_side_by_side(postgres_url: str) -> None:
    """There is no turn to wait for: two transactions are open at once."""
    async with opened(postgres_url) as database, asyncio.timeout(10), database.begin() as one_tx, database.begin() as two_tx:
        await one_tx.newsrooms.ensure(entry("a"), now=NOW)
        await two_tx.newsrooms.ensure(entry("b"), now=NOW)


async def test_a_look_at_the_outbox_is_one_statement(postgres_url: str) -> None:
    """And a glance sends nothing else: neither a transaction's beginning nor its end."""
    async with opened(postgres_url) as database:
        world = World(database)
        account, desk = await world.account(), await world.desk()
        said: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
            said.append(statement)

        event.listen(database._engine.sync_engine, "before_cursor_execute", note)
        async with database.glance() as tx:
            seen = (await tx.outbox.look([account], world.now))[account]
            assert (seen.is_due, seen.next_due) == (False, None)
        await world.owe(desk, await world.release())
        async with database.glance() as tx:
            said.clear()
            seen = (await tx.outbox.look([account], world.now))[account]
            assert (seen.is_due, seen.next_due) == (True, world.now)
            seen = (await tx.outbox.look([account], world.now - timedelta(seconds=1)))[account]
            assert (seen.is_due, seen.next_due) == (False, world.now)
            assert len(said) == 2
            alone = text("SELECT xact_start = query_start FROM pg_stat_activity WHERE pid = pg_backend_pid()")
            assert (await tx.connection.execute(alone)).scalar_one(), "each statement is a transaction of its own"


async def test_renewing_a_lease_is_one_statement(postgres_url: str) -> None:
    """It happens all the time."""
    async with opened(postgres_url) as database:
        world = World(database)
        await world.own()
        account, said = await world.account(), list[str]()
        event.listen(database._engine.sync_engine, "before_cursor_execute", lambda _c, _r, statement, *_m: said.append(statement))
        async with database.begin() as tx:
            assert await tx.outbox.own(account, world.owner, world.now, timedelta(seconds=20))
        assert len(said) == 1


async def test_the_clock_of_the_database_and_ours(postgres_url: str, sqlite_url: str) -> None:
    """They are one machine's here, so the difference is next to nothing; on SQLite it is nothing."""
    async with opened(postgres_url) as database:
        assert abs(await database.clock_offset()) < timedelta(seconds=0.25)
    await migrate(sqlite_url)
    async with opened(sqlite_url) as database:
        assert (await database.clock_offset(), database.is_shared) == (timedelta(0), False)


async def test_the_offset_is_what_the_clocks_differ_by(postgres_url: str) -> None:
    """Ours goes an hour slow."""
    async with opened(postgres_url) as database:
        offset = await database.clock_offset(lambda: machine_time() - timedelta(hours=1))
        assert abs(offset - timedelta(hours=1)) < timedelta(seconds=0.25)


async def test_times_keep_their_moment_whatever_zone_the_server_thinks_in(postgres_url: str) -> None:
    """What comes back is UTC."""
    async with opened(postgres_url + "&options=-c%20timezone%3DEurope/Copenhagen") as database:
        feed = await World(database).feed()
        assert feed.due_at == NOW
        assert feed.due_at.tzinfo is UTC
