"""Can the bot listen where it is told to?"""

from __future__ import annotations

import asyncio
import errno
import socket

import aiohttp

from bot.checks.line import CheckLine
from bot.i18n import Texts
from bot.settings import Settings

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 - what it means, not what we bind to
_ASK_WITHIN = 3.0


async def check_ports(settings: Settings, texts: Texts) -> list[CheckLine]:
    """A line for the port that the world reaches, and one for our own."""
    public, own = (settings.http_host, settings.http_port), (settings.metrics_host, settings.metrics_port)
    lines = [await _check_port("PRESSEVAGT_HTTP_PORT", settings.http_host, settings.http_port, texts)]
    if settings.metrics_port is None:
        return [*lines, CheckLine("PRESSEVAGT_METRICS_PORT", texts.t("off: no metrics are served"))]
    if settings.http_port and public == own:
        said = texts.t("the same as PRESSEVAGT_HTTP_PORT, which the world reaches")
        return [*lines, CheckLine("PRESSEVAGT_METRICS_PORT", said, texts.t("choose another port"))]
    return [*lines, await _check_port("PRESSEVAGT_METRICS_PORT", settings.metrics_host, settings.metrics_port, texts)]


async def _check_port(what: str, host: str, port: int, texts: Texts) -> CheckLine:
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        await asyncio.to_thread(_listen, host, port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and await _is_ours(host, port):
            return CheckLine(what, texts.t("{where} is taken by a Pressevagt that runs", where=where))
        remedy = texts.t("free it, or choose another with {variable}", variable=what)
        return CheckLine(
            what, texts.t("{where} cannot be listened on ({why})", where=where, why=error.strerror or str(error)), remedy
        )
    return CheckLine(what, texts.t("{where} is free", where=where))


def _listen(host: str, port: int) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does it
        probe.bind(address)


async def _is_ours(host: str, port: int) -> bool:
    at = _EVERYWHERE.get(host, host)
    url = f"http://[{at}]:{port}/healthz" if ":" in at else f"http://{at}:{port}/healthz"
    limit = aiohttp.ClientTimeout(total=_ASK_WITHIN)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit, trust_env=False) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return answer.status == 200 and await answer.content.read(8) == b"ok\n"
    except (aiohttp.ClientError, TimeoutError):
        return False
