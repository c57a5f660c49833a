"""What do we show? Cards as messages and views of Block Kit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import count
from typing import Any

from adapters.slack.blocks import RULE, Message, drawn, small
from adapters.slack.buttons import actions
from adapters.slack.limits import HEADER, MESSAGE_BLOCKS, VIEW_BLOCKS, VIEW_WEIGHT, WEIGHT, Block, weight
from adapters.slack.pieces import Kind, Piece, pieces
from adapters.slack.pings import calls
from adapters.slack.rich_text import Runs, cut_runs, length, one_line, plain
from adapters.slack.words import notification
from bot.domain.card import Card
from bot.text.cutting import MORE, cut

_COMMAND = re.compile(r"(?<!\S)/(\w+)")
_GOES_ON = small(MORE)
_LEAST = 500
_LEAST_BLOCKS = 3
"""What stays for text, however many buttons there are; of how few blocks no card is worth showing."""


def message(card: Card, *, names: Mapping[str, str] | None = None) -> Message:
    """A card as a message. Nobody changes its blocks: one message serves all who are sent the card.

    `names` says how commands are typed here: `{"latest": "presse latest"}`.
    """
    return Message(notification(card), blocks_of(card, names=names)) if names else _unnamed(card)


@lru_cache(maxsize=64)  # a fan-out sends one card to thousands
def _unnamed(card: Card) -> Message:
    return Message(notification(card), blocks_of(card))


def response(card: Card, *, private: bool, replaces: bool = False, names: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A card as the answer that is posted to a `response_url`: for one person's eyes, or in the channel."""
    said = message(card, names=names)
    return {
        "response_type": "ephemeral" if private else "in_channel",
        "replace_original": replaces,
        "text": said.text,
        "blocks": said.blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def view_blocks(cards: Sequence[Card], *, names: Mapping[str, str] | None = None) -> list[Block]:
    """Several cards as the blocks of one modal or App Home, a line between them; what is too much is left out from the end."""
    numbers, blocks = count(1), list[Block]()
    for card in cards:
        left, room = VIEW_BLOCKS - len(blocks) - bool(blocks), VIEW_WEIGHT - weight(blocks) - bool(blocks) * weight([RULE])
        if left < _LEAST_BLOCKS or room < 2 * _LEAST:
            break
        made = blocks_of(card, most=left, room=room, names=names, numbers=numbers)
        blocks += [RULE, *made] if blocks else made
    return blocks


def blocks_of(
    card: Card,
    *,
    most: int = MESSAGE_BLOCKS,
    room: int = WEIGHT,
    names: Mapping[str, str] | None = None,
    numbers: Iterator[int] | None = None,
) -> list[Block]:
    """A card as at most so many blocks of at most so much weight (`limits.weight`).

    Where it is too much, its prose gives way first, so that contacts and what is below it stay; then what stands last. Buttons
    stay. `numbers` as in `buttons.actions`.
    """
    tail = _first(actions(card, numbers=numbers), most - 2, room - _LEAST)
    said = [piece for piece in pieces(card) if piece.kind in (Kind.RULE, Kind.PICTURE) or plain(piece.runs).strip()]
    if names:
        said = [replace(piece, runs=_renamed(piece.runs, names)) for piece in said]
    called = _first(calls(card.pings), most - len(tail) - 1, room - weight(tail) - _LEAST)
    body = _fitted(said, most - len(called) - len(tail), room - weight([*called, *tail]))
    return [*called, *(body or [small(cut(one_line(card.summary), HEADER) or MORE)]), *tail]


def _fitted(said: list[Piece], most: int, room: int) -> list[Block]:
    blocks = drawn(said)
    if weight(blocks) > room:
        blocks = drawn(_shrunk(said, weight(blocks) - room))
    if len(blocks) > most:
        blocks = [block for block in blocks if block is not RULE]
    if len(blocks) <= most and weight(blocks) <= room:
        return blocks
    return [*_first(blocks, most - 1, room - weight([_GOES_ON])), _GOES_ON]


def _first(blocks: list[Block], most: int, room: int) -> list[Block]:
    kept: list[Block] = []
    for block in blocks[: max(most, 0)]:
        room -= weight([block])
        if room < 0:
            break
        kept.append(block)
    return kept


def _shrunk(said: list[Piece], over: int) -> list[Piece]:
    """So many characters less of prose."""
    room = sum(length(piece.runs) for piece in said if piece.is_prose) - over
    kept: list[Piece] = []
    for piece in said:
        if not piece.is_prose:
            kept.append(piece)
        elif room > 1:
            kept.append(replace(piece, runs=cut_runs(piece.runs, room)))
            room -= length(piece.runs)
    return kept


def _renamed(runs: Runs, names: Mapping[str, str]) -> Runs:
    return tuple(replace(each, text=as_typed(each.text, names)) for each in runs)


def as_typed(text: str, names: Mapping[str, str]) -> str:
    """A text with the commands in it as they are typed here."""
    return _COMMAND.sub(lambda found: f"/{names.get(found[1].casefold(), found[1])}", text)


def without_calls(said: Message) -> Message:
    """The message without links that call or write to somebody: their text stays."""
    return Message(said.text, blocks_without_calls(said.blocks))


def blocks_without_calls(blocks: Sequence[Block]) -> list[Block]:
    """The same of blocks."""
    return [_without_calls(block) for block in blocks]


def _without_calls(part: Any) -> Any:  # noqa: ANN401 - JSON
    match part:
        case {"type": "link", "url": str(url)} if url.startswith(("mailto:", "tel:")):
            return {name: value for name, value in part.items() if name != "url"} | {"type": "text"}
        case dict():
            return {name: _without_calls(value) for name, value in part.items()}
        case list():
            return [_without_calls(value) for value in part]
        case _:
            return part
