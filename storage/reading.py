"""Releases as they are read: put together from what their sources say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import NewsroomId
from bot.domain.release import Content, DateNote, Release, ReleaseId
from bot.domain.sources import Former, Source, Statement, formers, shown
from bot.ports import UNNARROWED, Narrowing
from storage.contents import content_from_json
from storage.models import NewsroomRow, ReleaseRow, RevisionRow, StatementRow
from storage.narrowing import conditions
from storage.rows import NEWSROOM_COLUMNS, newsroom_from

KEPT = (StatementRow.title, StatementRow.url, StatementRow.content, StatementRow.title_since, StatementRow.lead_since)
"""What a revision keeps of a statement."""
_COLUMNS = (
    ReleaseRow.id,
    ReleaseRow.external_id,
    ReleaseRow.published,
    ReleaseRow.first_seen,
    ReleaseRow.revision,
    ReleaseRow.date_note,
    ReleaseRow.corrected_at,
    ReleaseRow.gone_at,
    ReleaseRow.late,
    *NEWSROOM_COLUMNS,
)


class Reading:
    """The part of `bot.ports.Releases` that changes nothing."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def get(self, release_id: ReleaseId) -> Release | None:
        """The release of this id."""
        found = await self.many([release_id])
        return found[0] if found else None

    async def many(self, release_ids: Sequence[ReleaseId]) -> list[Release]:
        """In the order asked for; unknown ones are left out."""
        loaded = {r.id: r for r in await self._load(select(*_COLUMNS).where(ReleaseRow.id.in_(release_ids)))}
        return [loaded[ident] for ident in release_ids if ident in loaded]

    async def found_at(self, external_ids: Collection[str], urls: Collection[str], limit: int) -> list[Release]:
        """See `bot.ports.Releases.found_at`."""
        there = select(StatementRow.release_id).where(StatementRow.url.in_(urls))
        named = select(ReleaseRow.id).where(ReleaseRow.external_id.in_(external_ids)).union(there)
        return await self._load(select(*_COLUMNS).where(ReleaseRow.id.in_(named)).order_by(ReleaseRow.id.desc()).limit(limit))

    async def latest(
        self, newsrooms: Collection[NewsroomId], *, narrowing: Narrowing = UNNARROWED, limit: int, offset: int = 0
    ) -> list[Release]:
        """Newest first by publication, equal times by id."""
        return await self._load(
            select(*_COLUMNS)
            .where(ReleaseRow.newsroom_id.in_(newsrooms), *_kept(narrowing))
            .order_by(ReleaseRow.published.desc(), ReleaseRow.id.desc())
            .limit(limit)
            .offset(offset)
        )

    async def count(self, newsrooms: Collection[NewsroomId], narrowing: Narrowing = UNNARROWED) -> int:
        """How many releases these newsrooms have here."""
        of_them = ReleaseRow.newsroom_id.in_(newsrooms)
        query = select(func.count()).select_from(ReleaseRow).where(of_them, *_kept(narrowing))
        return int((await self._db.execute(query)).scalar_one())

    async def missing(self, feed_id: int, polls: int, limit: int) -> list[Release]:
        """See `bot.ports.Feeds.missing`."""
        asked = (ReleaseRow.feed_id == feed_id, ReleaseRow.ask_at <= polls, ReleaseRow.gone_at.is_(None))
        return await self._load(select(*_COLUMNS).where(*asked).order_by(ReleaseRow.ask_at, ReleaseRow.id).limit(limit))

    async def statements(self, release_id: ReleaseId) -> list[Statement]:
        """See `bot.ports.Releases.statements`."""
        return (await self._statements([release_id]))[release_id]

    async def sources(self, release_ids: Collection[ReleaseId]) -> dict[ReleaseId, frozenset[Source]]:
        """See `bot.ports.Releases.sources`."""
        query = select(StatementRow.release_id, StatementRow.source).where(StatementRow.release_id.in_(release_ids))
        found: dict[ReleaseId, set[Source]] = defaultdict(set)
        for release_id, source in await self._db.execute(query):
            found[ReleaseId(release_id)].add(Source(source))
        return {release_id: frozenset(sources) for release_id, sources in found.items()}

    async def revisions(self, release_id: ReleaseId) -> list[tuple[int, Content]]:
        """See `bot.ports.Releases.revisions`."""
        query = select(RevisionRow.__table__).where(RevisionRow.release_id == release_id).order_by(RevisionRow.id)
        rows = (await self._db.execute(query)).all()
        said = [Former(row.number, Source(row.source), _content(row), row.title_since, row.lead_since) for row in rows]
        return formers(await self.statements(release_id), said) if said else []

    async def _load(self, query: Select[*tuple[Any, ...]]) -> list[Release]:
        rows = (await self._db.execute(query.join(NewsroomRow, NewsroomRow.id == ReleaseRow.newsroom_id))).all()
        contents = await self.contents([row.id for row in rows])
        return [_release(row, contents[row.id]) for row in rows]

    async def contents(self, release_ids: Sequence[int]) -> dict[int, tuple[Content, ...]]:
        """What is shown of each of these releases."""
        return {release_id: shown(said) for release_id, said in (await self._statements(release_ids)).items()}

    async def _statements(self, release_ids: Sequence[int]) -> dict[int, list[Statement]]:
        found: dict[int, list[Statement]] = defaultdict(list)
        rows = await self._db.execute(
            select(
                StatementRow.release_id,
                StatementRow.language,
                StatementRow.source,
                StatementRow.stale,
                StatementRow.fingerprint,
                *KEPT,
            )
            .where(StatementRow.release_id.in_(release_ids))
            .order_by(StatementRow.id)
        )
        for row in rows:
            of = Statement(Source(row.source), _content(row), row.stale, row.fingerprint, row.title_since, row.lead_since)
            found[row.release_id].append(of)
        return found


def _kept(narrowing: Narrowing) -> Iterator[ColumnElement[bool]]:
    kept = conditions(narrowing)
    if kept.sql:
        yield kept.text("1 = 1{kept}").bindparams(**kept.values)  # type: ignore[misc]


def _content(row: Any) -> Content:  # noqa: ANN401 - a row of a statement, or of what one said before
    return content_from_json(row.content, title=row.title, url=row.url, language=row.language)


def _release(row: Any, contents: Sequence[Content]) -> Release:  # noqa: ANN401 - a row of _COLUMNS
    newsroom = newsroom_from(row[-len(NEWSROOM_COLUMNS) :])
    own = [c for c in contents if c.language == newsroom.language]
    return Release(
        id=ReleaseId(row.id),
        newsroom=newsroom,
        external_id=row.external_id,
        published=row.published,
        first_seen=row.first_seen,
        versions=(*own, *(c for c in contents if c not in own)),
        revision=row.revision,
        date_note=DateNote(row.date_note) if row.date_note else None,
        corrected_at=row.corrected_at,
        gone_at=row.gone_at,
        late=row.late,
    )
