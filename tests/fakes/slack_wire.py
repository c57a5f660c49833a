"""The HTTP side of the fake: what a request says, and how an answer looks."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.fakes.slack_errors import Json

_LARGEST = 50 * 1024 * 1024


def large_request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    """A request whose body may be as large as an upload."""
    return web.BaseRequest(message, payload, protocol, writer, task, asyncio.get_running_loop(), client_max_size=_LARGEST)


def answer(status: int, said: Json, headers: dict[str, str] | None = None) -> web.Response:
    """An answer as JSON."""
    body = json.dumps(said, separators=(",", ":")).encode()
    return web.Response(body=body, status=status, headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})})


async def read(request: web.BaseRequest, *, form_only: bool) -> Json:
    """A call's arguments, from the address and from its body. `form_only`: a JSON body is not looked at."""
    given: Json = dict(request.query) if request.query_string else {}
    if request.method != "POST":
        return given
    kind = request.content_type
    if kind == "multipart/form-data":
        return given | {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    body = await request.read()
    if kind == "application/json":
        said = json.loads(body) if body and not form_only else {}
        return given | (said if isinstance(said, dict) else {})
    return given | dict(parse_qsl(body.decode(), keep_blank_values=True))


async def read_upload(request: web.BaseRequest) -> bytes:
    """An upload's bytes, bare or as a form's file."""
    if request.content_type != "multipart/form-data":
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    return b""
