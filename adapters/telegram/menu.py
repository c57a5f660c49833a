"""The menu that Telegram shows beside the line to type in: by language, and by what the person may do there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
)

from adapters.telegram.buttons import is_menu_name
from bot.i18n import SUPPORTED
from bot.ports import Menu, MenuEntry

_LONGEST = 256


@dataclass(frozen=True, slots=True)
class CommandList:
    """The commands of one scope in one language; language '' is for everybody whose own is not there."""

    scope: BotCommandScope
    language: str
    commands: tuple[BotCommand, ...]


def command_lists(menu: Menu) -> Iterator[CommandList]:
    """Every list to set: in groups the readers' commands, to administrators and in private all."""
    for language in ("", *SUPPORTED):
        entries = menu(language)
        everything = tuple(_commands(entries))
        for_readers = tuple(_commands(entry for entry in entries if not entry.for_managers))
        yield CommandList(BotCommandScopeAllPrivateChats(), language, everything)
        yield CommandList(BotCommandScopeAllGroupChats(), language, for_readers)
        yield CommandList(BotCommandScopeAllChatAdministrators(), language, everything)


def _commands(entries: Iterable[MenuEntry]) -> Iterator[BotCommand]:
    for entry in entries:
        name = next((name for name in names_of(entry) if is_menu_name(name)), None)
        if name:
            description = f"{entry.arguments}: {entry.description}" if entry.arguments else entry.description
            yield BotCommand(name, description[:_LONGEST])


def names_of(entry: MenuEntry) -> Sequence[str]:
    """Every name that a command goes by, the reader's own first."""
    return (entry.name, *entry.aliases)


async def set_menu(bot: Bot, menu: Menu) -> None:
    """Tell Telegram. Raises TelegramError."""
    for each in command_lists(menu):
        await bot.set_my_commands(each.commands, scope=each.scope, language_code=each.language or None)
