"""The search index in SQLite's FTS5, its rows numbered by place: it walks them newest first, and within some days, by itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.text.query import Row, Term
from storage.search_marks import EVERY

if TYPE_CHECKING:
    from storage.search_index import Asked, Entry, Score

_DELETE = text("DELETE FROM release_search WHERE rowid = :place")
_INSERT = text("INSERT INTO release_search (rowid, marks, title, body) VALUES (:place, :marks, :title, :body)")
_FOUND = "SELECT rowid AS place FROM release_search WHERE release_search MATCH :match AND rowid BETWEEN :first AND :last "
_NEWEST = f"{_FOUND} ORDER BY rowid DESC LIMIT :limit OFFSET :offset"
# Better is less than 0, and the further from it the better.
_BEST = (
    f"{_FOUND} ORDER BY bm25(release_search, 0.0, :title_weight, 1.0) "  # noqa: S608
    "* (:least + (1 - :least) / (1 + ((SELECT max(place) FROM hits) - rowid) / :half)), rowid DESC LIMIT :limit OFFSET :offset"
)
# Counted newest first, so that what was counted has the page where there is too much to rank, unless it lies far behind.
_FIND = (
    f"WITH hits AS MATERIALIZED ({_FOUND} ORDER BY rowid DESC LIMIT :cap + 1) "  # noqa: S608
    "SELECT (SELECT count(*) FROM hits), CASE WHEN (SELECT count(*) FROM hits) <= :cap "
    f"THEN (SELECT json_group_array(place) FROM ({_BEST})) ELSE (SELECT json_group_array(place) FROM ({{newest}})) END"
)
_FIND_NEAR = text(_FIND.format(newest="SELECT place FROM hits ORDER BY place DESC LIMIT :limit OFFSET :offset"))
_FIND_FAR = text(_FIND.format(newest=_NEWEST))


class SqliteIndex:
    """`storage.search_index.SearchIndex` as an FTS5 table."""

    def __init__(self, connection: AsyncConnection, score: Score) -> None:
        self._db = connection
        self._score = score

    async def write(self, entries: Sequence[Entry], *, anew: bool) -> None:
        """See `SearchIndex.write`."""
        rows = [row(entry) for entry in entries]
        if anew:
            await self._db.execute(_DELETE, [{"place": row["place"]} for row in rows])
        await self._db.execute(_INSERT, rows)

    async def find(self, asked: Asked, cap: int) -> tuple[int, list[int]]:
        """See `SearchIndex.find`."""
        statement = _FIND_NEAR if asked.offset + asked.limit <= cap + 1 else _FIND_FAR
        values = {
            "match": match(asked),
            "first": asked.kept.first,
            "last": asked.kept.last,
            "limit": asked.limit,
            "offset": asked.offset,
            "cap": cap,
            "title_weight": self._score.title,
            "least": self._score.least,
            "half": float(self._score.half),
        }
        total, page = (await self._db.execute(statement, values)).one()
        return total, json.loads(page)


def row(entry: Entry) -> dict[str, int | str]:
    """A release as the table has it."""
    return {
        "place": entry.place,
        "marks": " ".join(entry.marks),
        "title": " ".join(entry.title),
        "body": " ".join(entry.body),
    }


def match(asked: Asked) -> str:
    """The question as FTS5 writes it. Tokens hold letters and digits only, and are quoted all the same."""
    query, kept = asked.query, asked.kept
    wanted = " OR ".join(f"({' AND '.join(map(_term, group))})" for group in query.any_of)
    groups = [*kept.among, *([] if wanted else [(EVERY,)])]
    parts = [*(_marked(group) for group in groups), *([f"{{title body}} : ({wanted})"] if wanted else [])]
    found = " AND ".join(f"({part})" for part in parts)
    if query.none_of:
        found = f"({found}) NOT ({{title body}} : ({' OR '.join(map(_term, query.none_of))}))"
    return f"({found}) NOT ({_marked(kept.without)})" if kept.without else found


def _marked(group: Sequence[str]) -> str:
    return f"marks : ({' OR '.join(map(_quoted, group))})"


def _term(term: Term) -> str:
    return f"({' OR '.join(map(_side_by_side, term.rows))})"


def _side_by_side(row: Row) -> str:
    return _quoted(" ".join(row.tokens)) + ("*" if row.begins else "")


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
