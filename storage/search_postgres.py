"""The search index in PostgreSQL: a tsvector that we build ourselves, token by token, beneath a GIN index.

PostgreSQL's own parser is not asked: it would cut and fold words in its way, and SQLite's index then finds another set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING
from zlib import crc32

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.text.query import Query, Row, Term
from storage.search_marks import EVERY

if TYPE_CHECKING:
    from storage.search_index import Asked, Entry, Score

LAST_POSITION = 16_383
"""PostgreSQL counts no further: of a longer text, words beyond are found, but no longer side by side."""
MOST_POSITIONS = 255
MOST_BYTES = 600_000
"""A tsvector has room for a megabyte, pairs included; of a text with more different words, the rest is not found."""
LONGEST = 500
"""Letters of a token, in at most 2,000 bytes."""
GAP = 8
"""Positions between title and text, so that no phrase reaches from one into the other."""
SEASON = 54
"""Bits of a place below its season: 2^24 seconds, 194 days."""
_FIRST_SEASON = 1 << 9
_OTHER = re.compile(r"[01][^\W\d_]{5}")

_INSERT = text("INSERT INTO release_search (place, document) VALUES (:place, CAST(:document AS tsvector))")
_UPSERT = text(f"{_INSERT.text} ON CONFLICT (place) DO UPDATE SET document = excluded.document")
# Planned anew each time, by the index on the words alone: how common these are the planner can only guess, and it believes that to
# look into a document, which lies in another place, costs as little as to look at a number. A wrong guess reads the whole table.
_PLANNED = text("SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)")
_WITHIN = "BETWEEN CAST(:first AS bigint) AND CAST(:last AS bigint)"
# Season by season, the newest first, until there is enough; seasons without a release are stepped over. GIN hands out nothing
# before it has gathered all that has a word, so the words of each season stand apart in it. The index on places does not know
# `place + 0`. OFFSET 0 keeps `places` from being worked out once for each time that it is named.
_WALK = f"""
WITH RECURSIVE walk AS (
    SELECT (SELECT max(place) FROM release_search WHERE place {_WITHIN}) AS newest,
        CAST(0 AS bigint) AS total, CAST(NULL AS tsquery) AS wanted, CAST(ARRAY[] AS bigint[]) AS places
    UNION ALL
    SELECT (SELECT max(place) FROM release_search WHERE place < season.start AND place {_WITHIN}),
        walk.total + cardinality(hits.places), CAST(replace(:wanted, '~', season.name) AS tsquery), hits.places
    FROM walk
    CROSS JOIN LATERAL (SELECT (walk.newest >> {SEASON}) << {SEASON} AS start,
        lpad(to_hex((walk.newest >> {SEASON}) + {_FIRST_SEASON}), 3, '0') AS name) AS season
    CROSS JOIN LATERAL (SELECT ARRAY(
        SELECT place FROM release_search WHERE document @@ CAST(replace(:match, '~', season.name) AS tsquery)
        AND place + 0 {_WITHIN} ORDER BY place + 0 DESC LIMIT :enough
    ) AS places OFFSET 0) AS hits
    WHERE walk.newest IS NOT NULL AND walk.total < :enough
), found AS MATERIALIZED (
    SELECT place, wanted FROM walk CROSS JOIN unnest(places) AS place
), counted AS MATERIALIZED (SELECT count(*) AS total, max(place) AS newest FROM found)
"""  # noqa: S608 - ours
# Best first; where there are too many to rank, newest first.
_FIND = text(
    f"{_WALK} SELECT total, CASE WHEN total > :cap THEN "  # noqa: S608 - ours
    "ARRAY(SELECT place FROM found ORDER BY place DESC LIMIT :limit OFFSET :offset) ELSE "
    "ARRAY(SELECT found.place FROM found CROSS JOIN LATERAL "
    "(SELECT document FROM release_search WHERE release_search.place = found.place OFFSET 0) AS said "
    "ORDER BY ts_rank(CAST(:weights AS real[]), said.document, found.wanted, 1) "
    "* (:least + (1 - :least) / (1 + (CAST(newest AS float) - found.place) / :half)) DESC, found.place DESC "
    "LIMIT :limit OFFSET :offset) END FROM counted"
)
_WALK_EACH = _WALK.replace(":match", "asked.match").replace(":wanted", "asked.match")
_NEWEST = text(
    f"SELECT ({_WALK_EACH} SELECT ARRAY(SELECT place FROM found ORDER BY place DESC LIMIT :enough)) "  # noqa: S608 - ours
    "FROM unnest(CAST(:matches AS text[])) WITH ORDINALITY AS asked (match, number) ORDER BY number"
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
        values = {
            "match": match(asked),
            "wanted": wanted(asked.query) or match(asked),
            "first": asked.kept.first,
            "last": asked.kept.last,
            "weights": f"{{{1 / self._score.title:.4f},0,0,1}}",
            "least": self._score.least,
            "half": float(self._score.half),
            "enough": max(cap + 1, asked.offset + asked.limit),
            "cap": cap,
            "limit": asked.limit,
            "offset": asked.offset,
        }
        total, page = (await self._db.execute(_FIND, values)).one()
        return min(total, cap + 1), page

    async def newest(self, asked: Sequence[Asked]) -> list[list[int]]:
        """See `SearchIndex.newest`."""
        await self._db.execute(_PLANNED)
        kept = {"first": asked[0].kept.first, "last": asked[0].kept.last, "enough": asked[0].limit}
        found = await self._db.execute(_NEWEST, {"matches": [match(one) for one in asked]} | kept)
        return [*found.scalars()]


def season(place: int) -> str:
    """What the words of this place's season begin with: three letters or digits."""
    return f"{(place >> SEASON) + _FIRST_SEASON:03x}"


def document(entry: Entry) -> str:
    """A release as PostgreSQL writes a tsvector, behind its season: `'22c@n7' '22c#9f03' '22ckaj':1A,12 '22cmolo':13`."""
    places: dict[str, list[str]] = {f"@{mark}": [] for mark in entry.marks}
    for text_of in (entry.title, entry.body):
        places |= {pair: [] for pair in _pairs([token[:LONGEST] for token in text_of[:LAST_POSITION]])}
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
    said = season(entry.place)
    return " ".join(_quoted(said + token) + (f":{','.join(found)}" if found else "") for token, found in places.items())


def _pairs(tokens: Sequence[str]) -> Iterator[str]:
    """What words that stand side by side leave in the index, so that a phrase is not looked for wherever its words are.

    GIN knows no positions: of two common words, every document that has both is read. Of a pair 16 bits are kept, and a release
    has a few hundred pairs: hardly any is read in vain.
    """
    for one, other in pairwise(tokens):
        # Other forms of words stand behind the text (`bot.text.tokenise`): nobody asks for these side by side.
        if not (_OTHER.match(one) and _OTHER.match(other)):
            yield f"#{crc32(f'{one} {other}'.encode()) & 0xFFFF:04x}"


def match(asked: Asked) -> str:
    """The question as PostgreSQL writes a tsquery, with a `~` for the season, which no token holds."""
    # No token holds an @: a mark is never taken for a word.
    query, kept = asked.query, asked.kept
    marked = [_either(map(_mark, group)) for group in kept.among]
    without = _either([*(_term(term, _looked_up) for term in query.none_of), *map(_mark, kept.without)])
    found = " & ".join(filter(None, (*marked, _found(query, _looked_up), f"!{without}" if without else "")))
    return found if query.any_of or kept.among else f"{_mark(EVERY)} & {found}"


def _mark(mark: str) -> str:
    return _quoted(f"~@{mark}")


def wanted(query: Query) -> str:
    """What is to be found, as a tsquery by which hits are ranked; empty where the query only leaves something out."""
    return _found(query, _side_by_side)


def _found(query: Query, written: Callable[[Row], str]) -> str:
    return _either(f"({' & '.join(_term(term, written) for term in group)})" for group in query.any_of)


def _term(term: Term, written: Callable[[Row], str]) -> str:
    return _either(map(written, term.rows))


def _either(parts: Iterable[str]) -> str:
    either = " | ".join(parts)
    return f"({either})" if either else ""


def _looked_up(row: Row) -> str:
    tokens = [token[:LONGEST] for token in row.tokens]
    pairs = [_quoted(f"~{pair}") for pair in _pairs(tokens[:-1] if row.begins else tokens)]
    return f"({' & '.join((*pairs, _side_by_side(row)))})"


def _side_by_side(row: Row) -> str:
    tokens = (_quoted(f"~{token[:LONGEST]}") for token in row.tokens)
    return f"({' <-> '.join(tokens)}{':*' if row.begins else ''})"


def _quoted(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"
