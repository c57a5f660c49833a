"""Text with looks, as `rich_text` has it: data and no markup, so that nothing in it can ping, link or format.

Everything from a card goes through `run` and `link`; nothing else makes the elements of a rich text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import quote

from adapters.slack.limits import ADDRESS, Block
from bot.text import shown
from bot.text.cutting import MORE, TRAILING, head, units
from bot.text.shown import WORD_JOINER, visible

_MAIL = "mailto:"
_ADDRESS = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\"]+")
_DIGITS = re.compile(r"\+?[0-9]{2,20}")


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one look; `url` is what `link` or `call` made, or empty. `badge`: they must be seen."""

    text: str
    bold: bool = False
    italic: bool = False
    badge: bool = False
    url: str = ""
    strike: bool = False


Runs = tuple[Run, ...]


def run(text: str, *, bold: bool = False, italic: bool = False, badge: bool = False, url: str = "", strike: bool = False) -> Runs:
    """Text from anywhere in one look; nothing where nothing of it can be seen."""
    text = visible(text)
    if not text.strip():
        url = ""
    return (Run(text, bold=bold, italic=italic, badge=badge, url=url, strike=strike),) if text else ()


def listed(pieces: Iterable[Runs], between: str) -> Runs:
    """Pieces in a row, empty ones left out."""
    runs: list[Run] = []
    for piece in pieces:
        if piece:
            runs += [Run(between), *piece] if runs else piece
    return tuple(runs)


def plain(runs: Iterable[Run]) -> str:
    """The characters alone."""
    return "".join(run.text for run in runs)


def length(runs: Iterable[Run]) -> int:
    """UTF-16 units of what the reader sees."""
    return sum(units(run.text) for run in runs)


def cut_runs(runs: Runs, limit: int) -> Runs:
    """The beginning that fits, with a sign that it goes on."""
    if length(runs) <= limit:
        return runs
    room = limit - units(MORE)
    kept = _trimmed(list(split(runs, room)[0])) if room > 0 else []
    if length(kept) > room:  # not even the first sign fits
        kept = []
    return (*kept, replace(kept[-1], text=MORE, url="") if kept else Run(MORE)) if limit > 0 else ()


def split(runs: Sequence[Run], limit: int) -> tuple[Runs, Runs]:
    """The beginning that fits, ended between words where it can be, and the rest."""
    kept: list[Run] = []
    room = limit
    for at, each in enumerate(runs):
        if units(each.text) > room:
            text = head(each.text, room)
            if not (text or kept):  # a limit that is smaller than one sign
                text = each.text[:1]
            first = (replace(each, text=text),) if text else ()
            return (*kept, *first), (replace(each, text=each.text[len(text) :]), *runs[at + 1 :])
        kept.append(each)
        room -= units(each.text)
    return tuple(kept), ()


def _trimmed(runs: list[Run]) -> list[Run]:
    while runs and not runs[-1].text.rstrip(TRAILING):
        runs.pop()
    if runs:
        runs[-1] = replace(runs[-1], text=runs[-1].text.rstrip(TRAILING))
    return runs


def elements(runs: Iterable[Run]) -> list[Block]:
    """The runs as elements of a rich text section, neighbours of one look made one."""
    joined = (replace(look, text=plain(group)) for look, group in groupby(runs, lambda each: replace(each, text="")))
    return [_element(each) for each in joined if each.text]


def _element(each: Run) -> Block:
    marks = {"bold": each.bold, "italic": each.italic, "strike": each.strike, "code": each.badge}
    style = {name: True for name, on in marks.items() if on}
    element: Block = {"type": "link", "url": each.url, "text": each.text} if each.url else {"type": "text", "text": each.text}
    return {**element, "style": style} if style else element


# Text from outside ------------------------------------------------------------------------------------------------------


def one_line(text: str) -> str:
    """The same without line breaks."""
    return " ".join(visible(text).split())


_MENTION = re.compile(r"(?<![\w@])@(?=\w)")


def escaped(text: str, *, links: bool = False) -> str:
    """Text for a message's own `text`, which Slack reads as its markup: nobody is called by it and, unless `links`, nothing linked.

    Slack finds addresses and an @channel without any markup too; there a sign that nobody sees breaks them.
    """
    text = _MENTION.sub("@" + WORD_JOINER, visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"))
    return text if links else text.replace("://", f":{WORD_JOINER}//")


def link(url: str) -> str:
    """The address as it may stand behind a text: http(s) of a named host, or an e-mail address; empty for any other."""
    if url.startswith(_MAIL):
        return mail(url.removeprefix(_MAIL).partition("?")[0])
    return web_link(url)


def web_link(url: str) -> str:
    """The address as it may stand behind a button or a picture; empty for any other."""
    return shown.web_link(url, ADDRESS)


def mail(address: str) -> str:
    """What opens a letter to this address."""
    return f"{_MAIL}{quote(address, safe='@+%')}" if _ADDRESS.fullmatch(address) and address.isprintable() else ""


def call(number: str, extension: str = "") -> str:
    """What dials this number, E.164 or a short code. Slack's clients make such links of numbers that people write."""
    if not _DIGITS.fullmatch(number):
        return ""
    return f"tel:{number};ext={extension}" if extension.isascii() and extension.isdigit() else f"tel:{number}"
