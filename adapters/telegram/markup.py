"""Text with looks, cut to size before it becomes Telegram's HTML: so no cut ever falls inside a tag or an entity.

Lengths are Telegram's: UTF-16 units of what the reader sees, markup not counted.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from urllib.parse import quote, urlsplit

MORE = "…"
_LONGEST_LINK = 2000
_BETWEEN = " \n,;:–-"
"""What a cut leaves out between the last word shown and the next."""


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one look; `url` is an http(s) address or empty."""

    text: str
    bold: bool = False
    italic: bool = False
    quote: bool = False
    url: str = ""
    strike: bool = False


Runs = tuple[Run, ...]


def length(runs: Iterable[Run]) -> int:
    """How long Telegram says it is."""
    return sum(units(run.text) for run in runs)


def units(text: str) -> int:
    """UTF-16 units: characters beyond the basic plane, such as most emoji, count twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(runs: Sequence[Run], limit: int) -> Runs:
    """The beginning that fits, ended between words where there is a space to end at, with a sign that it goes on."""
    if length(runs) <= limit:
        return tuple(runs)
    kept: list[Run] = []
    room = limit - units(MORE)
    for run in runs:
        if units(run.text) > room:
            kept.append(replace(run, text=_head(run.text, room)))
            break
        kept.append(run)
        room -= units(run.text)
    kept = _trimmed(kept)
    return (*kept, replace(kept[-1], text=MORE, url="") if kept else Run(MORE)) if limit > 0 else ()


def since(runs: Iterable[Run], characters: int) -> Runs:
    """What comes after so many characters, from the next word on."""
    left: list[Run] = []
    for run in runs:
        text = run.text[characters:] if characters < len(run.text) else ""
        characters = max(0, characters - len(run.text))
        text = text if left else text.lstrip(_BETWEEN)
        if text:
            left.append(replace(run, text=text))
    return tuple(left)


def _head(text: str, room: int) -> str:
    """As many characters as there is room for, back to the last space unless that would leave out more than half."""
    end, used = 0, 0
    for character in text:
        used += units(character)
        if used > room:
            break
        end += 1
    at = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
    return text[: at if at > end // 2 else end]


def _trimmed(runs: list[Run]) -> list[Run]:
    while runs and not runs[-1].text.rstrip(_BETWEEN):
        runs.pop()
    if runs:
        runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip(_BETWEEN))
    return runs


def html(runs: Iterable[Run]) -> str:
    """The runs as the HTML that Telegram reads: every character escaped, every tag closed."""
    parts: list[str] = []
    for quoted, group in groupby(runs, lambda run: run.quote):
        inner = "".join(map(_tagged, group))
        parts.append(f"<blockquote>{inner}</blockquote>" if quoted else inner)
    return "".join(parts)


def plain(runs: Iterable[Run]) -> str:
    """The characters alone."""
    return "".join(run.text for run in runs)


def _tagged(run: Run) -> str:
    if not run.text.strip():  # Telegram knows no entity of nothing but space
        return escape(run.text, quote=False)
    text = escape(run.text, quote=False)
    if run.strike:
        text = f"<s>{text}</s>"
    if run.italic:
        text = f"<i>{text}</i>"
    if run.bold:
        text = f"<b>{text}</b>"
    return f'<a href="{escape(run.url)}">{text}</a>' if run.url else text


# Text from outside ------------------------------------------------------------------------------------------------------

_MENTION = re.compile(r"(?<![\w@.])@(?=[A-Za-z0-9_])")
_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_WORD_JOINER = "\u2060"


def visible(text: str) -> str:
    """Text that Telegram only shows: no control character, no mark that turns the reading direction, no half character, no ping.

    An @name in a press release belongs to another network; here it would call, or link to, whoever has that name on Telegram.
    """
    if not text.isprintable():
        text = "".join(map(_visible_character, text))
    return _MENTION.sub("@" + _WORD_JOINER, text)


def _visible_character(character: str) -> str:
    if character in "\n\t" or character in "\u2028\u2029":
        return "\n" if character != "\t" else " "
    match unicodedata.category(character):
        case "Cs":
            return "\N{REPLACEMENT CHARACTER}"
        case "Cc" | "Cn":
            return ""
        case _:
            return "" if character in _TURNS else character


def link(url: str) -> str:
    """The address as Telegram takes it behind a text or a button; empty for what it would refuse or should not be given."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or "." not in host.strip(".") or parts.username or not url.isprintable():
        return ""
    safe = quote(url, safe="%/:=&?~#+!$,;'@()*[]")
    return safe if len(safe) <= _LONGEST_LINK else ""
