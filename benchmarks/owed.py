"""Our side of the outbox benchmark: accounts with destinations, what they are owed, and the bot's way from it to an adapter.

The adapter takes every message at once and has no limits; the rest is the bot: leases, claims, composing, settling, posts kept.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from itertools import count
from multiprocessing.connection import Connection
from secrets import token_hex

from crew import Begin, Tally
from sqlalchemy import bindparam, insert, text

from bot import log
from bot.alerts.dispatcher import Dispatcher
from bot.alerts.ledger import Ledger
from bot.alerts.pace import Budget
from bot.alerts.together import Lookout
from bot.clock import SystemClock, TimeKeeper
from bot.domain.card import Card
from bot.domain.delivery import Delivery, DeliveryKind, Owed, Post, SendOutcome, Sent, Settlement
from bot.domain.newsroom import NewsroomEntry
from bot.domain.prose import paragraphs
from bot.domain.release import Content, ParsedRelease, ReleaseId
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId
from bot.ports import Desk, Pace
from storage.database import SqlDatabase
from storage.models import DestinationRow, LaneRow, UtcDateTime

PLATFORM = "benchmark"
BACKLOG = "backlog"
"""The account of what is piled up."""
AT_ONCE = 30
_CHUNK = 1000


class Taker:
    """A platform that takes everything at once."""

    platform = PLATFORM
    pace = Pace(at_once=AT_ONCE)
    listens_alone = False

    def __init__(self, on_send: Callable[[Destination], None] = lambda _destination: None) -> None:
        self._on_send, self._numbers = on_send, count(1)

    async def accounts(self) -> Collection[str]:
        """Those that are there are dispatched for by name."""
        return ()

    def private(self, ident: str) -> Address | None:
        """Nobody is there."""

    def connect(self, desk: Desk) -> AbstractAsyncContextManager[None]:
        """Nothing is to be connected."""
        raise NotImplementedError

    def listen(self) -> AbstractAsyncContextManager[None]:
        """Nobody speaks."""
        raise NotImplementedError

    async def send(self, destination: Destination, card: Card, under: Post | None = None) -> SendOutcome:  # noqa: ARG002
        """Take it."""
        self._on_send(destination)
        return Sent(str(next(self._numbers)))

    async def edit(self, post: Post, card: Card) -> SendOutcome:  # noqa: ARG002
        """Take it."""
        return Sent(post.reference)

    async def link(self, address: Address, reference: str) -> str:  # noqa: ARG002
        """It has no addresses."""
        return ""

    async def may_manage(self, actor: object, address: Address) -> bool:  # noqa: ARG002
        """Nobody does."""
        return False


class Owing:
    """A database whose destinations are owed alerts: `accounts` with so many destinations each."""

    def __init__(self, database: SqlDatabase) -> None:
        self._database, self._clock, self._releases = database, SystemClock(), count(1)

    async def fill(self, accounts: Sequence[str], destinations: int) -> list[DestinationId]:
        """Have so many destinations in each account; they come in turn of the accounts."""
        found: list[DestinationId] = []
        common = {"kind": ConversationKind.PRIVATE, "title": "", "language": "da", "timezone": "Europe/Copenhagen"}
        async with self._database.begin() as tx:
            ids = [await tx.outbox.register(PLATFORM, account) for account in accounts]
            now = self._clock.now()
            first = (await tx.connection.execute(text("SELECT coalesce(max(id), 0) + 1 FROM destination"))).scalar_one()
            places = [(first + n, ids[n % len(ids)]) for n in range(destinations * len(ids))]
            rows = [common | {"id": n, "account_id": of, "conversation": str(n), "created_at": now} for n, of in places]
            await tx.connection.execute(insert(DestinationRow), rows)
            await tx.connection.execute(insert(LaneRow), [{"destination_id": n, "account_id": of} for n, of in places])
            found += [DestinationId(n) for n, _ in places]
        return found

    async def release(self) -> ReleaseId:
        """A release, of which nobody is owed anything yet."""
        number, now = str(next(self._releases)), self._clock.now()
        content = Content(f"Havnen åbner kaj {number}", lead="Tre skibe kan lægge til.", body=paragraphs("Siger havnen. " * 40))
        async with self._database.begin() as tx:
            entry = NewsroomEntry("havnen", "Havnen", "https://havnen.example/feed", "DK", "da", "rss")
            newsroom = await tx.newsrooms.ensure(entry, offered_by=None, now=now)
            (feed,) = await tx.feeds.of(newsroom.id)
            return (await tx.releases.add(feed, [ParsedRelease(number, content, now)], now=now, late=()))[number]

    async def owe(self, destinations: Sequence[DestinationId], releases: int) -> None:
        """Owe each an alert about each of so many new releases."""
        for _ in range(releases):
            release = await self.release()
            for start in range(0, len(destinations), _CHUNK):
                await self.owe_at_once(destinations[start : start + _CHUNK], release)

    async def owe_at_once(self, destinations: Sequence[DestinationId], release: ReleaseId) -> None:
        """In one transaction."""
        debts = [Owed(each, DeliveryKind.ALERT, f"alert:{release}", release, 1) for each in destinations]
        async with self._database.begin() as tx:
            await tx.outbox.owe(debts, self._clock.now())

    async def pile_up(self, pending: int) -> None:
        """Have so many deliveries pending on top, as quickly as the database can write them, to lanes of their own."""
        lanes = min(pending, 100_000)
        release, (first, *_) = await self.release(), await self.fill([BACKLOG], lanes)
        values = {"release": release, "first": first, "each": pending // lanes, "now": self._clock.now()}
        async with self._database.begin() as tx:
            for statement in _PILE:
                used = {name: value for name, value in values.items() if f":{name}" in statement}
                query = text(statement).bindparams(*([bindparam("now", type_=UtcDateTime)] if "now" in used else []))
                await tx.connection.execute(query, used)


_PILE = (
    """INSERT INTO delivery (destination_id, release_id, revision, kind, priority, state, attempts, ambiguous, reason, dedupe_key,
                              silent, created_at)
       WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < :each)
       SELECT destination_id, :release, 1, 'alert', 1, 'pending', 0, 0, '', 'pile:' || x, false, :now
       FROM n, lane WHERE destination_id >= :first""",
    "UPDATE lane SET pending = :each, due_at = :now, newest = :release WHERE destination_id >= :first",
)


async def work(begin: Begin, tally: Tally, url: str, accounts: Sequence[str], sends: Connection | None = None) -> None:
    """A process that dispatches for these accounts until the tally is through; `sends` hears when something was sent."""
    log.configure("error", "text")
    logging.getLogger("sqlalchemy").setLevel(logging.ERROR)
    database = SqlDatabase(url)
    on_send = (lambda _destination: sends.send(time.monotonic())) if sends else lambda _destination: None
    async with dispatching(database, accounts, Taker(on_send), lambda *_: tally.done(), begin):
        await tally.through()
    await database.close()


@asynccontextmanager
async def dispatching(
    database: SqlDatabase,
    accounts: Sequence[str],
    adapter: Taker,
    on_settled: Callable[[Delivery, Settlement], None] = lambda _delivery, _settlement: None,
    begin: Begin | None = None,
) -> AsyncIterator[list[Dispatcher]]:
    """Dispatchers at work, as a process of the bot has them."""
    owner, clock = token_hex(8), await TimeKeeper(database).set()
    lookout, ledger = Lookout(database, clock, owner), Ledger(database, owner)
    dispatchers = [
        Dispatcher(
            database,
            adapter,
            each,
            clock,
            owner=owner,
            budget=Budget(adapter.pace),
            on_settled=on_settled,
            lookout=lookout,
            ledger=ledger,
        )
        for each in accounts
    ]
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(database.watch(lambda _hint: _wake(dispatchers)))
        if begin:
            await begin()
        group = await stack.enter_async_context(asyncio.TaskGroup())
        for dispatcher in dispatchers:
            group.create_task(dispatcher.run())
            stack.callback(dispatcher.stop)
        yield dispatchers


def _wake(dispatchers: Sequence[Dispatcher]) -> None:
    for dispatcher in dispatchers:
        dispatcher.wake()
