"""PostgreSQL is restarted, out of reach or silent in the middle of a fan-out: nothing is lost, what is sent twice is counted.

What is waited for in earnest (a lease of 20 seconds, a minute until a silent database is given up) takes a fifth of that here.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.fakes.postgres import Server
from tests.fakes.proxy import Proxy
from tests.faults.conftest import LEASE, installed
from tests.faults.installation import Installation
from tests.faults.story import DESKS, ROUNDS, SEND_TAKES, Story, thorough

pytestmark = pytest.mark.xdist_group("own postgres")

PATIENCE = 4.0
"""Seconds after which a silent database is given up; 60 in earnest."""
AWAY = 2 * LEASE
"""Seconds for which it cannot be reached: longer than a lease, as a minute is in earnest."""


@pytest.fixture
async def line(own_postgres: Server) -> AsyncIterator[Proxy]:
    """The way to the server, which can be broken."""
    assert own_postgres.process is not None
    async with Proxy(f"{own_postgres.process.folder}/.s.PGSQL.5432") as line:
        yield line


@pytest.fixture
async def behind(shared: Installation, line: Proxy) -> Installation:
    """An installation whose workers reach their database over that line."""
    shared.environment["DATABASE_URL"] = over(line, shared.url)
    shared.means["patience"] = PATIENCE
    return shared


def over(line: Proxy, url: str) -> str:
    """The same database by another way."""
    other = make_url(url).set(query={}, host="127.0.0.1", port=line.port)
    return other.render_as_string(hide_password=False)


async def amid_sends(story: Story) -> str:
    """Publish, and wait until some of the destinations have been told; the title."""
    title = story.release()
    await story.here.until(lambda: 3 <= story.arrived(title) < len(DESKS), pause=0.002)
    return title


async def settled(story: Story, what: str, back_at: float, title: str) -> None:
    """Until all is well again; say how long that took since the fault was over, and what was doubled."""
    await story.everywhere(title)
    took = time.monotonic() - back_at
    left = await story.here.quiet({item.title for item in story.here.newsroom.items})
    doubled = story.check(left)
    print(f"\n{what}: 0 lost, {doubled} doubled, order kept; everywhere {took:.1f} s after it was over")  # noqa: T201


@pytest.mark.parametrize("how", [pytest.param("INT", marks=thorough), "QUIT"])
async def test_a_restart_amid_a_fan_out_costs_a_moment(shared: Installation, own_postgres: Server, how: str) -> None:
    """Shut down in order, or crashed: what was sent is written down afterwards, so nothing is lost and nothing doubled."""
    assert own_postgres.process is not None
    shared.chat.delay = SEND_TAKES
    story = Story(shared)
    await shared.start()
    await shared.until(lambda: shared.left().owner is not None)
    await amid_sends(story)
    await asyncio.to_thread(own_postgres.process.restart, how)
    back_at = time.monotonic()
    title = story.release()
    await settled(story, f"PostgreSQL restarted ({'fast' if how == 'INT' else 'immediate'})", back_at, title)


@thorough
async def test_out_of_reach_for_two_leases(behind: Installation, line: Proxy) -> None:
    """Nothing is sent while the lease is not renewed; what had been sent is written down as soon as that can be."""
    behind.chat.delay = SEND_TAKES
    story = Story(behind)
    worker = await behind.start()
    await behind.until(lambda: behind.left().owner is not None)
    await amid_sends(story)
    await line.refuse()
    story.release()
    await asyncio.sleep(LEASE)
    calls = behind.chat.calls
    await asyncio.sleep(AWAY - LEASE)
    assert behind.chat.calls == calls, "sent without a lease"
    assert "cannot be reached" in (await worker.says("database_unusable"))["error"]
    await line.allow()
    back_at = time.monotonic()
    title = story.release()
    await settled(story, f"PostgreSQL out of reach for {AWAY:.0f} s", back_at, title)


async def test_a_line_that_goes_silent_is_given_up(behind: Installation, line: Proxy) -> None:
    """Half-open: what is sent there is taken, nothing comes back. The bot hangs up by itself and makes new connections."""
    behind.chat.delay = SEND_TAKES
    story = Story(behind)
    await behind.start()
    await behind.until(lambda: behind.left().owner is not None)
    await amid_sends(story)
    line.stall()
    await asyncio.sleep(2)
    await line.allow()  # for new connections; those that stand stay dead
    back_at = time.monotonic()
    title = story.release()
    await settled(story, f"PostgreSQL half-open, given up after {PATIENCE:.0f} s", back_at, title)


@thorough
async def test_one_of_two_processes_is_cut_off(behind: Installation, line: Proxy) -> None:
    """It stops sending before its lease ends, and the other takes over; what was in flight counts as ambiguous."""
    behind.chat.delay = SEND_TAKES
    story = Story(behind)
    first = await behind.start()
    await behind.until(lambda: behind.left().owner is not None)
    behind.environment["DATABASE_URL"] = behind.url
    other = await behind.start()
    await behind.until(lambda: len(behind.left().owners) == 2)
    await amid_sends(story)
    line.stall()
    story.unsettled.update(behind.left().in_hand_without([other]))
    cut_at = time.monotonic()
    title = story.release()
    await story.everywhere(title)
    took = time.monotonic() - cut_at
    await line.allow()
    await behind.until(lambda: first.pid in behind.left().owners)
    title = story.release()
    await settled(story, f"one of two processes cut off, the other took over in {took:.1f} s", time.monotonic(), title)


async def test_connections_that_break_at_any_moment(behind: Installation, line: Proxy) -> None:
    """Also between a commit and the word that it was made: nothing is left lying in the hands of a process that does not know."""
    story = Story(behind)
    await behind.start()
    await behind.until(lambda: behind.left().owner is not None)
    title = ""
    for number in range(max(4, ROUNDS // 3)):
        title = story.release()
        for _ in range(8):
            await asyncio.sleep(story.chance.uniform(0, 0.3))
            line.cut_at(b"COMMIT\0") if number % 2 else line.cut()
    over_at = time.monotonic()
    await settled(story, f"PostgreSQL's connections cut at any moment, {line.swallowed} of them at a commit", over_at, title)


@thorough
async def test_out_of_reach_for_a_minute(tmp_path: Path, own_postgres: Server, line: Proxy) -> None:
    """The same in full length: a lease of 20 seconds, and 60 without a database."""
    with own_postgres.bare() as url:
        async with installed(tmp_path, url) as here:
            here.environment["DATABASE_URL"] = over(line, url)
            here.chat.delay = SEND_TAKES
            story = Story(here)
            await here.start()
            await here.until(lambda: here.left().owner is not None)
            await amid_sends(story)
            await line.refuse()
            await asyncio.sleep(60)
            await line.allow()
            back_at = time.monotonic()
            title = story.release()
            await settled(story, "PostgreSQL out of reach for 60 s", back_at, title)
