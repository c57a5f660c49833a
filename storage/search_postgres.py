"""The search index in PostgreSQL: a tsvector that we build ourselves, token by token, beneath a GIN index.

PostgreSQL's own parser is not asked: it would cut and fold words in its way, and SQLite's index then finds another set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import NewsroomId
from bot.text.query import Query, Row, Term
from storage.narrowing import Conditions

if TYPE_CHECKING:
    from storage.search_index import Entry

LAST_POSITION = 16_383
"""PostgreSQL counts no further: of a longer text, words beyond are found, but no longer side by side."""
MOST_POSITIONS = 255
MOST_BYTES = 900_000
"""A tsvector has room for a megabyte; of a text with more different words, the rest is not found."""
LONGEST = 500
"""Letters of a token, in at most 2,000 bytes."""
GAP = 8
"""Positions between title and text, so that no phrase reaches from one into the other."""
NEWEST = 5_000
"""Of a common word, so many of the newest releases are looked through before all that have it are."""

_INSERT = text("INSERT INTO release_search (release_id, document) VALUES (:id, CAST(:document AS tsvector))")
_UPSERT = text(f"{_INSERT.text} ON CONFLICT (release_id) DO UPDATE SET document = excluded.document")
# Planned anew each time, since how common the words are decides. Of one word the planner knows that; of what stands together it
# only guesses, and a wrong guess reads the whole table.
_PLANNED = text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', :allowed, true)")
_COUNT = text(
    "SELECT count(*) FROM "
    "(SELECT FROM release_search WHERE document @@ CAST(:match AS tsquery) LIMIT CAST(:cap AS bigint)) AS found"
)
_COUNT_KEPT = (
    "WITH found AS MATERIALIZED (SELECT release_id FROM release_search WHERE document @@ CAST(:match AS tsquery)) "
    "SELECT count(*) FROM (SELECT FROM found JOIN release ON release.id = found.release_id WHERE true{kept} "
    "LIMIT CAST(:cap AS bigint)) AS kept"
)
_BY_RANK = (
    "WITH found AS MATERIALIZED (SELECT release_id, document FROM release_search WHERE document @@ CAST(:match AS tsquery)) "
    "SELECT release.id FROM found JOIN release ON release.id = found.release_id WHERE true{kept} "
    "ORDER BY ts_rank(CAST(:weights AS real[]), found.document, CAST(:wanted AS tsquery), 1) DESC, "
    "release.published DESC, release.id DESC LIMIT :limit OFFSET :offset"
)
_NEWEST = (
    "SELECT newest.id FROM (SELECT id, published FROM release {where} ORDER BY published DESC, id DESC LIMIT :newest) AS newest "
    "CROSS JOIN LATERAL (SELECT FROM release_search WHERE release_id = newest.id AND document @@ CAST(:match AS tsquery)) AS found "
    "ORDER BY newest.published DESC, newest.id DESC LIMIT :limit OFFSET :offset"
)
_NEWEST_OF_ALL = text(_NEWEST.format(where=""))
_NEWEST_AMONG = text(_NEWEST.format(where="WHERE newsroom_id IN :among")).bindparams(bindparam("among", expanding=True))
_BY_DATE = (
    "WITH found AS MATERIALIZED (SELECT release_id FROM release_search WHERE document @@ CAST(:match AS tsquery)) "
    "SELECT release.id FROM found JOIN release ON release.id = found.release_id WHERE true{kept} "
    "ORDER BY release.published DESC, release.id DESC LIMIT :limit OFFSET :offset"
)


class PostgresIndex:
    """`storage.search_index.SearchIndex` as a table of tsvectors."""

    def __init__(self, connection: AsyncConnection, title_weight: float) -> None:
        self._db = connection
        self._weights = f"{{{1 / title_weight:.4f},0,0,1}}"

    async def write(self, entries: Sequence[Entry], *, anew: bool) -> None:
        """See `SearchIndex.write`."""
        rows = [{"id": entry.release_id, "document": document(entry)} for entry in entries]
        await self._db.execute(_UPSERT if anew else _INSERT, rows)

    async def count(self, query: Query, newsrooms: Collection[NewsroomId] | None, kept: Conditions, cap: int) -> int:
        """See `SearchIndex.count`."""
        counted = kept.text(_COUNT_KEPT) if kept.sql else _COUNT
        alone = len(query.wanted) == 1 and not query.none_of and newsrooms is None
        guessed = not alone or any(len(row.tokens) > 1 for term in query.wanted for row in term.rows)
        await self._db.execute(_PLANNED, {"allowed": "off" if guessed and query.any_of else "on"})
        return int((await self._db.execute(counted, {"match": _match(query, newsrooms), "cap": cap} | kept.values)).scalar_one())

    async def by_rank(
        self, query: Query, newsrooms: Collection[NewsroomId] | None, kept: Conditions, limit: int, offset: int
    ) -> list[int]:
        """See `SearchIndex.by_rank`."""
        match = _match(query, newsrooms)
        page = {"match": match, "wanted": _wanted(query) or match, "weights": self._weights, "limit": limit, "offset": offset}
        return list((await self._db.execute(kept.text(_BY_RANK), page | kept.values)).scalars())

    async def by_date(
        self, query: Query, newsrooms: Collection[NewsroomId] | None, kept: Conditions, limit: int, offset: int
    ) -> list[int]:
        """See `SearchIndex.by_date`: among the newest first, which is enough where the word is as common there as everywhere."""
        page = {"match": _match(query, newsrooms), "limit": limit, "offset": offset}
        if kept.sql:
            return list((await self._db.execute(kept.text(_BY_DATE), page | kept.values)).scalars())
        if newsrooms is None:
            rows = await self._db.execute(_NEWEST_OF_ALL, page | {"newest": NEWEST})
        else:
            rows = await self._db.execute(_NEWEST_AMONG, page | {"newest": NEWEST, "among": list(newsrooms)})
        found = list(rows.scalars())
        return found if len(found) == limit else list((await self._db.execute(kept.text(_BY_DATE), page)).scalars())


def document(entry: Entry) -> str:
    """A release as PostgreSQL writes a tsvector: `'kaj':1A,12 'molo':13 '@7'`."""
    places: dict[str, list[str]] = {f"@{entry.newsroom_id}": []}
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


def _match(query: Query, newsrooms: Collection[NewsroomId] | None) -> str:
    """The query as PostgreSQL writes a tsquery."""
    # No token holds an @: the mark of a newsroom is never taken for a word.
    among = _either(_quoted(f"@{ident}") for ident in newsrooms) if newsrooms is not None else ""
    without = f"!{_either(map(_term, query.none_of))}" if query.none_of else ""
    return " & ".join(filter(None, (among, _wanted(query), without)))


def _wanted(query: Query) -> str:
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
