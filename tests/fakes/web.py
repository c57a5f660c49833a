"""A web server on loopback whose answers a test decides: the real HTTP, with nothing in between.

    async with WebServer() as server:
        server.put("/feed", RSS, etag=True)
        ... server.url("/feed") ...
        assert server.requests[-1].headers["If-None-Match"]

A path may hold a query (`/rss/releases/latest?publisherId=1`); an answer for the path with its query goes before one for the path
alone. What was not put answers 404.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiohttp import web
from multidict import CIMultiDictProxy

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
RSS_TYPE = "application/rss+xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """One request that the server got. `path` holds the query; `at` is the event loop's time in seconds."""

    method: str
    path: str
    headers: CIMultiDictProxy[str]
    at: float


class WebServer:
    """Serves on 127.0.0.1 at a port of the system's choice for as long as the `async with` block runs.

    `requests` holds what was asked, in order; `most_at_once` is the largest number of requests that were open at one time.
    """

    def __init__(self, *, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.most_at_once = 0
        self.port = 0
        self._open = 0
        self._tls = tls
        self._answers: dict[str, Handler] = {}

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        """The address of a path; `host` is another name for this machine."""
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def put(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        content_type: str = RSS_TYPE,
        headers: Mapping[str, str] | None = None,
        etag: bool = False,
        last_modified: str | None = None,
        delay: float = 0.0,
        drip: tuple[int, float] | None = None,
    ) -> None:
        """Decides what a path answers from now on.

        `etag`: send one made of the body, and answer 304 to it. `last_modified`: an HTTP date, sent, and answered 304 to. `delay`:
        seconds before the answer. `drip`: send the body in chunks of so many bytes, so many seconds apart (0.0: just chunked).
        """
        content = body.encode() if isinstance(body, str) else body
        fields = {"Content-Type": content_type, **(headers or {})}
        if etag:
            fields["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if last_modified:
            fields["Last-Modified"] = last_modified

        async def answer(request: web.BaseRequest) -> web.StreamResponse:
            await asyncio.sleep(delay)
            if _is_known(request, fields):
                return web.Response(status=304, headers={k: v for k, v in fields.items() if k in ("ETag", "Last-Modified")})
            if drip is None:
                return web.Response(status=status, body=content, headers=fields)
            return await _dripping(request, web.StreamResponse(status=status, headers=fields), content, drip)

        self.on(path, answer)

    def redirect(self, path: str, to: str, *, status: int = 301) -> None:
        """Lets a path lead elsewhere; `to` stands in the Location header as it is."""
        self.put(path, status=status, headers={"Location": to})

    def on(self, path: str, handler: Handler) -> None:
        """Lets a path be answered by a handler of aiohttp."""
        self._answers[path] = handler

    def forget(self, path: str) -> None:
        """Lets a path answer 404 again."""
        self._answers.pop(path, None)

    def asked(self, path: str) -> list[Request]:
        """The requests for a path, with or without a query."""
        return [request for request in self.requests if path in (request.path, request.path.partition("?")[0])]

    async def __aenter__(self) -> Self:
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=self._tls)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        now = asyncio.get_running_loop().time()
        self.requests.append(Request(request.method, request.path_qs, request.headers, now))
        handler = self._answers.get(request.path_qs) or self._answers.get(request.path)
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            return await handler(request) if handler else web.Response(status=404, text="not here")
        finally:
            self._open -= 1


def _is_known(request: web.BaseRequest, fields: Mapping[str, str]) -> bool:
    etag, modified = fields.get("ETag"), fields.get("Last-Modified")
    if "If-None-Match" in request.headers:
        return etag is not None and request.headers["If-None-Match"] == etag
    return modified is not None and request.headers.get("If-Modified-Since") == modified


async def _dripping(
    request: web.BaseRequest, answer: web.StreamResponse, content: bytes, drip: tuple[int, float]
) -> web.StreamResponse:
    size, pause = drip
    await answer.prepare(request)
    for start in range(0, len(content), size):
        await answer.write(content[start : start + size])
        await asyncio.sleep(pause)
    await answer.write_eof()
    return answer
