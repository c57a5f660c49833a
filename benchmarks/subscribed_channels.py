"""Our side of Slack's fan-out benchmark: channels of several workspaces that subscribe, and the bot's way to them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import insert
from subscribed_chats import SubscribedChats, Work, content

from adapters.slack.adapter import SlackAdapter
from adapters.slack.render import message
from adapters.slack.settings import SlackSettings
from adapters.slack.workspaces import PLATFORM, Installation, Sealer
from bot.alerts.accounts import Accounts
from bot.alerts.dispatcher import Dispatcher
from bot.alerts.ledger import Ledger
from bot.alerts.pace import Budget
from bot.alerts.together import Lookout
from bot.cards import alert_card
from bot.clock import SystemClock
from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.release import Release, ReleaseId
from bot.domain.subscription import ConversationKind
from bot.i18n import texts
from bot.ports import Desk, Pace
from storage.database import SqlDatabase
from storage.models import DestinationRow, LaneRow

_LANGUAGE, _TIMEZONE = "da", "Europe/Copenhagen"
_KEY = Fernet.generate_key().decode()


def channel_of(number: int) -> str:
    """The id of a destination's channel."""
    return f"C{number:08d}"


def rendered() -> dict[str, Any]:
    """How the adapter puts an alert of ours, as the arguments of `chat.postMessage`."""
    now, newsroom = SystemClock().now(), Newsroom(NewsroomId(1), "havnen", "Havnen", "DK", _LANGUAGE, "", offered=False)
    said = message(alert_card(Release(ReleaseId(1), newsroom, "1", now, now, (content(1),)), texts(_LANGUAGE, _TIMEZONE)))
    return {"text": said.text, "blocks": said.blocks, "unfurl_links": False, "unfurl_media": False, "parse": "none"}


class SubscribedChannels(SubscribedChats):
    """Channels that subscribe, spread evenly over workspaces, in a database that is empty at first."""

    def __init__(self, database: SqlDatabase, workspaces: Mapping[str, str]) -> None:
        super().__init__(database, "")
        self._tokens = dict(workspaces)

    async def fill(self, channels: int) -> None:
        """Have so many channels, which subscribe to nothing yet."""
        now = SystemClock().now()
        sealer = Sealer([_KEY])
        async with self._database.begin() as tx:
            accounts = []
            for team, token in self._tokens.items():
                accounts.append(await tx.outbox.register(PLATFORM, team))
                await tx.installations.keep(PLATFORM, team, sealer.seal(Installation(team, token, "U0BENCH", team)), now)
            common = {
                "kind": ConversationKind.CHANNEL,
                "title": "",
                "language": _LANGUAGE,
                "timezone": _TIMEZONE,
                "created_at": now,
            }
            places = [(n, accounts[n % len(accounts)]) for n in range(1, channels + 1)]
            rows = [common | {"id": n, "account_id": account, "conversation": channel_of(n)} for n, account in places]
            await tx.connection.execute(insert(DestinationRow), rows)
            lanes = [{"destination_id": n, "account_id": account, "pending": 0} for n, account in places]
            await tx.connection.execute(insert(LaneRow), lanes)

    def token_of(self, number: int) -> str:
        """The token of a destination's workspace."""
        return list(self._tokens.values())[number % len(self._tokens)]

    @asynccontextmanager
    async def at_work(self, url: str, pace: Pace) -> AsyncIterator[Work]:
        """The adapter connected, and a dispatcher for each workspace waiting for something to do."""
        work = Working(self._database)
        async with _connected(self._database, url, pace) as adapter:
            work.accounts = accounts = Accounts(adapter, partial(self._dispatcher, adapter, work))
            running = asyncio.create_task(accounts.run())
            await asyncio.sleep(0.3)  # they own their accounts now, and have looked and found nothing
            assert accounts.owned == [True] * len(self._tokens)
            try:
                yield work
            finally:
                accounts.stop()
                await running

    def _dispatcher(self, adapter: SlackAdapter, work: Working, account: str, budget: Budget) -> Dispatcher:
        return Dispatcher(
            self._database,
            adapter,
            account,
            SystemClock(),
            owner="b",
            budget=budget,
            evict=True,
            on_settled=work.settled,
            lookout=work.lookout,
            ledger=work.ledger,
        )


class Working(Work):
    """The dispatchers at work, and what those of a process share."""

    def __init__(self, database: SqlDatabase) -> None:
        super().__init__()
        self.accounts: Accounts | None = None
        self.lookout, self.ledger = Lookout(database, SystemClock(), "b"), Ledger(database, "b")

    def wake(self) -> None:
        """Something is owed."""
        if self.accounts:
            self.accounts.wake()


@asynccontextmanager
async def _connected(database: SqlDatabase, url: str, pace: Pace) -> AsyncIterator[SlackAdapter]:
    values = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "benchmark", "SLACK_SIGNING_SECRET": "benchmark"}
    settings = SlackSettings.model_validate(values | {"SLACK_API_URL": url})
    adapter = SlackAdapter(settings, public_url="https://press.example.org", secret_keys=[_KEY], pace=pace)
    async with adapter.connect(Desk(_nobody, _nobody, _nobody, lambda _language: [], database, _nobody, _nobody)):
        yield adapter


async def _nobody(*_: object) -> Any:  # noqa: ANN401 - an answer, or none
    raise AssertionError("nobody speaks here")
