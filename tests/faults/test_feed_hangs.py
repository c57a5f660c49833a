"""Hosts that take a connection and never finish an answer: the other feeds are polled as ever, and these are known to fail."""

from __future__ import annotations

import asyncio
import itertools
import time

from aiohttp import web

from tests.faults.installation import Installation
from tests.faults.story import Story

FETCH = 3.0
"""Seconds that a feed may take; 30 in earnest."""


async def _never(_request: web.BaseRequest) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def test_hanging_feeds_delay_no_other_and_are_marked(installation: Installation) -> None:
    """One never answers, one drips a byte a second; the third is polled every second or so, and its news is told at once."""
    server, chat = installation.newsroom.web, installation.chat
    server.on("/hangs", _never)
    server.put("/drips", "<rss>" + " " * 600 + "</rss>", drip=(1, 1.0))
    feeds = [server.url(path) for path in (installation.newsroom.path, "/hangs", "/drips")]
    installation.environment["PRESSEVAGT_NEWSROOMS"] = ",".join(feeds)
    story = Story(installation)
    worker = await installation.start(fetch=FETCH)
    await installation.until(lambda: bool(server.asked("/hangs") and server.asked("/drips")))
    began, before = asyncio.get_running_loop().time(), time.monotonic()
    title = story.release()
    await story.everywhere(title)
    took = time.monotonic() - before
    failing = "SELECT count(*) FROM feed WHERE failures > 0 AND fault = 'unreachable'"
    await installation.until(lambda: installation.ask(failing) == 2)
    # And again: the second try of each begins while the third feed goes on.
    await installation.until(lambda: min(len(server.asked(path)) for path in ("/hangs", "/drips")) >= 2)
    asked = [request.at for request in server.asked(installation.newsroom.path) if request.at > began]
    gap = max(later - earlier for earlier, later in itertools.pairwise(asked))
    print(f"\ntwo feeds hang: news of the third everywhere after {took:.1f} s, polled at least every {gap:.1f} s")  # noqa: T201
    assert gap < FETCH
    assert {line["fault"] for line in worker.said("poll_failed")} == {"unreachable"}
    assert chat.messages
    left = await installation.quiet({title})
    assert story.check(left) == 0
