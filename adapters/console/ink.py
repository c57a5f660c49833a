"""How rich's drawing, links included, gets through prompt_toolkit, which knows no links."""

from __future__ import annotations

import io
from collections.abc import Iterable

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.output.vt100 import Vt100_Output
from prompt_toolkit.styles import Attrs
from rich.color import Color, ColorType
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style

Row = StyleAndTextTuples


class Links:
    """Addresses as background colours that nothing else has, since a colour is what prompt_toolkit carries to the output."""

    def __init__(self) -> None:
        self._by_colour: dict[str, str] = {}
        self._by_url: dict[str, str] = {}

    def colour(self, url: str) -> str:
        """The colour, as six hexadecimal digits, that stands for an address."""
        if url not in self._by_url:
            colour = f"{0xFD0000 + len(self._by_url) % 0x10000:06x}"
            self._by_url[url] = colour
            self._by_colour[colour] = url
        return self._by_url[url]

    def url(self, colour: str | None) -> str:
        """The address that a colour stands for; empty if it is only a colour."""
        return self._by_colour.get(colour or "", "")


class LinkOutput(Vt100_Output):
    """A terminal that gets links (OSC 8) where text has one of their colours, and never the colour itself."""

    links: Links | None = None
    _open = ""

    def set_attributes(self, attrs: Attrs, color_depth: ColorDepth) -> None:
        """Called whenever the next character looks different from the last."""
        url = self.links.url(attrs.bgcolor) if self.links else ""
        self._link(url, attrs.bgcolor or "")
        super().set_attributes(attrs._replace(bgcolor="") if url else attrs, color_depth)

    def reset_attributes(self) -> None:
        """No look, and no link."""
        self._link("")
        super().reset_attributes()

    def _link(self, url: str, name: str = "") -> None:
        if url != self._open:
            self.write_raw(f"\x1b]8;{f'id={name}' if url else ''};{url}\x1b\\")
            self._open = url


def fragments(parts: Iterable[RenderableType], width: int, links: Links) -> list[Row]:
    """Rich renderables as rows of styled text. They go over as values: no escape sequence is written and read again."""
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system="truecolor", legacy_windows=False)
    segments = (segment for part in parts for segment in console.render(part) if not segment.control)
    rows = Segment.split_and_crop_lines(segments, width, pad=False, include_new_lines=False)
    return [[(_style(segment.style, links), segment.text) for segment in row] for row in rows]


ANSI_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan")
ANSI_NAMES = [f"ansi{bright}{colour}" for bright, last in (("", "gray"), ("bright", "white")) for colour in (*ANSI_COLOURS, last)]
ANSI_NAMES[-1] = "ansiwhite"


def _style(style: Style | None, links: Links) -> str:
    if style is None:
        return ""
    words = [name for name in ("bold", "dim", "italic", "underline", "reverse") if getattr(style, name)]
    if style.color:
        words.append(f"fg:{_colour(style.color)}")
    if style.link:
        words.append(f"bg:#{links.colour(style.link)}")
    return " ".join(words)


def _colour(colour: Color) -> str:
    if colour.type is ColorType.STANDARD and colour.number is not None:
        return ANSI_NAMES[colour.number]
    return "default" if colour.is_default else colour.get_truecolor().hex
