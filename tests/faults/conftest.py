"""A worker in a process of its own between a newsroom and a chat, both on loopback in the process of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.chat import ChatServer
from tests.fakes.feeds import Item, Newsroom, ago
from tests.fakes.web import WebServer
from tests.faults.installation import Installation

DESKS = [f"desk-{number}" for number in range(1, 25)]
"""The destinations that subscribe."""


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    """An installation with 24 subscribers, whose worker has read the feed once and stopped."""
    async with WebServer() as web, ChatServer() as chat:
        newsroom = Newsroom(web, window=500)
        newsroom.publish(*(Item(number, f"Gammel nyhed {number}", published=ago(days=9 - number)) for number in range(1, 4)))
        here = Installation(tmp_path, newsroom, chat)
        await here.subscribe(DESKS)
        try:
            await here.start()
            await here.fetched(0)
            await here.quiet({item.title for item in newsroom.items})
            assert await here.stop() == 0
            yield here
        finally:
            if here.process and here.process.returncode is None:
                await here.kill()
