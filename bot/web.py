"""What the bot serves by HTTP: health and webhooks to the world, metrics and readiness on an address of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import timedelta
from http import HTTPStatus
from typing import Protocol, runtime_checkable

from aiohttp import web

from bot.errors import SettingsError
from bot.metrics import CONTENT_TYPE, Metrics
from bot.readiness import readiness
from bot.standing import Standings

PUBLIC = "PRESSEVAGT_HTTP_HOST and PRESSEVAGT_HTTP_PORT to what is free"
OWN = "PRESSEVAGT_METRICS_HOST and PRESSEVAGT_METRICS_PORT to what is free, or PRESSEVAGT_METRICS_PORT=off"
_FRESH = {"Cache-Control": "no-store"}


@runtime_checkable
class HasRoutes(Protocol):
    """An adapter that its platform calls by HTTP."""

    def routes(self) -> Iterable[web.RouteDef]:
        """What it answers to; asked for before it serves."""
        ...


async def _alive(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


def operations(metrics: Metrics, standings: Standings, interval: timedelta) -> list[web.RouteDef]:
    """`/metrics` for Prometheus, and `/readyz`: what is well and what is not, 503 where anything is not.

    `interval` lies between two polls of a feed.
    """

    async def measured(_request: web.Request) -> web.Response:
        standing = await standings.look(count=True)
        return web.Response(body=metrics.page(standing), headers={"Content-Type": CONTENT_TYPE, **_FRESH})

    async def ready(_request: web.Request) -> web.Response:
        parts = readiness(await standings.look(count=False), interval)
        well = all(part.ok for part in parts)
        status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response({"ready": well, "parts": [asdict(part) for part in parts]}, status=status, headers=_FRESH)

    return [web.get("/metrics", measured), web.get("/readyz", ready)]


@asynccontextmanager
async def serve(host: str, port: int, routes: Iterable[web.RouteDef] = (), *, remedy: str = PUBLIC) -> AsyncIterator[int]:
    """Serve health and these routes until the block ends; the value is the port in use.

    Raises SettingsError where the port cannot be had, with the `remedy`: what to set.
    """
    application = web.Application()
    application.router.add_routes([web.get("/healthz", _alive), *routes])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise SettingsError(f"cannot listen on {host}:{port} ({error.strerror or error}); set {remedy}") from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
