"""Which words of a text gave way to which others, as a reader would tell it: figures with their units, names whole."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

_BRIDGE = 2
"""Changes with no more kept words than this between them are read as one."""
_MOST_WORDS = 4_000
_MOST_PAIRS = 400_000
"""Equal words to weigh against each other: what difflib's time grows by. Texts with more are shown as replaced."""

_UNIT_WORDS = """
    mio mia mill mrd kr t.kr pct procent % ‰ euro dollar kroner øre
    tusind million millioner milliard milliarder bn billion billions thousand hundred percent point points procentpoint
    km m kg ton tons timer dage uger år hours days weeks years
    januar februar marts april maj juni juli august september oktober november december
    january february march may june july october
    """
_UNITS = frozenset(_UNIT_WORDS.split())


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written. What breaks it for the printer only is no part of it; `ends`: it is the last of its paragraph."""

    text: str
    ends: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Texts:
    """The words before and after."""

    old: list[Word]
    new: list[Word]


@dataclass(frozen=True, slots=True)
class Edit:
    """Words `old` to before `old_end` gave way to words `new` to before `new_end`."""

    old: int
    old_end: int
    new: int
    new_end: int

    @property
    def is_replacement(self) -> bool:
        """Whether words gave way to words, rather than to nothing or nothing to words."""
        return self.old < self.old_end and self.new < self.new_end


def words_of(text: str) -> list[Word]:
    """The words of a text, paragraphs a line each."""
    plain = unicodedata.normalize("NFC", text.replace("\u00ad", ""))
    return [Word(word, at == len(line) - 1) for line in map(str.split, plain.splitlines()) for at, word in enumerate(line)]


def edits_of(texts: Texts) -> list[Edit]:
    """What changed, in order. Space is no change."""
    return _grown(_bridged(_found(texts), texts), texts)


def _found(texts: Texts) -> list[Edit]:
    old, new = texts.old, texts.new
    first = _common(old, new)
    last = _common(old[first:][::-1], new[first:][::-1])
    was = [word.text for word in old[first : len(old) - last]]
    now = [word.text for word in new[first : len(new) - last]]
    if not was and not now:
        return []
    if _is_too_much(was, now):
        return [Edit(first, first + len(was), first, first + len(now))]
    found = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return [Edit(first + a, first + b, first + c, first + d) for tag, a, b, c, d in found if tag != "equal"]


def _common(one: Sequence[Word], other: Sequence[Word]) -> int:
    """How many words they begin with alike."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _is_too_much(was: Sequence[str], now: Sequence[str]) -> bool:
    counts = Counter(now)
    return max(len(was), len(now)) > _MOST_WORDS or sum(counts[word] for word in was) > _MOST_PAIRS


def _bridged(edits: Sequence[Edit], texts: Texts) -> list[Edit]:
    """Edits a word or two apart as one, where words give way to words: `3. maj kl. 10 → 4. maj kl. 12`, not two pieces of it."""
    found: list[Edit] = []
    for edit in edits:
        before = found[-1] if found else None
        if before and _are_close(before, edit, texts) and (edit.is_replacement or before.is_replacement):
            found[-1] = Edit(before.old, edit.old_end, before.new, edit.new_end)
        else:
            found.append(edit)
    return found


def _are_close(one: Edit, other: Edit, texts: Texts) -> bool:
    """Whether a word or two of the same sentence stand between them."""
    if other.new - one.new_end > _BRIDGE or not are_near(one, other, texts):
        return False
    first = one.new_end - (one.new < one.new_end)
    return not any(_turns(at, texts.new) for at in range(first, min(other.new, len(texts.new) - 1)))


def _turns(at: int, words: Sequence[Word]) -> bool:
    """Whether a sentence ends with a word and another begins."""
    return words[at].text.endswith((".", "!", "?")) and _is_name(words[at + 1])


def _grown(edits: Sequence[Edit], texts: Texts) -> list[Edit]:
    """Edits with the unit of a figure, and the rest of a name."""
    found: list[Edit] = []
    for at, edit in enumerate(edits):
        start = found[-1].new_end if found else 0
        end = edits[at + 1].new if at + 1 < len(edits) else len(texts.new)
        found.append(_with_name(_with_unit(edit, texts, end), texts, start, end) if edit.is_replacement else edit)
    return found


def _with_unit(edit: Edit, texts: Texts, end: int) -> Edit:
    if not all(map(_has_digit, (texts.old[edit.old_end - 1], texts.new[edit.new_end - 1]))):
        return edit
    while edit.new_end < end and not texts.new[edit.new_end - 1].ends and _is_unit(texts.new[edit.new_end]):
        edit = replace(edit, old_end=edit.old_end + 1, new_end=edit.new_end + 1)
    return edit


def _with_name(edit: Edit, texts: Texts, start: int, end: int) -> Edit:
    old, new = texts.old, texts.new
    while edit.new > start and _is_name(old[edit.old], new[edit.new], new[edit.new - 1]) and not _is_end(new[edit.new - 1]):
        edit = replace(edit, old=edit.old - 1, new=edit.new - 1)
    while edit.new_end < end and _is_name(old[edit.old_end - 1], new[edit.new_end - 1], new[edit.new_end]):
        if _is_end(old[edit.old_end - 1]) or _is_end(new[edit.new_end - 1]):
            break
        edit = replace(edit, old_end=edit.old_end + 1, new_end=edit.new_end + 1)
    return edit


def _has_digit(word: Word) -> bool:
    return any(map(str.isdigit, word.text))


def _is_unit(word: Word) -> bool:
    return word.text.casefold().strip(".,;:!?)") in _UNITS


def _is_name(*words: Word) -> bool:
    return all(word.text.lstrip("\"'“”„»«(")[:1].isupper() for word in words)


def _is_end(word: Word) -> bool:
    """Whether a sentence or a part of it ends with the word; an initial's full stop ends none."""
    return word.ends or (len(word.text) > len("J.") and word.text.endswith((".", "!", "?", ":", ";", ",")))


def are_near(one: Edit, other: Edit, texts: Texts) -> bool:
    """Whether they are of one paragraph."""
    return not ends(one, texts) and not any(word.ends for word in texts.new[one.new_end : other.new])


def ends(edit: Edit, texts: Texts) -> bool:
    """Whether a paragraph ends with it."""
    last = texts.new[edit.new_end - 1] if edit.new < edit.new_end else texts.old[edit.old_end - 1]
    return last.ends
