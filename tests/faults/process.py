"""The worker as a process of its own: what `pressevagt run` composes, with the chat of the tests for a platform.

    python -m tests.faults.process http://127.0.0.1:PORT

The settings come from the environment; the argument is where the ChatServer stands. Runs until it is killed, or stops in good
order on SIGTERM and SIGINT.
"""

from __future__ import annotations

import asyncio
import signal
import sys

from bot import log
from bot.app import newsrooms_of, start
from bot.feeds.catalogue import Catalogue
from bot.settings import Settings, load
from tests.fakes.chat import HttpChatAdapter


async def run(settings: Settings, chat_url: str) -> None:
    """Poll and deliver until asked to stop."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with start(settings, [HttpChatAdapter(chat_url)], newsrooms_of(settings, Catalogue.load())):
        await stop.wait()


def main() -> None:
    """Read the environment and run."""
    settings = load()
    log.configure(settings.log_level, settings.log_format)
    asyncio.run(run(settings, sys.argv[1]))


if __name__ == "__main__":
    main()
