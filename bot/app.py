"""The composition root: settings become parts, and the parts run. Only this and the modules above it see them all."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

import structlog

from bot import web
from bot.alerts.administrators import PAUSED, THREAD_CLOSED, tell_administrators
from bot.alerts.dispatcher import Dispatcher
from bot.clock import SystemClock
from bot.commands.router import Router
from bot.domain.delivery import Delivery, Settlement
from bot.domain.newsroom import NewsroomEntry
from bot.domain.subscription import Address, ConversationKind, DestinationId
from bot.errors import SettingsError
from bot.feeds.catalogue import Ambiguous, Catalogue, Found, Unknown, entry_for_address
from bot.feeds.fetching.fetch import Fetcher
from bot.feeds.poller import Poller
from bot.ports import (
    Actor,
    BotAdded,
    BotRemoved,
    ChatAdapter,
    Clock,
    ConversationMoved,
    KeepsState,
    OnEvent,
    PlatformEvent,
    ThreadClosed,
)
from bot.settings import Settings
from storage.database import SqlDatabase
from storage.migrate import migrate
from storage.worker_lock import worker_lock

log = structlog.get_logger()

BY_SETTINGS = "settings"


@dataclass(slots=True)
class Bot:
    """A bot that runs: its parts, for whoever started it to look at."""

    database: SqlDatabase
    clock: Clock
    router: Router
    dispatchers: list[Dispatcher] = field(default_factory=list)
    poller: Poller | None = None
    http_port: int | None = None

    def wake_dispatchers(self) -> None:
        """Something is owed."""
        for dispatcher in self.dispatchers:
            dispatcher.wake()

    def wake(self) -> None:
        """A command changed something: look at feeds and lanes now."""
        if self.poller:
            self.poller.wake()
        self.wake_dispatchers()

    def stop(self) -> None:
        """Take up nothing new; what is under way is finished."""
        for part in (self.poller, *self.dispatchers):
            if part:
                part.stop()


@asynccontextmanager
async def start(
    settings: Settings,
    adapters: Sequence[ChatAdapter],
    entries: Sequence[NewsroomEntry],
    *,
    operators: Mapping[str, Address] | None = None,
    worker: bool = True,
    listen: bool = True,
    on_settled: Callable[[Delivery, Settlement], None] = lambda _delivery, _settlement: None,
) -> AsyncIterator[Bot]:
    """Run the bot until the block ends, then let what is under way finish.

    `entries` are the newsrooms to offer. `operators`: who may do everything (`platform:id`), and where they hear of faults. A
    `worker` polls and holds the database's worker lock; without it (the chat beside a worker) only the adapters' own accounts are
    served.
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
        clock = SystemClock()
        operators = _operators(settings, adapters) | dict(operators or {})
        told = await _prepare(database, settings, clock, entries, operators, worker=worker)
        router = Router(
            database,
            clock,
            Catalogue.load(),
            operators=frozenset(operators),
            language=settings.language,
            timezone=settings.timezone,
            may_manage=_may_manage(adapters),
            wake=lambda: bot.wake(),  # noqa: PLW0108 - there is no bot yet
        )
        bot = Bot(database, clock, router)
        bot.dispatchers = [
            Dispatcher(database, adapter, clock, owner=owner, evict=worker, on_settled=on_settled) for adapter in adapters
        ]
        if worker:
            bot.poller = await _poller(stack, settings, database, clock, owner, told, bot.wake_dispatchers)
            if listen:
                routes = [route for adapter in adapters if isinstance(adapter, web.HasRoutes) for route in adapter.routes()]
                bot.http_port = await stack.enter_async_context(web.serve(settings.http_host, settings.http_port, routes))
        for adapter in adapters:
            if isinstance(adapter, KeepsState):
                adapter.use(database)
            serving = adapter.serve(router.answer, _on_event(database, clock, settings), router.menu)
            await stack.enter_async_context(serving)
        # Last in, first out: the parts stop and finish before the adapters that they send through are closed.
        group = await stack.enter_async_context(asyncio.TaskGroup())
        for part in (bot.poller, *bot.dispatchers):
            if part:
                group.create_task(part.run())
        stack.callback(bot.stop)
        yield bot


def newsrooms_of(settings: Settings, catalogue: Catalogue) -> list[NewsroomEntry]:
    """The newsrooms that the settings name; raises SettingsError for a name that the catalogue does not know, with the nearest."""
    return [_newsroom(word, catalogue) for word in settings.newsrooms]


def _newsroom(word: str, catalogue: Catalogue) -> NewsroomEntry:
    if "://" in word:
        try:
            return entry_for_address(word)
        except SettingsError as error:
            raise SettingsError(f"PRESSEVAGT_NEWSROOMS: {error}") from None
    match catalogue.find(word):
        case Found(entry):
            return entry
        case Ambiguous(entries):
            problem, near = "fits several newsrooms", entries
        case Unknown(nearest):
            problem, near = "is no newsroom of the catalogue", nearest
    hint = ", ".join(entry.slug for entry in near[:3]) or "pressevagt chat, then /newsrooms, lists them"
    message = f"PRESSEVAGT_NEWSROOMS: {word!r} {problem}; nearest: {hint}"
    raise SettingsError(message)


def _operators(settings: Settings, adapters: Iterable[ChatAdapter]) -> dict[str, Address]:
    """Where the operators whom the settings name are reached: a private conversation has its person's id."""
    found: dict[str, Address] = {}
    for name in settings.operators:
        platform, _, ident = name.partition(":")
        for adapter in adapters:
            if adapter.platform == platform:
                found[name] = Address(platform, adapter.account, ident)
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


async def _poller(
    stack: AsyncExitStack,
    settings: Settings,
    database: SqlDatabase,
    clock: Clock,
    owner: str,
    told: Sequence[DestinationId],
    on_owed: Callable[[], None],
) -> Poller:
    async with database.begin() as tx:
        await tx.feeds.let_go()  # we hold the worker's lock, so whoever held feeds is dead
    fetcher = await stack.enter_async_context(
        Fetcher(
            allow=settings.allow_private_addresses,
            contact=settings.contact,
            proxy=settings.proxy.get_secret_value() if settings.proxy else None,
        )
    )
    interval = timedelta(seconds=settings.poll_interval)
    return Poller(database, fetcher, clock, interval=interval, owner=owner, operators=told, on_owed=on_owed)


def _may_manage(adapters: Sequence[ChatAdapter]) -> Callable[[Actor, Address], Awaitable[bool]]:
    async def may_manage(actor: Actor, address: Address) -> bool:
        for adapter in adapters:
            if (adapter.platform, adapter.account) == (address.platform, address.account):
                return await adapter.may_manage(actor, address)
        return False

    return may_manage


def _on_event(database: SqlDatabase, clock: Clock, settings: Settings) -> OnEvent:
    async def on_event(event: PlatformEvent) -> None:
        async with database.begin() as tx:
            match event:
                case BotRemoved(address, reason):
                    await tx.destinations.pause(address, reason)
                    await tell_administrators(tx, await tx.destinations.of_conversation(address), PAUSED, clock.now())
                case ThreadClosed(address):
                    thread = await tx.destinations.find(address)
                    await tell_administrators(tx, [thread] if thread else [], THREAD_CLOSED, clock.now())
                case BotAdded(address, kind, title):
                    await tx.destinations.ensure(
                        address,
                        kind=kind,
                        title=title,
                        language=settings.language,
                        timezone=settings.timezone,
                        now=clock.now(),
                    )
                    await tx.destinations.resume(address, clock.now())
                case ConversationMoved(address, conversation):
                    await tx.destinations.move(address, conversation)
                    # Leaving the old conversation may have looked like being removed.
                    await tx.destinations.resume(replace(address, conversation=conversation), clock.now())
        log.info("platform_event", what=type(event).__name__, destination=str(event.address))

    return on_event
