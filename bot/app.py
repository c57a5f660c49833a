"""The composition root: settings become parts, and the parts run. Only this and the modules above it see them all."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from zoneinfo import ZoneInfo

from bot import web
from bot.alerts.accounts import Accounts
from bot.alerts.dispatcher import Dispatcher
from bot.alerts.ledger import Ledger
from bot.alerts.pace import Budget
from bot.alerts.together import Lookout
from bot.clock import TimeKeeper
from bot.commands.router import Router
from bot.domain.delivery import Delivery, Settlement
from bot.domain.newsroom import NewsroomEntry
from bot.domain.subscription import Address, ConversationKind, DestinationId
from bot.events import events
from bot.feeds.archive.archive import Archive
from bot.feeds.catalogue import Catalogue
from bot.feeds.fetching.fetch import Fetcher
from bot.feeds.fetching.guard import Guard
from bot.feeds.poller import Poller
from bot.metrics import Metrics
from bot.offered import offer
from bot.platforms import link_on, may_manage_on, operators_on, standing_on
from bot.ports import (
    ChatAdapter,
    Clock,
    Database,
    Desk,
    Hint,
    Worker,
)
from bot.presence import Listening, Presence
from bot.retention import Keep, Retention
from bot.roles import DISPATCH, POLL, roles_of
from bot.settings import Settings
from bot.standing import Standings
from bot.summary import Summary
from bot.watched import WatchedDatabase
from storage.database import SqlDatabase
from storage.migrate import migrate
from storage.worker_lock import worker_lock


class _Part(Protocol):
    async def run(self) -> None: ...
    def stop(self) -> None: ...


@dataclass(slots=True)
class Bot:
    """A bot that runs: its parts, for whoever started it to look at."""

    database: SqlDatabase
    clock: Clock
    router: Router
    accounts: list[Accounts] = field(default_factory=list)
    poller: Poller | None = None
    archive: Archive | None = None
    http_port: int | None = None
    metrics_port: int | None = None
    metrics: Metrics = field(default_factory=Metrics)
    others: list[Presence | Listening | TimeKeeper | Summary] = field(default_factory=list)
    retention: Retention | None = None

    @property
    def parts(self) -> list[_Part]:
        """What runs until it is stopped."""
        return [*(part for part in (self.poller, self.archive, self.retention) if part), *self.accounts, *self.others]

    def hear(self, hint: Hint) -> None:
        """A commit, here or in another process, changed something that somebody waits for."""
        match hint:
            case Hint.LANES:
                for accounts in self.accounts:
                    accounts.wake()
            case Hint.ACCOUNTS:
                for accounts in self.accounts:
                    accounts.look()
            case Hint.FEEDS if self.poller:
                self.poller.wake()
            case Hint.LOOKUPS if self.archive:
                self.archive.wake()
            case Hint.HUSKS if self.retention:
                self.retention.wake()

    def stop(self) -> None:
        """Take up nothing new; what is under way is finished."""
        for part in self.parts:
            part.stop()


@asynccontextmanager
async def start(
    settings: Settings,
    adapters: Sequence[ChatAdapter],
    entries: Sequence[NewsroomEntry],
    *,
    operators: Mapping[str, Address] | None = None,
    worker: bool = True,
    only: Collection[str] | None = None,
    listen: bool = True,
    clock: Clock | None = None,
    on_settled: Callable[[Delivery, Settlement], None] = lambda _delivery, _settlement: None,
) -> AsyncIterator[Bot]:
    """Run the bot until the block ends, then let what is under way finish.

    `entries` are the newsrooms to offer. `operators`: who may do everything (`platform:id`), and where they hear of faults. A
    `worker` polls and dispatches, and holds the database's worker lock where that lets in only one; without it (the chat beside a
    worker) only the adapters' own accounts are served. `only` these roles: `poll`, `dispatch`, and platforms to listen on.
    `listen`: serve the HTTP ports.
    Raises SettingsError and StorageError.
    """
    url = settings.database_url.get_secret_value()
    owner = secrets.token_hex(8)
    async with AsyncExitStack() as stack:
        if worker:
            stack.enter_context(worker_lock(url))
        await migrate(url)
        database = SqlDatabase(url)
        stack.push_async_callback(database.close)
        metrics = Metrics()
        watched = WatchedDatabase(database, metrics.witness)
        roles = roles_of(only, [adapter.platform for adapter in adapters], shared=database.is_shared, worker=worker)
        keeper = TimeKeeper(database)
        clock = clock or await keeper.set()
        operators = operators_on(adapters, settings.operators) | dict(operators or {})
        told = await _prepare(database, settings, clock.now(), entries, operators, worker=worker)
        router = Router(
            watched,
            clock,
            Catalogue.load(),
            operators=frozenset(operators),
            language=settings.language,
            timezone=settings.timezone,
            may_manage=may_manage_on(adapters),
            may_ask=Guard(settings.allow_private_addresses).permits,
            link=link_on(adapters),
            witness=metrics.witness,
            keep=Keep.of(settings.keep_days, settings.keep_changes_days),
        )
        bot = Bot(database, clock, router, metrics=metrics)
        if clock is keeper.clock:
            bot.others.append(keeper)
        # Where only one worker can be, whoever had something in hand before us is dead.
        alone = worker and not database.is_shared
        if POLL in roles:
            await _follow(stack, bot, settings, watched, owner, told, alone=alone)
        if worker and listen:
            standings = Standings(watched, clock, owner, lambda: standing_on(adapters, bot.accounts), lambda: watched.unwritten)
            await _serve(stack, settings, adapters, bot, standings)
        on_event = events(watched, clock, metrics.witness, language=settings.language, timezone=settings.timezone)
        lookout, ledger = Lookout(watched, clock, owner), Ledger(watched, owner)

        def dispatcher(adapter: ChatAdapter, account: str, budget: Budget) -> Dispatcher:
            return Dispatcher(
                watched,
                adapter,
                account,
                clock,
                owner=owner,
                budget=budget,
                evict=alone,
                on_settled=on_settled,
                witness=metrics.witness,
                lookout=lookout,
                ledger=ledger,
            )

        for adapter in adapters:
            accounts = Accounts(adapter, partial(dispatcher, adapter) if DISPATCH in roles else None, witness=metrics.witness)
            bot.accounts.append(accounts)
            desk = Desk(router.answer, router.choices, on_event, router.menu, watched, accounts.turn, router.linked)
            await stack.enter_async_context(adapter.connect(desk))
            if adapter.platform in roles:
                await _listen(stack, bot, adapter, watched, owner)
        if worker:
            _stay(bot, settings, watched, owner, roles, told)
        await stack.enter_async_context(database.watch(bot.hear))
        # Last in, first out: the parts stop and finish before the adapters that they send through are closed.
        group = await stack.enter_async_context(asyncio.TaskGroup())
        for part in bot.parts:
            group.create_task(part.run())
        stack.callback(bot.stop)
        yield bot


async def _listen(stack: AsyncExitStack, bot: Bot, adapter: ChatAdapter, database: Database, owner: str) -> None:
    """Take what comes from a platform, in turns with other processes where it tells only one."""
    if adapter.listens_alone and bot.database.is_shared:
        bot.others.append(Listening(adapter, database, bot.clock, owner))
    else:
        await stack.enter_async_context(adapter.listen())


def _stay(
    bot: Bot, settings: Settings, database: Database, owner: str, roles: frozenset[str], operators: Sequence[DestinationId]
) -> None:
    """What a process does that is there to stay: it clears up, tells operators of the day, and on a shared database of itself."""
    bot.retention = Retention(database, bot.clock, owner, Keep.of(settings.keep_days, settings.keep_changes_days))
    if operators and settings.summary_at:
        zone = ZoneInfo(settings.timezone)
        bot.others.append(Summary(database, bot.clock, operators, settings.summary_at, zone))
    if bot.database.is_shared:
        bot.others.append(Presence(database, bot.clock, owner, roles, partial(_share, bot, owner)))


def _share(bot: Bot, owner: str, workers: Sequence[Worker]) -> None:
    """Where other processes answer people too, the accounts' rates are shared with them."""
    for accounts in bot.accounts:
        accounts.share(sum(accounts.platform in worker.roles for worker in workers if worker.owner != owner))


async def _serve(
    stack: AsyncExitStack, settings: Settings, adapters: Sequence[ChatAdapter], bot: Bot, standings: Standings
) -> None:
    """What platforms call; and metrics and readiness, on an address that is not for the world."""
    routes = [route for adapter in adapters if isinstance(adapter, web.HasRoutes) for route in adapter.routes()]
    bot.http_port = await stack.enter_async_context(web.serve(settings.http_host, settings.http_port, routes))
    if settings.metrics_port is not None:
        own = web.operations(bot.metrics, standings, timedelta(seconds=settings.poll_interval))
        serving = web.serve(settings.metrics_host, settings.metrics_port, own, remedy=web.OWN)
        bot.metrics_port = await stack.enter_async_context(serving)


async def _prepare(
    database: SqlDatabase,
    settings: Settings,
    now: datetime,
    entries: Sequence[NewsroomEntry],
    operators: Mapping[str, Address],
    *,
    worker: bool,
) -> list[DestinationId]:
    """Store what the settings say; the destinations of the operators, who are told of faults by the worker."""
    async with database.begin() as tx:
        await offer(tx, entries, now, worker=worker)
        return [
            (
                await tx.destinations.ensure(
                    address,
                    kind=ConversationKind.PRIVATE,
                    title="",
                    language=settings.language,
                    timezone=settings.timezone,
                    now=now,
                )
            ).id
            for address in (operators.values() if worker else ())
        ]


def fetcher_of(settings: Settings) -> Fetcher:
    """What asks newsrooms, as the settings have it."""
    return Fetcher(
        allow=settings.allow_private_addresses,
        contact=settings.contact,
        proxy=settings.proxy.get_secret_value() if settings.proxy else None,
    )


async def _follow(
    stack: AsyncExitStack,
    bot: Bot,
    settings: Settings,
    database: Database,
    owner: str,
    told: Sequence[DestinationId],
    *,
    alone: bool,
) -> None:
    """Look after newsrooms: their feeds, and what completes these."""
    fetcher = await stack.enter_async_context(fetcher_of(settings))
    if alone:
        async with database.begin() as tx:
            await tx.feeds.let_go()
    bot.poller = Poller(
        database,
        fetcher,
        bot.clock,
        interval=timedelta(seconds=settings.poll_interval),
        owner=owner,
        operators=told,
        witness=bot.metrics.witness,
        looks=True,
    )
    bot.archive = Archive(
        database,
        fetcher,
        bot.clock,
        owner=owner,
        spacing=settings.archive_spacing,
        most=settings.archive_limit,
        alone=alone,
        witness=bot.metrics.witness,
    )
