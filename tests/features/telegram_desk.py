"""The whole bot on the fake Telegram: real SDK, real HTTP, real database; releases are written by the test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from adapters.telegram.adapter import TelegramAdapter
from bot.alerts.fanout import owe_alerts, owe_correction
from bot.app import Bot, start
from bot.domain.contact import Contact, Phone
from bot.domain.newsroom import NewsroomEntry
from bot.domain.release import Content, Kind, ParsedRelease, ReleaseId
from bot.ports import Pace
from bot.settings import Settings
from tests.fakes.telegram_api import Chat, Message, TelegramApi

DESK = Contact(role="pressevagten", phones=(Phone("+4533112233", note="ikke SMS"),), emails=("presse@havnen.example",))
FAST = Pace(at_once=30)
SECRET = "hemmeligt-ord_1"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(slots=True)
class TelegramDesk:
    """A bot that runs on the fake Telegram."""

    bot: Bot
    api: TelegramApi
    adapter: TelegramAdapter
    folder: Path
    webhook_url: str = ""

    async def publish(self, number: int, title: str, **content: Any) -> ReleaseId:
        """The newsroom puts a release out, and who subscribes is owed an alert."""
        values = {"lead": "Skibe kan lægge til fra mandag.", "language": "da", "kind": Kind.PRESS_RELEASE, "contacts": (DESK,)}
        said = Content(title, url=f"https://havnen.example/{number}", **(values | content))
        now = self.bot.clock.now()
        async with self.bot.database.begin() as tx:
            newsroom = next(each for each in await tx.newsrooms.all() if each.slug == "havnen")
            feed = (await tx.feeds.of(newsroom.id))[0]
            ids = await tx.releases.add(feed, [ParsedRelease(str(number), said, now)], now=now, late=())
            await owe_alerts(tx, newsroom.id, [(ids[str(number)], 1)], now, any_late=False)
        self.bot.wake_dispatchers()
        return ids[str(number)]

    async def correct(self, release_id: ReleaseId, **content: Any) -> None:
        """The newsroom corrects it."""
        now = self.bot.clock.now()
        async with self.bot.database.begin() as tx:
            release = await tx.releases.get(release_id)
            assert release is not None
            revised = replace(release.content(), **content)
            revision = await tx.releases.revise(release_id, revised, source="feed", now=now, correction=True)
            await owe_correction(tx, release.newsroom.id, (release_id, revision), now)
        self.bot.wake_dispatchers()

    async def dead_letters(self) -> list[str]:
        """Why deliveries were given up."""
        async with self.bot.database.read() as tx:
            return [letter.reason for letter in await tx.outbox.dead_letters(10)]


async def until(true: Callable[[], Any], limit: float = 10.0) -> Any:
    """Wait until something holds; its value. Raises TimeoutError."""
    async with asyncio.timeout(limit):
        while not (value := true()):
            await asyncio.sleep(0.01)
    return value


def posts(chat: Chat) -> list[Message]:
    """What the bot wrote in a chat and what stands there."""
    return [message for message in chat.posts if message.by_bot]


async def post(chat: Chat, words: str) -> Message:
    """The bot's message with these words, once it is there."""
    found: Message = await until(lambda: next((each for each in posts(chat) if words in each.words), None))
    return found


@asynccontextmanager
async def desk_on(
    api: TelegramApi, folder: Path, *, webhook: bool = False, pace: Pace = FAST, port: int = 0, **more: Any
) -> AsyncIterator[TelegramDesk]:
    """Run the bot. The same folder again is the same installation."""
    port = port or (free_port() if webhook else 0)
    url = f"http://127.0.0.1:{port}/telegram" if webhook else ""
    ways = {"TELEGRAM_WEBHOOK_URL": url, "TELEGRAM_WEBHOOK_SECRET": SECRET} if webhook else {}
    values = {
        "DATABASE_URL": f"sqlite:///{folder / 'telegram.db'}",
        "PRESSEVAGT_HTTP_PORT": port,
        "TELEGRAM_BOT_TOKEN": api.token,
        "TELEGRAM_API_URL": api.url,
    }
    settings = Settings.model_validate(values | ways | more)
    entry = NewsroomEntry("havnen", "Havnen", "http://127.0.0.1:9/feed", "DK", "da", "rss")
    adapter = TelegramAdapter(settings, language=settings.language, timezone=settings.timezone, pace=pace)
    async with start(settings, [adapter], [entry], listen=webhook) as bot:
        yield TelegramDesk(bot, api, adapter, folder, url)
