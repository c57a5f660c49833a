"""What the dispatchers of a process ask at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping

import pytest

from bot.alerts.together import LEASE, Lookout, Together, until_next
from bot.clock import SystemClock
from bot.errors import StorageError
from storage.database import SqlDatabase


class Counter:
    """Answers, and remembers of whom it was asked."""

    def __init__(self) -> None:
        self.asked: list[set[int]] = []
        self.fault: StorageError | None = None
        self.held = asyncio.Event()
        self.held.set()

    async def __call__(self, who: Collection[int]) -> Mapping[int, int]:
        """Each one's tenfold; of 13 nothing is known."""
        self.asked.append(set(who))
        await self.held.wait()
        if self.fault:
            raise self.fault
        return {each: each * 10 for each in who if each != 13}


async def test_those_who_ask_at_once_are_asked_for_once() -> None:
    """Each has its own answer, and what nobody knows is None."""
    counter = Counter()
    together = Together(counter)
    assert await asyncio.gather(*(together(each) for each in (1, 2, 2, 13))) == [10, 20, 20, None]
    assert counter.asked == [{1, 2, 13}]
    assert await together(3) == 30
    assert counter.asked[1:] == [{3}]


async def test_who_comes_while_others_are_asked_for_is_asked_for_anew() -> None:
    """The answer is never older than the question."""
    counter = Counter()
    together = Together(counter)
    counter.held.clear()
    first = asyncio.create_task(together(1))
    while not counter.asked:
        await asyncio.sleep(0)
    second = asyncio.create_task(together(1))
    await asyncio.sleep(0)
    counter.held.set()
    assert (await first, await second) == (10, 10)
    assert counter.asked == [{1}, {1}]


async def test_who_gives_up_takes_the_answer_from_nobody() -> None:
    """A dispatcher that stops leaves the others theirs."""
    counter = Counter()
    together = Together(counter)
    counter.held.clear()
    gone, stays = asyncio.create_task(together(1)), asyncio.create_task(together(2))
    while not counter.asked:
        await asyncio.sleep(0)
    gone.cancel()
    counter.held.set()
    assert await stays == 20
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_a_fault_is_everybodys() -> None:
    """And it is forgotten with the next question."""
    counter = Counter()
    together = Together(counter)
    counter.fault = StorageError("away")
    found = await asyncio.gather(together(1), together(2), return_exceptions=True)
    assert list(found) == [counter.fault, counter.fault]
    counter.fault = None
    assert await together(1) == 10


async def test_leases_are_renewed_together_where_they_are_ours(database: SqlDatabase) -> None:
    """Of three accounts two are ours; the third has another owner and stays there."""
    clock = SystemClock()
    lookout = Lookout(database, clock, "one")
    async with database.begin() as tx:
        accounts = [await tx.outbox.register("test", name) for name in ("a", "b", "c")]
        for account, owner in zip(accounts, ("one", "one", "two"), strict=True):
            await tx.outbox.own(account, owner, clock.now(), LEASE)
    renewed = await asyncio.gather(*(lookout.renew(account) for account in accounts))
    assert [at is not None for at in renewed] == [True, True, False]
    seen = await asyncio.gather(*(lookout.look(account) for account in accounts))
    assert [(look.is_free, look.is_due, look.next_due) for look in seen if look] == [(False, False, None)] * 3


def test_all_wait_for_the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever they begin to wait."""
    moments = []
    for now in (100.2, 100.9):
        monkeypatch.setattr("bot.alerts.together.monotonic", lambda now=now: now)
        moments.append(round(now + until_next(5.0), 6))
    assert moments == [105.0, 105.0]
