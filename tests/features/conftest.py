"""Journeys: the whole bot between a web server that newsrooms write and a chat server that people read, both real, on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.app import Bot, start
from bot.domain.newsroom import NewsroomEntry
from bot.domain.subscription import ConversationKind
from bot.settings import Settings
from tests.fakes.chat import ChatServer, HttpChatAdapter
from tests.fakes.feeds import Newsroom
from tests.fakes.telegram_api import TelegramApi
from tests.fakes.web import WebServer
from tests.features.newsdesk import Newsdesk, newsdesk
from tests.features.telegram_desk import Start as TelegramStart
from tests.features.telegram_desk import desk_on


@pytest.fixture(autouse=True)
def _unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    """What tests are told through the environment is no setting of the bot, and a program that they start would say so."""
    for name in ("PRESSEVAGT_TEST_DATA", "PRESSEVAGT_FAULT_ROUNDS", "PRESSEVAGT_SOAK_SECONDS"):
        monkeypatch.delenv(name, raising=False)


@dataclass(slots=True)
class Journey:
    """A bot that runs, the newsroom it reads, and the chat it writes to."""

    bot: Bot
    newsroom: Newsroom
    chat: ChatServer
    adapter: HttpChatAdapter
    web: WebServer

    async def subscribe(self, *conversations: str) -> None:
        """Have conversations subscribe to everything, without a word in the chat."""
        now = self.bot.clock.now()
        async with self.bot.database.begin() as tx:
            for conversation in conversations:
                here = await tx.destinations.ensure(
                    self.adapter.address(conversation),
                    kind=ConversationKind.GROUP,
                    title=conversation,
                    language="da",
                    timezone="Europe/Copenhagen",
                    now=now,
                )
                await tx.destinations.subscribe(here.id, None, by="test", now=now)


Start = Callable[..., AbstractAsyncContextManager[Journey]]


def settings_for(folder: Path, **more: Any) -> Settings:
    """Settings for a bot that lives in a folder and may read loopback, looking every second."""
    values = {
        "DATABASE_URL": f"sqlite:///{folder / 'journey.db'}",
        "PRESSEVAGT_POLL_INTERVAL": 1,
        "PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES": frozenset({"127.0.0.1"}),
        "PRESSEVAGT_HTTP_PORT": 0,
        "PRESSEVAGT_METRICS_PORT": "off",
    }
    return Settings.model_validate(values | more)


@pytest.fixture
async def web() -> AsyncIterator[WebServer]:
    """A web server for newsrooms."""
    async with WebServer() as server:
        yield server


@pytest.fixture
async def chat() -> AsyncIterator[ChatServer]:
    """A chat platform."""
    async with ChatServer() as server:
        yield server


@pytest.fixture
def journey(tmp_path: Path, web: WebServer, chat: ChatServer) -> Start:
    """Start the bot on the newsroom `newsroom` of the web server; the same folder again is the same installation."""
    newsroom = Newsroom(web)

    @asynccontextmanager
    async def begin(**more: Any) -> AsyncIterator[Journey]:
        entry = NewsroomEntry("havnen", "Havnen", web.url(newsroom.path), "DK", "da", "rss")
        adapter = HttpChatAdapter(chat.url)
        async with start(settings_for(tmp_path, **more), [adapter], [entry], listen=False) as bot:
            yield Journey(bot, newsroom, chat, adapter, web)

    return begin


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramApi]:
    """A Telegram, on which no correct bot breaks a rule."""
    async with TelegramApi() as server:
        yield server
        assert server.violations == []


@pytest.fixture(params=["polling", "webhook"])
def on_telegram(request: pytest.FixtureRequest, telegram: TelegramApi, tmp_path: Path) -> TelegramStart:
    """Start the bot on Telegram, by each way of getting updates in turn; a second time it is the same installation."""
    return partial(desk_on, telegram, tmp_path, webhook=request.param == "webhook")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Newsdesk]:
    """A small installation as of its first poll."""
    made = await newsdesk(tmp_path)
    yield made
    await made.database.close()
