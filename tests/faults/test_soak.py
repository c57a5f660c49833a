"""One SQLite file, and many who write it at once: nobody ever hears that it is locked.

PRESSEVAGT_SOAK_SECONDS=300 pytest tests/faults/test_soak.py -n 0 -s
"""

from __future__ import annotations

import asyncio
import os
import time

from tests.faults.installation import Installation
from tests.faults.story import ROUNDS, Story

SECONDS = float(os.environ.get("PRESSEVAGT_SOAK_SECONDS", "30" if ROUNDS >= 10 else "4"))
LINES = "/latest\n/search nyhed\n/subscribe\n/latest 5\n/release 1\n/status\n/unsubscribe\n/language en\n/subscriptions\n" * 12


async def _ask(here: Installation, until: float, *arguments: str, stdin: str = "") -> int:
    """Run a command again and again beside the worker; how often."""
    times = 0
    while time.monotonic() < until:
        code, out, err = await here.command(*arguments, stdin=stdin)
        assert (code, err) == (0, ""), err
        assert "locked" not in out.lower()
        assert out.strip()
        times += 1
    return times


async def _publish(story: Story, until: float) -> int:
    """A release or a correction every so often, however far the last one has got; how many."""
    number = 0
    while time.monotonic() < until:
        number += 1
        story.publish(number if number % 7 else number + 1)
        await asyncio.sleep(0.25)
    return number


async def test_nobody_hears_that_the_database_is_locked(installation: Installation) -> None:
    """While news come in and are sent, two people chat from processes of their own, and another asks how the bot stands."""
    story = Story(installation)
    worker = await installation.start()
    await installation.fetched(installation.fetches)
    until = time.monotonic() + SECONDS
    published, *asked = await asyncio.gather(
        _publish(story, until),
        _ask(installation, until, "chat", stdin=LINES),
        _ask(installation, until, "chat", "--as", "reader", stdin=LINES),
        _ask(installation, until, "status"),
    )
    left = await installation.quiet({item.title for item in installation.newsroom.items})
    assert story.check(left) == 0
    assert await worker.stop() == 0
    assert installation.errors() == []
    assert "locked" not in worker.words()
    lines = LINES.count("\n")
    print(  # noqa: T201
        f"\nSQLite soak, {SECONDS:.0f} s: {published} changes to {len(story.here.chat.messages)} messages, "
        f"{(asked[0] + asked[1]) * lines} commands in two chats, {asked[2]} times status: never locked"
    )
