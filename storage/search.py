"""Full-text search over the tokens of the one analyser, in SQLite's FTS5."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.ports import Found
from bot.text.query import Query, Row, Term
from storage.releases import SqlReleases
from storage.search_index import EVERY, newsroom_token

RANKED_AT_MOST = 2000
"""So many hits are ranked by relevance; of more, the newest come first: ranking them all would take seconds in a large archive."""

_TITLE_WEIGHT = 6.0


class SqlSearch:
    """`bot.ports.Search` in SQL; the index is `storage.search_index`."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def find(self, query: Query, *, newsrooms: Collection[NewsroomId] | None = None, limit: int, offset: int = 0) -> Found:
        """See `bot.ports.Search.find`."""
        if query.is_empty:
            return Found([], 0)
        match = {"match": _match(query, newsrooms)}
        total = (await self._db.execute(_COUNT, match | {"cap": RANKED_AT_MOST + 1})).scalar_one()
        page = match | {"limit": limit, "offset": offset, "title_weight": _TITLE_WEIGHT}
        rows = await self._db.execute(_BY_RANK if total <= RANKED_AT_MOST else _BY_DATE, page)
        found = await SqlReleases(self._db).many([ReleaseId(ident) for ident in rows.scalars()])
        return Found(found, total, capped=total > RANKED_AT_MOST)


_COUNT = text("SELECT count(*) FROM (SELECT rowid FROM release_search WHERE release_search MATCH :match LIMIT :cap)")
_BY_RANK = text(
    "SELECT release.id FROM release_search JOIN release ON release.id = release_search.rowid WHERE release_search MATCH :match "
    "ORDER BY bm25(release_search, 0.0, :title_weight, 1.0), release.published DESC, release.id DESC LIMIT :limit OFFSET :offset"
)
_BY_DATE = text(
    "SELECT release.id FROM release_search JOIN release ON release.id = release_search.rowid WHERE release_search MATCH :match "
    "ORDER BY release.published DESC, release.id DESC LIMIT :limit OFFSET :offset"
)


def _match(query: Query, newsrooms: Collection[NewsroomId] | None) -> str:
    """The query as FTS5 writes it. Tokens hold letters and digits only, and are quoted all the same."""
    wanted = " OR ".join(f"({' AND '.join(map(_term, group))})" for group in query.any_of)
    found = f"{{title body}} : ({wanted})" if wanted else f"newsroom : {_quoted(EVERY)}"
    if newsrooms is not None:
        among = " OR ".join(_quoted(newsroom_token(ident)) for ident in newsrooms) or _quoted("none")
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
