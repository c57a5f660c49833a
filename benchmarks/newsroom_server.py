"""The server that both sides of the polling benchmark ask: many feeds, in a process of its own."""

from __future__ import annotations

import asyncio
import hashlib
from multiprocessing.connection import Connection

from aiohttp import web
from press_text import Writer, document, moments

RELEASES = 20
"""Releases in a feed."""


class Newsrooms:
    """The feeds and how they change."""

    def __init__(self, feeds: int) -> None:
        self._writer = Writer(seed=2026)
        self._items = [
            [self._writer.item(f"{feed}-{number}", at) for number, at in enumerate(moments(RELEASES))] for feed in range(feeds)
        ]
        self._documents: list[tuple[str, bytes]] = [self._served(feed) for feed in range(feeds)]
        self._changes = 0

    def change(self, share: float) -> int:
        """Put one release on top of so many of the feeds, and let the last one fall off; how many feeds that were."""
        count = round(len(self._items) * share)
        self._changes += 1
        for feed in range(count):
            which = (feed * 97 + self._changes * 13) % len(self._items)
            newest = moments(1)[0].replace(hour=9 + self._changes)
            self._items[which] = [self._writer.item(f"{which}-new-{self._changes}", newest), *self._items[which][:-1]]
            self._documents[which] = self._served(which)
        return count

    def _served(self, feed: int) -> tuple[str, bytes]:
        body = document(self._items[feed])
        return f'"{hashlib.sha256(body).hexdigest()[:16]}"', body

    async def answer(self, request: web.BaseRequest) -> web.Response:
        """`/feed/N`, with 304 for whoever has it."""
        etag, body = self._documents[int(request.path.rpartition("/")[2])]
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.Response(body=body, headers={"ETag": etag, "Content-Type": "application/rss+xml; charset=utf-8"})

    @property
    def size(self) -> int:
        """Bytes of all documents."""
        return sum(len(body) for _, body in self._documents)


def run(pipe: Connection, feeds: int) -> None:
    """Serve on loopback until the pipe closes. Says its address and the size of all documents, then obeys shares to change."""
    asyncio.run(_serve(pipe, feeds))


async def _serve(pipe: Connection, feeds: int) -> None:
    newsrooms = Newsrooms(feeds)
    runner = web.ServerRunner(web.Server(newsrooms.answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    pipe.send((f"http://127.0.0.1:{runner.addresses[0][1]}", newsrooms.size))
    while (share := await asyncio.to_thread(pipe.recv)) is not None:
        pipe.send(newsrooms.change(share))
    await runner.cleanup()
