"""From a newsroom's HTML, or plain text, to prose: once, so that nothing after this meets markup from outside.

Scripts, styles, frames, forms and trackers are dropped; links stay where they lead to an absolute http(s) or mailto address. Texts
lose the characters that cannot be seen but change how others are shown. Linear in the length of the text, and without recursion.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.domain.prose import Block, Prose, Span
from bot.domain.release import Document, Picture
from bot.feeds.html.lines import ELLIPSIS, plain_line, settled, shorten
from bot.feeds.html.markup import has_markup, tokens, unescape
from bot.feeds.html.writer import Writer

__all__ = ["Cleaned", "clean", "plain_line", "shorten", "shorten_prose"]

LONGEST_SOURCE = 1_000_000
"""Characters of HTML that are read at all: five times what is kept of a body."""

_BLOCKISH = re.compile(r"<(?:br|p|div|li|h[1-6]|tr|td|table|ul|ol|section|article|blockquote|pre)[\s/>]", re.IGNORECASE | re.ASCII)
_ESCAPED_TAGS = re.compile(
    r"&(?:lt|#60|#x3c);/?(?:p|br|div|span|a|b|i|strong|em|ul|ol|li|h[1-6]|table|tr|td|img)\b", re.IGNORECASE | re.ASCII
)
_EMPTY_LINE = re.compile(r"\n[^\S\n]*+\n\s*")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """What one text held: its prose, and the pictures and files it showed or linked, in order and none twice."""

    prose: Prose = ()
    pictures: tuple[Picture, ...] = ()
    documents: tuple[Document, ...] = ()


def shorten_prose(prose: Prose, most: int) -> Prose:
    """The blocks whose text fits in `most` characters, the first that does not cut after a word."""
    kept: list[Block] = []
    for block in prose:
        size = len(block.text)
        if size > most:
            text = shorten(block.text, most) if most > 1 else ELLIPSIS
            return (*kept, Block((Span(text),), block.kind))
        kept.append(block)
        most -= size
    return tuple(kept)


def clean(text: str, base: str = "") -> Cleaned:
    """Prose, pictures and files of an HTML or plain text; `base` is what relative addresses start from.

    Without markup, empty lines part paragraphs, or line ends do where there are none.
    """
    text = text[:LONGEST_SOURCE].replace("\r\n", "\n").replace("\r", "\n")
    if "&" in text and "</" not in text and _ESCAPED_TAGS.search(text) and not _BLOCKISH.search(text):
        text = unescape(text)
    if not has_markup(text):
        return Cleaned(_plain_paragraphs(text))
    if "\n" in text and not _BLOCKISH.search(text):
        text = _EMPTY_LINE.sub("<br>", text)
    writer = Writer(base)
    writer.read(tokens(text))
    return Cleaned(tuple(writer.blocks), tuple(writer.pictures.values()), tuple(writer.documents.values()))


def _plain_paragraphs(text: str) -> Prose:
    text = text.strip()
    parts = _EMPTY_LINE.split(text) if "\n\n" in text or _EMPTY_LINE.search(text) else text.split("\n")
    lines = (settled(part) for part in parts)
    return tuple(Block((Span(line),)) for line in lines if line)
