"""The bot on its chat platforms: what `pressevagt run` does where one is configured. Until SIGTERM or SIGINT."""

from __future__ import annotations

from collections.abc import Collection

import structlog

from bot.app import start
from bot.feeds.catalogue import Catalogue
from bot.log import configure
from bot.offered import newsrooms_of
from bot.ports import ChatAdapter
from bot.process import run, stop_asked
from bot.settings import Settings

log = structlog.get_logger()


def run_service(settings: Settings, only: Collection[str] | None = None) -> None:
    """Run until told to stop; `only` these roles, if any are given. Raises PressevagtError."""
    configure(settings.log_level, settings.log_format)
    run(_run(settings, only))


def adapters_of(settings: Settings) -> list[ChatAdapter]:
    """An adapter for each platform that the settings name; a platform's SDK is loaded only then."""
    found: list[ChatAdapter] = []
    if settings.telegram_bot_token:
        from adapters.telegram.adapter import TelegramAdapter

        found.append(TelegramAdapter(settings, language=settings.language, timezone=settings.timezone))
    if settings.on_slack:
        from adapters.slack.adapter import SlackAdapter

        found.append(
            SlackAdapter(
                settings,
                language=settings.language,
                timezone=settings.timezone,
                public_url=settings.public_url,
                secret_keys=settings.secret_keys,
            )
        )
    return found


async def _run(settings: Settings, only: Collection[str] | None) -> None:
    asked = stop_asked()
    entries = newsrooms_of(settings, Catalogue.load())
    adapters = adapters_of(settings)
    async with start(settings, adapters, entries, only=only) as bot:
        platforms = ", ".join(adapter.platform for adapter in adapters)
        log.info("running", platforms=platforms, http_port=bot.http_port, newsrooms=len(entries))
        await asked.wait()
