"""Processes that begin at one moment, work off a number of jobs together, and end: what a rate is measured with."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Barrier, Event
from typing import Any

LONGEST = 300.0
"""Seconds after which a measurement is given up."""
_SPAWN = multiprocessing.get_context("spawn")


class Tally:
    """How many jobs were done by all processes together, and how long that took once they were warm.

    The first quarter is not timed: a process that begins has statements to prepare and code to load, once in its life.
    """

    def __init__(self, jobs: int) -> None:
        self.timed = jobs - jobs // 4
        self._left, self._began, self._ended = _SPAWN.Value("q", jobs), _SPAWN.Value("d", 0.0), _SPAWN.Value("d", 0.0)
        self._through: Event = _SPAWN.Event()

    def done(self) -> None:
        """One more."""
        with self._left.get_lock():
            self._left.value -= 1
            if self._left.value == self.timed:
                self._began.value = time.monotonic()
            if self._left.value == 0:
                self._ended.value = time.monotonic()
                self._through.set()

    def wait(self, is_settled: Callable[[], bool]) -> float:
        """Until all are done, and that is written down; how many seconds those took that are timed."""
        assert self._through.wait(LONGEST), f"{self._left.value} jobs were not done"
        ended = float(self._ended.value)
        while not is_settled():
            time.sleep(0.002)
            ended = time.monotonic()
        return ended - float(self._began.value)

    def end(self) -> None:
        """Let everybody go home."""
        self._through.set()

    async def through(self) -> None:
        """Until all are done, without standing in the way of those who do them."""
        while not self._through.is_set():  # noqa: ASYNC110 - it is another process's event
            await asyncio.sleep(0.02)


Member = Callable[..., Coroutine[Any, Any, None]]
"""A process of a crew: called with the moment to wait for before it begins, the tally, and what it was given."""


def rate(jobs: int, members: Sequence[tuple[Member, tuple[object, ...]]], is_settled: Callable[[], bool] = lambda: True) -> float:
    """Jobs a second, by processes that are warm. `is_settled`: whether all are written down, where a job is done before that."""
    tally = Tally(jobs)
    with at_work(tally, members):
        return tally.timed / tally.wait(is_settled)


@contextmanager
def at_work(tally: Tally, members: Sequence[tuple[Member, tuple[object, ...]]]) -> Iterator[None]:
    """The processes at work, which go home at the end."""
    ready: Barrier = _SPAWN.Barrier(len(members) + 1)
    crew: list[BaseProcess] = [_SPAWN.Process(target=_work, args=(member, ready, tally, what)) for member, what in members]
    for process in crew:
        process.start()
    try:
        ready.wait(60)
        yield
    finally:
        tally.end()
        for process in crew:
            process.join(30)
            process.kill()
        assert all(process.exitcode == 0 for process in crew), "a process failed"


def _work(member: Member, ready: Barrier, tally: Tally, what: tuple[object, ...]) -> None:
    async def begin() -> None:
        await asyncio.to_thread(ready.wait, 60)

    asyncio.run(member(begin, tally, *what))


Begin = Callable[[], Awaitable[None]]
