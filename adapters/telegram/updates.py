"""How do updates come? By asking for them (long polling), or by being called (webhook)."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from http import HTTPStatus
from urllib.parse import urlencode

from aiohttp import web
from telegram import Bot
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from adapters.telegram.inbound import UPDATES
from adapters.telegram.inbox import Raw
from adapters.telegram.outcomes import after_of
from adapters.telegram.request import LIMIT, AiohttpRequest

log = logging.getLogger(__name__)

WAIT = 30
"""Seconds that Telegram holds the line while there is nothing to tell."""
_CONFLICT_PAUSE = 3.0
_CONFLICTS = 20
"""So many in a row are no take-over any more: another process polls with the same token."""
_LONGEST_PAUSE = 60.0
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name

Take = Callable[[Raw], Awaitable[None]]


class Polling:
    """Asks for updates until cancelled. Telegram forgets an update when the next ones are asked for."""

    def __init__(self, bot: Bot, request: AiohttpRequest, take: Take) -> None:
        self._bot, self._request, self._take = bot, request, take
        self._offset: int | None = None
        self._failures = 0

    async def run(self) -> None:
        """Ask, take, ask again; after an error after a while, longer each time."""
        while True:
            try:
                for raw in await self._ask(WAIT):
                    await self._take(raw)
                    self._offset = raw["update_id"] + 1
                self._failures = 0
            except TelegramError as error:
                self._failures += 1
                await asyncio.sleep(self._pause(error))

    async def acknowledge(self) -> None:
        """Have Telegram forget what was taken, so that nobody is answered again after a restart."""
        if self._offset is not None:
            with suppress(TelegramError):
                await self._ask(0)

    async def _ask(self, seconds: int) -> list[Raw]:
        # Not by the SDK's method: it reads all updates or none, and one that it cannot read would come again for ever.
        fields = {"timeout": seconds, "allowed_updates": json.dumps(UPDATES), "limit": 100}
        if self._offset is not None:
            fields["offset"] = self._offset
        address = f"{self._bot.base_url}/getUpdates?{urlencode(fields)}"
        answer = await self._request.post(address, read_timeout=seconds + LIMIT)
        return [raw for raw in answer if isinstance(raw, dict) and "update_id" in raw] if isinstance(answer, list) else []

    def _pause(self, error: TelegramError) -> float:
        match error:
            case Conflict():
                # At a take-over the former process still holds the line for a moment.
                report = log.warning if self._failures % _CONFLICTS == 0 else log.debug
                report("somebody else asks for this bot's updates: %s", error)
                return _CONFLICT_PAUSE
            case RetryAfter():
                return after_of(error).total_seconds()
            case InvalidToken():
                log.error("Telegram does not know the token any more")
                return _LONGEST_PAUSE
            case _:
                report = log.warning if self._failures in (1, 10) or self._failures % 100 == 0 else log.debug
                report("no updates: %s", error)
                return float(min(2 ** min(self._failures - 1, 6), _LONGEST_PAUSE))


def webhook(path: str, secret: str, take: Callable[[], Take | None]) -> web.RouteDef:
    """The route that Telegram calls; `take` is asked for at each call, and is None until we are ready."""

    async def called(request: web.Request) -> web.Response:
        given = request.headers.get(_SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode()):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        ready = take()
        if ready is None:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE)  # Telegram calls again
        try:
            raw = json.loads(await request.read())
        except (ValueError, RecursionError):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        if not isinstance(raw, dict) or "update_id" not in raw:
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        await ready(raw)
        return web.Response()

    return web.post(path, called)
