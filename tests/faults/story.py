"""What a newsroom publishes while things go wrong, and what must stand in the chat in the end."""

from __future__ import annotations

import os
import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby

import pytest

from tests.fakes.feeds import Item, ago
from tests.faults.installation import PATIENCE, Installation, Left, Send

ROUNDS = int(os.environ.get("PRESSEVAGT_FAULT_ROUNDS", "3"))
SEED = int(os.environ.get("PRESSEVAGT_FAULT_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
thorough = pytest.mark.skipif(ROUNDS < 10, reason="takes its time: make test-faults")
"""For what `make test` has no time for."""

DESKS = [f"desk-{number}" for number in range(1, 25)]
"""The destinations that subscribe."""
SEND_TAKES = 0.03
"""Seconds that the chat takes for a message, so that a fan-out lasts long enough to be hit."""
_FIRST = 10
_NUMBER = re.compile(r"Nyhed (\d+)")


@dataclass(slots=True)
class Story:
    """What the newsroom published, and how often each send was `unsettled` when a process died or its answer was lost."""

    here: Installation
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - it only has to repeat
    last: int = _FIRST - 1
    unsettled: Counter[Send] = field(default_factory=Counter)

    def publish(self, number: int) -> str:
        """One release or two, or a correction, or in every seventh round a late find; the title to look for."""
        kind = self.chance.choices(("one", "two", "correction"), (5, 2, 3))[0]
        if number % 7 == 0:
            return self.release(timedelta(hours=8))
        if kind == "correction" and self.last >= _FIRST:
            item = self.here.newsroom.item(self.chance.randint(max(_FIRST, self.last - 4), self.last))
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
        published = ago(seconds=age.total_seconds()) + timedelta(seconds=self.last)
        item = Item(self.last, f"Nyhed {self.last}", "Havnen melder nyt.", published)
        self.here.newsroom.publish(item)
        return item.title

    def arrived(self, title: str) -> int:
        """At how many destinations a title is shown."""
        return len({message.conversation for message in self.here.chat.messages if message.title == title})

    async def everywhere(self, title: str, limit: float = PATIENCE) -> None:
        """Until a title is shown at every destination."""
        await self.here.until(lambda: self.arrived(title) == len(DESKS), limit)

    def check(self, left: Left) -> int:
        """Hold the chat against the newsroom: nothing lost, all in order, all corrected; how many messages were doubled."""
        here = self.here
        titles = {item.number: item.title for item in here.newsroom.items if item.number >= _FIRST}
        number_of = {here.newsroom.link(item): item.number for item in here.newsroom.items}
        stored = [number_of[link] for link in left.says if number_of[link] in titles]
        assert sorted(stored) == sorted(titles)
        doubled: Counter[Send] = Counter()
        for desk in DESKS:
            doubled.update(self._at(desk, titles, stored))
        assert doubled <= self.unsettled, f"doubled without having been unsettled: {doubled - self.unsettled}"
        assert doubled.total() <= left.ambiguous, "doubled and not counted as ambiguous"
        assert (left.pending, left.dead) == (0, 0)
        return doubled.total()

    def _at(self, desk: str, titles: dict[int, str], stored: list[int]) -> Counter[Send]:
        here = self.here
        shown: dict[int, list[str]] = defaultdict(list)
        alerts = [post for post in here.chat.posts(desk) if not post.under]
        for post in alerts:
            shown[_number(post.title)].append(post.title)
        order = [number for number, _ in groupby(_number(post.title) for post in alerts)]
        assert order == stored, f"lost, doubled apart, or out of order at {desk}"
        # The bot cannot know a copy whose sending was cut off: the last one is the one it keeps right.
        assert {number: copies[-1] for number, copies in shown.items()} == titles, f"a correction is not shown at {desk}"
        doubled = Counter({(desk, here.newsroom.link(here.newsroom.item(n))): len(copies) - 1 for n, copies in shown.items()})
        doubled.update(self._told(desk))
        return +doubled

    def _told(self, desk: str) -> Counter[Send]:
        """Hold what was told of corrections against the alerts that were edited; which of it was told twice."""
        here = self.here
        told: dict[str, list[str]] = defaultdict(list)
        for post in here.chat.posts(desk):
            if post.under:
                told[post.under].append(post.text)
        twice: Counter[Send] = Counter()
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
