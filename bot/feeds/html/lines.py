"""Text on one line, as a reader sees it: what every title, caption and keyword goes through."""

from __future__ import annotations

import re

from bot.feeds.html.markup import has_markup, without_markup

LONGEST_LINE = 20_000
"""Characters that are looked at; far more than any line is shown in."""
ELLIPSIS = "…"
_ROUNDS = 4

_HIDDEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ud800-\udfff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
"""Control characters, soft hyphens, zero-width characters, direction marks, overrides and isolates, lone surrogates, tags.
Line ends, tabs and no-break spaces are not here: they are spaces."""

_C1 = {chr(code): bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
"""What those control characters mean where they occur at all: Windows-1252 that was taken for Latin-1."""


def _shown(match: re.Match[str]) -> str:
    return _C1.get(match[0], "")


def without_hidden(text: str) -> str:
    """The text without the characters that cannot be seen but change how others are shown."""
    return _HIDDEN.sub(_shown, text)


def seen(text: str) -> str:
    """The text on one line as a reader sees it: spaces of all sorts collapsed to one, hidden characters gone."""
    line = " ".join(text.split())
    return line if line.isprintable() else " ".join(without_hidden(line).split())


def plain_line(text: str) -> str:
    """A title or another short text as one line of plain characters.

    Tags and references vanish, however often they were escaped; what only looks like markup (`<!channel>`, `AT&T`, `3 < 5`) stays.
    """
    return settled(text[:LONGEST_LINE])


def settled(text: str) -> str:
    """A line of any length with nothing left in it that would be markup, or hidden, if it were read again."""
    text = seen(text)
    for _ in range(_ROUNDS):
        if not has_markup(text):
            return text
        before = text
        text = seen(without_markup(text))  # what hid inside of a reference may have been all that broke it
        if text == before:
            return text
    return seen(text.replace("<", "").replace("&", ""))


def shorten(text: str, most: int) -> str:
    """The text in at most `most` characters, cut after a word and marked with an ellipsis where it was longer."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    if not text[most - 1].isspace() and (space := cut.rfind(" ")) > most // 2:
        cut = cut[:space]
    return cut.rstrip(" ,;:.–-") + ELLIPSIS
