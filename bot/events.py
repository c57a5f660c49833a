"""What follows when a platform says that something happened: a bot added or removed, a chat moved, a workspace uninstalled."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.alerts.administrators import PAUSED, THREAD_CLOSED, tell_administrators
from bot.happenings import Heard, Witness
from bot.ports import (
    AccountAdded,
    AccountRemoved,
    BotAdded,
    BotRemoved,
    Clock,
    ConversationMoved,
    Database,
    OnEvent,
    PlatformEvent,
    ThreadClosed,
)

log = structlog.get_logger()

UNINSTALLED = "uninstalled"
"""Why an account's destinations are paused that does not want us any more."""


def events(database: Database, clock: Clock, witness: Witness, *, language: str, timezone: str) -> OnEvent:
    """How adapters tell of an event. `language` and `timezone` are those of a conversation that is met for the first time."""

    async def on_event(event: PlatformEvent) -> None:
        witness(Heard(event.address.platform))
        async with database.begin() as tx:
            match event:
                case BotRemoved(address, reason):
                    await tx.destinations.pause(address, reason, clock.now())
                    closed = await tx.destinations.of_conversation(address)
                    await tell_administrators(tx, closed, PAUSED, clock.now(), reason)
                case ThreadClosed(address):
                    thread = await tx.destinations.find(address)
                    await tell_administrators(tx, [thread] if thread else [], THREAD_CLOSED, clock.now())
                case BotAdded(address, kind, title):
                    await tx.destinations.ensure(
                        address,
                        kind=kind,
                        title=title,
                        language=language,
                        timezone=timezone,
                        now=clock.now(),
                    )
                    await tx.destinations.resume(address, clock.now())
                case ConversationMoved(address, conversation):
                    await tx.destinations.move(address, conversation)
                    # Leaving the old conversation may have looked like being removed.
                    await tx.destinations.resume(replace(address, conversation=conversation), clock.now())
                case AccountRemoved(platform, account):
                    await tx.destinations.pause_account(platform, account, UNINSTALLED, clock.now())
                    await tx.forgetting.account_left(platform, account, clock.now())
                case AccountAdded(platform, account):
                    await tx.destinations.resume_account(platform, account, UNINSTALLED, clock.now())
                    await tx.forgetting.account_left(platform, account, None)
        log.info("platform_event", what=type(event).__name__, destination=str(event.address))

    return on_event
