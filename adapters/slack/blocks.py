"""From pieces to blocks, each within Slack's limits: text from a card stands in plain text and rich text alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from adapters.slack.limits import ALT, HEADER, SECTION, Block
from adapters.slack.pieces import RICH, Kind, Piece
from adapters.slack.rich_text import Run, Runs, elements, length, one_line, plain, split, web_link
from adapters.slack.wire import Written, written
from bot.text.cutting import MORE, cut
from bot.text.shown import visible

_BETWEEN = 2


@dataclass(frozen=True)
class Message:
    """A message: its blocks, and the text that stands for them in a notification and to a screen reader."""

    text: str
    blocks: list[Block]

    @cached_property
    def written(self) -> Written:
        """Its blocks, as requests have them."""
        return written(self.blocks)


def drawn(said: Iterable[Piece]) -> list[Block]:
    """The pieces as blocks, as many as it takes."""
    return [block for group in groups(said) for block in _group(group)]


def groups(said: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Pieces that stand in one block; what is longer than a section may be is divided."""
    group: list[Piece] = []
    used = 0
    for piece in (part for each in said for part in _divided(each)):
        size = length(piece.runs) + _BETWEEN
        if group and not (piece.continues(group[-1]) and used + size <= SECTION):
            yield group
            group, used = [], 0
        group.append(piece)
        used += size
    if group:
        yield group


def _divided(piece: Piece) -> Iterator[Piece]:
    if piece.kind not in RICH:
        yield piece
        return
    rest = piece.runs
    while rest:
        runs, rest = split(rest, SECTION - _BETWEEN)
        yield replace(piece, runs=runs)


def _group(group: list[Piece]) -> Iterator[Block]:
    first = group[0]
    match first.kind:
        case Kind.RULE:
            yield RULE
        case Kind.PICTURE:
            yield picture(first.url, plain(first.runs))
        case Kind.LARGE:
            yield header(plain(first.runs))
        case Kind.SMALL:
            yield small(plain(first.runs))
        case _:
            yield rich([part for kind, run in groupby(group, lambda piece: piece.kind) for part in _parts(kind, list(run))])


def _parts(kind: Kind, run: list[Piece]) -> list[Block]:
    match kind:
        case Kind.ITEM:
            return [bullets([piece.runs for piece in run])]
        case Kind.QUOTE:
            return [quotation(piece.runs) for piece in run]
        case Kind.PARAGRAPH:
            return [section(_spaced(run))]
        case _:
            return [section(piece.runs) for piece in run]


def _spaced(paragraphs: Iterable[Piece]) -> Runs:
    """Paragraphs with an empty line between them, but none below a heading."""
    runs: list[Run] = []
    before: Piece | None = None
    for piece in paragraphs:
        if before:
            runs.append(Run("\n" if before.leads else "\n\n"))
        runs += piece.runs
        before = piece
    return tuple(runs)


# Blocks -----------------------------------------------------------------------------------------------------------------

RULE: Block = {"type": "divider"}


def header(text: str) -> Block:
    """A large line; it holds no link."""
    return {"type": "header", "text": _plain(cut(one_line(text), HEADER))}


def small(text: str) -> Block:
    """A small grey line."""
    return {"type": "context", "elements": [_plain(cut(visible(text).strip(), SECTION))]}


def picture(url: str, alt: str) -> Block:
    """A picture; `alt` is what it is to those who do not see it."""
    return {"type": "image", "image_url": web_link(url), "alt_text": cut(one_line(alt), ALT) or MORE}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text or MORE, "emoji": False}


def rich(parts: Sequence[Block]) -> Block:
    """Rich text of sections, lists and quotes."""
    return {"type": "rich_text", "elements": list(parts)}


def section(runs: Runs) -> Block:
    """Lines of text."""
    return {"type": "rich_text_section", "elements": elements(runs)}


def quotation(runs: Runs) -> Block:
    """Text with a bar beside it."""
    return {"type": "rich_text_quote", "elements": elements(runs)}


def bullets(items: Sequence[Runs]) -> Block:
    """A list."""
    return {"type": "rich_text_list", "style": "bullet", "elements": [section(item) for item in items]}
