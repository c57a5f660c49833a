"""The search index in PostgreSQL: a tsvector that we build ourselves, token by token, beneath a GIN index.

PostgreSQL's own parser is not asked: it would cut and fold words in its way, and SQLite's index then finds another set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.text.query import Query, Row, Term
from storage.search_marks import EVERY, HIGHEST, LOWEST

if TYPE_CHECKING:
    from storage.search_index import Asked, Entry, Score

LAST_POSITION = 16_383
"""PostgreSQL counts no further: of a longer text, words beyond are found, but no longer side by side."""
MOST_POSITIONS = 255
MOST_BYTES = 900_000
"""A tsvector has room for a megabyte; of a text with more different words, the rest is not found."""
LONGEST = 500
"""Letters of a token, in at most 2,000 bytes."""
GAP = 8
"""Positions between title and text, so that no phrase reaches from one into the other."""
SORTED_AT_MOST = 20_000
"""So many hits are sorted by place; of more, the newest are come upon soon by going through the newest releases."""
GONE_THROUGH = 1000
"""So many of them, before all hits are sorted after all: a word may be of old releases alone."""

_INSERT = text("INSERT INTO release_search (place, document) VALUES (:place, CAST(:document AS tsvector))")
_UPSERT = text(f"{_INSERT.text} ON CONFLICT (place) DO UPDATE SET document = excluded.document")
# Planned anew each time, by the index on the words alone: how common these are the planner can only guess, and it believes that to
# look into a document, which lies in another place, costs as little as to look at a number. A wrong guess reads the whole table.
_PLANNED = text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)")
_HAS = "document @@ CAST(:match AS tsquery)"
_WITHIN = "place BETWEEN :first AND :last"
# Best first; where there are too many to rank, newest first; nothing where there are too many to sort.
_FIND = (
    "WITH found AS MATERIALIZED (SELECT place FROM release_search WHERE {has}{within} LIMIT CAST(:most AS bigint)), "
    "counted AS MATERIALIZED (SELECT count(*) AS total, max(place) AS newest FROM found) "
    "SELECT total, CASE WHEN total = CAST(:most AS bigint) THEN NULL WHEN total > :cap THEN "
    "ARRAY(SELECT place FROM found ORDER BY place DESC LIMIT :limit OFFSET :offset) ELSE "
    "ARRAY(SELECT found.place FROM found CROSS JOIN LATERAL "
    "(SELECT document FROM release_search WHERE release_search.place = found.place OFFSET 0) AS said "
    "ORDER BY ts_rank(CAST(:weights AS real[]), said.document, CAST(:wanted AS tsquery), 1) "
    "* (:least + (1 - :least) / (1 + (newest - found.place) / CAST(:half AS float))) DESC, found.place DESC "
    "LIMIT :limit OFFSET :offset) END FROM counted"
)
_FIND_ANYWHERE = text(_FIND.format(has=_HAS, within=""))
# The index on places does not know `place + 0`. Of a phrase every document that has its words is looked into: there the planner may
# take whichever index leaves fewer.
_FIND_WITHIN = text(_FIND.format(has=_HAS, within=" AND place + 0 BETWEEN :first AND :last"))
_FIND_PHRASE_WITHIN = text(_FIND.format(has=_HAS, within=f" AND {_WITHIN}"))
_NEWEST = text(
    f"SELECT newest.place FROM (SELECT place FROM release_search WHERE {_WITHIN} ORDER BY place DESC LIMIT :newest) AS newest "  # noqa: S608 - ours
    f"CROSS JOIN LATERAL (SELECT FROM release_search WHERE release_search.place = newest.place AND {_HAS} OFFSET 0) AS found "
    "ORDER BY newest.place DESC LIMIT :limit OFFSET :offset"
)


class PostgresIndex:
    """`storage.search_index.SearchIndex` as a table of tsvectors."""

    def __init__(self, connection: AsyncConnection, score: Score) -> None:
        self._db = connection
        self._score = score

    async def write(self, entries: Sequence[Entry], *, anew: bool) -> None:
        """See `SearchIndex.write`."""
        rows = [{"place": entry.place, "document": document(entry)} for entry in entries]
        await self._db.execute(_UPSERT if anew else _INSERT, rows)

    async def find(self, asked: Asked, cap: int) -> tuple[int, list[int]]:
        """See `SearchIndex.find`."""
        await self._db.execute(_PLANNED)
        most = max(SORTED_AT_MOST, cap) + 1
        total, page = await self._find(asked, cap, most)
        if total > cap and page is None:
            page = await self._newest(asked)
        if page is None:
            _, page = await self._find(asked, cap, None)
        return min(total, cap + 1), page or []

    async def _find(self, asked: Asked, cap: int, most: int | None) -> tuple[int, list[int] | None]:
        matched = match(asked)
        values = {
            "match": matched,
            "wanted": wanted(asked.query) or matched,
            "weights": f"{{{1 / self._score.title:.4f},0,0,1}}",
            "least": self._score.least,
            "half": self._score.half,
            "most": most,
            "cap": cap,
        }
        found = await self._db.execute(_statement(asked), values | _where(asked))
        total, page = found.one()
        return total, page

    async def _newest(self, asked: Asked) -> list[int] | None:
        """The page, if it is among the newest releases."""
        values = {"match": match(asked), "newest": GONE_THROUGH} | _where(asked)
        places = list((await self._db.execute(_NEWEST, values)).scalars())
        return places if len(places) == asked.limit else None


def _statement(asked: Asked) -> TextClause:
    if asked.kept.first == LOWEST and asked.kept.last == HIGHEST:
        return _FIND_ANYWHERE
    phrases = any(len(row.tokens) > 1 for term in asked.query.wanted for row in term.rows)
    return _FIND_PHRASE_WITHIN if phrases else _FIND_WITHIN


def _where(asked: Asked) -> dict[str, int]:
    return {"first": asked.kept.first, "last": asked.kept.last, "limit": asked.limit, "offset": asked.offset}


def document(entry: Entry) -> str:
    """A release as PostgreSQL writes a tsvector: `'@n7' 'kaj':1A,12 'molo':13`."""
    places: dict[str, list[str]] = {f"@{mark}": [] for mark in entry.marks}
    room = MOST_BYTES
    numbered = (
        *((token, number, "A") for number, token in enumerate(entry.title, 1)),
        *((token, number, "") for number, token in enumerate(entry.body, len(entry.title) + GAP)),
    )
    for whole, number, weight in numbered:
        token = whole[:LONGEST]
        if token not in places and room > 0:
            room -= len(token.encode()) + 8
            places[token] = []
        if token in places and number <= LAST_POSITION and len(places[token]) < MOST_POSITIONS:
            room -= 2
            places[token].append(f"{number}{weight}")
    return " ".join(_quoted(token) + (f":{','.join(found)}" if found else "") for token, found in places.items())


def match(asked: Asked) -> str:
    """The question as PostgreSQL writes a tsquery."""
    # No token holds an @: a mark is never taken for a word.
    query, kept = asked.query, asked.kept
    marked = [_either(map(_mark, group)) for group in kept.among]
    without = _either([*map(_term, query.none_of), *map(_mark, kept.without)])
    found = " & ".join(filter(None, (*marked, wanted(query), f"!{without}" if without else "")))
    return found if query.any_of or kept.among else f"{_mark(EVERY)} & {found}"


def _mark(mark: str) -> str:
    return _quoted(f"@{mark}")


def wanted(query: Query) -> str:
    """What is to be found, as a tsquery; empty where the query only leaves something out."""
    return _either(f"({' & '.join(map(_term, group))})" for group in query.any_of)


def _term(term: Term) -> str:
    return _either(map(_side_by_side, term.rows))


def _either(parts: Iterable[str]) -> str:
    either = " | ".join(parts)
    return f"({either})" if either else ""


def _side_by_side(row: Row) -> str:
    return f"({' <-> '.join(_quoted(token[:LONGEST]) for token in row.tokens)}{':*' if row.begins else ''})"


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
