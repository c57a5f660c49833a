"""Text that must end somewhere: cut between words, with a sign that it goes on."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.prose import Block, Prose, Span

MORE = "…"
_SUMMARY = 200


def shorten(text: str, limit: int) -> str:
    """The text in one line of at most `limit` characters, cut between words where there is a space to cut at."""
    # A little more than is wanted is enough to know that it goes on, however long the text is.
    line = " ".join(text[: limit * 4 + 100].split())
    if len(line) <= limit:
        return line
    head = line[: limit - len(MORE)]
    at = head.rfind(" ") if line[len(head)] != " " else len(head)
    return (head[:at] if at > limit // 2 else head).rstrip(" ,;:–-") + MORE


def summary(text: str) -> str:
    """One plain line for a notification; never empty."""
    return shorten(text, _SUMMARY) or MORE


def shorten_prose(prose: Prose, limit: int) -> tuple[Prose, bool]:
    """The first blocks of about `limit` characters, the last one cut between words; and whether anything was left out."""
    kept: list[Block] = []
    room = limit
    for block in prose:
        if len(block.text) > room:
            rest = _shorten_block(block, room)
            return ((*kept, rest) if rest.spans else tuple(kept)), True
        kept.append(block)
        room -= len(block.text)
    return tuple(kept), False


def _shorten_block(block: Block, room: int) -> Block:
    """The beginning of a block, its looks and links kept."""
    spans: list[Span] = []
    for span in block.spans:
        if len(span.text) > room:
            head = span.text[:room].rpartition(" ")[0]
            spans.append(replace(span, text=f"{head} {MORE}" if head else MORE))
            break
        spans.append(span)
        room -= len(span.text)
    return replace(block, spans=tuple(spans))
