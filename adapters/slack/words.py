"""What stands where blocks do not: the line that a notification shows, and a whole card as nothing but text."""

from __future__ import annotations

from collections.abc import Callable

from adapters.slack.blocks import Message, groups, rich, section
from adapters.slack.limits import SECTION, TEXT, Block
from adapters.slack.pieces import Kind, pieces
from adapters.slack.rich_text import Run, escaped, one_line, plain
from bot.domain.card import Card, Title
from bot.text.cutting import MORE, cut, units
from bot.text.shown import visible

_SUMMARY = 300
_LEAD = 160
_BETWEEN = 2
_BULLETS = {Kind.ITEM: "• "}


def notification(card: Card) -> str:
    """What a notification shows: the card in a line, and of a release the beginning of what it says."""
    lines = [cut(one_line(card.summary), _SUMMARY) or MORE]
    if any(isinstance(element, Title) for element in card.elements):
        said = (one_line(plain(piece.runs)) for piece in pieces(card) if piece.is_prose)
        lines += [cut(line, _LEAD) for line in said if line][:1]
    return escaped("\n".join(lines))


def plain_message(card: Card) -> Message:
    """A card for where Slack takes no other blocks: the whole of it as text, its own links written out.

    Its only block says the same, without looks or links.
    """
    return Message(_written(card, TEXT, escaped, _address) or notification(card), [_words_alone(card)])


def _words_alone(card: Card) -> Block:
    words = _written(card, SECTION, visible, lambda _: "") or one_line(card.summary)
    return rich([section((Run(cut(words, SECTION) or MORE),))])


def _written(card: Card, room: int, write: Callable[[str], str], address: Callable[[Run], str]) -> str:
    lines: list[str] = []
    room -= units(MORE) + _BETWEEN
    for group in groups(each for each in pieces(card) if each.kind is not Kind.PICTURE and plain(each.runs).strip()):
        said = "\n".join(
            _BULLETS.get(piece.kind, "") + "".join(write(each.text) + address(each) for each in piece.runs) for piece in group
        )
        room -= units(said) + _BETWEEN
        if room < 0:
            return "\n\n".join([*lines, MORE]) if lines else ""
        lines.append(said)
    return "\n\n".join(lines)


def _address(each: Run) -> str:
    if not each.url.startswith("http") or each.text == each.url:
        return ""
    return f" ({escaped(each.url, links=True)})"
