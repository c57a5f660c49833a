"""Pictures of cards for pages that show the program: the terminal's own drawing, as SVG."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import TerminalTheme

from adapters.console.look import Ink, Look
from adapters.console.render import render
from bot.domain.card import Card

# The fonts of rich's own format are fetched from the web by whoever looks at the picture; the reader's own serve as well.
FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code, monospace", "'Fira Code', 'DejaVu Sans Mono', Menlo, Consolas, monospace"
)

THEME = TerminalTheme(
    (22, 27, 34),
    (230, 237, 243),
    [
        (72, 79, 88),
        (255, 123, 114),
        (63, 185, 80),
        (227, 179, 65),
        (88, 166, 255),
        (188, 140, 255),
        (86, 211, 214),
        (177, 186, 196),
    ],
    [
        (110, 118, 129),
        (255, 161, 152),
        (86, 211, 100),
        (227, 179, 65),
        (121, 192, 255),
        (210, 168, 255),
        (118, 227, 234),
        (240, 246, 252),
    ],
)


def picture(cards: Sequence[tuple[Card, Ink] | Card], path: Path, width: int = 88, title: str = "Pressevagt") -> None:
    """Draw cards below one another into an SVG file, `width` columns wide; the same cards make the same bytes.

    A card without its own `Ink` is drawn as an alert. Raises OSError when the file cannot be written.
    """
    console = Console(
        record=True,
        file=io.StringIO(),
        width=width,
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        _environ={},
    )
    for number, drawn in enumerate(cards):
        card, ink = drawn if isinstance(drawn, tuple) else (drawn, Ink(Look.ALERT))
        if number:
            console.print()
        console.print(render(card, ink))
    svg = console.export_svg(title=title, theme=THEME, code_format=FORMAT, unique_id="pressevagt")
    path.write_text(BAR.sub(_drawn_bar, svg), encoding="utf-8")


BAR = re.compile(r'<text class="(?P<style>[^"]+)" x="(?P<x>[^"]+)" y="(?P<y>[^"]+)"[^>]*>▌&#160;</text>')


def _drawn_bar(glyph: re.Match[str]) -> str:
    """The bar as a rectangle: as a letter it would have gaps between the lines of a picture."""
    top = float(glyph["y"]) - 18.5
    return f'<rect class="{glyph["style"]}" x="{glyph["x"]}" y="{top:g}" width="5" height="24.65" shape-rendering="crispEdges"/>'
