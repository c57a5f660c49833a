"""The bot on its chat platforms: what `pressevagt run` does where one is configured. Until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

import structlog

from bot.app import newsrooms_of, start
from bot.errors import PressevagtError
from bot.feeds.catalogue import Catalogue
from bot.log import configure
from bot.ports import ChatAdapter
from bot.settings import Settings, load

log = structlog.get_logger()


def run_service(env_file: Path | None) -> None:
    """Run until told to stop. Raises PressevagtError."""
    settings = load(env_file)
    configure(settings.log_level, settings.log_format)
    try:
        asyncio.run(_run(settings))
    except* PressevagtError as group:
        raise _first(group) from None


def adapters_of(settings: Settings) -> list[ChatAdapter]:
    """An adapter for each platform that the settings name; a platform's SDK is loaded only then."""
    found: list[ChatAdapter] = []
    if settings.telegram_bot_token:
        from adapters.telegram.adapter import TelegramAdapter

        found.append(TelegramAdapter(settings, language=settings.language, timezone=settings.timezone))
    return found


async def _run(settings: Settings) -> None:
    asked = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, asked.set)
    entries = newsrooms_of(settings, Catalogue.load())
    adapters = adapters_of(settings)
    async with start(settings, adapters, entries) as bot:
        platforms = ", ".join(adapter.platform for adapter in adapters)
        log.info("running", platforms=platforms, http_port=bot.http_port, newsrooms=len(entries))
        await asked.wait()


def _first(group: BaseExceptionGroup[PressevagtError]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
