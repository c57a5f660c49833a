"""A TCP line on loopback that a test can break, in front of a server that knows nothing of it.

async with Proxy(("127.0.0.1", 5432)) as line:
    ... connect to 127.0.0.1:line.port ...
    line.stall()          # half-open: what is sent is taken, nothing ever comes back
    await line.refuse()   # nobody listens any more
    await line.allow()    # as at first; connections that stalled stay dead
    line.cut()            # every connection is reset, in the middle of whatever it does
    line.cut_at(b"COMMIT")  # the next answer that holds this does not come through: its connection is reset
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

_PIECE = 65536


class Proxy:
    """Passes bytes on, for as long as the `async with` block runs. `target`: host and port, or the path of a socket."""

    def __init__(self, target: tuple[str, int] | str) -> None:
        self.target = target
        self.port = 0
        self._server: asyncio.Server | None = None
        self.swallowed = 0
        self._stalls = False
        self._cut_at: bytes | None = None
        self._dead: set[asyncio.StreamWriter] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """How many are open towards us."""
        return len(self._writers)

    def stall(self) -> None:
        """From here on nothing passes, on connections that stand and on new ones; none is closed."""
        self._stalls = True
        self._dead |= self._writers

    async def refuse(self) -> None:
        """Connections are reset, and new ones refused."""
        if self._server:
            self._server.close()
            self._server = None
        self.cut()

    async def allow(self) -> None:
        """New connections pass again."""
        self._stalls = False
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """Reset every connection."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    def cut_at(self, said: bytes) -> None:
        """Reset the connection on which the server says this next, before it comes through; `swallowed` counts."""
        self._cut_at = said

    async def __aenter__(self) -> Self:
        await self.allow()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.refuse()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        if self._stalls:
            self._dead.add(writer)
        try:
            with suppress(OSError, asyncio.CancelledError):  # cancelled by ourselves, at the end
                await self._pass(reader, writer)
        finally:
            self._writers.discard(writer)
            self._dead.discard(writer)
            writer.transport.abort()
            self._tasks.discard(task)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        opened = (
            asyncio.open_unix_connection(self.target) if isinstance(self.target, str) else asyncio.open_connection(*self.target)
        )
        there, back = await opened
        both = [asyncio.create_task(self._pump(reader, back, writer)), asyncio.create_task(self._pump(there, writer, writer))]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in both:
                pump.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            back.transport.abort()

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, line: asyncio.StreamWriter) -> None:
        while piece := await source.read(_PIECE):
            if self._cut_at and sink is line and self._cut_at in piece:
                self._cut_at, self.swallowed = None, self.swallowed + 1
                line.transport.abort()
                return
            if line not in self._dead:
                sink.write(piece)
                await sink.drain()
        if line in self._dead and sink is line:
            await asyncio.Event().wait()  # the server has gone: the one in front is never told
