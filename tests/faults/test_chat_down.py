"""The chat platform is down, too busy or half-open, and comes back: everything arrives, in order; what is doubled is counted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from tests.fakes.proxy import Proxy
from tests.faults.installation import Installation
from tests.faults.story import DESKS, SEND_TAKES, Story, thorough

DOWN = 6.0
"""Seconds for which the platform is away."""
FASTER = 20.0
"""So many times as fast as in earnest goes the clock, where the platform is away for ten minutes."""


@pytest.fixture
async def line(installation: Installation) -> AsyncIterator[Proxy]:
    """The way to the chat, which can be broken."""
    async with Proxy(("127.0.0.1", installation.chat.port)) as line:
        installation.means["chat"] = f"http://127.0.0.1:{line.port}"
        yield line


async def told(story: Story, what: str, back_at: float, titles: list[str], speed: float = 1.0) -> None:
    """Until every destination has been told of all; say how long that took since the platform was back, and what was doubled."""
    for title in titles:
        await story.everywhere(title)
    took = (time.monotonic() - back_at) * speed
    left = await story.here.quiet(set(titles))
    doubled = story.check(left)
    print(f"\n{what}: 0 lost, {doubled} doubled, order kept; everywhere {took:.1f} s after it was back")  # noqa: T201


async def amid_sends(story: Story) -> str:
    """Publish, and wait until some of the destinations have been told; the title."""
    title = story.release()
    await story.here.until(lambda: 3 <= story.arrived(title) < len(DESKS), pause=0.002)
    return title


@pytest.mark.parametrize("fault", [pytest.param("500", marks=thorough), "429"])
async def test_a_platform_that_refuses_everything_for_a_while(installation: Installation, fault: str) -> None:
    """Answering 500, or 429 with a Retry-After of a second: nothing is lost or doubled, and nobody is hammered meanwhile."""
    installation.chat.delay = SEND_TAKES
    story = Story(installation)
    await installation.start()
    titles = [await amid_sends(story)]
    installation.chat.fails = {"fault": fault, "after": 1.0}
    calls = installation.chat.calls
    titles.append(story.release())
    await asyncio.sleep(DOWN)
    # At most once a second for each destination, the first time beside.
    assert installation.chat.calls - calls <= len(DESKS) * (DOWN + 2)
    assert installation.chat.calls - calls >= len(DESKS) / 2
    installation.chat.fails = None
    await told(story, f"chat answers {fault} for {DOWN:.0f} s", time.monotonic(), titles)


@thorough
async def test_a_platform_that_cannot_be_reached(installation: Installation, line: Proxy) -> None:
    """Connections are refused; those that were open are reset, and what they had just been told may stand twice, counted."""
    installation.chat.delay = SEND_TAKES
    story = Story(installation)
    await installation.start()
    titles = [await amid_sends(story)]
    await line.refuse()
    story.unsettled.update(installation.left().in_hand)
    titles.append(story.release())
    await asyncio.sleep(DOWN)
    await line.allow()
    await told(story, f"chat out of reach for {DOWN:.0f} s", time.monotonic(), titles)


@thorough
async def test_a_platform_that_takes_connections_and_never_answers(installation: Installation, line: Proxy) -> None:
    """Each send is given up in time, and tried again on a new connection."""
    installation.chat.delay = SEND_TAKES
    story = Story(installation)
    await installation.start()
    titles = [await amid_sends(story)]
    line.stall()
    story.unsettled.update(installation.left().in_hand)
    titles.append(story.release())
    await asyncio.sleep(DOWN)
    await line.allow()
    await told(story, f"chat half-open for {DOWN:.0f} s", time.monotonic(), titles)


async def test_answers_that_are_lost_are_doubled_once_and_counted(installation: Installation) -> None:
    """The platform has taken the message and hangs up: the bot cannot know, so it sends again, and counts it."""
    story = Story(installation)
    await installation.start()
    installation.chat.fail_next("hang-up", times=6)
    title = story.release()
    await installation.until(lambda: len(installation.chat.messages) >= 6)
    story.unsettled.update({(message.conversation, _link(story, message.title)): 1 for message in installation.chat.messages[:6]})
    await story.everywhere(title)
    left = await installation.quiet({title})
    assert (story.check(left), left.ambiguous) == (6, 6)


@thorough
async def test_a_platform_that_is_down_for_ten_minutes(installation: Installation) -> None:
    """By a clock that goes twenty times as fast: it is tried ever more seldom, and all is told within as long again."""
    story = Story(installation)
    await installation.start(speed=FASTER)
    titles = [story.release()]
    await story.everywhere(titles[0])
    installation.chat.fails = {"fault": "500"}
    titles += [story.release()]
    await asyncio.sleep(600 / FASTER / 2)
    titles += [story.release()]
    await asyncio.sleep(600 / FASTER / 2)
    installation.chat.fails = None
    await told(story, "chat answers 500 for 10 minutes", time.monotonic(), titles, FASTER)


def _link(story: Story, title: str) -> str:
    newsroom = story.here.newsroom
    return next(newsroom.link(item) for item in newsroom.items if item.title == title)
