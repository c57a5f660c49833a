"""Filters: a question put to one release, by the rules and the words of the search. What the search finds, a filter lets through.

    sanktioner -told "det blå hus"     words, phrases, -not, OR and prefixes, as in `bot.text.query`
    kind:nyhed -lang:en newsroom:um    kinds, languages and newsrooms, as in `bot.text.request`

A release that comes out is from now: a date means nothing in a filter and is passed over (`faults` says so).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, TypeVar

from bot.domain.newsroom import Newsroom
from bot.domain.prose import plain
from bot.domain.release import Content, Kind
from bot.text.detect import detect
from bot.text.labels import Asked, Labels, read_labels
from bot.text.nearest import Exact, nearest
from bot.text.query import Query, Row, Term, parse
from bot.text.tokenise import tokens

T = TypeVar("T")
_LONGEST = 1000
_ANY_DAY = date(2000, 1, 1)  # dates are passed over, whatever they are
_BETWEEN = "\0"  # no token: no phrase reaches from a title into a text
_ALWAYS = ("da", "en")
_ANYTHING = Query()


class Fit(StrEnum):
    """Whether a filter lets a release through, or what keeps it out."""

    YES = "yes"
    UNKNOWN = "unknown"
    """It depends on a fact that is not known (yet)."""
    KIND = "kind"
    LANGUAGE = "language"
    NEWSROOM = "newsroom"
    WORDS = "words"


class Fault(StrEnum):
    """What about a filter does not mean what somebody may think."""

    DATES = "dates"
    """It names a date, which is passed over."""
    NOTHING = "nothing"
    """It asks for nothing that could be found or left out."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter, read. Kinds and languages (codes) as in `bot.text.request.Request`; an empty query lets all words through."""

    query: Query = _ANYTHING
    newsrooms: tuple[Asked, ...] = ()
    kinds: frozenset[Kind] = frozenset()
    kinds_out: frozenset[Kind] = frozenset()
    languages: frozenset[str] = frozenset()
    languages_out: frozenset[str] = frozenset()
    dated: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it keeps nothing out."""
        labels = self.newsrooms, self.kinds, self.kinds_out, self.languages, self.languages_out
        return self.query.is_empty and not any(labels)


@lru_cache(maxsize=4096)  # many subscriptions have one filter
def read(line: str, newsroom_language: str = "") -> Filter:
    """The filter that somebody wrote, for releases of a newsroom that writes in this language (a tag)."""
    line = line[:_LONGEST]
    labels, _ = read_labels(line, _ANY_DAY)
    words = _without(line, labels)
    return Filter(
        parse(words, languages=dict.fromkeys((*_ALWAYS, newsroom_language))),
        tuple(dict.fromkeys(labels.newsrooms)),
        frozenset(labels.kinds[False]),
        frozenset(labels.kinds[True]),
        frozenset(labels.languages[False]),
        frozenset(labels.languages[True]),
        dated=bool(labels.first or labels.last),
    )


def faults(line: str) -> tuple[Fault, ...]:
    """What to say of a filter before it is taken."""
    asked = read(line)
    found = {Fault.DATES: asked.dated, Fault.NOTHING: asked.is_empty}
    return tuple(fault for fault, there in found.items() if there)


def _without(line: str, labels: Labels) -> str:
    for start, end in sorted(labels.places, reverse=True):
        line = f"{line[:start]} {line[end:]}"
    return line


# What a release says ----------------------------------------------------------------------------------------------------


def spoken(content: Content) -> str:
    """The language that a version is written in, as its text tells; empty where it does not."""
    return detect(f"{content.title}\n{content.lead}\n{plain(content.body)}", content.language)


class Indexed(NamedTuple):
    """The tokens by which a release is found: those of its versions one after the other."""

    title: Sequence[str]
    body: Sequence[str]


def indexed(versions: Sequence[Content]) -> Indexed:
    """What the search indexes of a release, and what filters are matched on."""
    found = [(tokens(each.title, language), tokens(_body(each), language)) for each in versions for language in (spoken(each),)]
    return Indexed([token for title, _ in found for token in title], [token for _, body in found for token in body])


def _body(content: Content) -> str:
    return f"{content.lead}\n{plain(content.body)}"


class Said:
    """What all versions of a release say, looked into once for all filters that ask."""

    def __init__(self, newsroom: Newsroom, versions: Sequence[Content]) -> None:
        self.newsroom = newsroom
        self.kinds = frozenset(each.kind for each in versions if each.kind)
        self.languages = frozenset(filter(None, map(spoken, versions)))
        title, body = indexed(versions)
        self._row = [*title, _BETWEEN, *body]
        self._places: dict[str, list[int]] = defaultdict(list)
        for at, token in enumerate(self._row):
            self._places[token].append(at)
        self._sorted = sorted(self._places)

    def has(self, query: Query) -> bool:
        """As `bot.text.query.matches_tokens`, but found by looking up."""
        if query.is_empty or any(map(self._has_term, query.none_of)):
            return False
        return not query.any_of or any(all(map(self._has_term, group)) for group in query.any_of)

    def _has_term(self, term: Term) -> bool:
        return any(map(self._has_row, term.rows))

    def _has_row(self, row: Row) -> bool:
        first, *others = row.tokens
        if others:
            return any(self._stands(row, at) for at in self._places.get(first, ()))
        if not row.begins:
            return first in self._places
        at = bisect_left(self._sorted, first)
        return at < len(self._sorted) and self._sorted[at].startswith(first)

    def _stands(self, row: Row, at: int) -> bool:
        there = self._row[at : at + len(row.tokens)]
        *before, last = row.tokens
        if len(there) < len(row.tokens) or there[:-1] != before:
            return False
        return there[-1].startswith(last) if row.begins else there[-1] == last


def fits(asked: Filter, said: Said) -> Fit:
    """Whether the filter lets the release through. What is certain goes before what is not known."""
    if not _among_newsrooms(asked.newsrooms, said.newsroom):
        return Fit.NEWSROOM
    if not keeps(said.kinds, asked.kinds, asked.kinds_out):
        return Fit.KIND
    if not keeps(said.languages, asked.languages, asked.languages_out):
        return Fit.LANGUAGE
    if not asked.query.is_empty and not said.has(asked.query):
        return Fit.WORDS
    asks_kind, asks_language = asked.kinds | asked.kinds_out, asked.languages | asked.languages_out
    unknown = (asks_kind and not said.kinds) or (asks_language and not said.languages)
    return Fit.UNKNOWN if unknown else Fit.YES


def keeps(known: frozenset[T], wanted: frozenset[T], out: frozenset[T] = frozenset()) -> bool:
    """Whether a release of these kinds, or in these languages, passes; with none that is known, it may."""
    if not known:
        return True
    return (not wanted or not known.isdisjoint(wanted)) and known.isdisjoint(out)


def _among_newsrooms(asked: Sequence[Asked], newsroom: Newsroom) -> bool:
    meant = [(one.out, isinstance(nearest(one.text, [(newsroom, (newsroom.slug, newsroom.name))]), Exact)) for one in asked]
    if any(out and is_it for out, is_it in meant):
        return False
    wanted = [is_it for out, is_it in meant if not out]
    return not wanted or any(wanted)
