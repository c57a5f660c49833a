"""Names found forgivingly: what somebody typed, against the names that things go by."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Generic, TypeVar

from bot.text.fold import fold

T = TypeVar("T")
Candidates = Sequence[tuple[T, Sequence[str]]]

LONGEST = 100
"""Characters of what was typed that are looked at."""
_SHORTEST_PREFIX = 2
_SHORTEST_PART = 3
_SUGGESTIONS = 5
_LENGTH_FOR_ONE_MISTAKE_MORE = (6, 12)
_NOT_WORD = re.compile(r"[\W_]+")
# Nordic letters are also typed without their second half: `kobenhavn`, `aklagaren`.
_DIGRAPHS = re.compile("aa|ae|oe")


@dataclass(frozen=True, slots=True)
class Exact(Generic[T]):
    """One thing is meant."""

    item: T


@dataclass(frozen=True, slots=True)
class Several(Generic[T]):
    """Two or more may be meant, the nearest first."""

    items: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Nothing(Generic[T]):
    """None is meant; these look most like it, and there may be none of them."""

    nearest: tuple[T, ...] = ()


def nearest(words: str, candidates: Candidates[T]) -> Exact[T] | Several[T] | Nothing[T]:
    """The thing that somebody means by `words`. Each candidate comes with its names; the first is its own and no other's (a slug).

    Tried in this order, each only where the one before found nothing: its own name; any whole name; the beginning of a name, or of
    words in it; one letter wrong, left out, too many or swapped in 6 to 11 letters, two in longer names. Case, accents, spaces,
    hyphens and the spelling of Nordic letters never count. Names that merely hold the words, or look like them, are suggestions.
    """
    typed = _key(words[:LONGEST])
    if not typed:
        return Nothing()
    own = [item for item, names in candidates if names and _key(names[0]) == typed]
    same = own if len(own) == 1 else _same(typed, candidates)
    found = same or _ranked(_beginning, typed, candidates) or _misspelt(typed, candidates)
    if len(found) == 1:
        return Exact(found[0])
    return Several(tuple(found)) if found else Nothing(_alike(typed, candidates))


def matching(words: str, candidates: Candidates[T]) -> list[T]:
    """The things that have a name which begins with `words`, or has words that begin with them; else those with parts like them.

    The nearest come first: names that begin so before those that hold it, short names before long ones.
    """
    typed = _key(words[:LONGEST])
    return _ranked(_beginning, typed, candidates) or _ranked(_part, typed, candidates)


@lru_cache(maxsize=8192)
def _key(name: str) -> str:
    return _DIGRAPHS.sub(lambda pair: pair[0][0], _NOT_WORD.sub(" ", fold(name))).strip()


def _squeezed(key: str) -> str:
    return key.replace(" ", "")


def _same(typed: str, candidates: Candidates[T]) -> list[T]:
    compact = _squeezed(typed)
    return [item for item, names in candidates if any(_squeezed(_key(name)) == compact for name in names)]


def _ranked(rank: Callable[[str, str], tuple[int, int] | None], typed: str, candidates: Candidates[T]) -> list[T]:
    best: list[tuple[tuple[int, int], int]] = []
    for place, (_, names) in enumerate(candidates):
        ranks = [found for name in names if (found := rank(typed, _key(name))) is not None]
        if ranks:
            best.append((min(ranks), place))
    return [candidates[place][0] for _, place in sorted(best)]


def _beginning(typed: str, name: str) -> tuple[int, int] | None:
    if len(typed) < _SHORTEST_PREFIX:
        return None
    if name.startswith(typed) or _squeezed(name).startswith(_squeezed(typed)):
        return 0, len(name)
    words = name.split()
    if all(any(word.startswith(wanted) for word in words) for wanted in typed.split()):
        return 1, len(name)
    return None


def _part(typed: str, name: str) -> tuple[int, int] | None:
    wanted = typed.split()
    if all(len(part) >= _SHORTEST_PART and part in name for part in wanted):
        return 2, len(name)
    return None


def _misspelt(typed: str, candidates: Candidates[T]) -> list[T]:
    allowed = sum(len(typed) >= length for length in _LENGTH_FOR_ONE_MISTAKE_MORE)
    distances = [
        (min(distances), place)
        for place, (_, names) in enumerate(candidates)
        if allowed and (distances := _distances(typed, names, allowed))
    ]
    closest = min(distances, default=(0, 0))[0]
    return [candidates[place][0] for distance, place in distances if distance == closest]


def _distances(typed: str, names: Iterable[str], allowed: int) -> list[int]:
    keys = [key for key in map(_key, names) if abs(len(key) - len(typed)) <= allowed]
    return [distance for key in keys if (distance := edits(typed, key)) <= allowed]


def edits(one: str, other: str) -> int:
    """How many letters must be put in, left out, changed or swapped with their neighbour to get from one word to the other.

    (Damerau's distance, in the form called optimal string alignment.)
    """
    older: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and wanted == one[i - 2]:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        older, last = last, row
    return last[-1]


def _alike(typed: str, candidates: Candidates[T]) -> tuple[T, ...]:
    """What to suggest: names that hold what was typed, then names and single words of names that look like it."""
    places: dict[str, list[int]] = {}
    for place, (_, names) in enumerate(candidates):
        for key in map(_key, names):
            for form in {key, *key.split()}:
                places.setdefault(form, []).append(place)
    close = get_close_matches(typed, places, n=_SUGGESTIONS, cutoff=0.7)
    alike = (candidates[place][0] for form in close for place in places[form])
    found: list[T] = []
    for item in (*_ranked(_part, typed, candidates), *alike):
        if item not in found:
            found.append(item)
    return tuple(found[:_SUGGESTIONS])
