"""Who may configure a chat: its administrators, as Telegram names them."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from telegram import Bot
from telegram.error import TelegramError

from adapters.telegram.insist import at_once

log = logging.getLogger(__name__)

BELIEVED = 60.0
"""Seconds that a list of administrators is believed."""
FRESH = 2.0
"""Seconds within which it is not asked for again, even to refuse somebody."""
_MOST = 1000


class Managers:
    """Administrators by chat. Whoever is not on the list that we remember is refused only by a fresh one."""

    def __init__(self, bot: Bot, clock: Callable[[], float] = time.monotonic) -> None:
        self._bot, self._clock = bot, clock
        self._known: OrderedDict[str, tuple[float, frozenset[str]]] = OrderedDict()

    async def include(self, chat: str, person: str) -> bool:
        """Whether the person administers the chat; no, where Telegram does not tell."""
        asked, people = self._known.get(chat, (float("-inf"), frozenset[str]()))
        age = self._clock() - asked
        if age < BELIEVED and (person in people or age < FRESH):
            return person in people
        return person in await self._ask(chat)

    def forget(self, chat: str) -> None:
        """Somebody's rights changed there."""
        self._known.pop(chat, None)

    async def _ask(self, chat: str) -> frozenset[str]:
        try:
            members = await at_once(lambda: self._bot.get_chat_administrators(chat))
        except TelegramError as error:
            log.info("the administrators of chat %s are not known: %s", chat, error)
            return frozenset()
        people = frozenset(str(member.user.id) for member in members)
        self._known[chat] = (self._clock(), people)
        self._known.move_to_end(chat)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)
        return people
