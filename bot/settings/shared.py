"""Which settings are there, beside those of each platform?"""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from adapters.slack.settings import SlackSettings
from adapters.telegram.settings import TelegramSettings
from bot.settings.written import (
    hosts,
    hour,
    keys,
    listed,
    lower,
    number_or_off,
    people,
    proxy_address,
    public_address,
    words,
    zone,
)


def data_folder() -> Path:
    """Where the database and the chat history live unless a setting says otherwise: `$XDG_DATA_HOME/pressevagt`."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path("~/.local/share").expanduser())
    return Path(home) / "pressevagt"


class Settings(TelegramSettings, SlackSettings):
    """The settings that all platforms share, and those of each platform."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: SecretStr = Field(
        default_factory=lambda: SecretStr(f"sqlite:///{data_folder() / 'pressevagt.db'}"),
        validation_alias="DATABASE_URL",
        description="Where everything is kept: sqlite:///path/to/file.db.",
    )
    newsrooms: Annotated[tuple[str, ...], NoDecode, BeforeValidator(words)] = Field(
        default=("udenrigsministeriet",),
        validation_alias="PRESSEVAGT_NEWSROOMS",
        description="The newsrooms offered to everybody: catalogue names, or addresses of feeds or of pages that link one.",
    )
    poll_interval: int = Field(
        default=60, ge=1, le=86400, validation_alias="PRESSEVAGT_POLL_INTERVAL", description="Seconds between two looks at a feed."
    )
    language: Annotated[Literal["da", "en"], BeforeValidator(lower)] = Field(
        default="da", validation_alias="PRESSEVAGT_LANGUAGE", description="The language spoken where nobody chose one: da or en."
    )
    timezone: Annotated[str, AfterValidator(zone)] = Field(
        default="Europe/Copenhagen",
        validation_alias="PRESSEVAGT_TIMEZONE",
        description="The time zone that times are written in where nobody chose one.",
    )
    operators: Annotated[frozenset[str], NoDecode, BeforeValidator(people)] = Field(
        default=frozenset(),
        validation_alias="PRESSEVAGT_OPERATORS",
        description="Who may do everything everywhere, and hears of feeds that fail: telegram:123,slack:U1.",
    )
    summary_at: Annotated[time | None, NoDecode, BeforeValidator(hour)] = Field(
        default=time(8),
        validation_alias="PRESSEVAGT_SUMMARY_AT",
        description="When operators are told, once a day, what went wrong: 08:00, by PRESSEVAGT_TIMEZONE; off: never.",
    )
    allow_private_addresses: Annotated[bool | frozenset[str], NoDecode, BeforeValidator(hosts)] = Field(
        default=False,
        validation_alias="PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES",
        description="Whether feeds may stand on private, loopback or link-local addresses: false, true, or the hosts that may.",
    )
    http_host: str = Field(
        default="127.0.0.1",
        validation_alias="PRESSEVAGT_HTTP_HOST",
        description="The address that /healthz and webhooks are served on.",
    )
    http_port: int = Field(
        default=8080, ge=0, le=65535, validation_alias="PRESSEVAGT_HTTP_PORT", description="Its port; 0 takes any that is free."
    )
    metrics_host: str = Field(
        default="127.0.0.1",
        validation_alias="PRESSEVAGT_METRICS_HOST",
        description="The address that /metrics and /readyz are served on: not one that the world reaches.",
    )
    metrics_port: Annotated[int | None, BeforeValidator(number_or_off)] = Field(
        default=9108,
        ge=0,
        le=65535,
        validation_alias="PRESSEVAGT_METRICS_PORT",
        description="Its port; 0 takes any that is free, off serves none.",
    )
    public_url: Annotated[str | None, AfterValidator(public_address)] = Field(
        default=None,
        validation_alias="PRESSEVAGT_PUBLIC_URL",
        description="The https address under which the world reaches that port.",
    )
    secret_key: Annotated[SecretStr | None, AfterValidator(keys)] = Field(
        default=None,
        validation_alias="PRESSEVAGT_SECRET_KEY",
        description="What seals tokens that are kept in the database; of several keys the first seals, all of them open.",
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(lower)] = Field(
        default="info",
        validation_alias="PRESSEVAGT_LOG_LEVEL",
        description="The least that is logged: debug, info, warning or error.",
    )
    log_format: Annotated[Literal["text", "json"], BeforeValidator(lower)] = Field(
        default="text", validation_alias="PRESSEVAGT_LOG_FORMAT", description="Logs for people (text) or for machines (json)."
    )
    archive_limit: int = Field(
        default=5000,
        ge=0,
        le=1_000_000,
        validation_alias="PRESSEVAGT_ARCHIVE_LIMIT",
        description="How many releases of each newsroom's history are fetched at most; 0: none.",
    )
    archive_spacing: float = Field(
        default=2.0,
        ge=0,
        le=3600,
        validation_alias="PRESSEVAGT_ARCHIVE_SPACING",
        description="Seconds between two requests to one host for history, and for looking at releases again.",
    )
    keep_days: int = Field(
        default=90,
        ge=31,
        le=3650,
        validation_alias="PRESSEVAGT_KEEP_DAYS",
        description="For how many days what was sent is kept, and who took which story.",
    )
    keep_changes_days: int = Field(
        default=365,
        ge=7,
        le=3650,
        validation_alias="PRESSEVAGT_KEEP_CHANGES_DAYS",
        description="For how many days it is kept who changed which subscription or setting.",
    )
    proxy: Annotated[SecretStr | None, AfterValidator(proxy_address)] = Field(
        default=None,
        validation_alias="PRESSEVAGT_PROXY",
        description="An HTTP proxy for fetching feeds; the environment's own is not used.",
    )
    contact: str = Field(
        default="",
        validation_alias="PRESSEVAGT_CONTACT",
        description="Where a newsroom reaches whoever runs this bot; it stands in the User-Agent of every request.",
    )

    @property
    def has_platform(self) -> bool:
        """Whether the bot is on a chat platform, or speaks in the terminal alone."""
        return bool(self.telegram_bot_token) or self.on_slack

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The keys one by one, that which seals first."""
        return tuple(listed(self.secret_key.get_secret_value())) if self.secret_key else ()

    @model_validator(mode="after")
    def _installable(self) -> Self:
        if self.slack_client_id and not (self.public_url and self.secret_key):
            raise ValueError(
                "SLACK_CLIENT_ID needs PRESSEVAGT_PUBLIC_URL (where Slack sends whoever installs the app)"
                " and PRESSEVAGT_SECRET_KEY (which seals the workspaces' tokens)"
            )
        return self
