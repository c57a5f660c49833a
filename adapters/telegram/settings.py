"""What must be set? A bot's token; for a webhook its address and secret; for a Bot API server of one's own, where it stands."""

from __future__ import annotations

import re
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

API_URL = "https://api.telegram.org"
_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{3,100}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class TelegramSettings(BaseSettings):
    """Telegram's part of the settings; `telegram_bot_token` None means that there is no Telegram here."""

    telegram_bot_token: SecretStr | None = Field(
        default=None,
        validation_alias="TELEGRAM_BOT_TOKEN",
        description="The token that BotFather gave; with it the bot is on Telegram.",
    )
    telegram_api_url: str = Field(
        default=API_URL,
        validation_alias="TELEGRAM_API_URL",
        description="The root address of the Bot API server, where it is not Telegram's own.",
    )
    telegram_webhook_url: str | None = Field(
        default=None,
        validation_alias="TELEGRAM_WEBHOOK_URL",
        description="The public address that Telegram is to call; its path is served on the HTTP port. Unset: long polling.",
    )
    telegram_webhook_secret: SecretStr | None = Field(
        default=None,
        validation_alias="TELEGRAM_WEBHOOK_SECRET",
        description="What Telegram proves itself with when it calls: 1 to 256 letters, digits, - and _.",
    )

    @field_validator("telegram_bot_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _TOKEN.fullmatch(value.get_secret_value()):
            message = "this is no bot token; BotFather gives it as 123456789:letters-and-digits"
            raise ValueError(message)
        return value

    @field_validator("telegram_api_url", "telegram_webhook_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
            message = "this is no address; write one such as https://bot.example/telegram"
            raise ValueError(message)
        return value.rstrip("/")

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _SECRET.fullmatch(value.get_secret_value()):
            message = "write 1 to 256 letters, digits, - and _"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _both(self) -> Self:
        if bool(self.telegram_webhook_url) != bool(self.telegram_webhook_secret):
            message = "TELEGRAM_WEBHOOK_URL and TELEGRAM_WEBHOOK_SECRET belong together: set both, or none for long polling"
            raise ValueError(message)
        return self
