"""Text with its structure: what is left of a newsroom's HTML once it has been cleaned.

Every renderer starts from this model and escapes for its own platform, so text from outside never becomes markup.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class BlockKind(StrEnum):
    """What a block is to the reader."""

    PARAGRAPH = "p"
    HEADING = "h"
    ITEM = "li"
    QUOTE = "q"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters of one look. `url` is absolute http(s) or mailto, or None. `strike`: it is said no longer."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str | None = None
    strike: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, list item or quotation."""

    spans: tuple[Span, ...]
    kind: BlockKind = BlockKind.PARAGRAPH

    @property
    def text(self) -> str:
        """The block's characters, without look or links."""
        return "".join(span.text for span in self.spans)


Prose = tuple[Block, ...]


def plain(prose: Prose) -> str:
    """The text alone, one line a block."""
    return "\n".join(block.text for block in prose)


def paragraphs(text: str) -> Prose:
    """Plain text as prose: one paragraph a line, empty lines dropped."""
    return tuple(Block((Span(line.strip()),)) for line in text.splitlines() if line.strip())


def to_json(prose: Prose) -> list[Any]:
    """Prose as JSON values; `from_json` reads it back."""
    return [[block.kind.value, [[span.text, _look(span), span.url] for span in block.spans]] for block in prose]


def from_json(value: list[Any]) -> Prose:
    """The inverse of `to_json`."""
    return tuple(
        Block(tuple(Span(t, bool(look & 1), bool(look & 2), url, bool(look & 4)) for t, look, url in spans), BlockKind(kind))
        for kind, spans in value
    )


def _look(span: Span) -> int:
    return (1 if span.bold else 0) + (2 if span.italic else 0) + (4 if span.strike else 0)
