"""What several tests of the fake Bot API are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update

from tests.fakes.telegram_api import TelegramApi

HTML = "HTML"
SURROGATES = "after decoding HTML entities, check for unmatched surrogate code units"
ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Clock:
    """A clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@dataclass(slots=True)
class Hook:
    """A bot's webhook: keeps what is posted to it and answers what the test says."""

    statuses: list[int] = field(default_factory=list)
    got: list[tuple[dict[str, Any], str | None]] = field(default_factory=list)

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        """Take an update."""
        self.got.append((await request.json(), request.headers.get("X-Telegram-Bot-Api-Secret-Token")))
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)


def bot_of(api: TelegramApi, token: str | None = None) -> Bot:
    """The SDK's bot, not yet initialised."""
    return Bot(token or api.token, base_url=api.base_url, base_file_url=api.base_file_url)


async def raw(api: TelegramApi, method: str, body: Any = None, **how: Any) -> tuple[int, Any]:
    """A call by plain HTTP: the status and the answer."""
    async with aiohttp.ClientSession() as session, session.post(f"{api.base_url}{api.token}/{method}", json=body, **how) as answer:
        return answer.status, await answer.json()


async def updates(bot: Bot) -> list[Update]:
    """What waits for the bot, confirmed."""
    got = await bot.get_updates(allowed_updates=Update.ALL_TYPES)
    if got:
        await bot.get_updates(offset=got[-1].update_id + 1)
    return list(got)


def button(text: str = "Kontakt", **what: Any) -> InlineKeyboardMarkup:
    """A keyboard of one button."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(text, **(what or {"callback_data": "c:1"}))]])
