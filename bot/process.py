"""What every long-running command of ours is as a process: one event loop, ended by a signal, with one error at most."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import suppress

from bot.errors import PressevagtError


def run(job: Coroutine[object, object, None]) -> None:
    """Run a job to its end. Of errors that come in groups, however deep, the first is raised: PressevagtError."""
    try:
        asyncio.run(job)
    except* PressevagtError as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None


def stop_asked() -> asyncio.Event:
    """Set when SIGTERM or SIGINT comes; from here on they end nothing by themselves."""
    asked, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, asked.set)
    return asked
