"""The whole bot on the fake Slack: real SDK, real HTTP and WebSockets, real database; releases are written by the test."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from adapters.slack.adapter import SlackAdapter
from bot.app import Bot, start
from bot.domain.delivery import Delivery, DeliveryState, Settlement
from bot.domain.newsroom import NewsroomEntry
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, Destination
from bot.ports import Pace
from bot.settings import Settings
from tests.fakes.slack_api import Channel, Message, Person, SlackApi
from tests.features import harbour
from tests.features.telegram_desk import free_port

FAST = Pace(at_once=20)
KEY = Fernet.generate_key().decode()
PUBLIC = "https://presse.example.org"


@dataclass(slots=True)
class SlackDesk:
    """A bot that runs on the fake Slack. `settlements`: what became of deliveries, in order, as it was written down."""

    bot: Bot
    api: SlackApi
    adapter: SlackAdapter
    folder: Path
    port: int = 0
    settlements: list[tuple[Delivery, Settlement]] = field(default_factory=list)

    @property
    def install_url(self) -> str:
        """Where somebody begins to install it."""
        return f"http://127.0.0.1:{self.port}/slack/install"

    async def publish(self, number: int, title: str, **content: Any) -> ReleaseId:
        """See `tests.features.harbour.publish`."""
        return await harbour.publish(self.bot, number, title, **content)

    async def correct(self, release_id: ReleaseId, **content: Any) -> None:
        """See `tests.features.harbour.correct`."""
        await harbour.correct(self.bot, release_id, **content)

    async def settled(self, shown: Message) -> None:
        """Wait until it is written down that a message was sent: what comes later finds it there."""
        await until(lambda: any(s.reference == shown.ts and s.state is DeliveryState.SENT for _, s in self.settlements))

    async def destination(self, where: Channel | Person) -> Destination | None:
        """What is kept of a conversation."""
        home = where.user.workspace if isinstance(where, Person) else where.workspace
        async with self.bot.database.read() as tx:
            return await tx.destinations.find(Address("slack", home.id, where.id))

    async def subscriptions(self, where: Channel | Person) -> int:
        """How many there are in a conversation."""
        found = await self.destination(where)
        if found is None:
            return 0
        async with self.bot.database.read() as tx:
            return len(await tx.destinations.subscriptions(found.id))

    async def subscribe(self, person: Person, where: Channel | None = None) -> None:
        """Have somebody subscribe a channel, or themselves, to everything."""
        act = await person.runs("/presse subscribe alle", where)
        answer = await act.answer()
        assert "Abonnementet er oprettet" in answer.words, answer.words
        if where:  # whether it is a member there is looked at after the answer
            await until(lambda: any(call.params["channel"] == where.id for call in self.api.asked("conversations.info")))

    async def dead_letters(self) -> list[str]:
        """Why deliveries were given up."""
        async with self.bot.database.read() as tx:
            return [letter.reason for letter in await tx.outbox.dead_letters(10)]


Start = Callable[..., AbstractAsyncContextManager[SlackDesk]]


async def until(true: Callable[[], Any], limit: float = 5.0) -> Any:
    """Wait until something holds; its value. The limit, in seconds, is for hanging. Raises TimeoutError."""
    async with asyncio.timeout(limit):
        while not (value := true()):
            await asyncio.sleep(0.01)
    return value


@asynccontextmanager
async def locked(folder: Path) -> AsyncIterator[None]:
    """Nobody else can write to the database in this folder until the block ends."""
    with closing(sqlite3.connect(folder / "slack.db", timeout=0, isolation_level=None)) as other:
        async with asyncio.timeout(5):
            while not other.in_transaction:
                with suppress(sqlite3.OperationalError):
                    other.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(0.01)
        yield
        other.execute("ROLLBACK")


async def post(channel: Channel, words: str) -> Message:
    """The bot's message with these words in a channel, once it is there."""
    found: Message = await until(lambda: next((each for each in channel.posts if words in each.words), None))
    return found


async def shown(person: Person, channel: Channel, words: str) -> Message:
    """What somebody sees in a channel with these words, for their eyes alone or not, once it is there."""
    found: Message = await until(lambda: next((one for one in person.sees(channel) if one.by_bot and words in one.words), None))
    return found


@asynccontextmanager
async def desk_on(
    api: SlackApi,
    folder: Path,
    *,
    http: bool = False,
    oauth: bool = False,
    pace: Pace = FAST,
    database_url: str = "",
    **more: Any,
) -> AsyncIterator[SlackDesk]:
    """Run the bot. The same folder, or database, again is the same installation."""
    port = free_port() if http or oauth else 0
    values: dict[str, Any] = {
        "DATABASE_URL": database_url or f"sqlite:///{folder / 'slack.db'}",
        "PRESSEVAGT_HTTP_PORT": port,
        "PRESSEVAGT_METRICS_PORT": "off",
        "SLACK_API_URL": api.url,
    }
    values |= {"SLACK_SIGNING_SECRET": api.signing_secret} if http else {"SLACK_APP_TOKEN": api.app_token}
    if oauth:
        values |= {"SLACK_CLIENT_ID": api.app.client_id, "SLACK_CLIENT_SECRET": api.app.client_secret}
        values |= {"PRESSEVAGT_PUBLIC_URL": PUBLIC, "PRESSEVAGT_SECRET_KEY": KEY}
    else:
        values |= {"SLACK_BOT_TOKEN": api.token}
    settings = Settings.model_validate(values | more)
    entry = NewsroomEntry("havnen", "Havnen", "http://127.0.0.1:9/feed", "DK", "da", "rss")
    adapter = SlackAdapter(
        settings,
        language=settings.language,
        timezone=settings.timezone,
        public_url=settings.public_url,
        secret_keys=settings.secret_keys,
        pace=pace,
    )
    settlements: list[tuple[Delivery, Settlement]] = []

    def on_settled(delivery: Delivery, settlement: Settlement) -> None:
        settlements.append((delivery, settlement))

    async with start(settings, [adapter], [entry], listen=bool(port), on_settled=on_settled) as bot:
        api.request_url = f"http://127.0.0.1:{port}/slack/events" if http else ""
        if not http:
            await api.connected()
        yield SlackDesk(bot, api, adapter, folder, port, settlements)
    api.request_url = ""
