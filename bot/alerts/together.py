"""What several ask at the same moment is asked once: while nothing is owed, many accounts cost the database no more than one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from time import monotonic
from typing import Generic, TypeVar

from bot.ports import Clock, Database, Look

A = TypeVar("A")

LEASE = timedelta(seconds=20)
"""For so long an account is ours without a word more."""


class Together(Generic[A]):
    """Has `ask` find the answers for all who want one at the same moment. Raises what it raises."""

    def __init__(self, ask: Callable[[Collection[int]], Awaitable[Mapping[int, A]]]) -> None:
        self._ask = ask
        self._who: set[int] = set()
        self._next: asyncio.Task[Mapping[int, A]] | None = None

    async def __call__(self, who: int) -> A | None:
        """The answer for an account."""
        self._who.add(who)
        if self._next is None:
            self._next = asyncio.create_task(self._asked())
        # Whoever gives up waiting takes the answer from nobody else.
        return (await asyncio.shield(self._next)).get(who)

    async def _asked(self) -> Mapping[int, A]:
        # Those whose timers end at the same moment come one after the other: let them all arrive.
        await asyncio.sleep(0)
        who, self._who, self._next = self._who, set(), None
        return await self._ask(who)


class Lookout:
    """How the dispatchers of a process look at the outbox, and renew their leases. Raises StorageError.

    `look` has how an account stands, `renew` the moment at which its lease was renewed, or None where `owner` has it no more.
    """

    def __init__(self, database: Database, clock: Clock, owner: str) -> None:
        self._database, self._clock, self._owner = database, clock, owner
        self.look = Together(self._look)
        self.renew = Together(self._renew)

    async def _look(self, accounts: Collection[int]) -> Mapping[int, Look]:
        async with self._database.glance() as tx:
            return await tx.outbox.look(accounts, self._clock.now())

    async def _renew(self, accounts: Collection[int]) -> Mapping[int, datetime]:
        now = self._clock.now()
        async with self._database.begin() as tx:
            return dict.fromkeys(await tx.outbox.renew(accounts, self._owner, now, LEASE), now)


def until_next(every: float) -> float:
    """Seconds until the next moment of a beat that is the same for all in this process: so they ask together."""
    return every - monotonic() % every
