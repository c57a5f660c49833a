"""Every command there is: a new one is a module and a line here."""

from __future__ import annotations

from typing import Any

from bot.commands import (
    accept,
    contact,
    copying,
    exchange,
    forget,
    guide,
    home,
    language,
    latest,
    mute,
    newsroom,
    pin,
    privacy,
    release,
    search,
    settings,
    status,
    subscribe,
    subscription,
    take,
    undo,
    why,
)
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
    subscription.COMMAND,
    settings.COMMAND,
    mute.COMMAND,
    why.COMMAND,
    undo.COMMAND,
    copying.COMMAND,
    exchange.EXPORT,
    exchange.IMPORT,
    language.COMMAND,
    status.COMMAND,
    privacy.COMMAND,
    forget.COMMAND,
    guide.HELP,
    guide.START,
    home.COMMAND,
    accept.COMMAND,
    pin.PIN,
    pin.UNPIN,
    take.COMMAND,
)
