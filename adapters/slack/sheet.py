"""App Home as it is put together: card by card, each with buttons that know which channel they are about."""

from __future__ import annotations

from itertools import count

from adapters.slack.blocks import RULE
from adapters.slack.buttons import long_commands
from adapters.slack.commands import Commands
from adapters.slack.heard import Payload
from adapters.slack.limits import PLACEHOLDER, VIEW_BLOCKS, VIEW_WEIGHT, Block, weight
from adapters.slack.render import blocks_of
from adapters.slack.views import Note, View, page, plain_text
from bot.domain.card import Card
from bot.i18n import Texts

_LOOK, _AT = "look", "at:"
_LEAST_BLOCKS, _LEAST_ROOM = 4, 1500


def channel_of(action: Payload) -> str:
    """The channel that a button in App Home is about; empty for the person's own."""
    name = str(action.get("block_id") or "")
    return name.removeprefix(_AT).partition(":")[0] if name.startswith(_AT) else ""


def looked_at(action: Payload) -> str | None:
    """The channel that was chosen to be shown, empty for none; None for any other action."""
    chose = str(action.get("action_id", "")).startswith(f"{_LOOK}:")
    return str(action.get("selected_conversation") or "") if chose else None


def chooser(texts: Texts, channel: str) -> Block:
    """A menu of channels, of which this one is shown; empty for none."""
    menu: Block = {
        "type": "conversations_select",
        "action_id": f"{_LOOK}:1",
        "placeholder": plain_text(texts.t("Choose a channel"), PLACEHOLDER),
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    menu |= {"initial_conversation": channel} if channel else {}
    return {"type": "section", "block_id": _LOOK, "text": plain_text(texts.t("A channel's subscriptions:")), "accessory": menu}


class Sheet:
    """The blocks of a page as they are put together; what is too much is left out from the end."""

    def __init__(self, commands: Commands, blocks: list[Block]) -> None:
        self._names, self._blocks, self._kept = commands.typed, blocks, list[str]()
        self._numbers, self._rows = count(1), count(1)
        self.shows_channel = False

    def add(self, block: Block) -> None:
        """One more block."""
        self._blocks.append(block)

    def rule(self) -> None:
        """A line across, but none below another."""
        if self._blocks[-1] is not RULE:
            self._blocks.append(RULE)

    def card(self, card: Card, channel: str) -> None:
        """A card whose buttons are about a channel."""
        most, room = VIEW_BLOCKS - len(self._blocks), VIEW_WEIGHT - weight(self._blocks)
        if most < _LEAST_BLOCKS or room < _LEAST_ROOM:
            return
        for block in blocks_of(card, most=most, room=room, names=self._names, numbers=self._numbers):
            named = block["type"] == "actions"
            self._blocks.append(block | {"block_id": f"{_AT}{channel}:{next(self._rows)}"} if named else block)
        self._kept += long_commands(card)

    def page(self, note: Note) -> View:
        """All of it."""
        return page(note, self._blocks, dict.fromkeys(self._kept))
