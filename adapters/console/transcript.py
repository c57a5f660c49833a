"""What stands in the terminal: its posts in order, and the keys that press their buttons. No I/O."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import chain

from bot.domain.card import Card, Entry

KEPT = 500
"""Shown posts that are remembered; older ones can no longer be scrolled to, nor corrected."""


class Role(Enum):
    """Who put something into the terminal."""

    TYPED = auto()
    REPLY = auto()
    ALERT = auto()
    """Sent by the dispatcher; it can be corrected later."""
    NOTICE = auto()
    """A word of the program about itself."""


@dataclass(slots=True, eq=False)
class Shown:
    """One post as it stands. `edition` rises with every change of what it shows; `fresh`: it was corrected a moment ago.

    `keys` maps a key to the command it presses; `alert` counts the alerts alone.
    """

    number: int
    role: Role
    card: Card
    alert: int = 0
    keys: dict[str, str] = field(default_factory=dict)
    edition: int = 1
    fresh: bool = False

    def touch(self) -> None:
        """It must be drawn anew."""
        self.edition += 1


class Transcript:
    """The posts in the order in which they came, numbered from 1, the newest `KEPT` of them."""

    def __init__(self) -> None:
        self.posts: list[Shown] = []
        self._last = self._alerts = 0

    def add(self, role: Role, card: Card) -> Shown:
        """Put a post below the others. A new reply takes the keys from the former one, a new alert those from the former alert."""
        self._last += 1
        self._alerts += role is Role.ALERT
        shown = Shown(self._last, role, card, self._alerts)
        if role in (Role.REPLY, Role.ALERT):
            for former in self.live():
                if former.role is role:
                    former.keys = {}
                    former.touch()
            shown.keys = self._keys_for(shown)
        self.posts = [*self.posts[-KEPT + 1 :], shown]
        return shown

    def change(self, shown: Shown, card: Card) -> None:
        """Let a post show another card in its place."""
        had_keys = shown in self.live()
        shown.card, shown.keys = card, {}
        if had_keys:
            shown.keys = self._keys_for(shown)
        shown.touch()

    def remove(self, shown: Shown) -> None:
        """Take a post back that could not be shown."""
        self.posts.remove(shown)

    def find(self, number: int) -> Shown | None:
        """The alert of this number, if it still stands."""
        return next((shown for shown in self.posts if shown.number == number and shown.role is Role.ALERT), None)

    def live(self) -> list[Shown]:
        """The last reply and the last alert: those whose buttons have keys."""
        last = {shown.role: shown for shown in self.posts}
        return [last[role] for role in (Role.REPLY, Role.ALERT) if role in last]

    def pressed(self, key: str) -> tuple[str, Shown] | None:
        """The command that a key presses now, and the post it stands on."""
        return next(((shown.keys[key], shown) for shown in self.live() if key in shown.keys), None)

    def _keys_for(self, shown: Shown) -> dict[str, str]:
        return keys_of(shown.card, taken={key for other in self.live() if other is not shown for key in other.keys})


def keys_of(card: Card, taken: Collection[str] = ()) -> dict[str, str]:
    """A key for each command of a card: an entry's number, a letter of a button's label, else the next letter that is free."""
    keys = {str(entry.number): entry.command for entry in _openable(card) if str(entry.number) not in taken}
    for button in chain.from_iterable(card.buttons):
        key = next((k for k in _candidates(button.label) if k not in keys and k not in taken), None)
        if button.command and key and button.command not in keys.values():
            keys[key] = button.command
    return keys


def _openable(card: Card) -> Iterator[Entry]:
    return (e for e in card.elements if isinstance(e, Entry) and e.command and 0 < e.number < 10)


def _candidates(label: str) -> Iterator[str]:
    """Letters that every keyboard has, those of the label first."""
    plain = unicodedata.normalize("NFKD", label).lower()
    return chain((c for c in plain if c in string.ascii_lowercase), string.ascii_lowercase)
