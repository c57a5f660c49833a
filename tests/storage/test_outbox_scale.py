"""The outbox with much in it: what a claim costs, whom it serves, and what the planner makes of it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, event, text

from bot.alerts.retry import settlement
from bot.domain.delivery import Delivery, RetryLater, Sent
from bot.domain.release import ReleaseId
from storage.models import UtcDateTime
from tests.fakes.world import World

FIRST = 1_000_000
"""The first of the destinations that are piled up."""

_FILL = (
    """INSERT INTO destination (id, account_id, conversation, thread, kind, title, language, timezone, created_at)
       WITH RECURSIVE n(x) AS (SELECT :first UNION ALL SELECT x + 1 FROM n WHERE x < :first + :lanes - 1)
       SELECT x, :account, x, '', 'private', '', 'da', 'Europe/Copenhagen', :now FROM n""",
    """INSERT INTO lane (destination_id, account_id, pending, due_at, newest)
       SELECT id, account_id, :each, :now, :release FROM destination WHERE id >= :first""",
    """INSERT INTO delivery (destination_id, release_id, revision, kind, priority, state, attempts, ambiguous, reason, dedupe_key,
                              silent, created_at)
       WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < :each)
       SELECT destination_id, :release, 1, 'alert', 1, 'pending', 0, 0, '', 'pile:' || x, false, :now
       FROM n, lane WHERE destination_id >= :first""",
)
_EMPTY = tuple(f"DELETE FROM {table} WHERE {column} >= :first" for table, column in (  # noqa: S608 - names of our own
    ("delivery", "destination_id"), ("lane", "destination_id"), ("destination", "id"),
))  # fmt: skip


async def pile_up(world: World, lanes: int, each: int, release: ReleaseId, *, stale: bool = False) -> None:
    """So many lanes with so much pending; `stale`: the database's statistics say that the tables are empty."""
    values = {"first": FIRST, "lanes": lanes, "each": each, "release": release, "account": await world.account(), "now": world.now}
    async with world.database.begin() as tx:
        if stale and world.database.is_shared:
            for table in ("delivery", "lane", "destination"):
                await tx.connection.execute(text(f"ALTER TABLE {table} SET (autovacuum_enabled = off)"))
        for statement in (*_FILL, *_EMPTY, "ANALYZE", *_FILL) if stale else _FILL:
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            query = text(statement).bindparams(*([bindparam("now", type_=UtcDateTime)] if "now" in used else []))
            await tx.connection.execute(query, used)


async def fresh(world: World, destinations: int) -> ReleaseId:
    """A new release, owed to so many destinations of the same account to which nothing else is owed."""
    world.pass_time(seconds=1)
    release = await world.release("Ny")
    for number in range(destinations):
        await world.owe(await world.desk(f"fresh-{number}"), release)
    return release


async def settle(world: World, deliveries: list[Delivery]) -> None:
    """All of them were sent."""
    sent = [
        settlement(each, Sent(str(each.id)), world.now, shows=((each.release_id, 1),) if each.release_id else ())
        for each in deliveries
    ]
    async with world.database.begin() as tx:
        assert all(await tx.outbox.settle(world.owner, sent))


async def test_a_fresh_alert_has_its_half_while_a_hundred_thousand_wait(world: World) -> None:
    """Of every claim half goes to the newest release until it is out; all of it to the backlog then, each lane in its order."""
    old = await world.release("Gammel")
    await pile_up(world, 20_000, 5, old)
    new = await fresh(world, 40)
    served: list[int] = []
    seen: dict[int, int] = {}
    tracemalloc.start()
    for _ in range(4):
        claimed = await world.claim(30)
        assert len(claimed) == 30
        served.append(sum(each.release_id == new for each in claimed))
        for each in claimed:
            assert seen.get(each.destination.id, 0) < each.id, "in the order owed"
            seen[each.destination.id] = each.id
        await settle(world, claimed)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert served == [15, 15, 10, 0]
    assert most < 5_000_000, "a claim holds what it took, not what there is"
    async with world.database.read() as tx:
        assert (await tx.outbox.health()).pending == 100_000 + 40 - 120


async def test_what_is_tried_again_is_fresh_no_more(world: World) -> None:
    """Destinations of the newest release that are in back-off take nothing from those of the one before it."""
    old = await world.release("Gammel")
    await pile_up(world, 100, 1, old)
    new = await fresh(world, 10)
    slow = await world.release("Nyere")
    await world.owe(await world.desk("slow"), slow)
    (first, *_) = [each for each in await world.claim(4) if each.release_id == slow]
    async with world.database.begin() as tx:
        again = settlement(first, RetryLater("slow", timedelta(0)), world.now)
        await tx.outbox.settle(world.owner, [again])
    assert sum(each.release_id == new for each in await world.claim(8)) == 4


@contextmanager
def heard(world: World) -> Iterator[list[tuple[str, Any]]]:
    """The statements that are sent, with what is sent along."""
    said: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_more: Any) -> None:
        said.append((statement, values))

    engine = world.database._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def plans(world: World, tx: Any, said: list[tuple[str, Any]]) -> str:
    """How the database would go about statements, in its own words."""
    how = "EXPLAIN (COSTS OFF) " if world.database.is_shared else "EXPLAIN QUERY PLAN "
    found = ""
    for statement, values in said:
        if statement.startswith(("SELECT", "UPDATE")):
            rows = await tx.connection.exec_driver_sql(how + statement, values)
            found += "\n".join([statement, *(f"    {row[-1]}" for row in rows), ""])
    return found


async def test_claims_and_settlements_go_along_indexes_whatever_the_statistics_say(world: World) -> None:
    """With statistics of empty tables, none of them passes over all lanes or deliveries, gathers what is due, or sorts it."""
    await pile_up(world, 3000, 2, await world.release("Gammel"), stale=True)
    await fresh(world, 20)
    await world.own()
    account = await world.account()
    async with world.database.begin() as tx:
        with heard(world) as said:
            claimed = (await tx.outbox.claim(account, world.owner, world.now, 20)).deliveries
            sent = [settlement(each, Sent(str(each.id)), world.now) for each in claimed]
            await tx.outbox.settle(world.owner, sent)
        found = await plans(world, tx, said)
    assert len(claimed) == 20
    for whole in ("Seq Scan on lane", "Seq Scan on delivery", "SCAN lane", "SCAN delivery", "Sort Key: lane.due_at", "TEMP B-TREE"):
        assert whole not in found, found
    assert "ix_lane_due" in found
    assert "ix_lane_newest" in found


async def test_the_outbox_is_counted_without_reading_what_was_sent(world: World) -> None:
    """However much was settled well: it stands in no index that is asked."""
    await pile_up(world, 3000, 2, await world.release())
    async with world.database.begin() as tx:
        await tx.connection.execute(text("UPDATE delivery SET state = 'sent' WHERE destination_id > :first"), {"first": FIRST + 5})
        await tx.connection.execute(text("UPDATE delivery SET ambiguous = 2 WHERE destination_id = :first"), {"first": FIRST + 9})
        await tx.connection.execute(text("UPDATE lane SET due_at = NULL WHERE destination_id > :first"), {"first": FIRST + 5})
        await tx.connection.execute(text("ANALYZE"))
    async with world.database.read() as tx:
        if world.database.is_shared:  # a table so small may well be read; what it shows is whether there is an index to go by
            await tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        with heard(world) as said:
            health = await tx.outbox.health()
        found = await plans(world, tx, said)
    assert (health.pending, health.held, health.dead, health.ambiguous) == (12, 0, 0, 4)
    assert (health.oldest_pending, health.overdue_since) == (world.now, world.now)
    assert "Seq Scan on delivery" not in found
    assert "SCAN delivery" not in found


async def test_a_take_over_goes_by_what_was_in_hand(world: World) -> None:
    """With statistics of empty tables too: joined, lanes and deliveries were compared each with each, for minutes."""
    await pile_up(world, 20_000, 1, await world.release(), stale=True)
    assert len(await world.claim(30)) == 30
    assert await world.own("two", evict=True)
    async with world.database.read() as tx:
        assert (await tx.outbox.health()).ambiguous == 30
    assert await world.rows("SELECT 1 FROM lane WHERE owner IS NOT NULL") == []
