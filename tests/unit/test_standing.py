"""How the bot stands, read from a real database, seldom."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.domain.delivery import RetryLater
from bot.errors import DatabaseBusy, DiskFull, StorageError
from bot.happenings import DatabaseFailed, Happening
from bot.ports import Transaction
from bot.standing import Kept, Platform, Standings
from bot.watched import WatchedDatabase
from storage.database import SqlDatabase
from tests.fakes.world import NOW, World
from tests.features.newsdesk import StillClock


class Counting:
    """A reading that says how often it was made."""

    def __init__(self) -> None:
        self.made = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def read(self) -> int:
        self.made += 1
        await self.go_on.wait()
        return self.made


async def test_a_reading_holds_for_some_seconds() -> None:
    """Then it is made anew."""
    reading, time = Counting(), [0.0]
    kept = Kept(reading.read, 5, lambda: time[0])
    assert [await kept.get(), await kept.get()] == [1, 1]
    time[0] = 4.9
    assert await kept.get() == 1
    time[0] = 5.0
    assert await kept.get() == 2


async def test_many_who_ask_at_once_are_one_reading() -> None:
    """The others wait for the first."""
    reading = Counting()
    reading.go_on.clear()
    kept = Kept(reading.read, 5)
    asking = [asyncio.create_task(kept.get()) for _ in range(20)]
    await asyncio.sleep(0)
    reading.go_on.set()
    assert await asyncio.gather(*asking) == [1] * 20


def standings(database: SqlDatabase, world: World | None = None) -> Standings:
    """Of one platform."""
    clock = StillClock(world.now if world else NOW)
    return Standings(database, clock, "me", lambda: [Platform("test", [True])])


async def test_the_outbox_is_counted_where_that_is_asked_for(database: SqlDatabase) -> None:
    """What is pending, since when, and what may stand twice: lost answers, and what a take-over found in flight."""
    world = World(database)
    desk, first, second = await world.desk(), await world.release("Ny kaj"), await world.release("Ny færge")
    await world.owe(desk, first, second)
    (delivery,) = await world.claim()
    await world.settle(delivery, RetryLater("reset", ambiguous=True))
    world.pass_time(seconds=2)
    await world.claim()
    world.pass_time(minutes=1)
    assert await world.own("another")
    found = await standings(database, world).look(count=True)
    assert found.outbox is not None
    assert (found.outbox.pending, found.outbox.ambiguous, found.outbox.oldest_pending) == (2, 2, NOW)
    assert (await standings(database).look(count=False)).outbox is None


async def test_feeds_are_read(database: SqlDatabase) -> None:
    """Those that are wanted."""
    await World(database).newsroom()
    found = await standings(database).look(count=False)
    assert found.database_up
    assert [feed.newsroom.slug for feed in found.feeds or ()] == ["havnen"]
    assert [platform.name for platform in found.platforms] == ["test"]


class Troubled(SqlDatabase):
    """A real database behind a bad line: `hangs`, or fails."""

    hangs = False

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:  # type: ignore[override]
        if not self.hangs:
            raise DatabaseBusy("locked")
        await asyncio.Event().wait()
        yield None  # type: ignore[misc]


async def test_a_database_that_does_not_answer_is_down(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a second, whatever it is doing; and the reason is said."""
    troubled = Troubled(database.url.render_as_string(hide_password=False))
    found = await standings(troubled).look(count=True)
    assert (found.database_up, found.trouble, found.feeds, found.outbox) == (False, "locked", None, None)
    troubled.hangs = True
    monkeypatch.setattr("bot.standing.ANSWERS_WITHIN", 0.05)
    found = await standings(troubled).look(count=True)
    assert (found.database_up, found.trouble) == (False, "no answer within 0.05 seconds")
    await troubled.close()


async def test_failures_of_the_database_are_witnessed_and_raised_on(database: SqlDatabase) -> None:
    """Reading and writing alike; what goes wrong otherwise is not the database's."""
    seen: list[Happening] = []
    troubled = WatchedDatabase(Troubled(database.url.render_as_string(hide_password=False)), seen.append)
    with pytest.raises(DatabaseBusy):
        async with troubled.read():
            pass
    with pytest.raises(DatabaseBusy):
        async with troubled.begin():
            raise DatabaseBusy("within")
    with pytest.raises(ZeroDivisionError):
        async with troubled.begin():
            raise ZeroDivisionError
    assert seen == [DatabaseFailed("DatabaseBusy")] * 2


async def test_no_room_to_write_is_remembered_for_a_minute(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small change that fits in meanwhile does not make it well; another failure than that says nothing of writing."""
    time = [0.0]
    monkeypatch.setattr("bot.watched.monotonic", lambda: time[0])
    watched = WatchedDatabase(database, lambda _happening: None)
    for error in (DatabaseBusy("locked"), DiskFull("no room")):
        with pytest.raises(StorageError):
            async with watched.begin():
                assert watched.unwritten == ""
                raise error
    async with watched.begin():
        assert watched.unwritten == "no room"
    time[0] = 61.0
    assert watched.unwritten == ""


async def test_what_is_written_through_a_watched_database_stands(database: SqlDatabase) -> None:
    """It is the same database."""
    watched = WatchedDatabase(database, lambda _happening: None)
    async with watched.begin() as tx:
        assert await tx.marks.set("a", NOW + timedelta(minutes=1), NOW)
    async with watched.begin() as tx:
        assert not await tx.marks.set("a", NOW + timedelta(minutes=1), NOW)
