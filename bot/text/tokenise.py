"""Text into words, and words into the tokens by which they are found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from bot.text.detect import detect
from bot.text.fold import fold
from bot.text.stem import known, stem

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper

# Accents that stand as characters of their own, and what breaks a word for the printer only, belong to the word.
_MARKS = "\u0300-\u036f\u00ad\u200b-\u200d\u2060"
_PART = rf"[^\W_]+(?:[{_MARKS}]+[^\W_]*)*(?:['’][sS](?![^\W_]))?"
_WORD = re.compile(rf"{_PART}(?:[-'’\u2010\u2011]{_PART})*")
_PARTS = re.compile(_PART)
_CHUNK = re.compile(r"\S+")
# None of these is part of a word that it stands before or behind.
_AROUND = '.,:;!?()[]"“”„»«…–—-'
_GENITIVE = re.compile(r"['’]s$")
_NO_LETTER = re.compile(r"[\W_]+")

_BARE = "0"
_SHORTEST_BARE = 6
_BACKWARDS = "1"
_SHORTEST_COMPOUND = 7
_LONGEST_COMPOUND = 40
# English writes its compounds apart.
_COMPOUNDING = frozenset({"da", "nb", "nn", "no", "sv", "de", "fi"})
_BEFORE_VERBS = re.compile(
    "^(?:be|for|för|gen|ud|ut|ind|inn|op|upp|af|av|an|om|til|over|över|under|på|mis|sam|med|fra|frem|ned|ver|ent|er|aus|auf|ein|vor"
    "|re|kon|kom|trans|eks)+"
)
_LONGEST = 64
_LONGEST_REMEMBERED = 80

_Tokens = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written, from character `start` to before `end` of its text; `parts` are those of `EU-topmøde`, else empty."""

    text: str
    start: int
    end: int
    parts: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A token, and the characters of the text that it stands for: from `start` to before `end`."""

    token: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of the text in order: letters and digits, and what hyphens and apostrophes hold together.

    `USA's` is one word without parts, `EU-topmøde` one with two; `5,3`, `pressevagten@um.dk` and `+45 61` are several words.
    """
    # Chunk by chunk, because `tokens` remembers chunks: the two must never cut a text differently.
    return [word for chunk in _CHUNK.finditer(text) for word in _words(chunk[0], chunk.start())]


def tokens(text: str, language: str = "") -> list[str]:
    """What the text is found by: a token for every word part in order, then the other forms of words, each once.

    `language` is a tag such as `da`, best that of the whole release, since a title alone seldom tells; '' or an unknown one asks
    `detect`, and where that cannot tell, words are folded but not stemmed. A token holds lower-case letters and digits only.
    Other forms: `eutopmoede` for `EU-topmøde`, the marked skeleton (see `bare`) of words with Nordic letters, and long words read
    backwards (see `backwards`), by which `sanktionspakke` is found by its last part.
    """
    analyse = _analyser(known(language) or detect(text))
    # Only what may be a word is remembered: a text without spaces would fill the memory. Lower case without the punctuation around
    # it is what chunks have most in common.
    chunks = [chunk.strip(_AROUND) for chunk in text.lower().split()]
    forms = [analyse(chunk) if len(chunk) <= _LONGEST_REMEMBERED else analyse.__wrapped__(chunk) for chunk in chunks]
    found = [token for row, _ in forms for token in row]
    found += dict.fromkeys(token for _, others in forms for token in others)
    return found


def pieces(text: str, language: str = "") -> list[Piece]:
    """The tokens of `tokens`, in its order, with where they stand; other forms at every place rather than once."""
    code = known(language) or detect(text)
    forms = [_forms(word, code) for word in words(text)]
    return [piece for row, _ in forms for piece in row] + [piece for _, others in forms for piece in others]


@lru_cache(maxsize=1 << 16)
def token(word: str, language: str) -> str:
    """The token of one word part: stemmed in the language, a code from `stem.known` or '', then folded."""
    plain = lowered(word)
    return _NO_LETTER.sub("", fold(stem(plain, language))) or plain


def lowered(word: str) -> str:
    """A word part as stemmers take it: lower case, composed, without the `'s` of a genitive, cut at 64 characters."""
    lower = _GENITIVE.sub("", word.lower())
    return lower[:_LONGEST] if lower.isalnum() else _NO_LETTER.sub("", unicodedata.normalize("NFC", lower))[:_LONGEST] or lower[:1]


def skeleton(token: str) -> str:
    """The token as typed without Nordic keys: `koebenhavn` and `kobenhavn` both give `kobenhavn`; '' below six letters.

    Below six, Danish stems that have nothing to do with each other meet (`hær` and `har`, `kræft` and `kraft`); from six on nearly
    all that meet are forms of one word (`fortsætte`, `fortsatte`).
    """
    plain = token.replace("aa", "a").replace("ae", "a").replace("oe", "o")
    return plain if len(plain) >= _SHORTEST_BARE and plain.isalpha() else ""


def bare(token: str) -> str:
    """The token's skeleton with its mark, `0kobenhavn`: without the mark `mode` would find `mødelokale` by `modelokal`."""
    return _BARE + skeleton(token)


def backwards(word: str, language: str) -> str:
    """The stem of a lower-case word read backwards, under a mark: `1kkapsnoitknas` for `sanktionspakken`; '' in English.

    The last part of a compound so becomes a beginning, which every index can look up, and no list of words is needed to cut it. A
    letter that the stemmer made single is double again (`pakk`): else `pak` would find more.
    """
    return _turned(word, stem(word, language)) if language in _COMPOUNDING and word.isalpha() else ""


def _turned(word: str, form: str) -> str:
    return _BACKWARDS + fold(form + form[-1] if word.startswith(form + form[-1]) else form)[::-1]


def _compound(word: str, form: str) -> str:
    """What a word with this stem is found by from behind; '' where it is too short to be made of two words.

    What stands before a verb makes no compound of it: `begrænse` is no kind of `grænse`.
    """
    if not (_SHORTEST_COMPOUND <= len(form) <= _LONGEST_COMPOUND and form.isalpha()):
        return ""
    rest = _BEFORE_VERBS.sub("", form)
    return _turned(word, form) if len(rest) >= _SHORTEST_COMPOUND else ""


def joined(word: Word) -> str:
    """A word written without its hyphens, `eutopmøde` for `EU-topmøde`; '' for a word without parts, and for numbers."""
    whole = "".join(lowered(part.text) for part in word.parts)
    return "" if whole.isdigit() else whole


@cache
def _analyser(language: str) -> _lru_cache_wrapper[_Tokens]:
    compounding = language in _COMPOUNDING

    @lru_cache(maxsize=1 << 16)
    def analyse(chunk: str) -> _Tokens:
        if chunk.isalnum():  # one bare word, as nearly every chunk is
            plain = lowered(chunk)
            form = stem(plain, language)
            found = _NO_LETTER.sub("", fold(form)) or plain
            others = [bare(found)] if skeleton(found) not in ("", found) else []
            if compounding and (turned := _compound(plain, form)):
                others.append(turned)
            return (found,), tuple(others)
        forms = [_forms(word, language) for word in _words(chunk)]
        return (
            tuple(piece.token for row, _ in forms for piece in row),
            tuple(piece.token for _, others in forms for piece in others),
        )

    return analyse


def _words(chunk: str, offset: int = 0) -> Iterator[Word]:
    for match in _WORD.finditer(chunk):
        start = offset + match.start()
        parts = [Word(part[0], start + part.start(), start + part.end()) for part in _PARTS.finditer(match[0])]
        yield Word(match[0], start, offset + match.end(), tuple(parts) if len(parts) > 1 else ())


def _forms(word: Word, language: str) -> tuple[list[Piece], list[Piece]]:
    row = [Piece(token(part.text, language), part.start, part.end) for part in word.parts or (word,)]
    others = [Piece(token(whole, language), word.start, word.end)] if (whole := joined(word)) else []
    others += [Piece(bare(p.token), p.start, p.end) for p in row + others if skeleton(p.token) not in ("", p.token)]
    if language in _COMPOUNDING:
        plain = [(lowered(part.text), part) for part in word.parts or (word,)]
        turned = ((_compound(text, stem(text, language)), part) for text, part in plain)
        others += [Piece(form, part.start, part.end) for form, part in turned if form]
    return row, others
