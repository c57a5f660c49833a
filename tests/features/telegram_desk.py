"""The whole bot on the fake Telegram: real SDK, real HTTP, real database; releases are written by the test."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from adapters.telegram.adapter import TelegramAdapter
from bot.app import Bot, start
from bot.domain.delivery import Delivery, DeliveryState, Settlement
from bot.domain.newsroom import NewsroomEntry
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, ConversationKind
from bot.ports import Pace
from bot.settings import Settings
from tests.fakes.telegram_api import Chat, Message, Person, TelegramApi, Topic
from tests.features import harbour

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
    """A bot that runs on the fake Telegram. `settlements`: what became of deliveries, in order, as it was written down."""

    bot: Bot
    api: TelegramApi
    adapter: TelegramAdapter
    folder: Path
    webhook_url: str = ""
    settlements: list[tuple[Delivery, Settlement]] = field(default_factory=list)

    async def publish(self, number: int, title: str, **content: Any) -> ReleaseId:
        """See `tests.features.harbour.publish`."""
        return await harbour.publish(self.bot, number, title, **content)

    async def correct(self, release_id: ReleaseId, **content: Any) -> None:
        """See `tests.features.harbour.correct`."""
        await harbour.correct(self.bot, release_id, **content)

    async def settled(self, shown: Message) -> None:
        """Wait until it is written down that a message was sent or edited: what comes later finds it there."""
        chat, references, edits = str(shown.chat.id), (str(shown.id), f"{shown.id}p"), shown.edits

        def written() -> bool:
            sent = [(d.destination.address.conversation, s.reference) for d, s in self.settlements if s.state is DeliveryState.SENT]
            return sum(conversation == chat and reference in references for conversation, reference in sent) > edits

        await until(written)

    async def subscribe(self, *places: Person | Chat) -> None:
        """Have people and chats subscribe to everything, without a word there."""
        now = self.bot.clock.now()
        async with self.bot.database.begin() as tx:
            for place in places:
                kind = ConversationKind.GROUP if isinstance(place, Chat) else ConversationKind.PRIVATE
                address = Address("telegram", self.adapter.account, str(place.id))
                here = await tx.destinations.ensure(
                    address, kind=kind, title="", language="da", timezone="Europe/Copenhagen", now=now
                )
                await tx.destinations.subscribe(here.id, None, by="test", now=now)

    async def rests(self, place: Person | Chat) -> None:
        """Wait until it is written down that nothing is sent to a place for now."""
        address, paused = Address("telegram", self.adapter.account, str(place.id)), False
        async with asyncio.timeout(30):
            while not paused:
                await asyncio.sleep(0.01)
                async with self.bot.database.read() as tx:
                    destination = await tx.destinations.find(address)
                paused = bool(destination and destination.paused)

    async def dead_letters(self) -> list[str]:
        """Why deliveries were given up."""
        async with self.bot.database.read() as tx:
            return [letter.reason for letter in await tx.outbox.dead_letters(10)]

    async def metrics(self) -> str:
        """What a collector of metrics reads."""
        address = f"http://127.0.0.1:{self.bot.metrics_port}/metrics"
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            assert answer.status == HTTPStatus.OK
            return await answer.text()


Start = Callable[..., AbstractAsyncContextManager[TelegramDesk]]


async def until(true: Callable[[], Any], limit: float = 30.0) -> Any:
    """Wait until something holds; its value. The limit, in seconds, is for hanging. Raises TimeoutError."""
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


async def written(chat: Chat, number: int) -> list[Message]:
    """The bot's messages in a chat, once there are so many."""
    await until(lambda: len(posts(chat)) >= number)
    return posts(chat)


def looks(message: Message, kind: str) -> list[str]:
    """The parts of a message that have a look (`bold`, `text_link`), as Telegram counts: in UTF-16 units."""
    units = message.words.encode("utf-16-le")
    found = [each for each in message.entities if each["type"] == kind]
    return [units[2 * each["offset"] : 2 * (each["offset"] + each["length"])].decode("utf-16-le") for each in found]


def labels(message: Message) -> list[str]:
    """What stands on a message's buttons."""
    return [button["text"] for button in message.buttons]


def count(chat: Chat, words: str) -> int:
    """How many of the bot's messages in a chat have these words."""
    return sum(words in each.words for each in posts(chat))


async def subscribed(person: Person, chat: Chat | None = None, thread: Topic | None = None) -> None:
    """Somebody subscribes to the harbour, privately or in a chat, and has read that it is done."""
    before = count(chat or person.chat, "Abonnementet på")
    await person.says("/subscribe havnen", chat, thread=thread)
    await until(lambda: count(chat or person.chat, "Abonnementet på") > before)


async def answered(person: Person) -> None:
    """Wait until somebody's next word in private is answered: what they, or the bot, did there before is done with."""
    before = count(person.chat, "/soeg")
    await person.says("/help")
    await until(lambda: count(person.chat, "/soeg") > before)


@asynccontextmanager
async def desk_on(
    api: TelegramApi, folder: Path, *, webhook: bool = False, metrics: bool = False, pace: Pace = FAST, port: int = 0, **more: Any
) -> AsyncIterator[TelegramDesk]:
    """Run the bot. The same folder again is the same installation. `metrics`: serve them."""
    port = port or (free_port() if webhook else 0)
    url = f"http://127.0.0.1:{port}/telegram" if webhook else ""
    ways = {"TELEGRAM_WEBHOOK_URL": url, "TELEGRAM_WEBHOOK_SECRET": SECRET} if webhook else {}
    values = {
        "DATABASE_URL": f"sqlite:///{folder / 'telegram.db'}",
        "PRESSEVAGT_HTTP_PORT": port,
        "PRESSEVAGT_METRICS_PORT": free_port() if metrics else "off",
        "TELEGRAM_BOT_TOKEN": api.token,
        "TELEGRAM_API_URL": api.url,
    }
    settings = Settings.model_validate(values | ways | more)
    entry = NewsroomEntry("havnen", "Havnen", "http://127.0.0.1:9/feed", "DK", "da", "rss")
    adapter = TelegramAdapter(settings, language=settings.language, timezone=settings.timezone, pace=pace)
    settlements: list[tuple[Delivery, Settlement]] = []

    def settled(delivery: Delivery, settlement: Settlement) -> None:
        settlements.append((delivery, settlement))

    async with start(settings, [adapter], [entry], listen=webhook or metrics, on_settled=settled) as bot:
        yield TelegramDesk(bot, api, adapter, folder, url, settlements)
