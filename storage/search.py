"""Full-text search over the tokens of the one analyser; the index is the engine's own (`storage.search_index`)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.ports import UNNARROWED, Found, Narrowing
from bot.text.query import Query
from storage.narrowing import conditions
from storage.releases import SqlReleases
from storage.search_index import search_index

RANKED_AT_MOST = 2000
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
        index, kept = search_index(self._db), conditions(narrowing)
        total = await index.count(query, newsrooms, kept, RANKED_AT_MOST + 1)
        if not total:
            return Found([], 0)
        capped = total > RANKED_AT_MOST
        ids = await (index.by_date if capped else index.by_rank)(query, newsrooms, kept, limit, offset)
        found = await SqlReleases(self._db).many([ReleaseId(ident) for ident in ids])
        return Found(found, total, capped=capped)
