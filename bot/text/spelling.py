"""What somebody meant to type, told by the words that there are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from bot.text.fold import fold
from bot.text.nearest import edits
from bot.text.query import EITHER, matches_tokens, parse
from bot.text.request import Request
from bot.text.tokenise import tokens

_SHORTEST = 4
_LENGTH_FOR_TWO_MISTAKES = 8
_LONGEST = 40
_WORD = re.compile(r"[^\W\d_]{4,}")
_ASKED = re.compile(rf"(?<!\S)[^\W\d_]{{{_SHORTEST},{_LONGEST}}}(?!\S)")
_DIGRAPHS = re.compile("aa|ae|oe")


def corrected(request: Request, texts: Iterable[str], languages: Iterable[str] = ("da", "en")) -> str:
    """The line with each word that stands in none of the texts replaced by the most usual of those most like it; '' if none is.

    One letter may be wrong, left out, too many or swapped, two in words of eight and more; the spelling of Nordic letters does not
    count. Phrases, dates, labels with their values, and words to leave out stay as they are.
    """
    languages, words = tuple(languages), set(request.words.split()) - set(EITHER)
    usual = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    found = [token for language in languages for token in tokens(" ".join(usual), language)]
    keys = [(_key(word), word) for word in usual]

    def mend(asked: re.Match[str]) -> str:
        word = asked[0].lower()
        return (
            asked[0]
            if asked[0] not in words or matches_tokens(parse(word, languages), found)
            else _nearest(word, keys, usual) or asked[0]
        )

    mended = _ASKED.sub(mend, request.line)
    return mended if mended != request.line else ""


def _nearest(word: str, keys: Iterable[tuple[str, str]], usual: Counter[str]) -> str:
    typed = _key(word)
    allowed = 1 + (len(typed) >= _LENGTH_FOR_TWO_MISTAKES)
    letters = frozenset(typed)
    near = [
        (distance, -usual[known], known)
        for key, known in keys
        # Words with other letters are the most, and are told at once.
        if abs(len(key) - len(typed)) <= allowed and len(letters.symmetric_difference(key)) <= 2 * allowed
        if (distance := edits(typed, key)) <= allowed
    ]
    return min(near)[2] if near else ""


def _key(word: str) -> str:
    return _DIGRAPHS.sub(lambda pair: pair[0][0], fold(word))
