"""Releases, their statements and their revisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import Feed, NewsroomId
from bot.domain.release import Content, DateNote, ParsedRelease, Release, ReleaseId
from bot.ports import UNNARROWED, Narrowing
from storage.contents import content_from_json, content_to_json
from storage.models import NewsroomRow, ReleaseRow, RevisionRow, StatementRow
from storage.narrowing import conditions
from storage.rows import NEWSROOM_COLUMNS, newsroom_from
from storage.search_index import index, spoken

FEED = "feed"
"""The source that a newsroom's feed is; statements of other sources complete it."""

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


class SqlReleases:
    """`bot.ports.Releases` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def add(
        self, feed: Feed, parsed: Sequence[ParsedRelease], *, now: datetime, late: Collection[str]
    ) -> dict[str, ReleaseId]:
        """See `bot.ports.Releases.add`."""
        versions: dict[str, list[ParsedRelease]] = defaultdict(list)
        for item in parsed:
            versions[item.external_id].append(item)
        if not versions:
            return {}
        rows = [
            {
                "newsroom_id": feed.newsroom.id,
                "feed_id": feed.id,
                "external_id": external_id,
                "published": items[0].published or now,
                "date_note": items[0].date_note,
                "first_seen": now,
                "revision": 1,
                "late": external_id in late,
            }
            for external_id, items in versions.items()
        ]
        stored = await self._db.execute(insert(ReleaseRow).returning(ReleaseRow.external_id, ReleaseRow.id), rows)
        ids = {external_id: ReleaseId(ident) for external_id, ident in stored}
        statements = [_statement(ids[item.external_id], item.content, FEED) for item in parsed]
        await self._db.execute(insert(StatementRow), statements)
        await index(self._db, [(ids[key], feed.newsroom.id, [item.content for item in items]) for key, items in versions.items()])
        return ids

    async def add_version(self, release_id: ReleaseId, content: Content, *, source: str = FEED) -> None:
        """See `bot.ports.Releases.add_version`."""
        await self._db.execute(insert(StatementRow).values(_statement(release_id, content, source)))
        await self._reindex(release_id)

    async def revise(
        self, release_id: ReleaseId, content: Content, *, source: str = FEED, now: datetime, correction: bool, quiet: bool = False
    ) -> int:
        """See `bot.ports.Releases.revise`."""
        this = (
            StatementRow.release_id == release_id,
            StatementRow.language == content.language,
            StatementRow.source == source,
        )
        # Locked before it is read: of two who revise a release at once, the second revises what the first said.
        numbered = select(ReleaseRow.revision).where(ReleaseRow.id == release_id).with_for_update(key_share=True)
        revision = (await self._db.execute(numbered)).scalar_one()
        before = (await self._db.execute(select(StatementRow.title, StatementRow.url, StatementRow.content).where(*this))).one()
        if correction:
            await self._db.execute(
                insert(RevisionRow).values(
                    release_id=release_id,
                    language=content.language,
                    source=source,
                    number=revision,
                    replaced_at=now,
                    title=before.title,
                    url=before.url,
                    content=before.content,
                )
            )
            corrected = {} if quiet else {"corrected_at": now}
            await self._db.execute(
                update(ReleaseRow).where(ReleaseRow.id == release_id).values(revision=ReleaseRow.revision + 1, **corrected)
            )
        await self._db.execute(update(StatementRow).where(*this).values(_statement(release_id, content, source)))
        await self._reindex(release_id)
        return revision + (1 if correction else 0)

    async def revisions(self, release_id: ReleaseId) -> list[tuple[int, Content]]:
        """What the release said before, oldest first, with the revision at which each was current."""
        rows = await self._db.execute(select(RevisionRow).where(RevisionRow.release_id == release_id).order_by(RevisionRow.id))
        return [(row.number, content_from_json(row.content, title=row.title, url=row.url, language=row.language)) for row in rows]

    async def rekey(self, release_id: ReleaseId, external_id: str) -> None:
        """The newsroom renumbered a release."""
        await self._db.execute(update(ReleaseRow).where(ReleaseRow.id == release_id).values(external_id=external_id))

    async def mark_gone(self, release_id: ReleaseId, at: datetime) -> None:
        """The newsroom took a release down."""
        await self._db.execute(update(ReleaseRow).where(ReleaseRow.id == release_id).values(gone_at=at))

    async def get(self, release_id: ReleaseId) -> Release | None:
        """The release of this id."""
        found = await self.many([release_id])
        return found[0] if found else None

    async def many(self, release_ids: Sequence[ReleaseId]) -> list[Release]:
        """In the order asked for; unknown ones are left out."""
        loaded = {r.id: r for r in await self._load(select(*_COLUMNS).where(ReleaseRow.id.in_(release_ids)))}
        return [loaded[ident] for ident in release_ids if ident in loaded]

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

    async def _load(self, query: Select[*tuple[Any, ...]]) -> list[Release]:
        rows = (await self._db.execute(query.join(NewsroomRow, NewsroomRow.id == ReleaseRow.newsroom_id))).all()
        contents = await self._contents([row.id for row in rows])
        return [_release(row, contents[row.id]) for row in rows]

    async def _contents(self, release_ids: Sequence[int]) -> dict[int, list[Content]]:
        contents: dict[int, list[Content]] = defaultdict(list)
        rows = await self._db.execute(
            select(StatementRow.release_id, StatementRow.language, StatementRow.title, StatementRow.url, StatementRow.content)
            .where(StatementRow.release_id.in_(release_ids))
            .order_by(StatementRow.id)
        )
        for row in rows:
            contents[row.release_id].append(content_from_json(row.content, title=row.title, url=row.url, language=row.language))
        return contents

    async def _reindex(self, release_id: ReleaseId) -> None:
        # Locked before it is read: of two who add to a release at once, the second indexes what both said.
        release = select(ReleaseRow.newsroom_id).where(ReleaseRow.id == release_id).with_for_update(key_share=True)
        newsroom_id = (await self._db.execute(release)).scalar_one()
        contents = await self._contents([release_id])
        await index(self._db, [(release_id, newsroom_id, contents[release_id])], anew=True)


def _kept(narrowing: Narrowing) -> Iterator[ColumnElement[bool]]:
    kept = conditions(narrowing)
    if kept.sql:
        yield kept.text("1 = 1{kept}").bindparams(**kept.values)  # type: ignore[misc]


def _statement(release_id: ReleaseId, content: Content, source: str) -> dict[str, Any]:
    return {
        "release_id": release_id,
        "language": content.language,
        "source": source,
        "title": content.title,
        "url": content.url,
        "fingerprint": content.fingerprint,
        "content": content_to_json(content),
        "kind": content.kind,
        "spoken": spoken(content),
    }


def _release(row: Any, contents: list[Content]) -> Release:  # noqa: ANN401 - a row of _COLUMNS
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
