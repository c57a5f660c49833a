"""Our side of the fan-out benchmark: a database in a file with Telegram chats that subscribe, and the bot's way from it to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert

from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.buttons import keyboard
from adapters.telegram.inbound import PLATFORM
from adapters.telegram.markup import html
from adapters.telegram.render import TEXT, text_of
from adapters.telegram.settings import TelegramSettings
from bot.alerts.dispatcher import Dispatcher
from bot.alerts.fanout import owe_alerts
from bot.alerts.pace import Budget
from bot.cards import alert_card
from bot.clock import SystemClock
from bot.domain.contact import Contact, Phone
from bot.domain.delivery import Delivery, DeliveryState, Settlement
from bot.domain.newsroom import NewsroomEntry, NewsroomId
from bot.domain.prose import paragraphs
from bot.domain.release import Content, Kind, ParsedRelease
from bot.domain.subscription import ConversationKind
from bot.i18n import texts
from bot.ports import Desk, Pace
from storage.database import SqlDatabase
from storage.models import DestinationRow, LaneRow, SubscriptionRow

FIRST_CHAT = 50_000_001
LONGEST = 300.0
"""Seconds after which a measurement is given up."""
_LANGUAGE, _TIMEZONE = "da", "Europe/Copenhagen"


def content(number: int) -> Content:
    """What the newsroom says, of the length that alerts usually have."""
    return Content(
        f"Havnen åbner en ny kaj for krydstogtskibe, del {number}",
        lead="Fra mandag kan tre skibe lægge til ad gangen. Kajen er bygget på to år, og strøm fra land er med fra første dag.",
        body=paragraphs("Det siger havnechefen om den nye kaj. " * 40),
        language=_LANGUAGE,
        url=f"https://havnen.example/{number}",
        kind=Kind.PRESS_RELEASE,
        contacts=(Contact(role="pressevagten", phones=(Phone("+4533112233"),), emails=("presse@havnen.example",)),),
    )


@dataclass(slots=True)
class Work:
    """The dispatcher at work, and how much it has settled."""

    dispatcher: Dispatcher | None = None
    sent: int = 0
    _wanted: int = 0
    _reached: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self) -> None:
        """Something is owed."""
        if self.dispatcher:
            self.dispatcher.wake()

    def settled(self, _delivery: Delivery, settlement: Settlement) -> None:
        """One more is written down. All must be sent at the first try, so what went wrong is never counted."""
        self.sent += settlement.state is DeliveryState.SENT
        if self.sent >= self._wanted:
            self._reached.set()

    async def until(self, sent: int) -> None:
        """Until so many were sent and that is written down."""
        self._wanted = sent
        if self.sent < sent:
            self._reached.clear()
            await asyncio.wait_for(self._reached.wait(), LONGEST)


class SubscribedChats:
    """Chats that subscribe, and newsrooms that so many of them subscribe to, in a database that is empty at first."""

    def __init__(self, database: SqlDatabase, token: str) -> None:
        self._database = database
        self._token = token
        self._clock = SystemClock()
        self._releases = 0

    async def fill(self, chats: int) -> None:
        """Have so many private chats, which subscribe to nothing yet."""
        now = self._clock.now()
        async with self._database.begin() as tx:
            account = await tx.outbox.register(PLATFORM, self._token.partition(":")[0])
            common = {
                "account_id": account,
                "kind": ConversationKind.PRIVATE,
                "title": "",
                "language": _LANGUAGE,
                "timezone": _TIMEZONE,
                "created_at": now,
            }
            rows = [common | {"id": n, "conversation": str(FIRST_CHAT + n)} for n in range(1, chats + 1)]
            await tx.connection.execute(insert(DestinationRow), rows)
            lanes = [{"destination_id": row["id"], "account_id": account, "pending": 0} for row in rows]
            await tx.connection.execute(insert(LaneRow), lanes)

    async def newsroom(self, subscribers: int) -> NewsroomId:
        """A newsroom to which the first so many chats subscribe."""
        slug, now = f"havnen-{subscribers}", self._clock.now()
        async with self._database.begin() as tx:
            entry = NewsroomEntry(slug, "Havnen", f"https://{slug}.example/feed", "DK", _LANGUAGE, "rss")
            newsroom = await tx.newsrooms.ensure(entry, offered_by=None, now=now)
            common = {"newsroom_id": newsroom.id, "created_at": now, "created_by": "benchmark"}
            rows = [common | {"destination_id": n} for n in range(1, subscribers + 1)]
            await tx.connection.execute(insert(SubscriptionRow), rows)
        return newsroom.id

    async def publish(self, newsroom: NewsroomId) -> None:
        """Commit a release and what is owed for it."""
        self._releases += 1
        key, now = str(self._releases), self._clock.now()
        async with self._database.begin() as tx:
            (feed,) = await tx.feeds.of(newsroom)
            ids = await tx.releases.add(feed, [ParsedRelease(key, content(self._releases), now)], now=now, late=())
            await owe_alerts(tx, newsroom, [(ids[key], 1)], now, any_late=False)

    async def rendered(self, newsroom: NewsroomId) -> dict[str, str]:
        """How the adapter puts an alert about the newsroom's latest release: the text in HTML, and the buttons in JSON."""
        async with self._database.read() as tx:
            (release,) = await tx.releases.latest([newsroom], limit=1)
        card = alert_card(release, texts(_LANGUAGE, _TIMEZONE))
        buttons = keyboard(card)
        assert buttons is not None
        return {"text": html(text_of(card, TEXT)), "reply_markup": buttons.to_json()}

    @asynccontextmanager
    async def at_work(self, url: str, pace: Pace) -> AsyncIterator[Work]:
        """The adapter connected, and the dispatcher waiting for something to do."""
        settings = TelegramSettings.model_validate({"TELEGRAM_BOT_TOKEN": self._token, "TELEGRAM_API_URL": url})
        adapter = TelegramAdapter(settings, language=_LANGUAGE, timezone=_TIMEZONE, pace=pace)
        work, budget = Work(), Budget(pace)
        work.dispatcher = Dispatcher(
            self._database, adapter, adapter.account, self._clock, owner="b", budget=budget, evict=True, on_settled=work.settled
        )
        async with adapter.connect(Desk(_nobody, _nobody, _nobody, lambda _language: [], self._database, _nobody, _nobody)):
            running = asyncio.create_task(work.dispatcher.run())
            await asyncio.sleep(0.2)  # it owns the account now, and has looked and found nothing
            try:
                yield work
            finally:
                work.dispatcher.stop()
                await running


async def _nobody(*_: object) -> Any:  # noqa: ANN401 - an answer, or none
    raise AssertionError("nobody speaks here")
