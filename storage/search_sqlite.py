"""The search index in SQLite's FTS5: two tables, their rows in the order of publication (`storage.search_rows`).

`release_search` has the tokens as they follow each other, for phrases. `release_search_words` has which of them occur, and how each
begins: a beginning is looked up there like a word, while FTS5 else reads all that begin so, newest or not, before it hands out one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.text.query import Query, Row, Term
from storage.search_marks import EVERY
from storage.search_rank import Hit, best
from storage.search_rows import WORDS, SearchRows

if TYPE_CHECKING:
    from storage.search_index import Asked, Entry, Score

_INSERT = text("INSERT INTO release_search (rowid, marks, title, body) VALUES (:row, :marks, :title, :body)")
_INSERT_WORDS = text(
    "INSERT INTO release_search_words (rowid, words) "  # noqa: S608 - ours
    f"SELECT :row, {WORDS} FROM (SELECT :marks AS marks, :title AS title, :body AS body)"
)
# Newest first.
_HITS = """
    SELECT rowid AS row FROM {table} WHERE {table} MATCH :{match}
    AND rowid BETWEEN (SELECT row FROM release_search_place WHERE place >= :first ORDER BY place LIMIT 1)
    AND (SELECT row FROM release_search_place WHERE place <= :last ORDER BY place DESC LIMIT 1)
    ORDER BY rowid DESC LIMIT :{enough}
"""
_NEWEST = f"(SELECT json_group_array(place) FROM (SELECT place FROM ({_HITS}) JOIN release_search_place USING (row)))"  # noqa: S608
# What was counted has the page where there is too much to rank; where there is not, all of it is handed out.
_FIND = f"""
WITH hits AS MATERIALIZED ({_HITS})
SELECT (SELECT count(*) FROM hits), CASE WHEN (SELECT count(*) FROM hits) > :cap THEN
    (SELECT json_group_array(place) FROM
        (SELECT place FROM hits JOIN release_search_place USING (row) ORDER BY row DESC LIMIT :limit OFFSET :offset))
    ELSE (SELECT json_group_array(row) FROM hits) END
"""  # noqa: S608 - ours
_WORDS, _ROWS = "release_search_words", "release_search"
_FIND_WORDS, _FIND_ROWS = (text(_FIND.format(table=table, match="match", enough="enough")) for table in (_WORDS, _ROWS))
_SAID = text(
    "SELECT place, ' ' || title || ' ', ' ' || body || ' ' FROM json_each(:rows) CROSS JOIN release_search_place ON row = value "
    "JOIN release_search ON release_search.rowid = value"
)


class SqliteIndex:
    """`storage.search_index.SearchIndex` as FTS5 tables."""

    def __init__(self, connection: AsyncConnection, score: Score) -> None:
        self._db = connection
        self._score = score

    async def write(self, entries: Sequence[Entry], *, anew: bool) -> None:
        """See `SearchIndex.write`."""
        numbered = await SearchRows(self._db).of([entry.place for entry in entries], anew=anew)
        rows = [{"row": numbered[entry.place]} | said(entry) for entry in entries]
        if rows:
            await self._db.execute(_INSERT, rows)
            await self._db.execute(_INSERT_WORDS, rows)

    async def find(self, asked: Asked, cap: int) -> tuple[int, list[int]]:
        """See `SearchIndex.find`."""
        values = {
            "match": match(asked),
            "first": asked.kept.first,
            "last": asked.kept.last,
            "limit": asked.limit,
            "offset": asked.offset,
            "enough": max(cap + 1, asked.offset + asked.limit),
            "cap": cap,
        }
        statement = _FIND_WORDS if _table(asked.query) is _WORDS else _FIND_ROWS
        total, found = (await self._db.execute(statement, values)).one()
        if total > cap:
            return cap + 1, json.loads(found)
        hits = [Hit(*row) for row in await self._db.execute(_SAID, {"rows": found})]
        return total, best(hits, asked.query, self._score)[asked.offset : asked.offset + asked.limit]

    async def newest(self, asked: Sequence[Asked]) -> list[list[int]]:
        """See `SearchIndex.newest`."""
        parts = (_NEWEST.format(table=_table(one.query), match=f"match{at}", enough="limit") for at, one in enumerate(asked))
        values = {f"match{at}": match(one) for at, one in enumerate(asked)}
        kept = {"first": asked[0].kept.first, "last": asked[0].kept.last, "limit": asked[0].limit}
        (found,) = await self._db.execute(text(f"SELECT {', '.join(parts)}"), values | kept)
        return [sorted(json.loads(places), reverse=True) for places in found]


def _table(query: Query) -> str:
    """Where a query is looked up: beside each other words stand in one of the tables alone."""
    rows = (row for term in (*query.wanted, *query.none_of) for row in term.rows)
    return _WORDS if all(len(row.tokens) == 1 and row.tokens[0].isalnum() for row in rows) else _ROWS


def said(entry: Entry) -> dict[str, str]:
    """A release as the table has it."""
    return {"marks": " ".join(map(_mark, entry.marks)), "title": " ".join(entry.title), "body": " ".join(entry.body)}


def match(asked: Asked) -> str:
    """The question as FTS5 writes it. Tokens hold letters and digits only, and are quoted all the same."""
    query, kept = asked.query, asked.kept
    wanted = " OR ".join(f"({' AND '.join(map(_term, group))})" for group in query.any_of)
    groups = [*kept.among, *([] if wanted else [(EVERY,)])]
    found = " AND ".join(f"({part})" for part in (*map(_marked, groups), wanted) if part)
    if query.none_of:
        found = f"({found}) NOT ({' OR '.join(map(_term, query.none_of))})"
    return f"({found}) NOT ({_marked(kept.without)})" if kept.without else found


def _mark(mark: str) -> str:
    # No token holds it: a mark is never taken for a word.
    return f"§{mark}"


def _marked(group: Sequence[str]) -> str:
    return " OR ".join(_quoted(_mark(mark)) for mark in group)


def _term(term: Term) -> str:
    return f"({' OR '.join(map(_side_by_side, term.rows))})"


def _side_by_side(row: Row) -> str:
    return _quoted(" ".join(row.tokens)) + ("*" if row.begins else "")


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
