"""A Slack adapter on the fake Slack, for tests that look at it from outside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from adapters.slack.settings import SlackSettings
from storage.database import SqlDatabase
from storage.migrate import migrate
from tests.fakes.slack_api import SlackApi


def slack_settings(api: SlackApi, **more: Any) -> SlackSettings:
    """Settings for the fake's app in its first workspace, by Socket Mode; `more` by the names of variables."""
    values = {"SLACK_BOT_TOKEN": api.token, "SLACK_APP_TOKEN": api.app_token, "SLACK_API_URL": api.url}
    return SlackSettings.model_validate(values | more)


@asynccontextmanager
async def empty_database() -> AsyncIterator[SqlDatabase]:
    """A database of the newest schema, in a folder that goes with it."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'slack.db'}"
        await migrate(url)
        database = SqlDatabase(url)
        try:
            yield database
        finally:
            await database.close()
