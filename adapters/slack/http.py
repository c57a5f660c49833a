"""How does Slack call us? Signed posts for events, commands and interactions alike, at one path of the bot's HTTP port."""

from __future__ import annotations

import logging
from collections.abc import Callable

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

log = logging.getLogger(__name__)

PATH = "/slack/events"


def events_route(signing_secret: str, app: Callable[[], AsyncApp | None]) -> web.RouteDef:
    """Where Slack posts. `app` takes what is signed; None: we do not listen now."""
    verifier = SignatureVerifier(signing_secret)

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if not _is_signed(verifier, request, body):
            return web.Response(status=401)
        listening = app()
        if listening is None:
            return web.Response(status=503)
        try:
            asked = AsyncBoltRequest(body=body.decode(), query=request.query_string, headers=dict(request.headers))
        except (ValueError, RecursionError, AttributeError):
            log.warning("a signed request of Slack's cannot be read")
            return web.Response(status=400)
        return await to_aiohttp_response(await listening.async_dispatch(asked))

    return web.post(PATH, receive)


def _is_signed(verifier: SignatureVerifier, request: web.Request, body: bytes) -> bool:
    """Whether Slack signed it in the last five minutes. Before that nothing of it is read."""
    try:
        return verifier.is_valid_request(body, dict(request.headers))
    except (ValueError, TypeError):  # no number where the time should be, no text, or a signature that is not ASCII
        return False
