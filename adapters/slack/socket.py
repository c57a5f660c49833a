"""How do we call Slack? Socket Mode: connections that we open, over which Slack tells us what people say."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from time import time

import aiohttp
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.outcomes import FAULTS, code_of, word_of
from bot.errors import SettingsError

log = logging.getLogger(__name__)

CONNECTIONS = 2
"""Slack closes each now and then for its own reasons: meanwhile the other takes what comes."""
PING = 5.0
LINGER = 15.0
"""Seconds that a connection is read on after it was replaced: Slack says some ten seconds before that it will close one."""
_RETRY = 10.0
WRONG = frozenset({"invalid_auth", "not_authed", "token_revoked", "account_inactive", "token_expired"})
"""What is said of an app-level token that is not right."""
_BEFORE_DETAILS = re.compile(r"[:(]")
MAY_NOT = frozenset({"missing_scope", "not_allowed_token_type", "no_permission"})
"""What is said of one that may not open connections."""


def _one_line(record: logging.LogRecord) -> bool:
    """A connection that is lost is no fault of ours: said in one line, without a traceback that may show its address."""
    if record.levelno < logging.WARNING:
        return False
    error = record.exc_info[1] if record.exc_info else None
    record.msg, record.args = (
        "Socket Mode: %s",
        (type(error).__name__ if error else _BEFORE_DETAILS.split(str(record.msg))[0].strip(),),
    )
    record.exc_info, record.exc_text, record.levelno, record.levelname = None, None, logging.WARNING, "WARNING"
    return True


_LOG = logging.getLogger("adapters.slack.sdk.socket")
_LOG.setLevel(logging.WARNING)
_LOG.addFilter(_one_line)


class Socket(SocketModeClient):
    """A connection that is opened anew whenever it closes, or Slack asks for it.

    The SDK's own `connect` closes the old one, with what is on its way there, before there is a new one; and it tries an address
    again that is good only once.
    """

    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient) -> None:
        super().__init__(app_token, logger=_LOG, web_client=client, ping_interval=PING)
        self.proxy = None  # the SDK takes the environment's
        self._app = app
        self._leaving: asyncio.Task[None] | None = None
        self.socket_mode_request_listeners.append(self._take)

    @property
    def is_open(self) -> bool:
        """Whether it is open now."""
        return self.current_session is not None and not self.current_session.closed

    async def connect(self) -> None:
        """Open it; tried until Slack can be reached."""
        while not self.closed:
            address, self.wss_uri = self.wss_uri, None
            try:
                address = address or await self.issue_new_wss_url()
                fresh = await self.aiohttp_client_session.ws_connect(address, autoping=False, heartbeat=self.ping_interval)
            except FAULTS as error:
                log.warning("a Socket Mode connection cannot be opened: %s", word_of(error))
                await asyncio.sleep(_RETRY)
                continue
            await self._use(fresh)
            return

    async def _use(self, fresh: aiohttp.ClientWebSocketResponse) -> None:
        old, self.current_session = self.current_session, fresh
        self.stale, self.last_ping_pong_time = False, None
        mine = asyncio.current_task()  # who noticed that the old one is gone may be one of those that read it
        former = [task for task in (self.current_session_monitor, self.message_receiver) if task and task is not mine]
        self.current_session_monitor = asyncio.ensure_future(self.monitor_current_session())
        self.message_receiver = asyncio.ensure_future(self.receive_messages())
        for task in former:
            task.cancel()
        await asyncio.gather(*former, return_exceptions=True)
        if old is not None:
            self._leaving = asyncio.create_task(self._leave(old))
        log.info("a Socket Mode connection is open")

    async def _leave(self, old: aiohttp.ClientWebSocketResponse) -> None:
        """Take what Slack still sends over a connection that it is about to close."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                async for message in old:
                    if message.type is aiohttp.WSMsgType.PING:
                        await old.pong(message.data)
                    elif message.type is aiohttp.WSMsgType.TEXT and json.loads(message.data).get("type") != "disconnect":
                        await self.enqueue_message(message.data)
        await old.close()

    async def close(self) -> None:
        """Take nothing more."""
        await super().close()  # type: ignore[no-untyped-call]
        if self._leaving:
            self._leaving.cancel()
            await asyncio.gather(self._leaving, return_exceptions=True)

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        began = time()
        response = await run_async_bolt_app(self._app, request)
        await send_async_response(client, request, response, began)


@asynccontextmanager
async def listening(app: AsyncApp, app_token: str, client: AsyncWebClient) -> AsyncIterator[Sequence[Socket]]:
    """Have the app told what comes over these connections, until the block ends.

    Slack out of reach is tried until it answers. Raises SettingsError for a token that it does not take.
    """
    address = await _opened(client, app_token)
    sockets = [Socket(app, app_token, client) for _ in range(CONNECTIONS)]
    sockets[0].wss_uri = address or None
    connecting = asyncio.create_task(_connect(sockets), name="slack sockets")
    try:
        yield sockets
    finally:
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await asyncio.gather(*(socket.close() for socket in sockets), return_exceptions=True)


async def _connect(sockets: Sequence[Socket]) -> None:
    for socket in sockets:
        await socket.connect()


async def _opened(client: AsyncWebClient, app_token: str) -> str:
    """The address of a new connection; empty where Slack cannot be reached, or wants us to wait."""
    try:
        return str((await client.apps_connections_open(app_token=app_token))["url"])
    except SlackApiError as error:
        code = code_of(error)
        if code in WRONG:
            message = (
                "SLACK_APP_TOKEN: Slack does not know this token; the right one stands under Basic Information, App-Level Tokens"
            )
            raise SettingsError(message) from None
        if code in MAY_NOT:
            message = "SLACK_APP_TOKEN: this token may not open connections; it needs the scope connections:write"
            raise SettingsError(message) from None
        log.warning("Slack opens no connection: %s", code)
    except FAULTS as error:
        log.warning("Slack cannot be reached: %s", type(error).__name__)
    return ""
