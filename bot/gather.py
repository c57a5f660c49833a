"""Many small writes as few: what comes in within a moment is written down together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import chain
from typing import Generic, TypeVar

import structlog

from bot.errors import StorageError

log = structlog.get_logger()

T = TypeVar("T")

PAUSE = 1.0
"""Seconds between tries while the database cannot be used."""
SOON = 0.05
"""Seconds until what has to wait comes again; twice as long each time that something still has to, up to `PAUSE`."""


class Gather(Generic[T]):
    """Collects items for up to `within` seconds, or until somebody is in a hurry, and hands them to `write` in one list.

    What `write` returns has to wait, for something that concerns no other item: it comes again soon, and the others go on.
    A StorageError from `write` is tried again for as long as it takes: what is in here has happened already (it was sent, it was
    fetched), and forgetting it would have it happen twice. Any other error is a fault of ours: the items are then written one by
    one, and only what cannot be written at all is logged and left out, of which `left_out` hears.
    """

    def __init__(
        self,
        write: Callable[[list[T]], Awaitable[Sequence[T] | None]],
        within: float,
        *,
        left_out: Callable[[T], None] = lambda _item: None,
    ) -> None:
        self._write, self._within, self._left_out = write, within, left_out
        self._came, self._pause = 0, SOON
        # Each by its number: what gathers, what is just being written, and what has to wait.
        self._items, self._batch, self._waiting = dict[int, T](), dict[int, T](), dict[int, T]()
        self._some, self._now, self._written = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def __len__(self) -> int:
        """How many items are not written down yet."""
        return len(self._items) + len(self._batch) + len(self._waiting)

    def put(self, item: T) -> None:
        """Have it written down soon."""
        self._came += 1
        self._items[self._came] = item
        self._some.set()

    def hurry(self) -> None:
        """Have what is in here written down without waiting for more."""
        if self._items:
            self._now.set()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._some.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._within):
                    await self._now.wait()
            self._batch, self._items = self._items, {}
            self._some.clear()
            self._now.clear()
            try:
                waiting = await self._insist(list(self._batch.values()))
            except asyncio.CancelledError:
                self._items, self._batch = self._batch | self._items, {}  # whoever runs it next goes on with these
                self._some.set()
                raise
            self._put_off(waiting)
            self._written.set()

    async def drain(self, limit: float) -> None:
        """Wait until all that is in here now is written down, `limit` seconds at most."""
        until = self._came
        self.hurry()
        try:
            async with asyncio.timeout(limit):
                while min(chain(self._items, self._batch, self._waiting), default=until + 1) <= until:
                    self._written.clear()
                    await self._written.wait()
        except TimeoutError:
            log.error("unwritten_at_stop", items=len(self))

    def _put_off(self, waiting: Sequence[T]) -> None:
        which = {id(item) for item in waiting}
        self._waiting |= {number: item for number, item in self._batch.items() if id(item) in which}
        self._batch = {}
        if waiting:
            asyncio.get_running_loop().call_later(self._pause, self._again)
            if self._pause < PAUSE <= 2 * self._pause:
                log.warning("writing_held_up", items=len(waiting))
            self._pause = min(2 * self._pause, PAUSE)
        elif not self._waiting:
            self._pause = SOON

    def _again(self) -> None:
        """What had to wait is written without waiting for more."""
        if self._waiting:
            self._items, self._waiting = self._waiting | self._items, {}
            self._some.set()
            self._now.set()

    async def _insist(self, batch: list[T]) -> Sequence[T]:
        """Write a batch, however long that takes; what of it has to wait."""
        while True:
            try:
                return await self._write(batch) or ()
            except StorageError as error:
                log.error("writing_waits", error=str(error), items=len(batch))
                await asyncio.sleep(PAUSE)
            except Exception:
                if len(batch) == 1:
                    log.exception("writing_failed", item=repr(batch[0]))
                    self._left_out(batch[0])
                    return ()
                return [waits for item in batch for waits in await self._insist([item])]
