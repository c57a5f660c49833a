"""`pressevagt migrate-data`: an installation moves from one database into another, and may be interrupted at any moment.

How far it has come stands in the target, in a table of its own that is there until all is done, and moves on in the transaction
that writes the rows. So whoever starts it again goes on where it was; and no bot starts on what is half there (`storage.migrate`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import JSON, Column, Connection, MetaData, Table, Text, func, insert, inspect, select, update
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import SecondWorker, SettingsError, StorageError
from bot.presence import LEASE
from storage.engine import database_url, is_shared, name_of
from storage.portable.archive import BATCH, SEARCH, Progress, tally_of
from storage.portable.filling import go_on_numbering, index_releases, insert_rows
from storage.portable.reaching import bring_to, engine_for, ensure_there, schema_of, snapshot
from storage.portable.tables import RECORD, Key, count_rows, first_filled, key_of, rows_of, tables_of
from storage.worker_lock import worker_lock
from storage.workers import SqlWorkers

_LOCK = 7_377_824_302
"""The advisory lock on PostgreSQL that says "I fill this database"; the number means nothing."""

_RECORD = Table(
    RECORD,
    MetaData(),
    Column("source", Text, primary_key=True),
    Column("at_table", Text),
    Column("after", JSON(none_as_null=True)),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """A table at the end: how many rows it has on either side, and whether they are the same."""

    name: str
    source: int
    target: int
    same: bool


async def move(source: str, target: str, progress: Progress, *, while_running: bool = False) -> list[Compared]:
    """Carry everything over, or what is left of it; each table as it is then on both sides.

    Where they differ the target stays unusable. `while_running`: what a worker on the source writes meanwhile may be left out.
    Raises SettingsError, SecondWorker and StorageError.
    """
    origin, goal = database_url(source), database_url(target)
    if _identity(origin) == _identity(goal):
        raise SettingsError(f"source and target are the same: {name_of(origin)}")
    ensure_there(origin)  # before a lock file is made beside it
    async with AsyncExitStack() as stack:
        if not while_running:
            stack.enter_context(worker_lock(source))
        here = await stack.enter_async_context(snapshot(origin))
        if not while_running:
            await refuse_while_running(here, origin)
        stack.enter_context(worker_lock(target))
        there = await stack.enter_async_context(engine_for(goal))
        await stack.enter_async_context(_alone(there, goal))
        return await _Move(origin, goal, here, there, progress).run()


@asynccontextmanager
async def _alone(engine: AsyncEngine, address: URL) -> AsyncIterator[None]:
    """Two that fill one database would get into each other's way. SQLite's lock file is held by now."""
    if not is_shared(address):
        yield
        return
    async with engine.connect() as connection:
        line = await connection.execution_options(isolation_level="AUTOCOMMIT")
        if not (await line.execute(select(func.pg_try_advisory_lock(_LOCK)))).scalar_one():
            raise SecondWorker(f"another `pressevagt migrate-data` fills {name_of(address)}; wait for it")
        try:
            yield
        finally:
            await line.execute(select(func.pg_advisory_unlock(_LOCK)))


async def refuse_while_running(connection: AsyncConnection, address: URL) -> None:
    """Raises SecondWorker where a worker was heard of lately. SQLite's lock file knows better, and at once."""
    if is_shared(address) and await connection.run_sync(lambda plain: inspect(plain).has_table("worker")):
        now: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        for worker in await SqlWorkers(connection).live(now - LEASE):
            raise SecondWorker(
                f"a worker ({worker.where}) runs on {name_of(address)}; stop it first, and wait for {LEASE.seconds} seconds"
            )


@dataclass(slots=True)
class _Move:
    source: URL
    target: URL
    here: AsyncConnection
    there: AsyncEngine
    progress: Progress

    async def run(self) -> list[Compared]:
        schema = await schema_of(self.here)
        if schema is None:
            raise StorageError(f"{name_of(self.source)} holds no installation of Pressevagt; check its address")
        async with self._writing() as tx:
            await self._prepare(tx, schema)
        tables = await tables_of(self.here)
        await self._copy(tables)
        compared = await self._compare(tables, schema)
        if all(table.same for table in compared):
            await self._finish(tables)
        return compared

    async def _prepare(self, tx: AsyncConnection, schema: str) -> None:
        """Make sure that the target is empty, or filled by this very migration."""
        if await tx.run_sync(_has_record):
            begun = (await tx.execute(select(_RECORD.c.source))).scalar_one()
            if begun != _identity(self.source):
                raise StorageError(
                    f"{name_of(self.target)} is being filled from another database ({begun}); go on from that, or use a new one"
                )
            return
        await bring_to(tx, schema)
        if await schema_of(tx) != schema:
            raise StorageError(
                f"{name_of(self.target)} is of another schema than {name_of(self.source)} ({schema}): "
                "migrate into a new database, or let the bot run on the source once"
            )
        if filled := await first_filled(tx, await tables_of(tx)):
            raise StorageError(f"{name_of(self.target)} is not empty (the table {filled} has rows); migrate into a new database")
        await tx.run_sync(_RECORD.create)
        await tx.execute(insert(_RECORD).values(source=_identity(self.source)))

    async def _copy(self, tables: Sequence[Table]) -> None:
        at, after = await self._come_to()
        if at == SEARCH:
            return
        names = [table.name for table in tables]
        for table in tables[names.index(at) if at else 0 :]:
            await self._copy_table(table, after)
            after = None

    async def _copy_table(self, table: Table, after: Key | None) -> None:
        total = await count_rows(self.here, table)
        async with self._writing() as tx:
            copied = await count_rows(tx, table)
        while rows := await rows_of(self.here, table, after, BATCH):
            after = key_of(table, rows[-1])
            async with self._writing() as tx:
                await insert_rows(tx, table, rows)
                await self._note(tx, table.name, after)
            copied += len(rows)
            self.progress(table.name, copied, total)

    async def _come_to(self) -> tuple[str | None, Key | None]:
        """The table to go on with, and the key of its last row that is there."""
        async with self._writing() as tx:
            at, after = (await tx.execute(select(_RECORD.c.at_table, _RECORD.c.after))).one()
        return at, after

    async def _compare(self, tables: Sequence[Table], schema: str) -> list[Compared]:
        """Each table as it is on both sides; none where the target has a newer schema already, since they were the same then."""
        compared: list[Compared] = []
        async with self._writing() as tx:
            if await schema_of(tx) != schema:
                return compared
            for table in tables:
                total = await count_rows(self.here, table)
                ours = await tally_of(self.here, table)
                theirs = await tally_of(tx, table, partial(self._say_compared, table.name, total))
                compared.append(Compared(table.name, ours.rows, theirs.rows, ours == theirs))
        return compared

    def _say_compared(self, name: str, total: int, rows: int) -> None:
        self.progress(f"{name}, compared", rows, total)

    async def _finish(self, tables: Sequence[Table]) -> None:
        """Bring the target to this version's schema, and make what each engine makes for itself."""
        at, after = await self._come_to()
        done, last = 0, after[0] if at == SEARCH and after else 0
        async with self._writing() as tx:
            if at != SEARCH:
                await go_on_numbering(tx, tables)
                await bring_to(tx, "head")
                await self._note(tx, SEARCH, [0])
        total = await count_rows(self.here, next(table for table in tables if table.name == "release"))
        while True:
            async with self._writing() as tx:
                ids = await index_releases(tx, last, BATCH)
                if not ids:
                    await tx.run_sync(_RECORD.drop)
                    return
                await self._note(tx, SEARCH, [last := ids[-1]])
            done += len(ids)
            self.progress(SEARCH, done, total)

    async def _note(self, tx: AsyncConnection, table: str, after: Key) -> None:
        await tx.execute(update(_RECORD).values(at_table=table, after=after))

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        async with self.there.connect() as connection, connection.begin():
            yield connection


def _has_record(connection: Connection) -> bool:
    return inspect(connection).has_table(RECORD)


def _identity(address: URL) -> str:
    """Which database it is, whoever asks; no user and no password are in it."""
    return name_of(address if is_shared(address) else address.set(database=str(Path(address.database or "").resolve())))
