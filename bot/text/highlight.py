"""The words that a query asks for, pointed out in a text that was found."""

from __future__ import annotations

from bot.domain.prose import Block, Span
from bot.text.query import Query, places
from bot.text.tokenise import pieces


def highlight(query: Query, text: str, language: str = "", width: int = 200) -> Block:
    """A piece of the text, at most about `width` characters, around the first words that the query asks for, and those bold.

    The piece is cut between words, with `…` where text was left out, and in one line. Where nothing is found it is the beginning.
    """
    line = " ".join(text.split())
    marks = _marks(query, line, language)
    start, end = _window(line, marks[0] if marks else (0, 0), width)
    spans = [Span("… ")] if start else []
    for mark_start, mark_end in marks:
        if start <= mark_start < end:
            spans += [Span(line[start:mark_start]), Span(line[mark_start : min(mark_end, end)], bold=True)]
            start = min(mark_end, end)
    spans.append(Span(line[start:end].rstrip(" ,;:–-") + " …" if end < len(line) else line[start:]))
    return Block(tuple(span for span in spans if span.text))


def _marks(query: Query, line: str, language: str) -> list[tuple[int, int]]:
    """The characters of all words that are asked for, from start to before end, in order; two a space or comma apart are one."""
    found = pieces(line, language)
    stand = [place for term in query.wanted for place in places(term, [piece.token for piece in found])]
    marks: list[tuple[int, int]] = []
    for start, end in sorted({(piece.start, piece.end) for first, after in stand for piece in found[first:after]}):
        if marks and start <= marks[-1][1] + 1:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return marks


def _window(line: str, mark: tuple[int, int], width: int) -> tuple[int, int]:
    """Which characters to show: the mark with a third of the room before it, cut between words."""
    room = max(width - len("…  …"), 1)
    if len(line) <= width:
        return 0, len(line)
    start = max(0, min(mark[0] - room // 3, len(line) - room))
    end = min(len(line), start + room)
    if start:
        start = min(line.find(" ", start - 1) + 1 or mark[0], mark[0])
    if end < len(line):
        space = line.rfind(" ", start, end + 1)
        end = space if space >= mark[1] and space > start else end
    return start, end
