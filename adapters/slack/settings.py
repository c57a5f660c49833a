"""What must be set? For one workspace its bot token; for several the app's own id and secret; and the way Slack reaches us."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings

API_URL = "https://slack.com/api/"
VIA_HOSTS = ("via.ritzau.dk", "via.tt.se", "kommunikasjon.ntb.no", "sttinfo.fi")
"""Whose releases unfurl everywhere, on their subdomains too; Slack allows an app five domains, so one is left to choose."""
ROTATED = "xoxe"
"""How tokens begin that expire, of an app with token rotation on."""
_SHAPES = {
    "SLACK_BOT_TOKEN": (
        r"xoxb-[A-Za-z0-9-]{6,}",
        "this is no bot token; it begins with xoxb- and stands under OAuth & Permissions",
    ),
    "SLACK_APP_TOKEN": (
        r"xapp-[A-Za-z0-9-]{6,}",
        "this is no app-level token; it begins with xapp- and stands under Basic Information",
    ),
    "SLACK_SIGNING_SECRET": (r"[A-Za-z0-9]{8,128}", "this is no signing secret; it is letters and digits, under Basic Information"),
    "SLACK_CLIENT_SECRET": (r"[A-Za-z0-9]{8,128}", "this is no client secret; it is letters and digits, under Basic Information"),
}
_CLIENT_ID = re.compile(r"[0-9]+\.[0-9]+")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")


class SlackSettings(BaseSettings):
    """Slack's part of the settings; with neither `slack_bot_token` nor `slack_client_id` there is no Slack here."""

    slack_bot_token: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_BOT_TOKEN",
        description="The token of the app in one workspace; with it the bot is on Slack.",
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_APP_TOKEN",
        description="The app-level token for Socket Mode, which works from anywhere.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        validation_alias="SLACK_SIGNING_SECRET",
        description="What Slack signs its calls with: they are served on the HTTP port at /slack/events.",
    )
    slack_client_id: str | None = Field(
        default=None,
        validation_alias="SLACK_CLIENT_ID",
        description="The app's id, where several workspaces install it at /slack/install.",
    )
    slack_client_secret: SecretStr | None = Field(
        default=None, validation_alias="SLACK_CLIENT_SECRET", description="The app's secret, which belongs to its id."
    )
    slack_api_url: str = Field(
        default=API_URL,
        validation_alias="SLACK_API_URL",
        description="The root address of the Web API, where it is not Slack's own.",
    )
    slack_who_manages: Literal["admins", "everyone"] = Field(
        default="admins",
        validation_alias="SLACK_WHO_MANAGES",
        description="Who may configure a channel: admins (of the workspace, and its creator) or everyone in it.",
    )
    slack_unfurl_domain: str | None = Field(
        default=None,
        validation_alias="SLACK_UNFURL_DOMAIN",
        description="One more domain whose links to known releases are shown as cards, besides the four Via hosts.",
    )

    @property
    def on_slack(self) -> bool:
        """Whether the bot is on Slack."""
        return bool(self.slack_bot_token or self.slack_client_id)

    @property
    def unfurl_domains(self) -> Sequence[str]:
        """The domains whose links may be shown as cards."""
        more = self.slack_unfurl_domain
        return (*VIA_HOSTS, more) if more and more not in VIA_HOSTS else VIA_HOSTS

    @field_validator("slack_bot_token", "slack_app_token", "slack_signing_secret", "slack_client_secret")
    @classmethod
    def _slack_secret(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        shape, remedy = _SHAPES[(info.field_name or "").upper()]
        if value is not None and value.get_secret_value().startswith(ROTATED):
            raise ValueError(
                "this token expires: the app has token rotation on, which is not supported, and which Slack does not switch off"
                " again; make the app anew from deploy/slack-manifest.yaml"
            )
        if value is not None and not re.fullmatch(shape, value.get_secret_value()):
            raise ValueError(remedy)
        return value

    @field_validator("slack_client_id")
    @classmethod
    def _slack_client(cls, value: str | None) -> str | None:
        if value is not None and not _CLIENT_ID.fullmatch(value):
            message = "this is no client id; it is two numbers with a point between them, under Basic Information"
            raise ValueError(message)
        return value

    @field_validator("slack_api_url")
    @classmethod
    def _slack_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment:
            message = f"this is no address; write one such as {API_URL}"
            raise ValueError(message)
        return value.rstrip("/") + "/"

    @field_validator("slack_who_manages", mode="before")
    @classmethod
    def _slack_lower(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("slack_unfurl_domain")
    @classmethod
    def _slack_domain(cls, value: str | None) -> str | None:
        if value is not None and not _DOMAIN.fullmatch(value.strip().lower()):
            message = "this is no domain; write one such as press.example.org, without https://"
            raise ValueError(message)
        return value and value.strip().lower()

    @model_validator(mode="after")
    def _slack_fits(self) -> Self:
        reached = bool(self.slack_app_token or self.slack_signing_secret)
        if bool(self.slack_client_id) != bool(self.slack_client_secret):
            raise ValueError("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together: set both, or neither for one workspace")
        if self.slack_bot_token and self.slack_client_id:
            raise ValueError("SLACK_BOT_TOKEN is for one workspace and SLACK_CLIENT_ID for several: set one of them")
        if self.on_slack and not reached:
            raise ValueError(
                "Slack cannot reach the bot, which could only post: set SLACK_APP_TOKEN (Socket Mode)"
                " or SLACK_SIGNING_SECRET (HTTP) too"
            )
        if reached and not self.on_slack:
            raise ValueError(
                "SLACK_APP_TOKEN and SLACK_SIGNING_SECRET do nothing alone: set SLACK_BOT_TOKEN (one workspace)"
                " or SLACK_CLIENT_ID and SLACK_CLIENT_SECRET (several) too"
            )
        return self
