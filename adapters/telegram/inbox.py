"""Updates in hand: those of one chat one by one in their order, many chats at once: a slow answer keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError

from adapters.telegram.inbound import lane
from bot.tasks import InOrder

log = logging.getLogger(__name__)

PER_CHAT = 20
"""More than so many waiting in one chat is a flood: the rest is dropped."""
IN_ALL = 1000
WITHIN = 60.0
"""Seconds that dealing with one update may take."""
_REMEMBERED = 2000

Raw = Mapping[str, Any]


class Inbox:
    """Takes updates as Telegram sends them and has each dealt with once by `handle`."""

    def __init__(self, bot: Bot, handle: Callable[[Update], Awaitable[None]]) -> None:
        self._bot, self._handle = bot, handle
        self._room = asyncio.Semaphore(IN_ALL)
        self._chats = InOrder(self._one, PER_CHAT, self._room.release)
        self._seen: deque[int] = deque(maxlen=_REMEMBERED)

    async def put(self, raw: Raw) -> None:
        """Take an update; waits while too much is in hand. One that came before, or that cannot be read, is passed over."""
        update = self._read(raw)
        if update is None or update.update_id in self._seen:
            return
        self._seen.append(update.update_id)
        await self._room.acquire()
        key = lane(update)
        if not self._chats.put(key, update):
            self._room.release()
            log.warning("too many updates of chat %s at once: one was dropped", key)

    async def drain(self, seconds: float) -> None:
        """Let what is in hand be finished, for so long."""
        await self._chats.drain(seconds)

    def _read(self, raw: Raw) -> Update | None:
        try:
            return Update.de_json(dict(raw), self._bot)
        except Exception:
            log.exception("an update could not be read: %.200s", raw.get("update_id"))
            return None

    async def _one(self, update: Update) -> None:
        try:
            async with asyncio.timeout(WITHIN):
                await self._handle(update)
        except TelegramError as error:
            log.warning("update %s could not be answered: %s", update.update_id, error)
        except TimeoutError:
            log.warning("update %s was not dealt with in %.0f seconds", update.update_id, WITHIN)
        except Exception:
            log.exception("update %s could not be dealt with", update.update_id)
