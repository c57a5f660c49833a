"""Buttons: rows to press, menus to choose from, and what a press says.

A command line is carried as a button's value. One that is long is kept in the database (`bot.ports.Buttons`), and its digest is
carried instead, so that every button works as long as its message stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from adapters.slack.limits import ACTIONS, LABEL, OPTION_VALUE, PLACEHOLDER, Block
from adapters.slack.rich_text import one_line, web_link
from bot.domain.card import Button, Card, Entry
from bot.text.cutting import MORE, cut

_KEY = "#"
_DO, _OPEN, _PICK = "do", "open", "pick"
_ROW = 5
"""So many buttons look good side by side; as many entries of a list get one each, which opens it."""
_OPTIONS = 25
"""So many entries a menu offers: Slack would take 100, but not in a message that says anything else."""
CARRIED = 500
"""So long a command is carried: Slack would take 2,000, but all that a message holds may be too much together."""


def actions(card: Card, *, numbers: Iterator[int] | None = None, commands: bool = True) -> list[Block]:
    """A card's buttons, above them what opens the entries of its list; without `commands` links alone.

    `numbers` go on where another card of the same view left off, so that no two have one `action_id`.
    """
    numbers = count(1) if numbers is None else numbers
    chosen = [_chooser(card, numbers)] if commands else []
    rows = ([shown for button in row if (shown := _button(button, numbers, commands=commands))] for row in _rows(card))
    return [{"type": "actions", "elements": row[:ACTIONS]} for row in (*chosen, *rows) if row]


def _rows(card: Card) -> Iterator[tuple[Button, ...]]:
    """The card's rows, two short ones joined: Slack is wider than a telephone."""
    row: tuple[Button, ...] = ()
    for following in card.buttons:
        if row and len(row) + len(following) > _ROW:
            yield row
            row = ()
        row += following
    yield row


def _chooser(card: Card, numbers: Iterator[int]) -> list[Block]:
    """For a few numbered entries a button each, for others a menu."""
    entries = _openable(card)
    if not entries or (len(entries) == 1 and entries[0].number):
        return []
    if len(entries) <= _ROW and all(entry.number for entry in entries):
        return [_pressed(str(entry.number), entry.command, numbers) for entry in entries]
    return [_menu(entries[:_OPTIONS], numbers)]


def _openable(card: Card) -> list[Entry]:
    """The entries that something opens, each command once."""
    found: dict[str, Entry] = {}
    for element in card.elements:
        if isinstance(element, Entry) and element.command:
            found.setdefault(element.command, element)
    return list(found.values())


def _menu(entries: list[Entry], numbers: Iterator[int]) -> Block:
    options = [{"text": _label(_name(each)), "value": data_for(each.command, OPTION_VALUE)} for each in entries]
    # What it offers, from the first to the last, says in any language what it is for.
    first, last = (str(each.number or one_line(each.title)) for each in (entries[0], entries[-1]))
    said = cut(f"{cut(first, LABEL - 5)} {MORE} {cut(last, LABEL - 5)}" if len(entries) > 1 else first, PLACEHOLDER)
    shown = {"type": "plain_text", "text": said.strip() or MORE, "emoji": False}
    return {"type": "static_select", "action_id": f"{_PICK}:{next(numbers)}", "placeholder": shown, "options": options}


def _name(entry: Entry) -> str:
    return f"{entry.number}. {entry.title}" if entry.number else entry.title


def _button(button: Button, numbers: Iterator[int], *, commands: bool) -> Block | None:
    if button.command:
        return _pressed(button.label, button.command, numbers) if commands else None
    url = web_link(button.url)
    if not url:
        return None
    return {"type": "button", "action_id": f"{_OPEN}:{next(numbers)}", "text": _label(button.label), "url": url}


def _pressed(label: str, command: str, numbers: Iterator[int]) -> Block:
    return {"type": "button", "action_id": f"{_DO}:{next(numbers)}", "text": _label(label), "value": data_for(command)}


def _label(text: str) -> Block:
    return {"type": "plain_text", "text": cut(one_line(text), LABEL) or MORE, "emoji": False}


# What they carry --------------------------------------------------------------------------------------------------------


def data_for(command: str, limit: int = CARRIED) -> str:
    """What the button of a command carries."""
    return command if len(command.encode("utf-8", "replace")) <= limit and command.isprintable() else key_of(command)


def key_of(command: str) -> str:
    """The key under which a long command is kept."""
    return _KEY + hashlib.blake2b(command.encode("utf-8", "replace"), digest_size=16).hexdigest()


def is_key(data: str) -> bool:
    """Whether a button carries a key in place of its command."""
    return data.startswith(_KEY)


def long_commands(card: Card) -> list[str]:
    """The commands of a card that must be kept for its buttons to work."""
    pressed = [button.command for row in card.buttons for button in row if button.command and is_key(data_for(button.command))]
    chosen = [entry.command for entry in _openable(card) if is_key(data_for(entry.command, OPTION_VALUE))]
    return list(dict.fromkeys((*pressed, *chosen)))


def command_of(action: Mapping[str, Any]) -> str:
    """What an action of a `block_actions` payload says: a command line, or the key of one (`is_key`).

    Empty for a button that only opens a page, which Slack reports as well, and for what is none of these.
    """
    kind = str(action.get("action_id", "")).partition(":")[0]
    if kind == _PICK:
        action = action.get("selected_option") or {}
    said = action.get("value") if kind in (_DO, _PICK) else None
    return said if isinstance(said, str) else ""
