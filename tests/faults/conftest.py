"""Workers in processes of their own between a newsroom and a chat, both on loopback in the process of the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.chat import ChatServer
from tests.fakes.feeds import Item, Newsroom, ago
from tests.fakes.postgres import NoPostgres, Server, running
from tests.fakes.web import WebServer
from tests.faults.installation import Installation
from tests.faults.story import DESKS, ROUNDS

LEASE = 4.0
"""Seconds that an account is leased for where several processes share one database; 20 in earnest."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Processes that are started one after the other take their time where a machine has a lot else to do."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(300 + 30 * ROUNDS))


@asynccontextmanager
async def installed(folder: Path, url: str = "", **means: Any) -> AsyncIterator[Installation]:
    """An installation with 24 subscribers, whose worker has read the feed once and stopped."""
    async with WebServer() as web, ChatServer() as chat:
        newsroom = Newsroom(web, window=500)
        newsroom.publish(*(Item(number, f"Gammel nyhed {number}", published=ago(days=9 - number)) for number in range(1, 4)))
        here = Installation(folder, newsroom, chat, url, means)
        await here.subscribe(DESKS)
        try:
            worker = await here.start()
            await here.fetched(0)
            await here.quiet({item.title for item in newsroom.items})
            assert await worker.stop() == 0
            yield here
        finally:
            await here.end()


@pytest.fixture
async def installation(tmp_path: Path) -> AsyncIterator[Installation]:
    """One on SQLite."""
    async with installed(tmp_path) as here:
        yield here


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[Server]:
    """A PostgreSQL server that may be stopped and started, and that keeps what it said was committed."""
    try:
        with running(own=True, settings=("synchronous_commit=on",)) as server:
            yield server
    except NoPostgres as error:
        pytest.skip(str(error))


@pytest.fixture
async def shared(tmp_path: Path, own_postgres: Server) -> AsyncIterator[Installation]:
    """One on PostgreSQL, whose leases are five times as short as in earnest."""
    with own_postgres.bare() as url:
        async with installed(tmp_path, url, lease=LEASE) as here:
            yield here
