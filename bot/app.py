"""The composition root: settings become parts, and the parts run. Only this and the modules above it see them all."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
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
from bot.errors import SettingsError
from bot.events import events
from bot.feeds.archive.archive import Archive
from bot.feeds.catalogue import Catalogue
from bot.feeds.fetching.fetch import Fetcher
from bot.feeds.poller import Poller
from bot.happenings import Witness
from bot.metrics import Metrics
from bot.ports import (
    Actor,
    ChatAdapter,
    Clock,
    Database,
    Desk,
    Hint,
    Worker,
)
from bot.presence import Listening, Presence
from bot.retention import Keep, Retention
from bot.settings import Settings
from bot.standing import Platform, SaysWhetherConnected, Standings
from bot.summary import Summary
from bot.watched import WatchedDatabase
from storage.database import SqlDatabase
from storage.migrate import migrate
from storage.worker_lock import worker_lock

BY_SETTINGS = "settings"
POLL, DISPATCH = "poll", "dispatch"
"""Roles of a process, beside the platforms that it listens on."""


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
        roles = _roles(only, adapters, shared=database.is_shared, worker=worker)
        keeper = TimeKeeper(database)
        clock = clock or await keeper.set()
        operators = _operators(settings, adapters) | dict(operators or {})
        told = await _prepare(database, settings, clock, entries, operators, worker=worker)
        router = Router(
            watched,
            clock,
            Catalogue.load(),
            operators=frozenset(operators),
            language=settings.language,
            timezone=settings.timezone,
            may_manage=_may_manage(adapters),
            link=_link(adapters),
            witness=metrics.witness,
            keep=Keep.of(settings.keep_days, settings.keep_changes_days),
        )
        bot = Bot(database, clock, router, metrics=metrics)
        if clock is keeper.clock:
            bot.others.append(keeper)
        # Where only one worker can be, whoever had something in hand before us is dead.
        alone = worker and not database.is_shared
        if POLL in roles:
            fetcher = await stack.enter_async_context(fetcher_of(settings))
            bot.poller = await _poller(settings, watched, fetcher, clock, owner, told, metrics.witness, alone=alone)
            bot.archive = Archive(
                watched,
                fetcher,
                clock,
                owner=owner,
                spacing=settings.archive_spacing,
                most=settings.archive_limit,
                alone=alone,
                witness=metrics.witness,
            )
        if worker and listen:
            routes = [route for adapter in adapters if isinstance(adapter, web.HasRoutes) for route in adapter.routes()]
            bot.http_port = await stack.enter_async_context(web.serve(settings.http_host, settings.http_port, routes))
            standings = Standings(watched, clock, owner, partial(_platforms, adapters, bot), lambda: watched.unwritten)
            await _serve_own(stack, settings, bot, standings)
        on_event = events(watched, clock, metrics.witness, language=settings.language, timezone=settings.timezone)
        lookout, ledger = Lookout(watched, clock, owner), Ledger(watched, owner)
        dispatcher = partial(
            _dispatcher,
            watched,
            clock,
            owner,
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
                if adapter.listens_alone and database.is_shared:
                    bot.others.append(Listening(adapter, watched, clock, owner))
                else:
                    await stack.enter_async_context(adapter.listen())
        if worker:
            _stay(bot, settings, watched, owner, roles, told)
        await stack.enter_async_context(database.watch(bot.hear))
        # Last in, first out: the parts stop and finish before the adapters that they send through are closed.
        group = await stack.enter_async_context(asyncio.TaskGroup())
        for part in bot.parts:
            group.create_task(part.run())
        stack.callback(bot.stop)
        yield bot


def _roles(only: Collection[str] | None, adapters: Sequence[ChatAdapter], *, shared: bool, worker: bool) -> frozenset[str]:
    """What this process does. Raises SettingsError."""
    platforms = {adapter.platform for adapter in adapters}
    if not worker:
        return frozenset({DISPATCH} | platforms)
    every = {POLL, DISPATCH} | platforms
    if only is None:
        return frozenset(every)
    unknown = sorted(set(only) - every)
    if unknown:
        raise SettingsError(f"--only: {unknown[0]!r} is nothing this bot does; choose among {', '.join(sorted(every))}")
    if not shared:
        message = "--only shares the work out among several processes, which needs PostgreSQL: set DATABASE_URL=postgresql://..."
        raise SettingsError(message)
    return frozenset(only)


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


async def _serve_own(stack: AsyncExitStack, settings: Settings, bot: Bot, standings: Standings) -> None:
    """Metrics and readiness, on an address that is not for the world."""
    if settings.metrics_port is None:
        return
    routes = web.operations(bot.metrics, standings, timedelta(seconds=settings.poll_interval))
    serving = web.serve(settings.metrics_host, settings.metrics_port, routes, remedy=web.OWN)
    bot.metrics_port = await stack.enter_async_context(serving)


def _platforms(adapters: Sequence[ChatAdapter], bot: Bot) -> list[Platform]:
    """How each platform stands in this process."""
    all_accounts = {accounts.platform: accounts for accounts in bot.accounts}
    found = []
    for adapter in adapters:
        accounts = all_accounts.get(adapter.platform)
        connected = adapter.connected if isinstance(adapter, SaysWhetherConnected) else None
        owned, dispatches = (accounts.owned, accounts.dispatches) if accounts else (None, True)
        found.append(Platform(adapter.platform, owned, dispatches=dispatches, connected=connected))
    return found


def _dispatcher(
    database: Database,
    clock: Clock,
    owner: str,
    adapter: ChatAdapter,
    account: str,
    budget: Budget,
    *,
    evict: bool,
    on_settled: Callable[[Delivery, Settlement], None],
    witness: Witness,
    lookout: Lookout,
    ledger: Ledger,
) -> Dispatcher:
    return Dispatcher(
        database,
        adapter,
        account,
        clock,
        owner=owner,
        budget=budget,
        evict=evict,
        on_settled=on_settled,
        witness=witness,
        lookout=lookout,
        ledger=ledger,
    )


def _operators(settings: Settings, adapters: Iterable[ChatAdapter]) -> dict[str, Address]:
    """Where the operators whom the settings name are reached: a private conversation has its person's id."""
    found: dict[str, Address] = {}
    for name in settings.operators:
        platform, _, ident = name.partition(":")
        for adapter in adapters:
            if adapter.platform == platform and (address := adapter.private(ident)):
                found[name] = address
    return found


async def _prepare(
    database: SqlDatabase,
    settings: Settings,
    clock: Clock,
    entries: Sequence[NewsroomEntry],
    operators: Mapping[str, Address],
    *,
    worker: bool,
) -> list[DestinationId]:
    """Store what the settings say; the destinations of the operators, who are told of faults by the worker."""
    now = clock.now()
    async with database.begin() as tx:
        if not worker and await tx.newsrooms.offered():
            return []  # what is offered is for the settings of the worker to say
        followed = {feed.newsroom.id for feed in await tx.feeds.all()}
        offered = [await tx.newsrooms.ensure(entry, offered_by=BY_SETTINGS, now=now) for entry in entries]
        for newsroom in offered:
            if newsroom.id not in followed:
                # Nobody followed it until now: what came out meanwhile is no news.
                await tx.feeds.wake(newsroom.id, now, prime=True)
        if not worker:
            return []
        await tx.newsrooms.withdraw_others(BY_SETTINGS, [newsroom.id for newsroom in offered])
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
            for address in operators.values()
        ]


def fetcher_of(settings: Settings) -> Fetcher:
    """What asks newsrooms, as the settings have it."""
    return Fetcher(
        allow=settings.allow_private_addresses,
        contact=settings.contact,
        proxy=settings.proxy.get_secret_value() if settings.proxy else None,
    )


async def _poller(
    settings: Settings,
    database: Database,
    fetcher: Fetcher,
    clock: Clock,
    owner: str,
    told: Sequence[DestinationId],
    witness: Witness,
    *,
    alone: bool,
) -> Poller:
    if alone:
        async with database.begin() as tx:
            await tx.feeds.let_go()
    interval = timedelta(seconds=settings.poll_interval)
    return Poller(database, fetcher, clock, interval=interval, owner=owner, operators=told, witness=witness, looks=True)


def _may_manage(adapters: Sequence[ChatAdapter]) -> Callable[[Actor, Address], Awaitable[bool]]:
    async def may_manage(actor: Actor, address: Address) -> bool:
        for adapter in adapters:
            if adapter.platform == address.platform:
                return await adapter.may_manage(actor, address)
        return False

    return may_manage


def _link(adapters: Sequence[ChatAdapter]) -> Callable[[Address, str], Awaitable[str]]:
    async def link(address: Address, reference: str) -> str:
        for adapter in adapters:
            if adapter.platform == address.platform:
                return await adapter.link(address, reference)
        return ""

    return link
