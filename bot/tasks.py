"""Tasks that are under way when their owner stops: they get some time, and none is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any


async def finish(tasks: Collection[asyncio.Task[Any]], limit: float) -> set[asyncio.Task[Any]]:
    """Let tasks come to their end, `limit` seconds at most; those that were not done by then, and were cancelled."""
    if not tasks:
        return set()
    done, late = await asyncio.wait(tasks, timeout=limit)
    for task in late:
        task.cancel()
    await asyncio.gather(*done, *late, return_exceptions=True)
    return late
