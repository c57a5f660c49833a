"""What may a terminal be told? Text and addresses from outside, without anything that it would act upon."""

from __future__ import annotations

import unicodedata
from urllib.parse import quote

from rich.style import Style
from rich.text import Text as Line

KEPT = {"\u200c", "\u200d"}
"""The joiners, without which some scripts and emoji fall apart."""


def visible(text: str) -> str:
    """Text that a terminal only shows: no control character, no mark that turns the reading direction, one line."""
    if text.isprintable():
        return text
    return "".join(_visible_char(char) for char in text)


def _visible_char(char: str) -> str:
    match unicodedata.category(char):
        case "Zl" | "Zp":
            return " "
        case "Cs":
            return "\N{REPLACEMENT CHARACTER}"
        case "Cc" if char.isspace():
            return " "
        case "Cc" | "Cf" | "Cn" | "Co" if char not in KEPT:
            return ""
        case _:
            return char


def line(text: str, style: str | Style = "") -> Line:
    """Text from anywhere as rich text in one style."""
    return Line(visible(text), style=style)


def escaped(text: str) -> str:
    """Text as part of an address."""
    return quote(visible(text), safe="@+")


SCHEMES = ("https://", "http://", "mailto:", "tel:")


def safe_url(url: str) -> str:
    """The address as a terminal may be told it: a known scheme, printable ASCII; empty for any other."""
    if not url.lower().startswith(SCHEMES) or not url.isprintable():
        return ""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]")
