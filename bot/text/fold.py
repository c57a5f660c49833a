"""One spelling for words that mean the same: what search, filters and names are compared by."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = {
    "æ": "ae",
    "ä": "ae",
    "ø": "oe",
    "ö": "oe",
    "å": "aa",
    "œ": "oe",
    "ß": "ss",
    "þ": "th",
    "ð": "d",
    "đ": "d",
    "ł": "l",
    "ħ": "h",
    "ŧ": "t",
    "ŋ": "ng",
    "ı": "i",
    "ĸ": "q",
}
# They break a word for the printer only, and nobody types them: soft hyphen, joiners, word joiner, byte-order mark.
_INVISIBLE = frozenset("\u00ad\u200c\u200d\u2060\ufeff")
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def fold(text: str) -> str:
    """The text in the one spelling that all comparisons use: lower case, without accents, Nordic letters written out.

    æ and ä become `ae`, ø and ö `oe`, å `aa`, ß `ss`, so that `Århus`, `aarhus` and `AARHUS`, or `Miljö` and `Miljø`, meet.
    Compatibility forms (ligatures, full width, no-break spaces) become plain ones; soft hyphens and joiners vanish. Spaces and
    punctuation stay. Folding twice changes nothing.
    """
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFC", text)  # a letter and its ring may come as two characters
    # Nine letters of ten are ASCII even in Danish: leaving those to `lower` takes about half the time of translating them all.
    return _NOT_ASCII.sub(_written_out, composed).lower()


class _Folded(dict[str, str]):
    """Characters and what they become, worked out when first met."""

    def __missing__(self, character: str) -> str:
        folded = self[character] = _fold_character(character)
        return folded


_FOLDED = _Folded()


def _written_out(match: re.Match[str]) -> str:
    return _FOLDED[match[0]]


def _fold_character(character: str) -> str:
    if character in _INVISIBLE or unicodedata.combining(character):
        return ""
    lower = character.casefold()
    if lower != character:
        return "".join(map(_fold_character, lower))
    if character in _LETTERS:
        return _LETTERS[character]
    # One level at a time: decomposing ǻ at once would lose the ring with the accent.
    parts = _decomposed(character)
    return parts if parts == character else "".join(map(_fold_character, parts))


def _decomposed(character: str) -> str:
    codes = [code for code in unicodedata.decomposition(character).split() if not code.startswith("<")]
    # Hangul syllables are composed by rule and have no entry in the table.
    return "".join(chr(int(code, 16)) for code in codes) or unicodedata.normalize("NFKD", character)
