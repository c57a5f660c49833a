"""Tasks that are under way: when their owner stops they get some time, and none is left behind; some keep an order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Collection
from typing import Any, Generic, TypeVar

T = TypeVar("T")


async def finish(tasks: Collection[asyncio.Task[Any]], limit: float) -> set[asyncio.Task[Any]]:
    """Let tasks come to their end, `limit` seconds at most; those that were not done by then, and were cancelled."""
    if not tasks:
        return set()
    done, late = await asyncio.wait(tasks, timeout=limit)
    for task in late:
        task.cancel()
    await asyncio.gather(*done, *late, return_exceptions=True)
    return late


class InOrder(Generic[T]):
    """Has items dealt with by `handle`: those of one key one by one as they came, many keys at once: a slow one delays no other.

    `handle` raises nothing. `most` of one key wait at the most. `done` is called once for every item that was taken, be it dealt
    with or given up.
    """

    def __init__(self, handle: Callable[[T], Awaitable[None]], most: int, done: Callable[[], None]) -> None:
        self._handle, self._most, self._done = handle, most, done
        self._waiting: dict[str, deque[T]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, key: str, item: T) -> bool:
        """Take an item; False where too many wait already, and it is not taken."""
        waiting = self._waiting.get(key)
        if waiting is not None:
            if len(waiting) >= self._most:
                return False
            waiting.append(item)
            return True
        self._waiting[key] = deque([item])
        task = asyncio.create_task(self._work(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def drain(self, seconds: float) -> None:
        """Let what was taken be finished, for so long."""
        await finish(self._tasks, seconds)

    async def _work(self, key: str) -> None:
        waiting = self._waiting[key]
        try:
            while waiting:
                try:
                    await self._handle(waiting.popleft())
                finally:
                    self._done()
        finally:
            del self._waiting[key]
            for _ in waiting:
                self._done()
