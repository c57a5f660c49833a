"""Several accounts' outcomes in one transaction, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import chain

import pytest

from bot.alerts import ledger as module
from bot.alerts.ledger import UNWRITTEN, Ledger, Line
from bot.alerts.retry import settlement
from bot.domain.delivery import Delivery, Sent
from storage.database import SqlDatabase, SqlTransaction
from tests.fakes.world import World


class Account:
    """What an account's dispatcher hears of its lines, group by group."""

    def __init__(self) -> None:
        self.heard: list[list[tuple[int, bool | None]]] = []

    def written(self, lines: Sequence[tuple[Line, bool | None]]) -> None:
        """Of some lines that were written down."""
        self.heard.append([(line.delivery.id, counted) for line, counted in lines])


@pytest.fixture
def world(database: SqlDatabase) -> World:
    """An empty installation."""
    return World(database)


@pytest.fixture
def transactions(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One more entry for each that writes."""
    begin, counted = database.begin, list[None]()

    @asynccontextmanager
    async def counting() -> AsyncIterator[SqlTransaction]:
        counted.append(None)
        async with begin() as tx:
            yield tx

    monkeypatch.setattr(database, "begin", counting)
    return counted


async def claimed(world: World, count: int) -> list[Delivery]:
    """Deliveries in hand, each to a destination of its own."""
    release = await world.release()
    for number in range(count):
        await world.owe(await world.desk(f"desk-{number}"), release)
    return await world.claim()


def line(world: World, delivery: Delivery, account: Account) -> Line:
    """That a delivery was sent."""
    return Line(delivery, settlement(delivery, Sent(f"post {delivery.id}"), world.now), timedelta(0), account.written)


async def until(reached: Callable[[], bool]) -> None:
    """Until something is so."""
    async with asyncio.timeout(10):
        while not reached():
            await asyncio.sleep(0.001)


async def test_accounts_share_a_transaction_and_each_hears_of_its_own(world: World, transactions: list[None]) -> None:
    """Three lines of two accounts: one transaction, and two are told."""
    one, two, three = await claimed(world, 3)
    first, second = Account(), Account()
    ledger = Ledger(world.database, world.owner)
    async with ledger.open():
        transactions.clear()
        ledger.expect(3)
        ledger.put(line(world, one, first))
        ledger.put(line(world, two, second))
        ledger.put(line(world, three, first))
        await until(lambda: len(first.heard) == len(second.heard) == 1)
    assert len(transactions) == 1
    assert (first.heard, second.heard) == ([[(one.id, True), (three.id, True)]], [[(two.id, True)]])


async def test_what_is_on_its_way_is_waited_for_and_nothing_else(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last that was expected has all of them written down, however long it would gather."""
    monkeypatch.setattr(module, "SETTLE_WITHIN", 60.0)
    one, two = await claimed(world, 2)
    account = Account()
    ledger = Ledger(world.database, world.owner)
    async with ledger.open():
        ledger.expect(2)
        ledger.put(line(world, one, account))
        await asyncio.sleep(0.02)
        assert account.heard == []
        ledger.put(line(world, two, account))
        await until(lambda: account.heard == [[(one.id, True), (two.id, True)]])


async def test_what_is_let_go_is_expected_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A send that was given up has no line, and keeps nobody else's waiting."""
    monkeypatch.setattr(module, "SETTLE_WITHIN", 60.0)
    one, _ = await claimed(world, 2)
    account = Account()
    ledger = Ledger(world.database, world.owner)
    async with ledger.open():
        ledger.expect(2)
        ledger.expect(-1)
        ledger.put(line(world, one, account))
        await until(lambda: bool(account.heard))


async def test_one_that_stops_has_its_own_written_down_and_the_others_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first to leave waits for what is there; the last to leave ends the writing, and it begins again with the next."""
    monkeypatch.setattr(module, "SETTLE_WITHIN", 60.0)
    one, two, three = await claimed(world, 3)
    account = Account()
    ledger = Ledger(world.database, world.owner)
    ledger.expect(4)  # one more than will ever come: nothing is written down for being the last
    async with ledger.open():
        async with ledger.open():
            ledger.put(line(world, one, account))
        assert account.heard == [[(one.id, True)]]
        ledger.put(line(world, two, account))
    assert account.heard[1:] == [[(two.id, True)]]
    async with ledger.open():
        ledger.put(line(world, three, account))
    assert account.heard[2:] == [[(three.id, True)]]


async def test_what_counts_no_longer_is_told_apart(world: World) -> None:
    """Of a delivery that came twice the second counts no more."""
    (one,) = await claimed(world, 1)
    account = Account()
    ledger = Ledger(world.database, world.owner)
    async with ledger.open():
        ledger.expect(2)
        ledger.put(line(world, one, account))
        ledger.put(line(world, one, account))
    assert account.heard == [[(one.id, True), (one.id, False)]]


async def test_what_cannot_be_written_at_all_keeps_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours in one line: its account hears that, and the rest is written down."""
    one, two = await claimed(world, 2)
    broken, fine = Account(), Account()
    real = SqlTransaction

    class Faulty(real):  # type: ignore[valid-type, misc]
        """Settles all but one."""

        def __init__(self, connection: object) -> None:
            super().__init__(connection)
            settle = self.outbox.settle

            async def refusing(owner: str, settlements: Sequence[object], between: object) -> list[bool]:
                if any(each.delivery_id == one.id for each in settlements):  # type: ignore[attr-defined]
                    raise ZeroDivisionError
                return await settle(owner, settlements, between)  # type: ignore[no-any-return]

            self.outbox.settle = refusing

    monkeypatch.setattr("storage.database.SqlTransaction", Faulty)
    ledger = Ledger(world.database, world.owner)
    async with ledger.open():
        ledger.expect(2)
        ledger.put(line(world, one, broken))
        ledger.put(line(world, two, fine))
        await until(lambda: bool(broken.heard))
    assert (broken.heard, fine.heard) == ([[(one.id, None)]], [[(two.id, True)]])


async def test_what_cannot_be_written_is_written_bare(world: World) -> None:
    """A reason that no database takes costs the reason, and not the conversation whose next alert would wait for it."""
    one, two = await claimed(world, 2)
    account = Account()
    ledger = Ledger(world.database, world.owner)
    bad = line(world, one, account)
    bad = replace(bad, settlement=replace(bad.settlement, reason="half a character: \ud800"))
    async with ledger.open():
        ledger.expect(2)
        ledger.put(bad)
        ledger.put(line(world, two, account))
        await until(lambda: sum(map(len, account.heard)) == 2)
    assert sorted(chain(*account.heard)) == [(one.id, True), (two.id, True)]
    assert await world.rows("SELECT state, reason FROM delivery ORDER BY id") == [("sent", UNWRITTEN), ("sent", "")]
    assert await world.rows("SELECT in_flight FROM lane") == [(None,)] * 2


async def test_who_cannot_hear_of_it_has_nothing_written_twice(world: World, transactions: list[None]) -> None:
    """A part that fails when it is told leaves the others' lines written, and told."""
    one, two = await claimed(world, 2)
    deaf, account = Account(), Account()

    def fail(_: object) -> None:
        raise RuntimeError("deaf")

    ledger = Ledger(world.database, world.owner)
    async with ledger.open():
        transactions.clear()
        ledger.expect(2)
        ledger.put(replace(line(world, one, deaf), written=fail))
        ledger.put(line(world, two, account))
        await until(lambda: bool(account.heard))
    assert (account.heard, len(transactions)) == ([[(two.id, True)]], 1)
