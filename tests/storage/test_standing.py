"""What stands beside the outbox: installations, marks, leases and workers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.ports import Worker
from storage.database import SqlDatabase
from tests.fakes.world import NOW

MINUTE = timedelta(minutes=1)


async def test_an_installation_takes_the_place_of_the_former_one(database: SqlDatabase) -> None:
    """Of one account on one platform; the others stand."""
    async with database.begin() as tx:
        await tx.installations.keep("slack", "T2", "b", NOW)
        await tx.installations.keep("slack", "T1", "a", NOW)
        await tx.installations.keep("teams", "T1", "c", NOW)
        await tx.installations.keep("slack", "T1", "new", NOW + MINUTE)
    async with database.read() as tx:
        assert await tx.installations.get("slack", "T1") == "new"
        assert await tx.installations.all("slack") == {"T1": "new", "T2": "b"}
    async with database.begin() as tx:
        await tx.installations.remove("slack", "T1")
        await tx.installations.remove("slack", "unknown")
        assert await tx.installations.get("slack", "T1") is None
        assert await tx.installations.all("teams") == {"T1": "c"}


async def test_a_mark_stands_until_it_lapses(database: SqlDatabase) -> None:
    """Made again before that it is not new; after that it is, and stands for longer."""
    async with database.begin() as tx:
        assert await tx.marks.set("a", NOW + MINUTE, NOW)
        assert not await tx.marks.set("a", NOW + 9 * MINUTE, NOW)
        assert await tx.marks.set("b", NOW + MINUTE, NOW)
        assert await tx.marks.set("a", NOW + 2 * MINUTE, NOW + MINUTE)
        assert not await tx.marks.set("a", NOW + 9 * MINUTE, NOW + MINUTE)


async def test_a_mark_is_taken_once_and_not_after_it_has_lapsed(database: SqlDatabase) -> None:
    """An unknown one cannot be taken at all."""
    async with database.begin() as tx:
        await tx.marks.set("a", NOW + MINUTE, NOW)
        assert await tx.marks.take("a", NOW)
        assert not await tx.marks.take("a", NOW)
        await tx.marks.set("a", NOW + MINUTE, NOW)
        assert not await tx.marks.take("a", NOW + MINUTE)
        assert not await tx.marks.take("b", NOW)


async def test_marks_that_have_lapsed_do_not_pile_up(database: SqlDatabase) -> None:
    """They are swept away as others are made."""
    async with database.begin() as tx:
        for n in range(150):
            await tx.marks.set(str(n), NOW + MINUTE, NOW)
        for key in ("x", "y"):
            await tx.marks.set(key, NOW + 9 * MINUTE, NOW + MINUTE)
        rows = await tx.connection.exec_driver_sql("SELECT key FROM mark ORDER BY key")
        assert list(rows.scalars()) == ["x", "y"]


async def test_a_lease_is_one_owners_until_it_runs_out(database: SqlDatabase) -> None:
    """Its owner renews it; each name is a lease of its own."""
    async with database.begin() as tx:
        assert await tx.leases.take("a", "one", NOW, MINUTE)
        assert not await tx.leases.take("a", "two", NOW, MINUTE)
        assert await tx.leases.take("b", "two", NOW, MINUTE)
        assert await tx.leases.take("a", "one", NOW + MINUTE / 2, MINUTE)
        assert not await tx.leases.take("a", "two", NOW + MINUTE, MINUTE)
        assert await tx.leases.take("a", "two", NOW + 2 * MINUTE, MINUTE)
        assert not await tx.leases.take("a", "one", NOW + 2 * MINUTE, MINUTE)


async def test_leases_are_let_go_by_their_owner(database: SqlDatabase) -> None:
    """One, or all it has; never another's."""
    async with database.begin() as tx:
        for name in "abc":
            await tx.leases.take(name, "one", NOW, MINUTE)
        await tx.leases.release("two", "a")
        await tx.leases.release("two")
        assert not await tx.leases.take("a", "two", NOW, MINUTE)
        await tx.leases.release("one", "a")
        assert [await tx.leases.take(name, "two", NOW, MINUTE) for name in "ab"] == [True, False]
        await tx.leases.release("one")
        assert [await tx.leases.take(name, "two", NOW, MINUTE) for name in "bc"] == [True, True]


async def test_workers_are_live_while_they_are_heard_of(database: SqlDatabase) -> None:
    """Oldest first; who stopped is gone at once, who died is not heard of, and is forgotten in the end."""
    first = Worker("b", frozenset({"poll", "dispatch"}), "host:1", "0.1", NOW, NOW)
    second = Worker("a", frozenset({"slack"}), "host:2", "0.1", NOW + MINUTE, NOW + MINUTE)
    async with database.begin() as tx:
        for worker in (second, first, replace(first, seen_at=NOW + 2 * MINUTE)):
            await tx.workers.seen(worker)
    async with database.read() as tx:
        assert await tx.workers.live(NOW) == [replace(first, seen_at=NOW + 2 * MINUTE), second]
        assert [worker.owner for worker in await tx.workers.live(NOW + 2 * MINUTE)] == ["b"]
    async with database.begin() as tx:
        await tx.workers.gone("b")
        await tx.workers.gone("unknown")
        assert [worker.owner for worker in await tx.workers.live(NOW)] == ["a"]
        later = NOW + timedelta(days=8)
        await tx.workers.seen(replace(first, started_at=later, seen_at=later))
        assert [worker.owner for worker in await tx.workers.live(NOW)] == ["b"]
