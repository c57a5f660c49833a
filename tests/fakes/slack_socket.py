"""Socket Mode: connections that the app opens, envelopes on them, acknowledgements, and going away.

From docs.slack.dev/apis/events-api/using-socket-mode: hello, up to ten connections, any of them may get a payload, disconnect
messages with reasons. An acknowledgement counts on whichever connection it comes (not verified).
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from aiohttp import WSMsgType, web

from tests.fakes.slack_deliveries import Answer, Delivery, Undelivered
from tests.fakes.slack_errors import Json
from tests.fakes.slack_world import World

MOST = 10


@dataclass(slots=True, eq=False)
class Link:
    """An open connection. `leaving`: it was told to go. `envelopes`: ids of what it got. `pongs`: what it answered to pings."""

    number: int
    socket: web.WebSocketResponse
    request: web.BaseRequest
    leaving: bool = False
    envelopes: list[str] = field(default_factory=list)
    pongs: list[bytes] = field(default_factory=list)
    pings: int = 0


class Sockets:
    """The app's connections. `links`: those that are open. `opened`: how many ever were. `acks`: every acknowledgement, as it came.

    `deaf`: acknowledgements are lost on their way, for tests of retries.
    """

    def __init__(self, world: World) -> None:
        self.links: list[Link] = []
        self.opened = 0
        self.acks: list[Json] = []
        self.deaf = False
        self._world = world
        self._tickets: set[str] = set()
        self._waiting: dict[str, tuple[asyncio.Future[Any], Link]] = {}
        self._turn = 0

    def ticket(self, port: int) -> str:
        """The address of a new connection, good once."""
        ticket = f"ticket-{self._world.number()}"
        self._tickets.add(ticket)
        return f"ws://127.0.0.1:{port}/link/?{urlencode({'ticket': ticket, 'app_id': self._world.app.id})}"

    async def serve(self, request: web.BaseRequest) -> web.StreamResponse:
        """A connection, from hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets or len(self.links) >= MOST:
            self._world.violated("a socket without a fresh ticket" if ticket not in self._tickets else "more than ten sockets")
            return web.Response(status=401 if ticket not in self._tickets else 429)
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        self.opened += 1
        link = Link(self.opened, socket, request)
        self.links.append(link)
        await socket.send_json(self._hello())
        self._world.touch()
        try:
            await self._listen(link)
        finally:
            self._gone(link)
        return socket

    async def carry(self, delivery: Delivery, patience: float) -> Answer:
        """Put an envelope on one of the connections and wait for its acknowledgement."""
        began = time.monotonic()
        try:
            link = await self._world.until(self._next, patience)
        except TimeoutError:
            raise Undelivered("no_connection") from None
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[delivery.id] = (future, link)
        link.envelopes.append(delivery.id)
        try:
            await link.socket.send_json(_envelope(delivery))
            async with asyncio.timeout(patience):
                payload = await future
        except (TimeoutError, ConnectionError) as error:
            raise Undelivered("timeout") from error
        finally:
            self._waiting.pop(delivery.id, None)
        return Answer(payload, time.monotonic() - began)

    # -- What a test makes happen

    async def disconnects(self, reason: str = "refresh_requested", link: Link | None = None, *, closes: bool = True) -> None:
        """Tell a connection (the oldest) to go, or all of them for `link_disabled`; `closes`: the server closes it too.

        Real Slack warns about ten seconds before it closes: use `closes=False`, and `closes_now` later.
        """
        for one in list(self.links) if reason == "link_disabled" else [link or self.links[0]]:
            one.leaving = reason != "warning"
            await one.socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-fake"}})
            if closes:
                await self.closes_now(one)

    async def closes_now(self, link: Link) -> None:
        """Close a connection politely."""
        await link.socket.close()

    async def drops(self, link: Link | None = None) -> None:
        """Break a connection (the oldest) without a word."""
        link = link or self.links[0]
        if link.request.transport:
            link.request.transport.abort()
        await self._world.until(lambda: link not in self.links)

    async def pings(self, seconds: float = 2.0) -> None:
        """Ping every connection and wait for each to answer. Raises TimeoutError."""
        for link in self.links:
            link.pings += 1
            await link.socket.ping(f"Ping from applink-fake {link.pings}".encode())
        await self._world.until(lambda: all(len(link.pongs) >= link.pings for link in self.links), seconds)

    async def close(self) -> None:
        """Close all of them."""
        for link in list(self.links):
            await link.socket.close()

    # -- The wire

    def _hello(self) -> Json:
        about = {"host": "applink-fake", "build_number": 1, "approximate_connection_time": 3600}
        return {
            "type": "hello",
            "num_connections": len(self.links),
            "debug_info": about,
            "connection_info": {"app_id": self._world.app.id},
        }

    async def _listen(self, link: Link) -> None:
        async for message in link.socket:
            if message.type is WSMsgType.PING:
                await link.socket.pong(message.data)
            elif message.type is WSMsgType.PONG:
                link.pongs.append(bytes(message.data))
                self._world.touch()
            elif message.type is WSMsgType.TEXT:
                self._acknowledged(json.loads(message.data))

    def _acknowledged(self, said: Json) -> None:
        self.acks.append(said)
        waiting = self._waiting.get(said.get("envelope_id", ""))
        if waiting is None:
            if not any(said.get("envelope_id") in link.envelopes for link in self.links):
                self._world.violated("an acknowledgement of no envelope", said)
            return
        if not self.deaf and not waiting[0].done():
            waiting[0].set_result(said.get("payload"))

    def _next(self) -> Link | None:
        able = [link for link in self.links if not link.leaving and not link.socket.closed]
        self._turn += 1
        return able[self._turn % len(able)] if able else None

    def _gone(self, link: Link) -> None:
        self.links.remove(link)
        for future, its in self._waiting.values():
            if its is link and not future.done():
                future.set_exception(ConnectionResetError())
        self._world.touch()


def _envelope(delivery: Delivery) -> Json:
    said: Json = {"envelope_id": delivery.id, "type": delivery.kind, "payload": delivery.payload}
    said["accepts_response_payload"] = delivery.kind != "events_api"
    if delivery.kind == "events_api":
        said |= {"retry_attempt": delivery.attempt, "retry_reason": delivery.failures[-1] if delivery.failures else ""}
    return said
