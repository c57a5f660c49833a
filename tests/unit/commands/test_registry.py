"""What holds for every command."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bot.commands.command import Command
from bot.commands.registry import COMMANDS
from bot.commands.suggest import find_command, likely
from bot.i18n import read, texts
from bot.text.fold import fold

_COMMAND = re.compile(r"(?<![\w/<])/([a-zæøåé]+)")
_OF_OTHERS = {"afslut", "invite", "mybots", "presse", "quit", "setinline", "setjoingroups", "setprivacy"}
"""The terminal's own, BotFather's and Slack's."""


def test_every_name_means_one_command() -> None:
    """No alias is that of another command, in any spelling."""
    names = Counter(name for command in COMMANDS for name in {fold(name) for name in command.names})
    assert [name for name, count in names.items() if count > 1] == []


def test_every_command_of_the_issue_is_there() -> None:
    """With the Danish names that people try first."""
    wanted = {
        "latest": ("seneste", "nyeste"),
        "search": ("søg", "soeg", "sog"),
        "contact": ("kontakt",),
        "newsroom": ("nyhedsrum",),
        "release": ("pressemeddelelse", "pm"),
        "subscribe": ("abonner", "abonnér", "tilmeld"),
        "unsubscribe": ("afmeld", "frameld"),
        "subscriptions": ("abonnementer",),
        "subscription": ("abonnement",),
        "settings": ("indstillinger", "opsætning"),
        "mute": ("dæmp", "daemp"),
        "why": ("hvorfor",),
        "undo": ("fortryd",),
        "copy": ("kopier", "kopiér"),
        "export": ("eksporter", "eksportér", "eksport"),
        "import": ("importer", "importér"),
        "forget": ("glem", "slet"),
        "take": (),
        "link": ("forbind",),
        "privacy": ("privatliv",),
        "newsrooms": ("nyhedsrumsliste",),
        "language": ("sprog",),
        "help": ("hjælp", "hjaelp"),
        "start": (),
        "home": (),
        "status": (),
        "accept": ("godkend",),
        "pin": ("fastgør", "fastgoer"),
        "unpin": ("løsn", "loesn"),
        "offer": ("tilbyd", "udbyd"),
        "unoffer": ("tilbagekald",),
        "retry": ("genprøv", "genproev"),
        "pause": (),
        "resume": ("genoptag",),
        "broadcast": ("fællesbesked", "faellesbesked"),
    }
    assert {command.name for command in COMMANDS} == set(wanted)
    for name, aliases in wanted.items():
        for alias in (name, name.upper(), *aliases):
            found = find_command(alias, COMMANDS)
            assert found is not None, alias
            assert found.name == name


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_describes_itself(command: Command[object], language: str) -> None:
    """In a line that fits a menu of Telegram's (256 characters), under the name that the language has for it."""
    entry = command.menu_entry(texts(language, "Europe/Copenhagen"))
    assert entry.name == (command.aliases.get(language) or (command.name,))[0]
    assert 3 < len(entry.description) <= 256
    assert set(command.names) == {entry.name, *entry.aliases}


def test_every_command_that_a_message_names_exists() -> None:
    """`/seneste` in a Danish message, `/latest` in an English one."""
    for message in read("da"):
        english = message.id if isinstance(message.id, str) else " ".join(message.id or ())
        danish = message.string if isinstance(message.string, str) else " ".join(message.string or ())
        for said in (english, danish):
            for name in set(_COMMAND.findall(said)) - _OF_OTHERS:
                assert find_command(name, COMMANDS), said


@pytest.mark.parametrize(
    ("typed", "meant"), [("latst", "latest"), ("lat", "latest"), ("senste", "latest"), ("kontackt", "contact")]
)
def test_a_misspelt_name_suggests_the_right_one(typed: str, meant: str) -> None:
    """A beginning, a letter too many or too few."""
    assert [command.name for command in likely(typed, COMMANDS)][:1] == [meant]
