"""kill -9 between fetch and send: nothing is lost, and doubled is only what was being sent.

    PRESSEVAGT_FAULT_ROUNDS=50 PRESSEVAGT_FAULT_SEED=7 pytest tests/faults/test_kill.py -s

prints where the kills fell. A seed repeats what is published and when each kill is due, not what the process had done by then.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

from tests.fakes.feeds import Item, ago
from tests.faults.conftest import DESKS
from tests.faults.installation import Installation, Left

ROUNDS = int(os.environ.get("PRESSEVAGT_FAULT_ROUNDS", "3"))
SEED = int(os.environ.get("PRESSEVAGT_FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
SEND_TAKES = 0.03
"""Seconds that the chat takes for a message, so that a fan-out lasts long enough to be hit."""
UNTIL_COMMIT = 0.05
"""Seconds from the request for a feed within which its news is stored, or nearly."""
_NUMBER = re.compile(r"Nyhed (\d+)")


@dataclass(slots=True)
class Story:
    """What the newsroom published; where the kills fell, how many amid sends, and how often each send was unsettled at one."""

    here: Installation
    chance: random.Random
    last: int = 9
    fell: Counter[str] = field(default_factory=Counter)
    unsettled: Counter[tuple[str, str]] = field(default_factory=Counter)
    amid_sends: int = 0

    def publish(self, number: int) -> str:
        """One release or two, or a correction, or in every seventh round a late find; the title to look for."""
        kind = self.chance.choices(("one", "two", "correction"), (5, 2, 3))[0]
        if number % 7 == 0:
            return self.release(timedelta(hours=8))
        if kind == "correction":
            item = self.here.newsroom.item(self.chance.randint(max(10, self.last - 4), self.last))
            item.title += f", rettet i runde {number}"
            self.here.newsroom.serve()
            return item.title
        if kind == "two":
            self.release()
        return self.release()

    def release(self, age: timedelta = timedelta(minutes=30)) -> str:
        """Another release; its title."""
        self.last += 1
        # Published a second after the one before, so that there is one order to keep.
        item = Item(
            self.last, f"Nyhed {self.last}", "Havnen melder nyt.", ago(seconds=age.total_seconds()) + timedelta(seconds=self.last)
        )
        self.here.newsroom.publish(item)
        return item.title

    def arrived(self, title: str) -> int:
        """At how many destinations a title is shown."""
        return len({message.conversation for message in self.here.chat.messages if message.title == title})

    def note(self, title: str, left: Left) -> None:
        """Where a kill fell, by what it left of the change that this title belongs to."""
        self.unsettled.update(left.in_hand)
        self.amid_sends += bool(left.in_hand)
        arrived = self.arrived(title)
        if title not in left.says.values():
            place = "nothing stored"
        elif not arrived:
            place = "stored, none arrived"
        elif arrived < len(DESKS):
            place = f"{(arrived - 1) // 8 * 8 + 1:2} to {(arrived - 1) // 8 * 8 + 8} arrived"
        else:
            place = "all arrived, some unsettled" if left.pending else "all settled"
        self.fell[place] += 1


async def test_kill_9_loses_nothing_and_doubles_only_what_was_unsettled(installation: Installation) -> None:
    """Killed at random points and started again, the bot alerts every release everywhere, in order, and shows every correction."""
    installation.chat.delay = SEND_TAKES
    story = Story(installation, random.Random(SEED))  # noqa: S311 - it only has to repeat
    began = time.monotonic()
    window = await _undisturbed(story)
    for number in range(1, ROUNDS + 1):
        await _round(story, number, window)
    await installation.start()
    await installation.fetched(installation.fetches)  # before that it may not be far enough to hear of a stop
    left = await installation.quiet({item.title for item in installation.newsroom.items})
    assert await installation.stop() == 0
    doubled = _check(story, left)
    print(f"\nseed {SEED}: {ROUNDS} kills in {time.monotonic() - began:.0f} s, a fan-out takes {window:.2f} s")  # noqa: T201
    print(f"  {story.amid_sends} fell amid sends, of this change or of an earlier one; of this change there was by then:")  # noqa: T201
    for place, kills in sorted(story.fell.items()):
        print(f"  {place:<28}{kills:3}")  # noqa: T201
    print(f"  0 lost of {len(installation.chat.messages) - doubled}; {doubled} doubled, {left.ambiguous} counted as ambiguous")  # noqa: T201


async def _undisturbed(story: Story) -> float:
    """Alert one release with nobody killed; seconds from fetch to the last message."""
    here = story.here
    await here.start()
    await here.fetched(here.fetches)
    title, before = story.release(), here.fetches
    await here.fetched(before)
    began = time.monotonic()
    await here.chat.wait_for(len(DESKS))
    took = time.monotonic() - began
    await here.quiet({title})
    await here.kill()
    assert story.arrived(title) == len(here.chat.messages) == len(DESKS)
    return took


async def _round(story: Story, number: int, window: float) -> None:
    """Publish to a bot that runs or is just starting, kill it some time after its fetch, and see what it left."""
    here, chance = story.here, story.chance
    if chance.random() < 1 / 3:
        await here.start()
        await here.quiet(set())
        await here.fetched(here.fetches)
        title = story.publish(number)
        await here.fetched(here.fetches)
    else:
        title, before = story.publish(number), here.fetches
        await here.start()
        if chance.random() < 0.1:  # some kills hit the start itself
            await asyncio.sleep(chance.uniform(0.2, 1.5))
        else:
            await here.fetched(before)
    await asyncio.sleep(chance.uniform(0, UNTIL_COMMIT if chance.random() < 1 / 4 else window * 1.7))
    await here.kill()
    await asyncio.sleep(3 * SEND_TAKES)  # what was on its way arrives
    story.note(title, here.left())


def _check(story: Story, left: Left) -> int:
    """Hold the chat against the newsroom; how many messages were doubled."""
    here = story.here
    titles = {item.number: item.title for item in here.newsroom.items if item.number > 9}
    number_of = {here.newsroom.link(item): item.number for item in here.newsroom.items}
    stored = [number_of[link] for link in left.says if number_of[link] in titles]
    assert sorted(stored) == sorted(titles)
    doubled: Counter[tuple[str, str]] = Counter()
    for desk in DESKS:
        shown: dict[int, list[str]] = defaultdict(list)
        alerts = [post for post in here.chat.posts(desk) if not post.under]
        for post in alerts:
            shown[_number(post.title)].append(post.title)
        order = [number for number, _ in groupby(_number(post.title) for post in alerts)]
        assert order == stored, f"lost, doubled apart, or out of order at {desk}"
        # The bot cannot know a copy whose sending was cut off: the last one is the one it keeps right.
        assert {number: copies[-1] for number, copies in shown.items()} == titles, f"a correction is not shown at {desk}"
        doubled.update({(desk, here.newsroom.link(here.newsroom.item(n))): len(copies) - 1 for n, copies in shown.items()})
        doubled.update(_told(story, desk))
    assert doubled <= story.unsettled, "doubled without having been unsettled at a kill"
    assert doubled.total() <= left.ambiguous
    assert left.pending == 0
    assert '"level": "error"' not in here.log.read_text(errors="replace"), here.last_words()
    return doubled.total()


def _told(story: Story, desk: str) -> Counter[tuple[str, str]]:
    """Hold what was told of corrections against the alerts that were edited; which of it was told twice."""
    here = story.here
    told: dict[str, list[str]] = defaultdict(list)
    for post in here.chat.posts(desk):
        if post.under:
            told[post.under].append(post.text)
    twice: Counter[tuple[str, str]] = Counter()
    for post in here.chat.posts(desk):
        if post.edits:  # whoever read the alert before must have heard of its last correction
            assert post.title.rpartition(", ")[2] in "".join(told[post.id][-1:]), f"a change was not told at {desk}"
        link = here.newsroom.link(here.newsroom.item(_number(post.title))) if post.id in told else ""
        twice[desk, link] += len(told[post.id]) - len(set(told[post.id]))
    return +twice


def _number(title: str) -> int:
    found = _NUMBER.match(title)
    assert found, f"nobody published {title!r}"
    return int(found[1])
