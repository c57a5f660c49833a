"""Time that passes when nothing else does: a month takes as long as the work that lies in it.

`install()` puts `time.monotonic` under a clock of ours, before anybody takes it by name; an event loop made by `Simulated.loop`
goes by the same. The clock stands while there is work: a socket with something to read, a transaction that is open, a thread with
something to do. Where nobody has anything to do until the next timer, the clock is put forward to that, or rather to the next
even second: what is due within two seconds happens together, as it does where work takes time.

So everything in the process goes by one clock, leases and time limits too, and no limit is overrun because the machine is slow.
"""

from __future__ import annotations

import asyncio
import math
import os
import selectors
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Any

STUCK = 120.0
"""Seconds of the true time after which whatever is under way will not end any more."""
GRAIN = 2.0
"""Seconds: the clock stands at multiples of it."""
_EXACT = 1e-6
_true = time.monotonic

Keys = list[tuple[selectors.SelectorKey, int]]


class Simulated:
    """The clock. `now` is `bot.ports.Clock`'s."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._zero = self._passed = GRAIN * math.ceil(_true() / GRAIN)
        self._work = 0

    def now(self) -> datetime:
        """Aware UTC."""
        return self._start + timedelta(seconds=self._passed - self._zero)

    def monotonic(self) -> float:
        """Seconds, for `time.monotonic`."""
        return self._passed

    def advance(self, seconds: float) -> None:
        """Let so much time pass, up to a multiple of the grain."""
        self._passed = GRAIN * max(math.ceil((self._passed + seconds) / GRAIN - _EXACT), round(self._passed / GRAIN) + 1)

    async def sleep_until(self, moment: datetime) -> None:
        """Until then, if it is yet to come."""
        await asyncio.sleep(max((moment - self.now()).total_seconds(), 0.0))

    @property
    def at_work(self) -> bool:
        """Whether something is under way that no socket of this process tells of."""
        return self._work > 0

    @contextmanager
    def work(self) -> Iterator[None]:
        """The clock stands while the block runs."""
        self._work += 1
        try:
            yield
        finally:
            self._work -= 1

    def working(self, opened: Callable[..., Any]) -> Callable[..., AbstractAsyncContextManager[Any]]:
        """A context manager in which the clock stands: for transactions, which wait for nothing but the database."""

        @asynccontextmanager
        async def during(*arguments: Any) -> AsyncIterator[Any]:
            with self.work():
                async with opened(*arguments) as entered:
                    yield entered

        return during

    def loop(self) -> asyncio.AbstractEventLoop:
        """An event loop that goes by this clock."""
        return _Loop(self)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self, clock: Simulated) -> None:
        super().__init__(_Selector(clock))
        self._clock = clock

    def time(self) -> float:
        return self._clock.monotonic()

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        work = self._clock.work()
        work.__enter__()
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: work.__exit__(None, None, None))
        return future


class _Selector(selectors.BaseSelector):
    """Looks what is ready; instead of waiting for the next timer it puts the clock forward."""

    def __init__(self, clock: Simulated) -> None:
        self._clock, self._real = clock, selectors.DefaultSelector()

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()

    def select(self, timeout: float | None = None) -> Keys:
        found = self._real.select(0)
        if found or (timeout is not None and timeout <= 0):
            return found
        if self._clock.at_work:
            return self._wait()
        # What one end of a connection in here has written the other can read at once; the kernel may want its turn for that.
        os.sched_yield()
        found = self._real.select(0)
        if not found:
            if timeout is None:
                return self._wait()
            self._clock.advance(timeout)
        return found

    def _wait(self) -> Keys:
        found = self._real.select(STUCK)
        if not found:
            message = f"nothing happened for {STUCK:.0f} seconds, though something is under way"
            raise RuntimeError(message)
        return found


def install(start: datetime) -> Simulated:
    """The clock of this process from here on; to be called before the bot is imported."""
    clock = Simulated(start)
    time.monotonic = clock.monotonic
    return clock
