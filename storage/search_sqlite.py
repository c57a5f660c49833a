"""The search index in SQLite's FTS5."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import NewsroomId
from bot.text.query import Query, Row, Term
from storage.narrowing import Conditions

if TYPE_CHECKING:
    from storage.search_index import Entry

_EVERY = "every"
"""A token that all releases bear, so that "without this word" has something to be taken from."""

_DELETE = text("DELETE FROM release_search WHERE rowid = :id")
_INSERT = text("INSERT INTO release_search (rowid, newsroom, title, body) VALUES (:id, :newsroom, :title, :body)")
_COUNT = text("SELECT count(*) FROM (SELECT rowid FROM release_search WHERE release_search MATCH :match LIMIT :cap)")
_COUNT_KEPT = (
    "SELECT count(*) FROM (SELECT release.id FROM release_search JOIN release ON release.id = release_search.rowid "
    "WHERE release_search MATCH :match{kept} LIMIT :cap)"
)
_BY_RANK = (
    "SELECT release.id FROM release_search JOIN release ON release.id = release_search.rowid "
    "WHERE release_search MATCH :match{kept} "
    "ORDER BY bm25(release_search, 0.0, :title_weight, 1.0), release.published DESC, release.id DESC LIMIT :limit OFFSET :offset"
)
_BY_DATE = (
    "SELECT release.id FROM release_search JOIN release ON release.id = release_search.rowid "
    "WHERE release_search MATCH :match{kept} "
    "ORDER BY release.published DESC, release.id DESC LIMIT :limit OFFSET :offset"
)


class SqliteIndex:
    """`storage.search_index.SearchIndex` as an FTS5 table."""

    def __init__(self, connection: AsyncConnection, title_weight: float) -> None:
        self._db = connection
        self._title_weight = title_weight

    async def write(self, entries: Sequence[Entry], *, anew: bool) -> None:
        """See `SearchIndex.write`."""
        rows = [
            {
                "id": entry.release_id,
                "newsroom": f"{_EVERY} {_newsroom_token(entry.newsroom_id)}",
                "title": " ".join(entry.title),
                "body": " ".join(entry.body),
            }
            for entry in entries
        ]
        if anew:
            await self._db.execute(_DELETE, [{"id": row["id"]} for row in rows])
        await self._db.execute(_INSERT, rows)

    async def count(self, query: Query, newsrooms: Collection[NewsroomId] | None, kept: Conditions, cap: int) -> int:
        """See `SearchIndex.count`."""
        counted = kept.text(_COUNT_KEPT) if kept.sql else _COUNT
        return int((await self._db.execute(counted, {"match": _match(query, newsrooms), "cap": cap} | kept.values)).scalar_one())

    async def by_rank(
        self, query: Query, newsrooms: Collection[NewsroomId] | None, kept: Conditions, limit: int, offset: int
    ) -> list[int]:
        """See `SearchIndex.by_rank`."""
        page = {"match": _match(query, newsrooms), "limit": limit, "offset": offset, "title_weight": self._title_weight}
        return list((await self._db.execute(kept.text(_BY_RANK), page | kept.values)).scalars())

    async def by_date(
        self, query: Query, newsrooms: Collection[NewsroomId] | None, kept: Conditions, limit: int, offset: int
    ) -> list[int]:
        """See `SearchIndex.by_date`."""
        page = {"match": _match(query, newsrooms), "limit": limit, "offset": offset}
        return list((await self._db.execute(kept.text(_BY_DATE), page | kept.values)).scalars())


def _newsroom_token(newsroom_id: int) -> str:
    """The token that the releases of a newsroom bear: it makes a search within one newsroom cheap."""
    return f"n{newsroom_id}"


def _match(query: Query, newsrooms: Collection[NewsroomId] | None) -> str:
    """The query as FTS5 writes it. Tokens hold letters and digits only, and are quoted all the same."""
    wanted = " OR ".join(f"({' AND '.join(map(_term, group))})" for group in query.any_of)
    found = f"{{title body}} : ({wanted})" if wanted else f"newsroom : {_quoted(_EVERY)}"
    if newsrooms is not None:
        among = " OR ".join(_quoted(_newsroom_token(ident)) for ident in newsrooms) or _quoted("none")
        found = f"(newsroom : ({among})) AND ({found})"
    if query.none_of:
        found = f"({found}) NOT ({{title body}} : ({' OR '.join(map(_term, query.none_of))}))"
    return found


def _term(term: Term) -> str:
    return f"({' OR '.join(map(_side_by_side, term.rows))})"


def _side_by_side(row: Row) -> str:
    return _quoted(" ".join(row.tokens)) + ("*" if row.begins else "")


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
