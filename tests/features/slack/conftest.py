"""A Slack with a workspace, two people and a channel, and the bot that is started on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.features.slack_desk import Start, desk_on


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """A Slack, on which no correct bot breaks a rule."""
    async with SlackApi() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def asta(api: SlackApi) -> Person:
    """An admin of the workspace."""
    return api.user("Asta Holm", admin=True)


@pytest.fixture
def birk(api: SlackApi) -> Person:
    """A colleague."""
    return api.user("Birk Lund")


@pytest.fixture
def room(api: SlackApi, asta: Person, birk: Person) -> Channel:
    """A channel that the bot is in."""
    return api.channel("redaktionen", creator=asta, bot=True, members=[birk])


@pytest.fixture(params=["socket", "http"])
def either(request: pytest.FixtureRequest, api: SlackApi, tmp_path: Path) -> Start:
    """Start the bot, by each way of hearing people in turn."""
    return partial(desk_on, api, tmp_path, http=request.param == "http")


@pytest.fixture
def desk(api: SlackApi, tmp_path: Path) -> Start:
    """Start the bot by Socket Mode."""
    return partial(desk_on, api, tmp_path)
