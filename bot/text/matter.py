"""What a release is about, by its rarest words, and which others share them. Pure."""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import TypeVar

from bot.text.tokenise import words

T = TypeVar("T", bound=Hashable)

MOST_WORDS = 12
"""So many words of a title and a lead are looked up."""
RAREST = 6
_SHORTEST = 4
_ENDING = 3
_COMMON = 0.05
"""A word of more than one release in twenty says nothing of the matter."""
_FEW = 3
_SHARED, _SHARED_APART = 2, 3
"""So many of the rare words two releases on the same matter share, of one newsroom and of two."""


def candidates(title: str, lead: str, newsroom: str) -> list[str]:
    """The words that may tell what a text is about, of the title before the lead and the longest before the others, each once.

    Not those by which the `newsroom` is called: the minister is in every release of the ministry.
    """
    found: dict[str, str] = {}
    for text in (title, lead):
        telling = (word.text for word in words(text) if _tells(word.text) and not in_title(word.text, newsroom))
        for word in sorted(telling, key=len, reverse=True):
            found.setdefault(word.casefold(), word)
    return list(found.values())[:MOST_WORDS]


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST and not word.isdigit()


def rarest(counts: Mapping[str, int], releases: int) -> list[str]:
    """Of words with the number of other releases that have them those by which a matter is known, rarest first."""
    limit = max(_FEW, int(releases * _COMMON))
    known = [(count, at, word) for at, (word, count) in enumerate(counts.items()) if 0 < count <= limit]
    return [word for _, _, word in sorted(known)[:RAREST]]


def sharing(found: Mapping[str, Sequence[T]], counts: Mapping[str, int], releases: int) -> list[T]:
    """Those that share words enough to be read, by how rare what they share is; equals in the order of `found`."""
    score = _scores({each: by for each, by in _shared(found).items() if len(by) >= _SHARED}, counts, releases)
    return sorted(score, key=lambda each: -score[each])


def in_title(word: str, title: str) -> bool:
    """Whether a title has the word, or one that begins or ends as it does: forms and compounds."""
    wanted = word.casefold()[: max(_SHORTEST, len(word) - _ENDING)]
    return any(wanted in each.text.casefold() for each in words(title))


def same_matter(
    found: Mapping[str, Sequence[T]],
    counts: Mapping[str, int],
    releases: int,
    *,
    own: Collection[T],
    told: Mapping[str, Collection[T]],
) -> list[T]:
    """Those that share enough of the words, the newsroom's `own` before others, by how rare what they share is.

    `told`: by word those that have it in their title, where the release has it too. One such word at least must be shared, two with
    other newsrooms: a matter stands in the title.
    """
    sure = {each: by for each, by in _shared(found).items() if _enough(each, by, own, told)}
    score = _scores(sure, counts, releases)
    return sorted(score, key=lambda each: (each not in own, -score[each]))


def _shared(found: Mapping[str, Sequence[T]]) -> dict[T, list[str]]:
    shared: dict[T, list[str]] = {}
    for word, having in found.items():
        for each in having:
            shared.setdefault(each, []).append(word)
    return shared


def _scores(shared: Mapping[T, Sequence[str]], counts: Mapping[str, int], releases: int) -> dict[T, float]:
    return {each: sum(math.log(1 + releases / counts[word]) for word in by) for each, by in shared.items()}


def _enough(each: T, by: Sequence[str], own: Collection[T], told: Mapping[str, Collection[T]]) -> bool:
    titles = sum(each in told.get(word, ()) for word in by)
    return len(by) >= _SHARED and titles > 0 if each in own else len(by) >= _SHARED_APART and titles >= _SHARED
