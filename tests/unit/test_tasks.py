"""What becomes of tasks when their owner stops, and in which order some are dealt with."""

from __future__ import annotations

import asyncio

from bot.tasks import InOrder, finish


async def test_what_ends_in_time_is_left_to_end() -> None:
    """Nobody cancels it."""
    ended: list[str] = []

    async def short() -> None:
        await asyncio.sleep(0.01)
        ended.append("short")

    assert await finish({asyncio.create_task(short())}, 10) == set()
    assert ended == ["short"]


async def test_what_does_not_is_cancelled_and_waited_for() -> None:
    """It is told apart, and has tidied up when the waiting is over."""
    tidied: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append("endless")

    task = asyncio.create_task(endless())
    assert await finish({task}, 0.01) == {task}
    assert (tidied, task.cancelled()) == (["endless"], True)


async def test_a_task_that_failed_keeps_nobody() -> None:
    """Nor does it raise here."""

    async def broken() -> None:
        raise ZeroDivisionError

    assert await finish([asyncio.create_task(broken())], 10) == set()


async def test_nothing_to_wait_for() -> None:
    """There may be none."""
    assert await finish(set(), 10) == set()


class Slow:
    """Deals with what the test lets it: what it began and what is done."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.done = 0
        self.let_on = asyncio.Event()
        self.lanes = InOrder(self.handle, 2, self.one_less)

    async def handle(self, item: str) -> None:
        """Begin, and end when it may."""
        self.begun.append(item)
        if item.startswith("slow"):
            await self.let_on.wait()

    def one_less(self) -> None:
        """One was dealt with, or given up."""
        self.done += 1


async def test_what_came_first_is_dealt_with_first_and_keeps_nobody_else() -> None:
    """In its own lane it is waited for, beside it all goes on."""
    slow = Slow()
    for lane, item in (("a", "slow 1"), ("a", "2"), ("b", "3"), ("b", "4")):
        assert slow.lanes.put(lane, item)
        await asyncio.sleep(0)
    assert slow.begun == ["slow 1", "3", "4"]
    slow.let_on.set()
    await slow.lanes.drain(10)
    assert (slow.begun, slow.done) == (["slow 1", "3", "4", "2"], 4)


async def test_a_lane_that_is_full_takes_no_more() -> None:
    """Once it is empty it does again."""
    slow = Slow()
    slow.lanes.put("a", "slow")
    await asyncio.sleep(0)
    assert [slow.lanes.put("a", str(number)) for number in range(3)] == [True, True, False]
    slow.let_on.set()
    await slow.lanes.drain(10)
    assert slow.lanes.put("a", "again")
    await slow.lanes.drain(10)
    assert slow.begun == ["slow", "0", "1", "again"]


async def test_what_is_given_up_is_counted_as_done() -> None:
    """The room that it took is free again."""
    slow = Slow()
    for item in ("slow", "2", "3"):
        slow.lanes.put("a", item)
        await asyncio.sleep(0)
    await slow.lanes.drain(0.01)
    assert (slow.begun, slow.done) == (["slow"], 3)
