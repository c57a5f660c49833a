"""The settings, from the environment and `.env`: typed, checked, and explained when they are wrong.

Every variable stands in `.env.example` with its purpose and default; a test holds the two together.
"""

from __future__ import annotations

import difflib
import os
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from datetime import time
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from adapters.slack.settings import SlackSettings
from adapters.telegram.settings import TelegramSettings
from bot.errors import SettingsError

PREFIX = "PRESSEVAGT_"
PLATFORM_PREFIXES = ("TELEGRAM_", "SLACK_")
ENV_FILE = ".env"
MAKE_KEY = 'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_KEY_BYTES = 32
_NEAR = 0.8

Words = Annotated[tuple[str, ...], NoDecode]
Names = Annotated[frozenset[str], NoDecode]


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
    newsrooms: Words = Field(
        default=("udenrigsministeriet",),
        validation_alias="PRESSEVAGT_NEWSROOMS",
        description="The newsrooms offered to everybody: catalogue names, or addresses of feeds or of pages that link one.",
    )
    poll_interval: int = Field(
        default=60, ge=1, le=86400, validation_alias="PRESSEVAGT_POLL_INTERVAL", description="Seconds between two looks at a feed."
    )
    language: Literal["da", "en"] = Field(
        default="da", validation_alias="PRESSEVAGT_LANGUAGE", description="The language spoken where nobody chose one: da or en."
    )
    timezone: str = Field(
        default="Europe/Copenhagen",
        validation_alias="PRESSEVAGT_TIMEZONE",
        description="The time zone that times are written in where nobody chose one.",
    )
    operators: Names = Field(
        default=frozenset(),
        validation_alias="PRESSEVAGT_OPERATORS",
        description="Who may do everything everywhere, and hears of feeds that fail: telegram:123,slack:U1.",
    )
    summary_at: Annotated[time | None, NoDecode] = Field(
        default=time(8),
        validation_alias="PRESSEVAGT_SUMMARY_AT",
        description="When operators are told, once a day, what went wrong: 08:00, by PRESSEVAGT_TIMEZONE; off: never.",
    )
    allow_private_addresses: Annotated[bool | frozenset[str], NoDecode] = Field(
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
    metrics_port: int | None = Field(
        default=9108,
        ge=0,
        le=65535,
        validation_alias="PRESSEVAGT_METRICS_PORT",
        description="Its port; 0 takes any that is free, off serves none.",
    )
    public_url: str | None = Field(
        default=None,
        validation_alias="PRESSEVAGT_PUBLIC_URL",
        description="The https address under which the world reaches that port.",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        validation_alias="PRESSEVAGT_SECRET_KEY",
        description="What seals tokens that are kept in the database; of several keys the first seals, all of them open.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info",
        validation_alias="PRESSEVAGT_LOG_LEVEL",
        description="The least that is logged: debug, info, warning or error.",
    )
    log_format: Literal["text", "json"] = Field(
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
    proxy: SecretStr | None = Field(
        default=None,
        validation_alias="PRESSEVAGT_PROXY",
        description="An HTTP proxy for fetching feeds; the environment's own is not used.",
    )
    contact: str = Field(
        default="",
        validation_alias="PRESSEVAGT_CONTACT",
        description="Where a newsroom reaches whoever runs this bot; it stands in the User-Agent of every request.",
    )

    @field_validator("newsrooms", mode="before")
    @classmethod
    def _words(cls, value: object) -> object:
        return tuple(_listed(value)) if isinstance(value, str) else value

    @field_validator("operators", mode="before")
    @classmethod
    def _operators(cls, value: object) -> object:
        named = frozenset(_listed(value)) if isinstance(value, str) else value
        wrong = [name for name in named if not re.fullmatch(r"[a-z]+:\S+", name)] if isinstance(named, frozenset) else []
        if wrong:
            message = f"{wrong[0]!r} names nobody; write platform:id, such as telegram:123 or slack:U1"
            raise ValueError(message)
        return named

    @field_validator("summary_at", mode="before")
    @classmethod
    def _hour(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        said = value.strip().lower()
        found = re.fullmatch(r"([01]?\d|2[0-3])(?:[:.]([0-5]\d))?", said)
        if not found and said != "off":
            message = f"{value!r} is no time of day; write one such as 08:00, or off"
            raise ValueError(message)
        return time(int(found[1]), int(found[2] or 0)) if found else None

    @field_validator("allow_private_addresses", mode="before")
    @classmethod
    def _hosts(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        return words.get(value.strip().lower(), frozenset(_listed(value)))

    @field_validator("proxy")
    @classmethod
    def _proxy(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value.get_secret_value().strip())
            usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            message = "that is no HTTP proxy; write one such as http://proxy.example:3128"
            raise ValueError(message)
        return value

    @property
    def has_platform(self) -> bool:
        """Whether the bot is on a chat platform, or speaks in the terminal alone."""
        return bool(self.telegram_bot_token) or self.on_slack

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The keys one by one, that which seals first."""
        return tuple(_listed(self.secret_key.get_secret_value())) if self.secret_key else ()

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            parts = urlsplit(value.strip())
            usable = parts.hostname and parts.port != 0 and not (parts.username or parts.query or parts.fragment)
            usable = usable and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK))
        except ValueError:
            usable = False
        if not usable:
            message = "this is no public address; write one such as https://press.example.org"
            raise ValueError(message)
        return value.strip().rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not all(map(_is_key, _listed(value.get_secret_value()) or [""])):
            message = f"this is no key, or one of several is none; make one with: {MAKE_KEY}"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _installable(self) -> Self:
        if self.slack_client_id and not (self.public_url and self.secret_key):
            raise ValueError(
                "SLACK_CLIENT_ID needs PRESSEVAGT_PUBLIC_URL (where Slack sends whoever installs the app)"
                " and PRESSEVAGT_SECRET_KEY (which seals the workspaces' tokens)"
            )
        return self

    @field_validator("metrics_port", mode="before")
    @classmethod
    def _off(cls, value: object) -> object:
        return None if isinstance(value, str) and value.strip().lower() == "off" else value

    @field_validator("language", "log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            message = f"{value!r} is no time zone; write one such as Europe/Copenhagen"
            raise ValueError(message) from None
        return value


def variables() -> dict[str, Any]:
    """Every variable that is known, with its field."""
    return {str(field.validation_alias): field for field in Settings.model_fields.values()}


def load(env_file: Path | None = None) -> Settings:
    """The settings of the environment and, beneath it, of `.env` in this folder (or of `env_file`).

    Raises SettingsError, one line for each thing that is wrong: the variable, what is wrong with it, and what it should be.
    """
    path = env_file or Path(ENV_FILE)
    if env_file and not env_file.is_file():
        raise SettingsError(f"{env_file} cannot be read: there is no such file")
    try:
        in_file = dotenv_values(path, interpolate=False) if path.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read: {error}"
        raise SettingsError(message) from None
    wrong = [*_unknown(in_file, str(path), every=True), *_unknown(os.environ, "the environment", every=False)]
    if wrong:
        raise SettingsError("\n".join(wrong))
    try:
        return Settings(_env_file=path)
    except ValidationError as error:
        raise SettingsError("\n".join(_explained(error))) from None


def _unknown(names: Mapping[str, object], where: str, *, every: bool) -> Iterable[str]:
    """Names that look like ours and are not: in `.env` (`every`) near misses of any name too, elsewhere our prefix alone."""
    known = variables()
    for name in names:
        if name in known:
            continue
        near = difflib.get_close_matches(name.upper(), known, 1, _NEAR)
        ours = name.startswith(PREFIX) or (every and (bool(near) or name.startswith(PLATFORM_PREFIXES)))
        if ours:
            nearest = near or difflib.get_close_matches(name.upper(), known, 1, 0.0)
            hint = f"; did you mean {nearest[0]}?" if near else "; .env.example lists every name there is"
            yield f"{name} in {where} is no setting of Pressevagt{hint}"


def _explained(error: ValidationError) -> Iterable[str]:
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"][:1])
        said = fault["msg"].removeprefix("Value error, ")
        yield f"{name}: {said}" if name else said


def _is_key(text: str) -> bool:
    """Whether it is a key of Fernet's; looked at here, so that it need not be loaded to say so."""
    try:
        return len(urlsafe_b64decode(text)) == _KEY_BYTES
    except ValueError:
        return False


def _listed(text: str) -> list[str]:
    return [word.strip() for word in re.split(r"[,\n]", text) if word.strip()]
