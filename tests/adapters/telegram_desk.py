"""A Telegram adapter on the fake Bot API server, for tests that look at it from outside."""

from __future__ import annotations

from typing import Any

from adapters.telegram.settings import TelegramSettings
from tests.fakes.telegram_api import TelegramApi


def telegram_settings(api: TelegramApi, **more: Any) -> TelegramSettings:
    """Settings for the fake's bot; `more` by the names of variables."""
    return TelegramSettings.model_validate({"TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_URL": api.url} | more)
