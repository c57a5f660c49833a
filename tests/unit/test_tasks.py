"""What becomes of tasks when their owner stops."""

from __future__ import annotations

import asyncio

from bot.tasks import finish


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
