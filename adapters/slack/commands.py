"""By which names do our commands go? What the menu tells, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from adapters.slack.inbound import UMBRELLA
from bot.i18n import SUPPORTED
from bot.ports import Menu
from bot.text.fold import fold


class Commands:
    """What the menu tells of commands. `known` are all their names and `managing` those of commands that configure, folded.

    `typed` is how each is typed on Slack: `{"latest": "presse latest"}`.
    """

    def __init__(self, menu: Menu) -> None:
        entries = [entry for language in SUPPORTED for entry in menu(language)]
        names = {name: entry for entry in entries for name in (entry.name, *entry.aliases)}
        self.known = frozenset(map(fold, names))
        self.managing = frozenset(fold(name) for name, entry in names.items() if entry.for_managers)
        self.typed: Mapping[str, str] = MappingProxyType({name.casefold(): f"{UMBRELLA} {name}" for name in names})
        self._asking: set[str] = set()

    def manages(self, line: str) -> bool:
        """Whether a command line is one that configures."""
        return _name(line) in self.managing

    def may_ask(self, line: str) -> bool:
        """Whether the answer to a command line may be a form: something is left out, or one of its name was."""
        name = _name(line)
        return name in self.managing and (len(line.split()) == 1 or name in self._asking)

    def asked(self, line: str) -> None:
        """The answer to a command line was a form."""
        self._asking.add(_name(line))


def _name(line: str) -> str:
    return fold(line.split(maxsplit=1)[0].lstrip("/")) if line.strip() else ""
