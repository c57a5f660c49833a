"""How fast an account may send."""

from __future__ import annotations

import asyncio

from bot.ports import Pace


class Budget:
    """An account's turns: one every `1 / (per_second - reserved)` seconds, given out at the moment of sending.

    Turns are never saved up: after a stall nothing is sent faster than the limit.
    """

    def __init__(self, pace: Pace) -> None:
        self._between = 0.0 if pace.per_second is None else 1 / (pace.per_second - pace.reserved)
        self._next = 0.0

    async def turn(self) -> None:
        """Wait for a turn."""
        if not self._between:
            return
        now = asyncio.get_running_loop().time()
        mine = max(now, self._next)
        self._next = mine + self._between
        if mine > now:
            await asyncio.sleep(mine - now)
