"""What a command is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.cards import CommandHelp
from bot.i18n import N_, Texts
from bot.ports import MenuEntry, Reply

if TYPE_CHECKING:
    from bot.commands.context import Context

A = TypeVar("A")


class Audience(Enum):
    """Who may use a command. Operators may use every one."""

    EVERYBODY = auto()
    MANAGERS = auto()
    """Who may configure the destination."""
    MANAGERS_OF_GROUPS = auto()
    """The same in groups and channels; anybody in a private conversation."""
    OPERATORS = auto()


class Family(Enum):
    """Commands that belong together, in the order of help; the values are their titles."""

    RELEASES = N_("Press releases")
    NEWSROOMS = N_("Newsrooms and contacts")
    SUBSCRIPTIONS = N_("Subscriptions")
    BOT = N_("The bot")
    OPERATORS = N_("For operators")


@dataclass(frozen=True, slots=True)
class Command(Generic[A]):
    """One command: how it is called, what it says of itself, and what it does.

    `arguments`, `summary` (a line), `details` and `examples` (arguments that work) are messages to translate. `aliases` holds other
    names by language, the first of a language being what its readers are shown. `parse_args` is pure and raises UserError;
    `run` gets a transaction that may write where the command `writes`. One that is `hidden` stands in no menu and no help.
    `elsewhere`: the words for another conversation, if any, which the person has to manage too (`Context.other`).
    `takes_text`: it reads the call's own text, of whatever length, or, where it `takes_file`, the file that came with it.
    """

    name: str
    family: Family
    summary: str
    parse_args: Callable[[str, Texts], A]
    run: Callable[[Context, A], Awaitable[Reply]]
    arguments: str = ""
    details: str = ""
    examples: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audience: Audience = Audience.EVERYBODY
    writes: bool = False
    hidden: bool = False
    elsewhere: Callable[[A], str] | None = None
    takes_text: bool = False
    takes_file: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it answers to, its own first."""
        return (self.name, *(alias for aliases in self.aliases.values() for alias in aliases))

    def names_for(self, language: str) -> tuple[str, ...]:
        """The same with the names in the reader's language first."""
        return tuple(dict.fromkeys((*self.aliases.get(language, ()), *self.names)))

    def menu_entry(self, texts: Texts) -> MenuEntry:
        """How a platform's menu shows it."""
        name, *aliases = self.names_for(texts.language)
        return MenuEntry(
            name=name,
            description=texts.t(self.summary),
            aliases=tuple(aliases),
            arguments=texts.t(self.arguments) if self.arguments else "",
            for_managers=self.audience is not Audience.EVERYBODY,
        )

    def help(self, texts: Texts) -> CommandHelp:
        """How help shows it."""
        name, *aliases = self.names_for(texts.language)
        return CommandHelp(
            name=name,
            arguments=texts.t(self.arguments) if self.arguments else "",
            summary=texts.t(self.summary),
            details=texts.t(self.details) if self.details else "",
            aliases=tuple(aliases),
            examples=tuple(f"/{name} {texts.t(example) if example else ''}".rstrip() for example in self.examples),
        )


def no_arguments(_rest: str, _texts: Texts) -> None:
    """The `parse_args` of a command that takes none; what is typed after it does no harm."""
