"""Whose turn it is to ask: a few requests to one host at a time, and a bounded number in all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

KEEP_ALIVE = 15.0
"""Seconds for which an idle connection is kept, and within which a host must be asked again to be worth one."""
_REMEMBERED = 10_000


class Turns:
    """Gates before the requests. `per_host` counts a host's ports together; `limit` is over all hosts.

    The HTTP client has the same limits, but its time limits run while a request waits for a connection: with many feeds on one slow
    host, the last would fail for having stood in the queue.
    """

    def __init__(self, *, per_host: int, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_host = per_host
        self._all = asyncio.Semaphore(limit)
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._asked: dict[str, float] = {}
        self._clock = clock

    @asynccontextmanager
    async def at(self, host: str) -> AsyncIterator[None]:
        """Waits for a turn at a host, and keeps it for as long as the block runs."""
        gate = self._hosts.get(host)
        if gate is None:
            gate = self._hosts[host] = asyncio.Semaphore(self._per_host)
        # The host's gate comes first: whoever waits there must not hold one of the places that all share.
        async with gate, self._all:
            yield

    def often(self, host: str) -> bool:
        """Whether the host was last asked so shortly ago that the connection deserves to be kept; notes that it is asked now.

        A kept TLS connection costs about 0.3 MB; a thousand hosts with one feed each, polled once a minute, would do so in vain
        """
        now = self._clock()
        last = self._asked.get(host)
        if last is None and len(self._asked) >= _REMEMBERED:
            self._asked.clear()
        self._asked[host] = now
        return last is not None and now - last < KEEP_ALIVE
