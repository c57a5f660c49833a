"""The HTTP side of the fake: what a request says, and how an answer looks."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.fakes.telegram_calls import Upload

_JSON = {"Content-Type": "application/json"}
_LARGEST = 50 * 1024 * 1024


def large_request(message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
    """A request whose body may be as large as an upload to Telegram."""
    return web.BaseRequest(message, payload, protocol, writer, task, asyncio.get_running_loop(), client_max_size=_LARGEST)


def answer(status: int, said: dict[str, Any]) -> web.Response:
    """An answer as JSON."""
    return web.Response(body=json.dumps(said, separators=(",", ":")).encode(), status=status, headers=_JSON)


async def read(request: web.BaseRequest) -> tuple[dict[str, str], dict[str, Upload]]:
    """The parameters as the server sees them, all of them text, from the address and from a body of any of its three kinds."""
    given = dict(request.query) if request.query_string else {}
    kind = request.content_type
    if kind == "multipart/form-data":
        return await _read_parts(request, given)
    body = await request.read()
    if kind == "application/json" and body:
        given |= {name: value if isinstance(value, str) else json.dumps(value) for name, value in json.loads(body).items()}
    elif body:
        given |= parse_qsl(body.decode(), keep_blank_values=True)
    return given, {}


async def _read_parts(request: web.BaseRequest, given: dict[str, str]) -> tuple[dict[str, str], dict[str, Upload]]:
    files: dict[str, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            files[name] = Upload(value.filename, value.file.read(), value.content_type)
        elif isinstance(value, str):
            given[name] = value
    return given, files
