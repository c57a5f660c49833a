"""Many small writes as few: what comes in within a moment is written down together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Generic, TypeVar

import structlog

from bot.errors import StorageError

log = structlog.get_logger()

T = TypeVar("T")

PAUSE = 1.0
"""Seconds between tries while the database cannot be used."""


class Gather(Generic[T]):
    """Collects items for up to `within` seconds, or until somebody is in a hurry, and hands them to `write` in one list.

    A StorageError from `write` is tried again for as long as it takes: what is in here has happened already (it was sent, it was
    fetched), and forgetting it would have it happen twice. Any other error is a fault of ours: the items are then written one by
    one, and only what cannot be written at all is logged and left out, of which `left_out` hears.
    """

    def __init__(
        self, write: Callable[[list[T]], Awaitable[None]], within: float, *, left_out: Callable[[T], None] = lambda _item: None
    ) -> None:
        self._write, self._within, self._left_out = write, within, left_out
        self._items: list[T] = []
        self._came = self._went = 0
        self._some, self._now, self._written = asyncio.Event(), asyncio.Event(), asyncio.Event()

    def __len__(self) -> int:
        """How many items are not written down yet."""
        return self._came - self._went

    def put(self, item: T) -> None:
        """Have it written down soon."""
        self._came += 1
        self._items.append(item)
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
            batch, self._items = self._items, []
            self._some.clear()
            self._now.clear()
            try:
                await self._insist(batch)
            except asyncio.CancelledError:
                self._items[:0] = batch  # whoever runs it next goes on with these
                self._some.set()
                raise
            self._went += len(batch)
            self._written.set()

    async def drain(self, limit: float) -> None:
        """Wait until all that is in here now is written down, `limit` seconds at most."""
        until = self._came
        self.hurry()
        try:
            async with asyncio.timeout(limit):
                while self._went < until:
                    self._written.clear()
                    await self._written.wait()
        except TimeoutError:
            log.error("unwritten_at_stop", items=len(self))

    async def _insist(self, batch: list[T]) -> None:
        while True:
            try:
                return await self._write(batch)
            except StorageError as error:
                log.error("writing_waits", error=str(error), items=len(batch))
                await asyncio.sleep(PAUSE)
            except Exception:
                if len(batch) == 1:
                    log.exception("writing_failed", item=repr(batch[0]))
                    return self._left_out(batch[0])
                for item in batch:
                    await self._insist([item])
                return None
