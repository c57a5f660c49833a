"""No room is left to write the database: the bot says so, loses nothing, and goes on by itself once there is some."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError

from tests.fakes.postgres import NoPostgres, running
from tests.faults.conftest import LEASE, installed
from tests.faults.installation import Installation
from tests.faults.story import DESKS, SEND_TAKES, Story, thorough
from tests.faults.worker import Worker

LONG = "<p>" + "Havnen melder nyt om kajen. " * 10_000 + "</p>"
"""A release that needs many pages."""
PLENTY = 10**9
"""Pages that a database never comes to."""
MEGABYTES = 40
"""The room of the tablespace on PostgreSQL."""


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def serve_readiness(here: Installation) -> str:
    """Have the next worker serve it; its address."""
    port = _free_port()
    here.environment["PRESSEVAGT_METRICS_PORT"] = str(port)
    return f"http://127.0.0.1:{port}/readyz"


async def ready(url: str) -> tuple[int, str]:
    """The status, and what is said."""
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, json.dumps(await answer.json(content_type=None))


async def until_full(story: Story, worker: Worker, url: str) -> str:
    """Publish what does not fit, and see that the bot says so; the title."""
    here = story.here
    title = story.release()
    here.newsroom.item(story.last).body = LONG
    here.newsroom.serve()
    said = await worker.says("poll_not_stored")
    assert "no room left" in said["error"]
    status, why = await ready(url)
    while status == 200:  # a reading holds for some seconds
        status, why = await ready(url)
    assert (status, "no room left" in why) == (503, True)
    assert title not in here.left().says.values()
    assert worker.lives
    return title


async def finish(story: Story, what: str, room_at: float, title: str) -> None:
    """All is told, nothing twice; say how long that took."""
    await story.everywhere(title)
    took = time.monotonic() - room_at
    left = await story.here.quiet({item.title for item in story.here.newsroom.items})
    assert story.check(left) == 0
    print(f"\n{what}: 0 lost, 0 doubled, order kept; everywhere {took:.1f} s after there was room")  # noqa: T201


async def test_sqlite_has_no_room_left(installation: Installation) -> None:
    """For what a feed brings, and then for what became of sends that are under way."""
    url = serve_readiness(installation)
    installation.chat.delay = 10 * SEND_TAKES
    story = Story(installation)
    worker = await installation.start(room=installation.say("room", PLENTY))
    title = story.release()
    await installation.until(lambda: 0 < story.arrived(title) < len(DESKS))
    installation.say("room", installation.ask("PRAGMA page_count"))  # amid sends: their outcomes wait for room, where they need any
    title = await until_full(story, worker, url)
    installation.say("room", PLENTY)
    await finish(story, "SQLite, disk full", time.monotonic(), title)


@pytest.fixture
async def tiny(tmp_path: Path) -> AsyncIterator[Installation]:
    """One on PostgreSQL, on a file system that is soon full."""
    try:
        with running(own=True, settings=("synchronous_commit=on",), small=MEGABYTES) as server, server.small() as url:
            async with installed(tmp_path, url, lease=LEASE) as here:
                yield here
    except NoPostgres as error:
        pytest.skip(str(error))


@thorough
async def test_postgres_has_no_room_left(tiny: Installation) -> None:
    """A real file system that is full, beneath the server's tables."""
    url = serve_readiness(tiny)
    tiny.chat.delay = 10 * SEND_TAKES
    story = Story(tiny)
    worker = await tiny.start()
    title = story.release()
    await tiny.until(lambda: 0 < story.arrived(title) < len(DESKS))
    tiny.ask("CREATE TABLE filler (words text)")
    for size in (2**21, 2**17, 2**13):  # in ever smaller bits, until nothing fits
        await asyncio.to_thread(_fill, tiny, size)
    title = await until_full(story, worker, url)
    tiny.ask("DROP TABLE filler")
    await finish(story, "PostgreSQL, disk full", time.monotonic(), title)


def _fill(here: Installation, size: int) -> None:
    """Until a bit of this size does not fit."""
    with pytest.raises(OperationalError, match="No space left"):
        while True:
            here.ask(f"INSERT INTO filler SELECT string_agg(md5(n::text), '') FROM generate_series(1, {size // 32}) n")  # noqa: S608
