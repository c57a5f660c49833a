"""Many small writes as few: what comes in within a moment is written down together."""

from __future__ import annotations

import asyncio
import math
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
    """Collects items for up to `within` seconds, or until there are `enough` of them, and hands them to `write` in one list.

    A StorageError from `write` is tried again for as long as it takes: what is in here has happened already (it was sent, it was
    fetched), and forgetting it would have it happen twice. Any other error is a fault of ours: the items are then written one by
    one, and only what cannot be written at all is logged and left out.
    """

    def __init__(self, write: Callable[[list[T]], Awaitable[None]], within: float, *, enough: float = math.inf) -> None:
        self._write = write
        self._within = within
        self._enough = enough
        self._items: asyncio.Queue[T] = asyncio.Queue()
        self._unwritten = 0

    def __len__(self) -> int:
        """How many items are not written down yet."""
        return self._unwritten

    def put(self, item: T) -> None:
        """Have it written down soon."""
        self._unwritten += 1
        self._items.put_nowait(item)

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            batch = [await self._items.get()]
            with suppress(TimeoutError):
                async with asyncio.timeout(self._within):
                    while len(batch) < self._enough:
                        batch.append(await self._items.get())
            while not self._items.empty():
                batch.append(self._items.get_nowait())
            await self._insist(batch)
            self._unwritten -= len(batch)
            for _ in batch:
                self._items.task_done()

    async def drain(self, limit: float) -> None:
        """Wait until all is written down, `limit` seconds at most."""
        try:
            await asyncio.wait_for(self._items.join(), limit)
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
                    return None
                for item in batch:
                    await self._insist([item])
                return None
