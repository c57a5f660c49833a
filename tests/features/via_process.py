"""A worker as a process of its own that reads a newsroom on the Via platform, which stands on this machine.

    python -m tests.features.via_process http://127.0.0.1:CHAT http://via.ritzau.dk:PORT/rss/releases/latest?publisherId=7001

The settings come from the environment. Runs until it is killed.
"""

from __future__ import annotations

import asyncio
import sys

from bot import log
from bot.app import start
from bot.domain.newsroom import NewsroomEntry
from bot.settings import Settings, load
from tests.fakes.chat import HttpChatAdapter
from tests.fakes.via import at_home


async def run(settings: Settings, chat_url: str, feed_url: str) -> None:
    """Poll, deliver and fetch history."""
    entry = NewsroomEntry("havnen", "Havnen", feed_url, "DK", "da", "via")
    async with start(settings, [HttpChatAdapter(chat_url)], [entry], listen=False):
        await asyncio.Event().wait()


def main() -> None:
    """Read the environment and run."""
    at_home()
    settings = load()
    log.configure("error", settings.log_format)
    asyncio.run(run(settings, sys.argv[1], sys.argv[2]))


if __name__ == "__main__":
    main()
