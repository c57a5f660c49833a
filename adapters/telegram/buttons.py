"""Buttons: rows to press, and what a press says.

Telegram carries 64 bytes with a button. A command line that fits is carried as it is; of a longer one its digest, and the line
itself lies in the database (`bot.ports.Buttons`), so that every button works as long as its message stands.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from functools import lru_cache

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from adapters.telegram.markup import link, visible
from bot.domain.card import Button, Card, Entry

_DATA = 64
_START = 64
_KEY = "#"
_COMMAND = "_"
_NUMBERS = range(2, 11)
"""So many entries of a list get a button each, which opens it."""
_WIDEST = 5


@lru_cache(maxsize=64)  # a fan-out sends one card to thousands
def keyboard(card: Card, *, commands: bool = True) -> InlineKeyboardMarkup | None:
    """A card's buttons, above them one for each entry of a short list; without `commands`, links alone. None: there is none."""
    rows = [[shown for button in row if (shown := _button(button, commands=commands))] for row in (*_numbers(card), *card.buttons)]
    rows = [row for row in rows if row]
    return InlineKeyboardMarkup(rows) if rows else None


def _numbers(card: Card) -> Iterator[tuple[Button, ...]]:
    entries = [element for element in card.elements if isinstance(element, Entry) and element.command and element.number]
    if len(entries) in _NUMBERS:
        buttons = [Button(str(entry.number), entry.command) for entry in entries]
        yield from (tuple(buttons[at : at + _WIDEST]) for at in range(0, len(buttons), _WIDEST))


def _button(button: Button, *, commands: bool) -> InlineKeyboardButton | None:
    label = visible(button.label).strip() or "…"
    if button.command:
        return InlineKeyboardButton(label, callback_data=data_for(button.command)) if commands else None
    url = link(button.url)
    return InlineKeyboardButton(label, url=url) if url else None


def data_for(command: str) -> str:
    """What the button of a command carries."""
    return command if len(command.encode("utf-8", "replace")) <= _DATA else key_of(command)


def key_of(command: str) -> str:
    """The key under which a long command is kept."""
    return _KEY + hashlib.blake2b(command.encode("utf-8", "replace"), digest_size=16).hexdigest()


def is_key(data: str) -> bool:
    """Whether a button carries a key in place of its command."""
    return data.startswith(_KEY)


def long_commands(card: Card) -> list[str]:
    """The commands of a card that must be kept for its buttons to work."""
    buttons = (button for row in (*_numbers(card), *card.buttons) for button in row)
    return [button.command for button in buttons if is_key(data_for(button.command))]


# Links into the private chat: t.me/bot?start=...


def start_link(username: str, command: str) -> str:
    """A link that opens the private chat with the bot and has the command answered there; without it where it is too long."""
    payload = _COMMAND + urlsafe_b64encode(command.encode("utf-8", "replace")).decode().rstrip("=")
    return f"https://t.me/{username}?start={payload}" if len(payload) <= _START else f"https://t.me/{username}?start"


def started_with(payload: str) -> str:
    """The command line that `/start` with this payload means: one of `start_link`, else the greeting for a newsroom."""
    if payload.startswith(_COMMAND):
        try:
            command = urlsafe_b64decode(payload[1:] + "=" * (-len(payload[1:]) % 4)).decode()
        except (NotBase64, ValueError):
            return "/start"
        return command if command.startswith("/") else "/start"
    return f"/start {payload}".rstrip()


def ascii_names(names: Iterable[str]) -> dict[str, str]:
    """For each name of a command that Telegram cannot take, the first that it can: `{"søg": "soeg"}`."""
    names = list(names)
    fits = [name for name in names if is_menu_name(name)]
    return {name: fits[0] for name in names if not name.isascii()} if fits else {}


def is_menu_name(name: str) -> bool:
    """Whether Telegram takes it as a command's name."""
    return name.isascii() and name.replace("_", "a").isalnum() and name == name.lower() and len(name) <= 32
