"""What the tests of the fake Slack begin with; those of other fakes have their own of the same names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.fakes.slack_bolts import Bolt, Running


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """A Slack without limits."""
    async with SlackApi() as server:
        yield server


@pytest.fixture
async def client(api: SlackApi) -> AsyncIterator[AsyncWebClient]:
    """The SDK's client, talking to it by the bot's token."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=api.token, base_url=api.url, session=session, retry_handlers=[])


@pytest.fixture
def asta(api: SlackApi) -> Person:
    """Somebody who administers the workspace."""
    return api.user("Asta Holm", admin=True)


@pytest.fixture
def desk(api: SlackApi, asta: Person) -> Channel:
    """A channel that the bot is in."""
    return api.channel("redaktionen", creator=asta, bot=True)


@pytest.fixture(params=["socket", "http"])
async def app(request: pytest.FixtureRequest, api: SlackApi, client: AsyncWebClient) -> AsyncIterator[Running]:
    """Bolt, connected by Socket Mode or serving a request URL."""
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(Bolt(api, client, request.param))


@pytest.fixture
async def socket_app(api: SlackApi, client: AsyncWebClient) -> AsyncIterator[Running]:
    """Bolt by Socket Mode."""
    async with Bolt(api, client, "socket") as running:
        yield running


@pytest.fixture
async def http_app(api: SlackApi, client: AsyncWebClient) -> AsyncIterator[Running]:
    """Bolt at a request URL."""
    async with Bolt(api, client, "http") as running:
        yield running
