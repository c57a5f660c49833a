"""Stems: the part of a word that its inflected forms share."""

from __future__ import annotations

from threading import Lock

from Stemmer import Stemmer

_ALGORITHMS = {
    "da": "danish",
    "nb": "norwegian",
    "nn": "norwegian",
    "no": "norwegian",
    "sv": "swedish",
    "fi": "finnish",
    "de": "german",
    "en": "english",
}
_ONCE = "en"
# Nothing this long is a word of a language: a code, an address, or an attempt to keep us busy.
_LONGEST = 40


_stemmers: dict[str, Stemmer] = {}
# A stemmer keeps its word in itself while it works, so that two threads must not share it.
_lock = Lock()


def known(language: str) -> str:
    """The two-letter code whose stems the language tag means (`da-DK` -> `da`), or '' where none are known."""
    code = language.replace("_", "-").partition("-")[0].lower()
    return code if code in _ALGORITHMS else ""


def stem(word: str, language: str) -> str:
    """The stem of a lower-case word, not folded: stemmers know `ø`, not `oe`.

    `language` is a code from `known`; '' leaves the word as it is, and so do digits in it. The stemmer is applied until nothing
    changes, since once alone takes only one of two endings off and misses one Danish form of ten. Not so in English, where
    `kommunale`, asked for by a Dane, would come down to `kommun` and find `kommunikation`.
    """
    if not language or len(word) > _LONGEST or not word.isalpha():
        return word
    with _lock:
        stemmer = _stemmer(_ALGORITHMS[language])
        shorter = stemmer.stemWord(word)
        while shorter != word and language != _ONCE:
            word, shorter = shorter, stemmer.stemWord(shorter)
    return shorter or word


def _stemmer(algorithm: str) -> Stemmer:
    if algorithm not in _stemmers:
        _stemmers[algorithm] = Stemmer(algorithm, 0)  # without a cache of its own: `tokenise` remembers whole words
    return _stemmers[algorithm]
