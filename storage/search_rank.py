"""How well a release fits what was asked, as SQLite's hits are ranked: by its tokens, as the index has them.

FTS5's own `bm25` asks of every word how common it is, which takes longer than the search: of two words of which one is rare, it
reads all that have the other. Here that is taken from the hits themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import TYPE_CHECKING, NamedTuple

from bot.text.query import Query, Term

if TYPE_CHECKING:
    from storage.search_index import Score

_SATURATED = 1.2
_BY_LENGTH = 0.75
"""As is the custom with bm25: how soon more of the same word counts no more, and how much long texts are held against."""


class Hit(NamedTuple):
    """A release that was found: its place, and its tokens with a space before and behind each."""

    place: int
    title: str
    body: str


def best(hits: Sequence[Hit], query: Query, score: Score) -> list[int]:
    """The places of the hits, best first, equals newest first."""
    if not hits:
        return []
    newest, relevant = max(hit.place for hit in hits), _relevance(hits, query, score.title)
    ages = (score.least + (1 - score.least) / (1 + (newest - hit.place) / score.half) for hit in hits)
    ranked = sorted(zip(relevant, ages, hits, strict=True), key=lambda one: (-one[0] * one[1], -one[2].place))
    return [hit.place for _, _, hit in ranked]


def _relevance(hits: Sequence[Hit], query: Query, title: float) -> list[float]:
    found = [0.0] * len(hits) if query.wanted else [1.0] * len(hits)
    mean = sum(len(hit.body) + len(hit.title) for hit in hits) / len(hits) or 1
    slow = [_SATURATED * (1 - _BY_LENGTH + _BY_LENGTH * (len(hit.body) + len(hit.title)) / mean) for hit in hits]
    for term in query.wanted:
        often = _often(hits, term, title)
        having = sum(map(bool, often)) or 1
        for at, times in enumerate(often):
            found[at] += log(1 + len(hits) / having) * times / (times + slow[at])
    return found


def _often(hits: Sequence[Hit], term: Term, title: float) -> list[float]:
    """How often each has the term, by whichever of its rows it has most."""
    counted = [f" {' '.join(row.tokens)}{'' if row.begins else ' '}" for row in term.rows]
    return [max([title * hit.title.count(one) + hit.body.count(one) for one in counted]) for hit in hits]
