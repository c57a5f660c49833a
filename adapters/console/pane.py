"""The scrolling pane of posts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.data_structures import Point
from prompt_toolkit.layout.controls import UIContent, UIControl
from prompt_toolkit.mouse_events import MouseEvent, MouseEventType
from rich.console import RenderableType

from adapters.console.front import ink_of
from adapters.console.ink import Links, Row, fragments
from adapters.console.render import render
from adapters.console.safe import line
from adapters.console.transcript import Role, Shown, Transcript

if TYPE_CHECKING:
    from prompt_toolkit.key_binding.key_bindings import NotImplementedOrNone

PROMPT = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK} "

Place = tuple[int, int]
"""A post's index, and a row within it."""


class Pane(UIControl):
    """Shows the end of the transcript, or what the person has scrolled to, which then stands still while posts come in below."""

    def __init__(self, transcript: Transcript, links: Links, changed: Callable[[], None]) -> None:
        self._transcript, self._links, self._changed = transcript, links, changed
        self._drawn: dict[int, tuple[tuple[int, int], list[Row]]] = {}
        self._anchor: tuple[int, int] | None = None  # number of the topmost post and the row within it; None follows the end
        self._revealing = False
        self._size = (80, 20)

    @property
    def scrolled(self) -> bool:
        """Whether the person has moved the view away from the end."""
        return self._anchor is not None and not self._revealing

    @property
    def more_below(self) -> bool:
        """Whether the end is out of sight."""
        return self._anchor is not None

    def create_content(self, width: int, height: int) -> UIContent:
        """The rows that are in view, posts few enough to fit standing at the bottom."""
        self._size = (max(width, 10), max(height, 1))
        rows = self._rows_from(self._top())
        if self._anchor is not None and len(rows) < height:
            self._anchor = None
            rows = self._rows_from(self._top())
        rows = [[] for _ in range(height - len(rows))] + rows
        return UIContent(rows.__getitem__, line_count=height, cursor_position=Point(0, height - 1), show_cursor=False)

    def scroll(self, rows: int) -> None:
        """Move the view down by so many rows, or up by a negative number of them."""
        posts = self._transcript.posts
        index, row = self._top()
        row += rows
        while row < 0 and index > 0:
            index -= 1
            row += len(self._rows(posts[index]))
        while index < len(posts) - 1 and row >= len(self._rows(posts[index])):
            row -= len(self._rows(posts[index]))
            index += 1
        self._revealing = False
        self._look_from(index, max(row, 0))

    def page(self, direction: int) -> None:
        """Scroll by a page, two rows of which stay in view."""
        self.scroll(direction * max(1, self._size[1] - 2))

    def follow(self) -> None:
        """Show the end again."""
        self._anchor = None
        self._changed()

    def reveal(self, shown: Shown) -> None:
        """Bring a post into view whose first row is not, until something new comes."""
        index = self._transcript.posts.index(shown)
        if (index, 0) < self._top():
            self._revealing = True
            self._look_from(index, 0)

    def mouse_handler(self, mouse_event: MouseEvent) -> NotImplementedOrNone:
        """The wheel scrolls."""
        if mouse_event.event_type is MouseEventType.SCROLL_UP:
            self.scroll(-3)
        elif mouse_event.event_type is MouseEventType.SCROLL_DOWN:
            self.scroll(3)
        else:
            return NotImplemented
        return None

    def _look_from(self, index: int, row: int) -> None:
        posts = self._transcript.posts
        at_end = not posts or (index, row) >= self._end()
        self._anchor = None if at_end else (posts[index].number, row)
        self._changed()

    def _top(self) -> Place:
        if self._anchor is None:
            return self._end()
        number, row = self._anchor
        for index, shown in enumerate(self._transcript.posts):
            if shown.number >= number:
                return index, (min(row, len(self._rows(shown)) - 1) if shown.number == number else 0)
        return self._end()

    def _end(self) -> Place:
        """The top of the view when it shows the end."""
        left = self._size[1]
        posts = self._transcript.posts
        for index in range(len(posts) - 1, -1, -1):
            left -= len(self._rows(posts[index]))
            if left <= 0:
                return index, -left
        return 0, 0

    def _rows_from(self, place: Place) -> list[Row]:
        index, row = place
        rows: list[Row] = []
        for shown in self._transcript.posts[index:]:
            rows += self._rows(shown)
            if len(rows) - row >= self._size[1]:
                break
        return rows[row : row + self._size[1]]

    def _rows(self, shown: Shown) -> list[Row]:
        """A post's rows, drawn anew only when it or the width has changed."""
        state = (shown.edition, self._size[0])
        if shown.number not in self._drawn or self._drawn[shown.number][0] != state:
            if len(self._drawn) > 2 * len(self._transcript.posts) + 100:
                self._drawn.clear()
            self._drawn[shown.number] = state, fragments(drawing(shown), self._size[0], self._links)
        return self._drawn[shown.number][1]


def drawing(shown: Shown) -> list[RenderableType]:
    """A post as it looks on a screen, and the empty row after it."""
    match shown.role:
        case Role.TYPED:
            return [line(PROMPT + shown.card.summary, "bold")]
        case Role.NOTICE if len(shown.card.elements) == 1:
            return [line(shown.card.summary, "dim"), line("")]
        case _:
            return [render(shown.card, ink_of(shown)), line("")]
