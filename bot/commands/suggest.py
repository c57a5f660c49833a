"""Which command somebody means."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bot.cards.shorten import shorten
from bot.commands.command import Command
from bot.commands.context import NearMiss
from bot.commands.line import Line
from bot.domain.card import Button
from bot.i18n import Texts
from bot.text.fold import fold
from bot.text.nearest import Exact, Nothing, Several, nearest

Commands = Sequence[Command[Any]]
_MOST = 3


def find_command(name: str, commands: Commands) -> Command[Any] | None:
    """The command of exactly this name, in any case and spelling of æ, ø, å."""
    folded = fold(name)
    return next((command for command in commands if folded in map(fold, command.names)), None)


def likely(name: str, commands: Commands) -> list[Command[Any]]:
    """The commands that a misspelt name may mean."""
    match nearest(name, [(command, command.names) for command in commands]):
        case Exact(command):
            return [command]
        case Several(found) | Nothing(found):
            return list(found[:_MOST])


def unknown_command(
    name: str, rest: str, commands: Commands, texts: Texts, *, again: Callable[[str], str] | None = None
) -> NearMiss:
    """The error for a command that does not exist, with the likely ones as buttons, run with the same arguments."""
    found = likely(name, commands)
    said = texts.t("There is no command /{name}.", name=shorten(name, 40))
    shown = [command.names_for(texts.language)[0] for command in found]
    if shown:
        said += " " + texts.t("Did you mean /{name}?", name=shown[0])
    line = again or (lambda name: f"/{name} {rest}".rstrip())
    buttons = [Button(f"/{label}", line(command.name)) for label, command in zip(shown, found, strict=True)]
    return NearMiss(said, [*buttons, Button(texts.t("Help"), "/help")])


def no_command(line: Line, commands: Commands, texts: Texts) -> NearMiss:
    """The answer to words that are no command: search for them, or the command they look like."""
    said = texts.t("That is no command. Shall I search the press releases for it?")
    meant = [command for command in likely(line.name, commands)[:1] if len(line.name) > _MOST]
    buttons = [
        Button(texts.t("Search for “{words}”", words=shorten(line.text, 30)), f"/search {line.text}"),
        *(Button(f"/{command.names_for(texts.language)[0]}", f"/{command.name} {line.rest}".rstrip()) for command in meant),
        Button(texts.t("Help"), "/help"),
    ]
    return NearMiss(said, buttons)
