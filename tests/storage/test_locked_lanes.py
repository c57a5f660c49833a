"""A conversation whose rows somebody keeps locked, on PostgreSQL: its own outcomes wait, and nobody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, text

from bot.alerts.ledger import Ledger, Line
from bot.alerts.retry import settlement
from bot.domain.delivery import AccountBlocked, Delivery, DestinationGone, DestinationMoved, RetryLater, SendOutcome, Sent
from bot.domain.subscription import Address, ConversationKind, DestinationId
from tests.fakes.world import LEASE, NOW, World
from tests.storage.together import Pair

MINUTE = timedelta(minutes=1)
LANE = "SELECT 1 FROM lane WHERE destination_id = :id FOR UPDATE"
ACCOUNT = "SELECT 1 FROM account WHERE id = :id FOR UPDATE"


@asynccontextmanager
async def locked(somebody: World, query: str, which: int) -> AsyncIterator[None]:
    """A row is locked while the block runs."""
    async with somebody.database.begin() as tx:
        assert (await tx.connection.execute(text(query), {"id": which})).all()
        yield


async def in_hand(world: World, *desks: DestinationId) -> list[Delivery]:
    """Deliveries in hand, one to each destination, with another behind each."""
    for _ in range(2):
        release = await world.release()
        for desk in desks:
            await world.owe(desk, release)
    taken = {delivery.destination.id: delivery for delivery in await world.claim()}
    return [taken[desk] for desk in desks]


async def settle(world: World, deliveries: Sequence[Delivery], *outcomes: SendOutcome) -> list[bool | None]:
    """Write outcomes down in one group, which waits for nobody."""
    settled = [settlement(each, outcome, NOW) for each, outcome in zip(deliveries, outcomes, strict=True)]
    async with asyncio.timeout(5), world.database.begin() as tx:
        return await tx.outbox.settle(world.owner, settled)


async def until(reached: Callable[[], bool]) -> None:
    """Until something is so."""
    async with asyncio.timeout(5):
        while not reached():
            await asyncio.sleep(0.002)


async def test_only_what_is_locked_waits(pair: Pair) -> None:
    """It stays in hand, so that nothing of that lane is sent before it; the others' next ones are claimed."""
    world = pair.here
    desks = [await world.desk(f"desk-{number}") for number in range(3)]
    deliveries = await in_hand(world, *desks)
    outcomes: list[SendOutcome] = [Sent("1"), Sent("2"), RetryLater("busy")]
    async with locked(pair.there, LANE, desks[1]):
        assert await settle(world, deliveries, *outcomes) == [True, None, True]
        assert [each.destination.id for each in await world.claim()] == [desks[0]]
    assert await world.claim() == []
    assert await settle(world, deliveries, *outcomes) == [False, True, False]
    assert [each.destination.id for each in await world.claim()] == [desks[1]]
    assert await world.rows("SELECT delivery_id FROM post ORDER BY id") == [(each.id,) for each in deliveries[:2]]
    assert await world.drifted() == []


async def test_what_was_taken_over_counts_no_longer_once_the_lock_goes(pair: Pair) -> None:
    """Locked or not, an outcome counts only for its own claim."""
    world = pair.here
    deliveries = await in_hand(world, await world.desk())
    async with locked(pair.there, LANE, deliveries[0].destination.id):
        assert await settle(world, deliveries, Sent("1")) == [None]
    await pair.there.own("two", evict=True)
    assert await settle(world, deliveries, Sent("1")) == [False]
    assert await world.rows("SELECT count(*) FROM post") == [(0,)]


@pytest.mark.parametrize("outcome", [DestinationGone("kicked"), DestinationMoved("elsewhere")])
async def test_who_leaves_waits_for_its_own_threads_alone(pair: Pair, outcome: SendOutcome) -> None:
    """Another conversation that leaves at the same moment does not."""
    world = pair.here
    thread = await world.desk("left", "7")
    deliveries = await in_hand(world, *[await world.desk(name) for name in ("left", "gone", "stays")])
    async with locked(pair.there, LANE, thread):
        assert await settle(world, deliveries, outcome, DestinationGone("kicked"), Sent("1")) == [None, True, True]
    assert await settle(world, deliveries[:1], outcome) == [True]
    assert await world.drifted() == []


async def test_who_moves_waits_for_where_it_goes(pair: Pair) -> None:
    """The lane there takes over what was owed here."""
    world = pair.here
    there = await world.desk("there")
    deliveries = await in_hand(world, await world.desk("here"))
    async with locked(pair.there, LANE, there):
        assert await settle(world, deliveries, DestinationMoved("there")) == [None]
    assert await settle(world, deliveries, DestinationMoved("there")) == [True]
    assert await world.drifted() == []


async def test_a_locked_account_keeps_what_concerns_all_of_it(pair: Pair) -> None:
    """What concerns one conversation is written down all the same."""
    world = pair.here
    deliveries = await in_hand(world, await world.desk("limited"), await world.desk("fine"))
    outcomes: list[SendOutcome] = [AccountBlocked(MINUTE, "flood"), Sent("1")]
    async with locked(pair.there, ACCOUNT, await world.account()):
        assert await settle(world, deliveries, *outcomes) == [None, True]
    assert await settle(world, deliveries[:1], outcomes[0]) == [True]
    assert await world.rows("SELECT blocked_until IS NOT NULL FROM account") == [(True,)]


async def test_where_nothing_is_locked_nothing_more_is_asked(pair: Pair) -> None:
    """Four statements for any number of messages that were sent: what is in hand, deliveries, lanes, posts."""
    world = pair.here
    deliveries = await in_hand(world, *[await world.desk(f"desk-{number}") for number in range(5)])
    said, engine = list[str](), world.database._engine.sync_engine

    @event.listens_for(engine, "before_cursor_execute")
    def _note(_connection: object, _cursor: object, sql: str, *_more: object) -> None:
        said.append(sql.split(maxsplit=1)[0])

    assert await settle(world, deliveries, *[Sent(str(number)) for number in range(5)]) == [True] * 5
    assert said == ["SELECT", "UPDATE", "UPDATE", "INSERT"]


async def of_another_account(world: World) -> Delivery:
    """A delivery in hand through an account of its own."""
    async with world.database.begin() as tx:
        account = await tx.outbox.register("test", "other")
        there = Address("test", "other", "desk")
        made = await tx.destinations.ensure(
            there, kind=ConversationKind.GROUP, title="", language="da", timezone="Europe/Copenhagen", now=NOW
        )
    await world.owe(made.id, await world.release())
    async with world.database.begin() as tx:
        assert await tx.outbox.own(account, world.owner, NOW, LEASE)
        return (await tx.outbox.claim(account, world.owner, NOW, 1)).deliveries[0]


async def test_the_ledger_goes_on_for_all_accounts_while_a_lane_is_locked(pair: Pair) -> None:
    """Group after group; the line that waits is told of once, when the lock is gone."""
    world = pair.here
    stuck, *fine = await in_hand(world, await world.desk("stuck"), await world.desk("fine"))
    other = await of_another_account(world)
    heard = list[tuple[int, bool | None]]()
    ledger = Ledger(world.database, world.owner)

    def put(delivery: Delivery) -> None:
        ledger.expect(1)
        told: Callable[[Sequence[tuple[Line, bool | None]]], None] = lambda lines: heard.extend(  # noqa: E731
            (line.delivery.id, counted) for line, counted in lines
        )
        ledger.put(Line(delivery, settlement(delivery, Sent(str(delivery.id)), NOW), timedelta(0), told))

    async with ledger.open():
        async with locked(pair.there, LANE, stuck.destination.id):
            put(stuck)
            for delivery in [*fine, other]:
                put(delivery)
                await until(lambda delivery=delivery: heard[-1:] == [(delivery.id, True)])  # type: ignore[misc]
            assert await world.states(stuck.destination.id) == ["pending", "pending"]
        await until(lambda: heard[-1] == (stuck.id, True))
    assert sorted(heard) == sorted((each.id, True) for each in (stuck, *fine, other))
    assert await world.drifted() == []


async def test_whoever_stops_waits_for_what_is_locked(pair: Pair) -> None:
    """What was sent is not left to be sent again."""
    world = pair.here
    (stuck,) = await in_hand(world, await world.desk())
    ledger = Ledger(world.database, world.owner)

    async def stop() -> None:
        async with ledger.open():
            ledger.expect(1)
            ledger.put(Line(stuck, settlement(stuck, Sent("1"), NOW), timedelta(0), lambda _lines: None))

    async with locked(pair.there, LANE, stuck.destination.id):
        stopping = asyncio.create_task(stop())
        await asyncio.sleep(0.2)
        assert not stopping.done()
    async with asyncio.timeout(5):
        await stopping
    assert await world.states(stuck.destination.id) == ["sent", "pending"]
