"""How are pieces put beside and beneath each other, in a terminal of any width?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text as Line

WIDEST = 100
"""Columns of the widest line: longer ones are hard to read."""


@dataclass(frozen=True, slots=True)
class Margin:
    """Content with a mark to its left: on its first line `first`, on the others `rest` (the same if not given)."""

    content: RenderableType
    first: str
    rest: str | None = None
    style: str = ""
    ascii_mark: str = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        first = self.ascii_mark if self.ascii_mark and options.ascii_only else self.first
        rest = first if self.rest is None else self.rest
        width = max(1, min(options.max_width, WIDEST) - cell_len(first))
        style = console.get_style(self.style)
        for number, content in enumerate(Segment.split_lines(console.render(self.content, options.update(width=width)))):
            yield Segment(rest if number else first, style)
            yield from content
            yield Segment.line()


@dataclass(frozen=True, slots=True)
class Flow:
    """Pieces side by side; a line ends between two of them and within one only if it is wider than the line."""

    pieces: Sequence[Line]
    gap: str = "   "

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        row = Line()
        for piece in self.pieces:
            if row and row.cell_len + len(self.gap) + piece.cell_len > options.max_width:
                yield row
                row = Line()
            row = Line.assemble(row, self.gap, piece) if row else piece
        yield row
