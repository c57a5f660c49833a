"""How does a card look: in which colour, and is there any?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rich.style import Style
from rich.text import Text as Line

from adapters.console.safe import line, safe_url


class Look(StrEnum):
    """What a post is to the reader, which its bar's colour tells."""

    ALERT = "cyan"
    CORRECTED = "yellow"
    REPLY = "bright_black"
    WARNING = "red"
    GOOD = "green"


@dataclass(frozen=True, slots=True)
class Ink:
    """How a card is drawn. `plain`: for where no link can be followed and no colour be seen, so both are written out.

    `keys` maps a button's command to the key that presses it; `fresh`: it changed a moment ago and should catch the eye.
    """

    look: Look = Look.REPLY
    plain: bool = False
    keys: Mapping[str, str] | None = None
    fresh: bool = False

    def link(self, text: str, url: str, style: str = "") -> Line:
        """Text that leads to `url`, where that is an address that may be linked to."""
        target = safe_url(url)
        if self.plain or not target:
            return line(text, style)
        return line(text, Style.parse(style) + Style(link=target))

    def badge(self, text: str) -> Line:
        """A word that must be seen."""
        return line(f"[{text}]") if self.plain else line(f" {text} ", "bold yellow reverse")
