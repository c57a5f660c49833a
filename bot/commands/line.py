"""What somebody typed or pressed, as a command's name and its argument. Pure; whatever comes in means something."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.text.shown import WORD_JOINER

LONGEST = 1000
"""Characters of an argument; nothing that a command takes is longer."""
_LONGEST_NAME = 40
_ENOUGH = 4 * LONGEST
_QUOTES = "\"'“”„«»‘’`"
_PAGE = re.compile(r"(?:^|\s)page:([0-9]{1,4})$")


@dataclass(frozen=True, slots=True)
class Line:
    """A command line. `name` is the first word without slash and bot name, `rest` what follows in one line, without its `page:`.

    `slash`: it was written as a command. `page`: what a paging button asks for, else None. `too_long`: `rest` was cut.
    """

    name: str
    rest: str
    slash: bool
    page: int | None = None
    too_long: bool = False

    @property
    def text(self) -> str:
        """All of it, for a line that is no command."""
        return f"{self.name} {self.rest}".strip()


def read_line(text: str) -> Line:
    """The line that a text of any length and content is."""
    head = text.lstrip()
    line = " ".join(_visible(head[:_ENOUGH]).split())
    slash = line.startswith("/")
    name, _, rest = line.lstrip("/").lstrip().partition(" ")
    if not slash and len(name) > _LONGEST_NAME:
        name, rest = "", line
    page = _PAGE.search(rest)
    rest = rest[: page.start()] if page else rest
    too_long = len(rest) > LONGEST or bool(head[_ENOUGH:].strip())
    name = name.partition("@")[0] if slash else name
    return Line(name[:_LONGEST_NAME], rest[:LONGEST].strip(), slash, max(1, int(page[1])) if page else None, too_long)


def unquoted(text: str) -> str:
    """A name without the quotes that somebody put round it."""
    return text.strip().strip(_QUOTES).strip()


def visible(text: str, limit: int) -> str:
    """A name from outside in one line, without control characters and half characters."""
    return " ".join(_visible(text[:limit]).split())


def _visible(text: str) -> str:
    """Without what nobody types: control characters, and halves of characters, which no database takes."""
    return text if text.isprintable() else "".join(map(_visible_character, text))


def _visible_character(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Zs", "Zl", "Zp") or character in "\t\n\r\v\f":
        return " "
    # A line that was copied from us has a word joiner behind each @.
    return "" if category in ("Cc", "Cs", "Cn", "Co") or character == WORD_JOINER else character
