"""What one part of an address is for, among those of a newsroom's releases: a word that stands fast, a date, a number. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from os.path import commonprefix

from bot.feeds.reading.dates import month_named

MOST_SECTIONS = 6
"""Words that may stand in one place of a newsroom's addresses (`press-releases`, `speeches`)."""
_OFTEN = 2
"""So often each of them is met."""
_SHORTEST_MARK = 3
_MANY = 8
_WORDS = 3
"""Words that every known title in an address has, so that one of at least two is asked for."""

_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_MONTH = re.compile(r"0?[1-9]|1[0-2]", re.ASCII)
_DAY = re.compile(r"0?[1-9]|[12]\d|3[01]", re.ASCII)
_DIGITS = re.compile(r"\d+", re.ASCII)
_KEY = re.compile(r"(?=[^g-z]*\d)[0-9a-f]{4,}(?:-?[0-9a-f]{4,})*", re.ASCII)
"""A number in base 16, or several: what content systems call their pages."""
_ENDING = re.compile(r"\.[a-z]{2,5}")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.ASCII)
_EVERYWHERE = frozenset(
    ["#", "node", "content", "page", "pages", "sites", "site", "index.php", "home", "web", "portal", "public", "p", "default.aspx"]
)
_MARK_END = re.compile(r".*[^\W_]*[\W_]")


class Sort(StrEnum):
    """What stands in a place."""

    FIXED = "fixed"
    """The same word always, or one of a few; digits in it may differ."""
    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    NUMBER = "number"
    KEY = "key"
    """A number in base 16."""
    WORDS = "words"
    """Something else in every address: mostly the release's title."""


@dataclass(frozen=True, slots=True)
class Part:
    """A place in an address. `forms`: the words of a FIXED one, with `#` for each run of digits.

    Of WORDS, `start` and `ending` stand fast, and the rest has at least `least` words.
    """

    sort: Sort
    forms: frozenset[str] = frozenset()
    start: str = ""
    ending: str = ""
    least: int = 0

    def takes(self, word: str) -> bool:
        """Whether a word may stand here."""
        match self.sort:
            case Sort.FIXED:
                return _form(word) in self.forms
            case Sort.YEAR:
                return _YEAR.fullmatch(word) is not None
            case Sort.MONTH:
                return _month(word) > 0
            case Sort.DAY:
                return _DAY.fullmatch(word) is not None
            case Sort.NUMBER:
                return word.isascii() and word.isdecimal()
            case Sort.KEY:
                return _KEY.fullmatch(word) is not None
            case Sort.WORDS:
                return self._takes_words(word)

    def _takes_words(self, word: str) -> bool:
        return (
            len(word) > len(self.start) + len(self.ending)
            and word.startswith(self.start)
            and _ending(word) == self.ending
            and len(_WORD.findall(word)) >= self.least
        )

    @property
    def tells(self) -> bool:
        """Whether it keeps other pages out: a language, or a word that all pages of a system bear, does not."""
        if self.sort is Sort.FIXED:
            return not any(form in _EVERYWHERE or _LANGUAGE.fullmatch(form) for form in self.forms)
        return self.sort is Sort.YEAR or bool(self.start)

    def number(self, word: str) -> int:
        """The number that stands here: of a month its own."""
        if self.sort is Sort.MONTH:
            return _month(word)
        return int(word[:18]) if word.isascii() and word.isdecimal() else 0


def learn_part(words: Sequence[str], *, before: Sort | None = None, last: bool = False) -> Part:
    """What stands in one place of several addresses; `before`: in the place before it; `last`: it ends the path."""
    if all(map(_YEAR.fullmatch, words)):
        return Part(Sort.YEAR)
    if before is Sort.YEAR and all(map(_month, words)):
        return Part(Sort.MONTH)
    if before is Sort.MONTH and all(map(_DAY.fullmatch, words)):
        return Part(Sort.DAY)
    if all(word.isascii() and word.isdecimal() for word in words):
        return Part(Sort.NUMBER)
    if all(map(_KEY.fullmatch, words)):
        return Part(Sort.KEY)
    forms = Counter(map(_form, words))
    # One word in many addresses is a section. Something with a number that is another each time is a release's own name.
    few = len(forms) == 1 or (not last and len(forms) <= MOST_SECTIONS and min(forms.values()) >= _OFTEN)
    if few and (not last or len(set(words)) == 1 or "#" in next(iter(forms))):
        return Part(Sort.FIXED, frozenset(forms))
    return _words(words)


def _words(words: Sequence[str]) -> Part:
    endings = {_ending(word) for word in words}
    ending = endings.pop() if len(endings) == 1 else ""
    least = 2 if min(len(_WORD.findall(word)) for word in words) >= _WORDS else 0
    return Part(Sort.WORDS, ending=ending, least=least)


def marked(part: Part, words: Sequence[str]) -> Part:
    """The part with what all of many words begin with, where nothing else tells these addresses from others."""
    shared = _MARK_END.match(commonprefix(list(words))) if len(words) >= _MANY else None  # noqa: RUF071 - by characters is meant
    if part.sort is not Sort.WORDS or not shared or len(shared[0]) < _SHORTEST_MARK or _DIGITS.search(shared[0]):
        return part
    return replace(part, start=shared[0])


def _form(word: str) -> str:
    return _DIGITS.sub("#", word)


def _ending(word: str) -> str:
    match = _ENDING.fullmatch(word[at:]) if (at := word.rfind(".")) > 0 else None
    return match[0] if match else ""


def _month(word: str) -> int:
    """The number of a month that is written as one or by its name in one of our languages; 0: it is none."""
    return int(word) if _MONTH.fullmatch(word) else month_named(word)
