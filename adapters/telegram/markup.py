"""Text with looks, cut to size before it becomes Telegram's HTML: so no cut ever falls inside a tag or an entity.

Lengths are Telegram's: UTF-16 units of what the reader sees, markup not counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby

from bot.text import shown
from bot.text.cutting import MORE, TRAILING, head, units

_LONGEST_LINK = 2000


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


def cut(runs: Sequence[Run], limit: int) -> Runs:
    """The beginning that fits, ended between words where there is a space to end at, with a sign that it goes on."""
    if length(runs) <= limit:
        return tuple(runs)
    kept: list[Run] = []
    room = limit - units(MORE)
    for run in runs:
        if units(run.text) > room:
            kept.append(replace(run, text=head(run.text, room)))
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
        text = text if left else text.lstrip(TRAILING)
        if text:
            left.append(replace(run, text=text))
    return tuple(left)


def _trimmed(runs: list[Run]) -> list[Run]:
    while runs and not runs[-1].text.rstrip(TRAILING):
        runs.pop()
    if runs:
        runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip(TRAILING))
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


def visible(text: str) -> str:
    """Text that Telegram only shows, and in which nobody is called.

    An @name in a press release belongs to another network; here it would call, or link to, whoever has that name on Telegram.
    """
    return _MENTION.sub("@" + shown.WORD_JOINER, shown.visible(text))


def link(url: str) -> str:
    """The address as Telegram takes it behind a text or a button; empty for what it would refuse or should not be given."""
    return shown.web_link(url, _LONGEST_LINK)
