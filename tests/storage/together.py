"""Two processes on one PostgreSQL database, made to do things at the same moment.

pair = Pair(World(here), World(there))
first, second = await pair.overlap(lambda tx: tx.marks.set(...), lambda tx: tx.marks.set(...))
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from storage.database import SqlDatabase, SqlTransaction
from tests.fakes.world import World

A = TypeVar("A")
B = TypeVar("B")

_WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@dataclass(frozen=True, slots=True)
class Pair:
    """The same installation as two processes see it."""

    here: World
    there: World

    async def overlap(
        self, first: Callable[[SqlTransaction], Awaitable[A]], second: Callable[[SqlTransaction], Awaitable[B]]
    ) -> tuple[A, B]:
        """What both come to, where the second begins when the first is done but not committed.

        The first commits when the second is through, or waits for a lock.
        """
        async with self.here.database.begin() as tx:
            one = await first(tx)
            later = asyncio.create_task(self._in_transaction(self.there.database, second))
            await self.waits_or_is_through(later)
        return one, await later

    async def _in_transaction(self, database: SqlDatabase, step: Callable[[SqlTransaction], Awaitable[B]]) -> B:
        async with database.begin() as tx:
            return await step(tx)

    async def waits_or_is_through(self, task: asyncio.Task[B]) -> None:
        """Until a task is done, or its transaction waits for a lock."""
        for _ in range(2000):
            await asyncio.sleep(0.002)
            if task.done() or await self.here.rows(_WAITS) != [(0,)]:
                return
        raise AssertionError("it neither finishes nor waits for a lock")
