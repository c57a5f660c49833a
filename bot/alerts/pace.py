"""How fast an account may send."""

from __future__ import annotations

import asyncio
from collections import deque

from bot.ports import Pace


class Budget:
    """An account's turns, `1 / per_second` seconds apart, given out at the moment of sending.

    Answers to people go ahead of what is owed; where both wait they take turns, so that neither starves the other. Turns are never
    saved up: after a stall nothing is sent faster than the limit.

    `owned`: this process owns the account. `others`: so many other processes answer people through it; where there are any, what
    the pace reserves is theirs, and so it is where another owns the account and this process only answers.
    """

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.owned = True
        self.others = 0
        self._next = 0.0
        self._ahead: deque[asyncio.Future[None]] = deque()
        self._behind: deque[asyncio.Future[None]] = deque()
        self._answered_last = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many wait for their turn to send what is owed."""
        return len(self._behind)

    @property
    def _between(self) -> float:
        rate, reserved = self._pace.per_second or 0.0, self._pace.reserved
        if not self.owned:
            return (self.others + 1) / (reserved or rate)
        return 1 / (rate - (reserved if self.others else 0.0))

    async def turn(self, *, ahead: bool = False) -> None:
        """Wait for a turn; `ahead`: for an answer to a person."""
        if self._pace.per_second is None:
            return
        loop = asyncio.get_running_loop()
        if self._timer is None and self._next <= loop.time():
            self._next = loop.time() + self._between
            return
        mine: asyncio.Future[None] = loop.create_future()
        (self._ahead if ahead else self._behind).append(mine)
        self._arm()
        await mine

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(self._next, self._give)

    def _give(self) -> None:
        """Give the turn that is due to whoever is next and still waits."""
        self._timer = None
        waits = self._whose()
        if waits is None:
            return
        now = asyncio.get_running_loop().time()
        # A timer's usual lateness is made good by the next one; a stall is not.
        self._next = (self._next if now - self._next < self._between else now) + self._between
        waits.set_result(None)
        self._arm()

    def _whose(self) -> asyncio.Future[None] | None:
        first, second = (self._behind, self._ahead) if self._answered_last else (self._ahead, self._behind)
        for queue in (first, second):
            while queue:
                waits = queue.popleft()
                if not waits.done():
                    self._answered_last = queue is self._ahead
                    return waits
        return None
