"""What is known of the releases that a feed brought: what its next document is held against."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import FeedId
from bot.domain.release import ParsedRelease, Release, ReleaseId
from bot.ports import KnownVersion
from storage.models import ReleaseRow, StatementRow
from storage.releases import FEED, SqlReleases

_KNOWN = (
    ReleaseRow.id,
    ReleaseRow.external_id,
    StatementRow.language,
    StatementRow.source,
    StatementRow.fingerprint,
    StatementRow.title,
    StatementRow.url,
    ReleaseRow.published,
    ReleaseRow.ask_at,
)

_SAID_BY_FEED = and_(StatementRow.release_id == ReleaseRow.id, StatementRow.source == FEED)


class Knowing:
    """The part of `bot.ports.Feeds` that is about releases."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def known(self, feed_id: FeedId, parsed: Sequence[ParsedRelease]) -> list[KnownVersion]:
        """See `bot.ports.Feeds.known`."""
        ids = {item.external_id for item in parsed}
        urls = {item.content.url for item in parsed if item.content.url}
        moments = {(item.published, item.content.title) for item in parsed if item.published}
        same = or_(
            ReleaseRow.external_id.in_(ids),
            StatementRow.url.in_(urls),
            tuple_(ReleaseRow.published, StatementRow.title).in_(moments),
        )
        named = select(ReleaseRow.id).join(StatementRow, StatementRow.release_id == ReleaseRow.id)
        these = named.where(ReleaseRow.feed_id == feed_id, same)
        return await self._known(_known(feed_id, said=ReleaseRow.id == StatementRow.release_id).where(ReleaseRow.id.in_(these)))

    async def newer_than(self, feed_id: FeedId, published: datetime, limit: int) -> list[KnownVersion]:
        """See `bot.ports.Feeds.newer_than`."""
        newer = and_(ReleaseRow.published > published, ReleaseRow.gone_at.is_(None))
        return await self._known(_known(feed_id).where(newer).order_by(ReleaseRow.published.desc()).limit(limit))

    async def mark_missing(
        self, ask_at: Mapping[ReleaseId, int], present: Collection[ReleaseId] = ()
    ) -> list[tuple[ReleaseId, int]]:
        """See `bot.ports.Feeds.mark_missing`."""
        if ask_at:
            await self._db.execute(
                update(ReleaseRow)
                .where(ReleaseRow.id == bindparam("of"))
                .values(ask_at=bindparam("poll"))
                .execution_options(synchronize_session=None),
                [{"of": release_id, "poll": poll} for release_id, poll in ask_at.items()],
            )
        if not present:
            return []
        these = update(ReleaseRow).where(ReleaseRow.id.in_(present))
        again = these.where(ReleaseRow.gone_at.is_not(None)).values(gone_at=None, revision=ReleaseRow.revision + 1)
        back = await self._db.execute(again.returning(ReleaseRow.id, ReleaseRow.revision))
        found = sorted((ReleaseId(ident), revision) for ident, revision in back)
        await self._db.execute(these.values(ask_at=None))
        return found

    async def missing(self, feed_id: FeedId, polls: int, limit: int) -> list[Release]:
        """See `bot.ports.Feeds.missing`."""
        return await SqlReleases(self._db).missing(feed_id, polls, limit)

    async def oldest(self, feed_id: FeedId) -> datetime | None:
        """When the oldest release that this feed has brought was published."""
        brought = select(func.min(ReleaseRow.published)).join(StatementRow, _SAID_BY_FEED)
        return (await self._db.execute(brought.where(ReleaseRow.feed_id == feed_id))).scalar_one()

    async def _known(self, query: Select[*tuple[Any, ...]]) -> list[KnownVersion]:
        """One for each language version: what the feed says of it, else what the archive does."""
        found: dict[tuple[int, str], KnownVersion] = {}
        for row in await self._db.execute(query):
            by_feed = row.source == FEED
            if by_feed or (row.id, row.language) not in found:
                found[row.id, row.language] = KnownVersion(
                    release_id=ReleaseId(row.id),
                    external_id=row.external_id,
                    language=row.language,
                    fingerprint=row.fingerprint if by_feed else "",
                    title=row.title,
                    url=row.url,
                    published=row.published,
                    ask_at=row.ask_at,
                )
        return list(found.values())


def _known(feed_id: FeedId, said: ColumnElement[bool] = _SAID_BY_FEED) -> Select[*tuple[Any, ...]]:
    return select(*_KNOWN).join(StatementRow, said).where(ReleaseRow.feed_id == feed_id)
