"""The chat's server: takes what `HttpChatAdapter` sends, writes it into the record, keeps nothing, and fails when told to."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.soak.record import Record

CODE = re.compile(r"\bf(\d+)-(\d+)\b")
"""A release in what is posted: its feed, and its number there."""


@dataclass
class Chat:
    """`down`: nothing is taken. `faults`: those of the next calls. `away` has thrown us out; `moved` says who lives where now."""

    record: Record
    url: str = ""
    posted: int = 0
    edited: int = 0
    down: bool = False
    faults: deque[str] = field(default_factory=deque)
    away: set[str] = field(default_factory=set)
    moved: dict[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Serve on loopback until the block ends."""
        runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield
        finally:
            await runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        said = await request.json()
        fault = "down" if self.down else self.faults.popleft() if self.faults else ""
        if fault == "429":
            return web.json_response({"fault": "429", "after": 30})
        if fault in ("down", "500"):
            return web.Response(status=500)
        if request.path == "/edit":
            return self._edit(said)
        here = said["conversation"]
        if here in self.moved:
            return web.json_response({"fault": "moved", "to": self.moved[here]})
        if here in self.away:
            return web.json_response({"fault": "gone"})
        return self._post(request, said, lost=fault == "hang-up")

    def _edit(self, said: dict[str, Any]) -> web.StreamResponse:
        self.edited += 1
        self.record.put("edited", id=said["id"])
        return web.json_response({"id": said["id"]})

    def _post(self, request: web.BaseRequest, said: dict[str, Any], *, lost: bool) -> web.StreamResponse:
        self.posted += 1
        shows = sorted({(int(feed), int(n)) for feed, n in CODE.findall(f"{said['title']}\n{said['text']}")})
        self.record.put("posted", to=said["conversation"], id=str(self.posted), under=said.get("under", ""), shows=shows, lost=lost)
        if lost:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"id": str(self.posted)})


async def quiet(chat: Chat, seconds: float) -> None:
    """Until nothing was posted for so long."""
    before = -1
    while before != chat.posted:
        before = chat.posted
        await asyncio.sleep(seconds)
