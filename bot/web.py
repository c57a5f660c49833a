"""The one HTTP port: health now; webhooks and the rest come to the same door."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Protocol, runtime_checkable

from aiohttp import web

from bot.errors import SettingsError


@runtime_checkable
class HasRoutes(Protocol):
    """An adapter that its platform calls by HTTP."""

    def routes(self) -> Iterable[web.RouteDef]:
        """What it answers to; asked for before it serves."""
        ...


async def _alive(_request: web.Request) -> web.Response:
    return web.Response(text="ok\n")


@asynccontextmanager
async def serve(host: str, port: int, routes: Iterable[web.RouteDef] = ()) -> AsyncIterator[int]:
    """Serve health and these routes until the block ends; the value is the port in use.

    Raises SettingsError where the port cannot be had.
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
            why = error.strerror or str(error)
            message = f"cannot listen on {host}:{port} ({why}); set PRESSEVAGT_HTTP_HOST and PRESSEVAGT_HTTP_PORT to what is free"
            raise SettingsError(message) from error
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
