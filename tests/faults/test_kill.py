"""kill -9 between fetch and send: nothing is lost, and doubled is only what was being sent.

    PRESSEVAGT_FAULT_ROUNDS=50 PRESSEVAGT_FAULT_SEED=7 pytest tests/faults/test_kill.py -n 0 -s

prints where the kills fell. A seed repeats what is published and when each kill is due, not what the processes had done by then.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from statistics import median

import pytest

from tests.faults.conftest import LEASE
from tests.faults.installation import Installation, Left
from tests.faults.story import DESKS, ROUNDS, SEED, SEND_TAKES, Story
from tests.faults.worker import Worker

UNTIL_COMMIT = 0.05
"""Seconds from the request for a feed within which its news is stored, or nearly."""
ROLES: tuple[tuple[str, ...], ...] = ((), ("poll", "dispatch"), ("dispatch", "test"))
"""What the processes on PostgreSQL do; the first does everything. Whichever dies, another polls and another dispatches."""


@dataclass(slots=True)
class Toll:
    """Where the kills fell, how many amid sends; seconds until another owned the account, and until the news was everywhere."""

    fell: Counter[str] = field(default_factory=Counter)
    amid_sends: int = 0
    taken_over: list[float] = field(default_factory=list)
    recovered: list[float] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def note(self, story: Story, title: str, left: Left, others: list[Worker]) -> None:
        """Where a kill fell, by what it left of the change that this title belongs to."""
        in_hand = left.in_hand_without(others)
        story.unsettled.update(in_hand)
        self.amid_sends += bool(in_hand)
        self.fell[_place(story.arrived(title), left, title)] += 1

    def tell(self, engine: str, story: Story, left: Left) -> None:
        """The line that the README quotes, and where the kills fell."""
        doubled, sent = story.check(left), len(story.here.chat.messages)
        took = "".join(
            f"; {what} after {median(seconds):.1f} s, at most {max(seconds):.1f} s"
            for what, seconds in (("taken over", self.taken_over), ("news everywhere", self.recovered))
            if seconds
        )
        print(  # noqa: T201
            f"\nkill -9, {engine}: {ROUNDS} kills, {self.amid_sends} amid sends: 0 lost of {sent - doubled}, {doubled} doubled, "
            f"{left.ambiguous} counted as ambiguous, order kept{took} (seed {SEED}, {time.monotonic() - self.began:.0f} s)"
        )
        for place, kills in sorted(self.fell.items()):
            print(f"  {place:<28}{kills:3}")  # noqa: T201


def _place(arrived: int, left: Left, title: str) -> str:
    if title not in left.says.values():
        return "nothing stored"
    if not arrived:
        return "stored, none arrived"
    if arrived < len(DESKS):
        return f"{(arrived - 1) // 8 * 8 + 1:2} to {(arrived - 1) // 8 * 8 + 8} arrived"
    return "all arrived, some unsettled" if left.pending else "all settled"


async def test_kill_9_loses_nothing_and_doubles_only_what_was_unsettled(installation: Installation) -> None:
    """Killed at random points and started again, the bot alerts every release everywhere, in order, and shows every correction."""
    installation.chat.delay = SEND_TAKES
    story, toll = Story(installation), Toll()
    window = await _undisturbed(story)
    for number in range(1, ROUNDS + 1):
        await _round(story, toll, number, window)
    worker = await installation.start()
    await installation.fetched(installation.fetches)  # before that it may not be far enough to hear of a stop
    left = await installation.quiet({item.title for item in installation.newsroom.items})
    assert await worker.stop() == 0
    toll.tell("SQLite, 1 process", story, left)
    assert installation.errors() == []


async def _undisturbed(story: Story) -> float:
    """Alert one release with nobody killed; seconds from fetch to the last message."""
    here = story.here
    worker = await here.start()
    await here.fetched(here.fetches)
    title, before = story.release(), here.fetches
    await here.fetched(before)
    began = time.monotonic()
    await here.chat.wait_for(len(DESKS))
    took = time.monotonic() - began
    await here.quiet({title})
    await worker.kill()
    assert story.arrived(title) == len(here.chat.messages) == len(DESKS)
    return took


async def _round(story: Story, toll: Toll, number: int, window: float) -> None:
    """Publish to a bot that runs or is just starting, kill it some time after its fetch, and see what it left."""
    here, chance = story.here, story.chance
    if chance.random() < 1 / 3:
        worker = await here.start()
        await here.quiet(set())
        await here.fetched(here.fetches)
        title = story.publish(number)
        await here.fetched(here.fetches)
    else:
        title, before = story.publish(number), here.fetches
        worker = await here.start()
        if chance.random() < 0.1:  # some kills hit the start itself
            await asyncio.sleep(chance.uniform(0.2, 1.5))
        else:
            await here.fetched(before)
    await asyncio.sleep(chance.uniform(0, UNTIL_COMMIT if chance.random() < 1 / 4 else window * 1.7))
    await worker.kill()
    await asyncio.sleep(3 * SEND_TAKES)  # what was on its way arrives
    toll.note(story, title, here.left(), [])


@pytest.mark.xdist_group("own postgres")
async def test_kill_9_of_any_of_several_processes(shared: Installation) -> None:
    """Whichever dies, the others take over within one lease: nothing lost, doubled only what the dead one was sending."""
    shared.chat.delay = SEND_TAKES
    story, toll = Story(shared), Toll()
    workers = [await shared.start(*roles) for roles in ROLES]
    await shared.until(lambda: len(shared.left().owners) == len(workers) and shared.left().owner is not None)
    for number in range(1, ROUNDS + 1):
        await _shared_round(story, toll, number, workers)
    left = await shared.quiet({item.title for item in shared.newsroom.items})
    await shared.until(lambda: {worker.pid for worker in workers} <= set(shared.left().owners))  # before, they hear of no stop
    toll.tell(f"PostgreSQL, {len(workers)} processes, lease {LEASE:.0f} s", story, left)
    assert [await worker.stop() for worker in workers] == [0] * len(workers)
    assert shared.errors() == []
    # One lease, and a second until that is seen; the rest is for a machine that has a lot else to do.
    assert not toll.taken_over or max(toll.taken_over) < 2 * LEASE + 4


async def _shared_round(story: Story, toll: Toll, number: int, workers: list[Worker]) -> None:
    """Publish, kill the process that sends or any, start it again; the others have told everybody meanwhile."""
    here, chance = story.here, story.chance
    title, before = story.publish(number), here.fetches
    if chance.random() < 3 / 4:
        await here.fetched(before)
    await asyncio.sleep(chance.uniform(0, UNTIL_COMMIT if chance.random() < 1 / 4 else 0.5))
    owner = here.left().owner
    victim = _victim(chance.random() < 1 / 2, here.left(), workers) or chance.choice(workers)
    await victim.kill()
    killed, place = time.monotonic(), workers.index(victim)
    await asyncio.sleep(3 * SEND_TAKES)
    others = [worker for worker in workers if worker is not victim]
    toll.note(story, title, here.left(), others)
    workers[place] = await here.start(*victim.roles)
    if here.left().owners.get(victim.pid) == owner:
        await here.until(lambda: here.left().owner not in (owner, None), pause=0.1)
        toll.taken_over.append(time.monotonic() - killed)
    await story.everywhere(title)
    toll.recovered.append(time.monotonic() - killed)


def _victim(sends: bool, left: Left, workers: list[Worker]) -> Worker | None:
    """The process that owns the account, if that is who is to die."""
    return next((worker for worker in workers if sends and left.owners.get(worker.pid) == left.owner), None)
