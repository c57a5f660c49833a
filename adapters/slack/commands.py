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

    def manages(self, line: str) -> bool:
        """Whether a command line is one that configures."""
        name = line.split(maxsplit=1)[0] if line.strip() else ""
        return fold(name.lstrip("/")) in self.managing
