"""Whether a correction is worth a word: the rule by which an edit is quiet, or is told to whoever read the release before.

Quiet is only what leaves the sense alone for certain. In doubt an edit is told: a reader can do with a word too many, and not
with a figure that changed unseen.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_SPACE = re.compile(r"\s+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d) ?- ?(?=\d)")
_NOT = re.compile(r"(?<=\w)n['’]t\b")
# A figure with all that belongs to it, a word without what stands around it, a sign that means something.
_TOKEN = re.compile(r"(?:(?<!\w)[-+] ?(?=\d))?\d+(?:[ .,:/'’-]\d+)*|[^\W\d_]+|[%‰°§€$£¥@#&+*=<>/±×÷]")

_NEGATING = """
    ikke ikk ej ingen intet ingenting aldrig hverken nej næppe uden undtagen undtaget knap kun
    ikkje inte icke inga inget aldri
    not no none nobody nothing never neither nor nowhere cannot without except hardly barely only
    """
_FIGURES_IN_WORDS = """
    en et to tre fire fem seks syv otte ni ti elleve tolv tres firs halv halve
    one two three four five six seven eight nine ten eleven twelve half
    marts april maj juni juli march may june july
    """
"""Words that are facts as figures are."""
_BEGINNINGS = """
    tretten fjorten femten seksten sytten atten nitten tyve tredive fyrre halvtreds halvfjerds halvfems hundred tusind
    million milliard billion trillion dobbelt
    thirt fourt fift sixt sevent eight ninet twent fort thousand doubl tripl
    mandag tirsdag onsdag torsdag fredag lørdag søndag
    monday tuesday wednesday thursday friday saturday sunday
    januar februar august septemb oktob octob novemb decemb
    """
"""The same in all their forms, and what they are part of: `torsdagsmøde`."""
_PREFIXES = ("u", "un", "in", "im", "il", "ir", "a", "an", "non", "dis", "mis")
"""What turns a word into its opposite."""

_NEGATIONS, _FACTS = frozenset(_NEGATING.split()), frozenset(_FIGURES_IN_WORDS.split())
_BEGINNINGS_OF_FACTS = tuple(_BEGINNINGS.split())
_TURNING = _NEGATIONS.union(_PREFIXES)

_LETTERS_CHANGED = 2
_SHORTEST_FOR = {1: 4, 2: 6}
"""So many letters a word must have for so many of them to be a misprint: `for` and `mod`, `han` and `hun`, `juni` are words."""
_LONGEST = 64
_BEFORE_PREFIX, _AFTER_PREFIX = 3, 4


def is_quiet(before: str, after: str) -> bool:
    """Whether the texts differ in no more than case, space, punctuation or at most two letters inside one word.

    Told is whatever adds, removes or negates a word, or touches a figure: its digits, what stands between them, a sign at it.
    The same word set right in several places counts once. Words that are facts as figures are (numerals, weekdays, months), a
    word's first letter, and words too short to be misprints count as another word.
    """
    old, new = _tokens(before), _tokens(after)
    if old == new:
        return True
    if _figures(old) != _figures(new) or _negations(old) != _negations(new):
        return False
    if "".join(old) == "".join(new):
        return True
    if len(old) != len(new):
        return False
    changed = {pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]}
    return len(changed) == 1 and _is_same_word(*changed.pop())


def _tokens(text: str) -> list[str]:
    plain = _DASHES.sub("-", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    line = _BETWEEN_DIGITS.sub("-", _SPACE.sub(" ", plain).casefold())
    return _TOKEN.findall(_NOT.sub(" not", line))


def _figures(tokens: Sequence[str]) -> list[str]:
    return [token for token in tokens if not token.isalpha()]


def _negations(tokens: Sequence[str]) -> Counter[str]:
    return Counter(token for token in tokens if token in _TURNING)


def _is_same_word(old: str, new: str) -> bool:
    """Whether one is a misprint of the other."""
    if not (old.isalpha() and new.isalpha()) or old[0] != new[0] or max(len(old), len(new)) > _LONGEST:
        return False
    if any(_is_telling(word) for word in (old, new)) or _is_negated(*sorted((old, new), key=len)):
        return False
    letters = _letters_changed(old, new)
    return letters <= _LETTERS_CHANGED and min(len(old), len(new)) >= _SHORTEST_FOR[max(letters, 1)]


def _is_telling(word: str) -> bool:
    return word in _NEGATIONS or word in _FACTS or word.startswith(_BEGINNINGS_OF_FACTS)


def _is_negated(short: str, long: str) -> bool:
    """Whether the longer word is the shorter with a prefix that says the opposite: `uudholdelig`, `brugeruvenlig`."""
    more = len(long) - len(short)
    return any(
        long == short[:at] + prefix + short[at:]
        for prefix in _PREFIXES
        if len(prefix) == more
        for at in (0, *range(_BEFORE_PREFIX, len(short) - _AFTER_PREFIX + 1))
    )


def _letters_changed(old: str, new: str) -> int:
    """How many letters were put in, taken out or replaced."""
    row = list(range(len(new) + 1))
    for at, letter in enumerate(old, 1):
        corner, row[0] = row[0], at
        for to, other in enumerate(new, 1):
            corner, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, corner + (letter != other))
    return row[-1]
