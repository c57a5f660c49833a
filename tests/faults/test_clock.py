"""The clock jumps an hour while the bot runs: alerts go out within seconds, and nobody is told twice.

A machine's own clock is shifted beneath the clock port; the database server's by a function that stands before PostgreSQL's own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.fakes.postgres import Server
from tests.faults.conftest import LEASE, installed
from tests.faults.installation import Installation
from tests.faults.story import DESKS, SEND_TAKES, Story, thorough
from tests.faults.worker import Worker

pytestmark = pytest.mark.xdist_group("own postgres")

HOUR = 3600
EITHER_WAY = pytest.mark.parametrize("jump", [pytest.param(HOUR, marks=thorough), -HOUR])
WITHIN = 30.0
"""Seconds within which all must be told, whatever the clock does: far less than an hour, on a machine with a lot else to do."""

_SHIFTED = (
    "CREATE TABLE public.shift (seconds float NOT NULL)",
    "INSERT INTO public.shift VALUES (0)",
    """CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT pg_catalog.clock_timestamp() + (SELECT seconds FROM public.shift) * interval '1 second' $$""",
)


@pytest.fixture
async def shifted(tmp_path: Path, own_postgres: Server) -> AsyncIterator[Installation]:
    """One on PostgreSQL, whose server's clock can be put forward and back."""
    with own_postgres.bare() as url:
        async with installed(tmp_path, f"{url}&options=-c%20search_path%3Dpublic,pg_catalog", lease=LEASE) as here:
            for statement in _SHIFTED:
                here.ask(statement)
            yield here


async def told(story: Story, title: str) -> float:
    """Seconds until all destinations have been told."""
    began = time.monotonic()
    await story.everywhere(title, WITHIN)
    return time.monotonic() - began


def _some_arrived(story: Story, title: str) -> bool:
    return story.arrived(title) > 2


def _jumped(worker: Worker, times: int) -> bool:
    return len(worker.said("clock_jumped")) == times


async def finish(story: Story, what: str, took: list[float]) -> None:
    """All is told, nothing twice; say how long it took at most."""
    left = await story.here.quiet({item.title for item in story.here.newsroom.items})
    assert (story.check(left), left.ambiguous) == (0, 0)
    print(f"\n{what}: 0 lost, 0 doubled, order kept; everywhere within {max(took):.1f} s")  # noqa: T201


@EITHER_WAY
async def test_the_clock_of_a_machine_with_its_own_database_jumps(installation: Installation, jump: int) -> None:
    """On SQLite the machine's clock is all there is: it is followed, there and back, with deliveries waiting for another try."""
    installation.chat.delay = SEND_TAKES
    story, took = Story(installation), []
    worker = await installation.start(clock=installation.say("ahead", 0), lease=LEASE)
    took.append(await told(story, story.release()))
    for number, shift in enumerate((jump, 0), 1):
        installation.chat.fail_next("500", times=len(DESKS) // 2)
        title = story.release()
        await installation.until(partial(_some_arrived, story, title), pause=0.002)
        installation.say("ahead", shift)
        took += [await told(story, title), await told(story, story.release())]
        await installation.until(partial(_jumped, worker, number))
        took.append(await told(story, story.release()))
    await finish(story, f"SQLite, the machine's clock jumps by {jump} s and back", took)
    assert [round(line["seconds"] / HOUR) for line in worker.said("clock_jumped")] == [jump / HOUR, -jump / HOUR]


@thorough
@pytest.mark.parametrize("jump", [HOUR, -HOUR])
async def test_the_clock_of_one_of_two_machines_jumps(shared: Installation, jump: int) -> None:
    """They go by the database's, so nothing moves: not at the one that owns the account, nor at the other."""
    shared.chat.delay = SEND_TAKES
    story = Story(shared)
    first = await shared.start(clock=shared.say("ahead", 0))
    await shared.until(lambda: shared.left().owner is not None)
    owner = shared.left().owner
    await shared.start()
    await shared.until(lambda: len(shared.left().owners) == 2)
    shared.say("ahead", jump)
    took = [await told(story, story.release())]
    await asyncio.sleep(LEASE)
    took.append(await told(story, story.release()))
    assert shared.left().owner == owner, "the account changed hands"
    await finish(story, f"PostgreSQL, the clock of one of two machines jumps by {jump} s", took)
    assert first.said("clock_jumped") == []
    assert shared.errors() == []


@EITHER_WAY
async def test_the_clock_of_the_database_jumps(shifted: Installation, jump: int) -> None:
    """Two processes follow it one after the other; neither takes the other's account, and a dead one's is free in one lease."""
    shifted.chat.delay = SEND_TAKES
    story = Story(shifted)
    workers = [await shifted.start()]
    await shifted.until(lambda: shifted.left().owner is not None)
    owner = shifted.left().owner
    workers.append(await shifted.start())
    await shifted.until(lambda: len(shifted.left().owners) == 2)
    took = [await told(story, story.release())]
    shifted.ask(f"UPDATE public.shift SET seconds = {jump}")  # noqa: S608 - a number of ours
    took.append(await told(story, story.release()))
    await shifted.until(lambda: all(len(worker.said("clock_jumped")) == 1 for worker in workers))
    took.append(await told(story, story.release()))
    assert shifted.left().owner == owner, "the account changed hands"
    await finish(story, f"PostgreSQL, the server's clock jumps by {jump} s", took)

    await workers[0].kill()
    story.unsettled.update(shifted.left().in_hand_without(workers[1:]))
    took = [await told(story, story.release())]
    assert shifted.left().owner != owner
    print(f"  and after a kill -9 of the owner everywhere within {max(took):.1f} s")  # noqa: T201
