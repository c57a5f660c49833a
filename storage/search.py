"""Full-text search over the tokens of the one analyser; the index is the engine's own (`storage.search_index`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.ports import UNNARROWED, Found, Narrowing
from bot.text.query import Query
from storage.releases import SqlReleases
from storage.search_index import Asked, search_index
from storage.search_marks import kept, release_at

RANKED_AT_MOST = 500
"""So many hits are ranked by relevance; of more, the newest come first: ranking them all would take seconds in a large archive."""


class SqlSearch:
    """`bot.ports.Search` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def find(
        self,
        query: Query,
        *,
        newsrooms: Collection[NewsroomId] | None = None,
        narrowing: Narrowing = UNNARROWED,
        limit: int,
        offset: int = 0,
    ) -> Found:
        """See `bot.ports.Search.find`."""
        if query.is_empty or (newsrooms is not None and not newsrooms):
            return Found([], 0)
        index, asked = search_index(self._db), Asked(query, kept(newsrooms, narrowing), limit, offset)
        total, page = await index.find(asked, RANKED_AT_MOST)
        found = await SqlReleases(self._db).many([release_at(place) for place in page]) if page else []
        return Found(found, total, capped=total > RANKED_AT_MOST)

    async def having(
        self,
        queries: Sequence[Query],
        *,
        newsrooms: Collection[NewsroomId] | None = None,
        narrowing: Narrowing = UNNARROWED,
        limit: int,
    ) -> list[list[ReleaseId]]:
        """See `bot.ports.Search.having`."""
        asked = [Asked(query, kept(newsrooms, narrowing), limit, 0) for query in queries if not query.is_empty]
        if not asked or (newsrooms is not None and not newsrooms):
            return [[] for _ in queries]
        places = iter(await search_index(self._db).newest(asked))
        return [[] if query.is_empty else [release_at(place) for place in next(places)] for query in queries]
