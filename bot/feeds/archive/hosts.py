"""How often a host may be asked: spaced, and not at all while it wants to be left alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta


class Hosts:
    """Spaces requests: between two to one host lie at least `spacing` seconds, or what its robots.txt asks for."""

    def __init__(
        self,
        spacing: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._spacing = spacing
        self._spacings: dict[str, float] = {}
        self._free_at: dict[str, float] = {}
        self._rests_until: dict[str, float] = {}
        self._clock = clock
        self._sleep = sleep

    async def turn(self, host: str) -> None:
        """Wait until the host may be asked again."""
        now = self._clock()
        at = max(now, self._free_at.get(host, now))
        self._free_at[host] = at + max(self._spacing, self._spacings.get(host, 0.0))
        if at > now:
            await self._sleep(at - now)

    def space(self, host: str, seconds: float) -> None:
        """The host asks for so much between two requests."""
        self._spacings[host] = seconds

    def rest(self, host: str, wait: timedelta) -> None:
        """The host wants to be left alone for so long."""
        until = self._clock() + wait.total_seconds()
        self._rests_until[host] = max(until, self._rests_until.get(host, until))

    def resting(self, host: str) -> timedelta | None:
        """For how long the host is still to be left alone; None: it may be asked."""
        left = self._rests_until.get(host, 0.0) - self._clock()
        return timedelta(seconds=left) if left > 0 else None
