"""What an edited text says otherwise than before: its changed passages, word by word, with a few words around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.text.edits import Edit, Texts, Word, are_near, edits_of, ends, words_of

CONTEXT = 6
"""Words shown before and after what changed."""
PASSAGES = 8
"""The most passages of one text; more are counted."""
_WORDS_OF_A_PART = 30
_LONGEST_WORD = 60
_EDITS_TOGETHER = 4
_MORE = "…"
_PUNCTUATION = ',;:!?)”»"'


class Fate(StrEnum):
    """What became of words."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Part:
    """Words of one fate, in one line; those that were kept come with the spaces around what changed."""

    text: str
    fate: Fate = Fate.KEPT


Passage = tuple[Part, ...]
"""A piece of the text in which something changed; what is removed stands before what is added in its place."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The first changed passages in their order; how many `more` there are; and, of each change shown, what was and what is."""

    passages: tuple[Passage, ...] = ()
    more: int = 0
    pairs: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.passages)


def changes(before: str, after: str, *, context: int = CONTEXT, most: int = PASSAGES) -> Changes:
    """What changed between two texts, paragraphs a line each. Space is no change.

    A figure is shown with its unit and a name whole, so that `40 mio. → 45 mio.` can be read by itself. 4,000 words of an ordinary
    text take 0.02 seconds, and no text more than half a second: what would take longer is shown as replaced.
    """
    texts = Texts(words_of(before), words_of(after))
    groups = _grouped(edits_of(texts), texts, context)
    pairs = tuple(_pair(edit, texts)[:2] for group in groups[:most] for edit in group)
    return Changes(tuple(_passage(group, texts, context) for group in groups[:most]), max(0, len(groups) - most), pairs)


# Where it stands --------------------------------------------------------------------------------------------------------


def _grouped(edits: Sequence[Edit], texts: Texts, context: int) -> list[list[Edit]]:
    """Edits whose surroundings meet together, as far as a passage of them can be taken in."""
    groups: list[list[Edit]] = []
    for edit in edits:
        if (
            groups
            and len(groups[-1]) < _EDITS_TOGETHER
            and _after(groups[-1][-1], texts, context) >= _before(edit, texts, context)
            and are_near(groups[-1][-1], edit, texts)
        ):
            groups[-1].append(edit)
        else:
            groups.append([edit])
    return groups


def _before(edit: Edit, texts: Texts, context: int) -> int:
    """The first word of what is shown before an edit."""
    at = edit.new
    if _begins(edit, texts):
        return at
    first = max(at - context, 0)
    # The last word before it may end a paragraph only because what followed it was taken out.
    return next((n + 1 for n in range(at - 2, first - 1, -1) if texts.new[n].ends), first)


def _after(edit: Edit, texts: Texts, context: int) -> int:
    """The end of what is shown after an edit."""
    at = edit.new_end
    if ends(edit, texts):
        return at
    last = min(at + context, len(texts.new))
    return next((n + 1 for n in range(at, last) if texts.new[n].ends), last)


def _begins(edit: Edit, texts: Texts) -> bool:
    """Whether a paragraph begins with it."""
    words, at = (texts.new, edit.new) if edit.new < edit.new_end else (texts.old, edit.old)
    return at == 0 or words[at - 1].ends


def _passage(group: Sequence[Edit], texts: Texts, context: int) -> Passage:
    first, last = group[0], group[-1]
    start, end = _before(first, texts, context), _after(last, texts, context)
    kept = f"{_MORE} " if not _begins(first, texts) and start > 0 and not texts.new[start - 1].ends else ""
    parts: list[Part] = []
    at = start
    for edit in group:
        removed, added, tail = _pair(edit, texts)
        before = _line(texts.new[at : edit.new])
        parts += [Part(f"{kept}{before} " if before else kept), Part(removed, Fate.REMOVED), Part(added, Fate.ADDED)]
        kept, at = f"{tail} ", edit.new_end
    more = _MORE if not ends(last, texts) and end < len(texts.new) and not texts.new[end - 1].ends else ""
    parts.append(Part(f"{kept}{_line(texts.new[at:end])} {more}".rstrip()))
    return tuple(part for part in parts if part.text)


def _pair(edit: Edit, texts: Texts) -> tuple[str, str, str]:
    """What was, what is, and the punctuation after both that stayed."""
    was, now = _capped(texts.old[edit.old : edit.old_end]), _capped(texts.new[edit.new : edit.new_end])
    tail = now[len(now.rstrip(_PUNCTUATION)) :]
    if edit.is_replacement and tail and was.endswith(tail) and len(was) > len(tail) < len(now):
        return was.removesuffix(tail), now.removesuffix(tail), tail
    return was, now, ""


def _line(words: Sequence[Word]) -> str:
    return " ".join(word.text if len(word.text) <= _LONGEST_WORD else word.text[:_LONGEST_WORD] + _MORE for word in words)


def _capped(words: Sequence[Word]) -> str:
    """So many words as can be taken in: the first and the last of them."""
    if len(words) <= _WORDS_OF_A_PART:
        return _line(words)
    half = _WORDS_OF_A_PART // 2
    return f"{_line(words[:half])} {_MORE} {_line(words[-half:])}"
