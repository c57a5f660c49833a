"""Every command there is: a new one is a module and a line here."""

from __future__ import annotations

from typing import Any

from bot.commands import accept, contact, guide, language, latest, mute, newsroom, release, search, status, subscribe
from bot.commands.command import Command

COMMANDS: tuple[Command[Any], ...] = (
    latest.COMMAND,
    search.COMMAND,
    release.COMMAND,
    contact.COMMAND,
    newsroom.ONE,
    newsroom.MANY,
    subscribe.SUBSCRIBE,
    subscribe.UNSUBSCRIBE,
    subscribe.SUBSCRIPTIONS,
    mute.COMMAND,
    language.COMMAND,
    status.COMMAND,
    guide.HELP,
    guide.START,
    accept.COMMAND,
)
