"""Blocks of prose, written token by token: what each HTML tag does to the text around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from bot.domain.prose import Block, BlockKind, Span
from bot.domain.release import Document, Picture
from bot.feeds.html.files import MOST_FILES, body_picture, file_name, is_document
from bot.feeds.html.lines import settled, without_hidden
from bot.feeds.html.links import shown_link, without_tracking
from bot.feeds.html.markup import Attributes, Token, has_markup, without_markup

CELL = " · "
DEEPEST_TABLE = 20
"""Tables in tables beyond this are read as one."""

_BREAKS = frozenset(
    [
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "details", "dialog", "dir", "div",
        "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header",
        "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "section",
        "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
    ]
)  # fmt: skip
_INSIDE = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em", "cite", "dfn"), "italic"),
    "blockquote": "quote",
}
"""What text is while it stands inside of these."""
_DROPPED = frozenset(
    [
        "script", "style", "iframe", "noembed", "noframes", "noscript", "object", "applet", "svg", "math", "template", "title",
        "textarea", "select", "button", "audio", "video", "canvas", "head", "xmp", "plaintext", "frameset", "datalist", "map",
    ]
)  # fmt: skip

_Look = tuple[bool, bool, str | None]
"""Bold, italic, link."""
_NO_LOOK: _Look = (False, False, None)


class _Row:
    """A table row being read: the blocks of each of its cells, and how deep its table stands in others."""

    __slots__ = ("cells", "depth")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.cells: list[list[Block]] = [[]]


class Writer:
    """Turns tokens into blocks."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.blocks: list[Block] = []
        self.pictures: dict[str, Picture] = {}
        self.documents: dict[str, Document] = {}
        self.runs: list[tuple[str, _Look]] = []
        self.rows: list[_Row] = []
        self.space = False
        self.tables = 0
        self.inside = dict.fromkeys(_INSIDE.values(), 0)
        self.url: str | None = None
        self.item = False
        self.dropping = ""
        self.dropped = 0

    def read(self, run: Iterable[Token]) -> None:
        """Writes a whole text; what it held is in `blocks`, `pictures` and `documents` then."""
        for sort, value, attributes in run:
            if self.dropping:
                self._drop(sort, value)
            elif sort == "text":
                self._text(value)
            elif sort == "start":
                self._start(value, attributes)
            else:
                self._end(value)
        self._break()
        self.tables = 0
        self._end_row()

    def _drop(self, sort: str, name: str) -> None:
        if name == self.dropping and sort != "text":
            self.dropped += 1 if sort == "start" else -1
            if self.dropped == 0:
                self.dropping = ""

    def _text(self, text: str) -> None:
        line = " ".join(text.split())
        if not line.isprintable():
            text = without_hidden(text)
            line = " ".join(text.split())
        if not line:
            self.space = self.space or bool(text)
            return
        spaced = self.space or text[0].isspace()
        self.space = text[-1].isspace()
        look = (self.inside["bold"] > 0, self.inside["italic"] > 0, self.url)
        if not self.runs:
            self.runs.append((line, look))
            return
        before, last = self.runs[-1]
        if last == look:
            self.runs[-1] = (f"{before} {line}" if spaced else before + line, look)
            return
        if spaced:
            self._space_between(before, last, look)
            line = " " + line if look == _NO_LOOK != last else line
        self.runs.append((line, look))

    def _space_between(self, before: str, last: _Look, look: _Look) -> None:
        """A space belongs to plain text: neither to the end of a link nor to the start of one."""
        if last == _NO_LOOK:
            self.runs[-1] = (before + " ", last)
        elif look != _NO_LOOK:
            self.runs.append((" ", _NO_LOOK))

    def _start(self, name: str, attributes: Attributes) -> None:
        if name in _BREAKS:
            self._break()
        if name in _INSIDE:
            self.inside[_INSIDE[name]] += 1
        elif name in _DROPPED:
            self.dropping, self.dropped = name, 1
        elif name in self._ON_START:
            self._ON_START[name](self, attributes)

    def _end(self, name: str) -> None:
        if name in _BREAKS:
            self._break()
        if name in _INSIDE:
            self.inside[_INSIDE[name]] = max(0, self.inside[_INSIDE[name]] - 1)
        elif name in self._ON_END:
            self._ON_END[name](self)

    def _start_item(self, _: Attributes) -> None:
        self.item = True

    def _end_item(self) -> None:
        self.item = False

    def _start_table(self, _: Attributes) -> None:
        self.tables = min(self.tables + 1, DEEPEST_TABLE)

    def _end_table(self) -> None:
        self._end_row()
        self.tables = max(0, self.tables - 1)

    def _start_row(self, _: Attributes) -> None:
        self._end_row()
        self.rows.append(_Row(self.tables))

    def _end_row(self) -> None:
        """Ends the rows of the innermost table, and any that were left open inside."""
        while self.rows and self.rows[-1].depth >= self.tables:
            self._emit_row()

    def _start_cell(self, _: Attributes) -> None:
        if self.rows:
            self.rows[-1].cells.append([])

    def _start_quote(self, _: Attributes) -> None:
        self._text("“")

    def _end_quote(self) -> None:
        self._text("”")

    def _start_link(self, attributes: Attributes) -> None:
        href = attributes.get("href") or ""
        url = shown_link(href, self.base) if href and not href.startswith("#") else None
        self.url = without_tracking(url) if url else None
        if url and is_document(url) and len(self.documents) < MOST_FILES:
            self.documents.setdefault(url, Document(url, file_name(url)))

    def _end_link(self) -> None:
        self.url = None

    def _picture(self, attributes: Attributes) -> None:
        picture = body_picture(attributes, self.base)
        if picture and len(self.pictures) < MOST_FILES:
            self.pictures.setdefault(picture.url, picture)

    def _kind(self) -> BlockKind:
        if self.inside["heading"]:
            return BlockKind.HEADING
        if self.item:
            self.item = False
            return BlockKind.ITEM
        return BlockKind.QUOTE if self.inside["quote"] else BlockKind.PARAGRAPH

    def _break(self) -> None:
        """Ends the block that is being written, if it holds anything."""
        self.space = False
        if not self.runs:
            return
        runs = _settled(self.runs)
        self.runs = []
        if runs:
            self._emit(Block(tuple([Span(text, *look) for text, look in runs]), self._kind()))

    def _emit(self, block: Block) -> None:
        (self.rows[-1].cells[-1] if self.rows else self.blocks).append(block)

    def _emit_row(self) -> None:
        """A row of short cells is one line; cells that hold several blocks are there for the layout, and follow each other."""
        cells = [cell for cell in self.rows.pop().cells if cell]
        if len(cells) == 1 or any(len(cell) > 1 for cell in cells):
            for cell in cells:
                for block in cell:
                    self._emit(block)
            return
        spans: list[Span] = []
        for (block,) in cells:
            spans += [Span(CELL), *block.spans] if spans else block.spans
        if spans:
            self._emit(Block(tuple(spans)))

    _ON_START: ClassVar[dict[str, Callable[[Writer, Attributes], None]]] = {
        "li": _start_item, "table": _start_table, "tr": _start_row, "td": _start_cell, "th": _start_cell,
        "a": _start_link, "img": _picture, "q": _start_quote,
    }  # fmt: skip
    _ON_END: ClassVar[dict[str, Callable[[Writer], None]]] = {
        "li": _end_item, "table": _end_table, "tr": _end_row, "a": _end_link, "q": _end_quote,
    }  # fmt: skip


def _settled(runs: list[tuple[str, _Look]]) -> list[tuple[str, _Look]]:
    """The runs with nothing left in them that would be markup if it were read again: markup that was escaped more than once."""
    text = "".join([text for text, _ in runs])
    if not has_markup(text):
        return runs
    cleaner = [(without_hidden(without_markup(text).replace("\xa0", " ")), look) for text, look in runs]
    flat = "".join([text for text, _ in cleaner])
    line = settled(flat)
    if line == flat:
        return [run for run in cleaner if run[0]]
    return [(line, _NO_LOOK)] if line else []
