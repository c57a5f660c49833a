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
from bot.domain.sources import Former, Source, Statement, formers, shown
from bot.ports import UNNARROWED, Narrowing
from bot.text.matching import spoken
from storage.contents import content_from_json, content_to_json
from storage.dialects import insert_into
from storage.models import NewsroomRow, ReleaseRow, RevisionRow, StatementRow
from storage.narrowing import conditions
from storage.rows import NEWSROOM_COLUMNS, newsroom_from
from storage.search_index import index

FEED = Source.FEED

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
        self, feed: Feed, parsed: Sequence[ParsedRelease], *, now: datetime, late: Collection[str], source: Source = FEED
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
        statements = [_statement(ids[item.external_id], item.content, source) for item in parsed]
        await self._db.execute(insert(StatementRow), statements)
        await index(self._db, [(ids[key], [item.content for item in items]) for key, items in versions.items()])
        return ids

    async def add_version(self, release_id: ReleaseId, content: Content, *, source: Source = FEED) -> None:
        """See `bot.ports.Releases.add_version`."""
        await self._db.execute(insert(StatementRow).values(_statement(release_id, content, source)))
        await self._reindex(release_id)

    async def revise(
        self,
        release_id: ReleaseId,
        content: Content,
        *,
        source: Source = FEED,
        now: datetime,
        correction: bool,
        quiet: bool = False,
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
        said = select(StatementRow.title, StatementRow.url, StatementRow.content).where(*this)
        before = (await self._db.execute(said)).one_or_none()
        if before is None:  # the archive knew the release before this source said anything of it
            await self._db.execute(insert(StatementRow).values(_statement(release_id, content, source)))
            await self._reindex(release_id)
            return int(revision)
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
        if correction and source is FEED:
            others = (*this[:2], StatementRow.source != source)
            await self._db.execute(update(StatementRow).where(*others).values(stale=True))
        await self._db.execute(update(StatementRow).where(*this).values(_statement(release_id, content, source)))
        await self._reindex(release_id)
        return revision + (1 if correction else 0)

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

    async def complete(self, release_id: ReleaseId, contents: Sequence[Content], *, source: Source) -> None:
        """See `bot.ports.Releases.complete`."""
        for content in contents:
            said = _statement(release_id, content, source)
            this = ["release_id", "language", "source"]
            await self._db.execute(
                insert_into(self._db, StatementRow).values(said).on_conflict_do_update(index_elements=this, set_=said)
            )
        await self._reindex(release_id)

    async def reshow(self, release_id: ReleaseId) -> int:
        """See `bot.ports.Releases.reshow`."""
        raised = update(ReleaseRow).where(ReleaseRow.id == release_id).values(revision=ReleaseRow.revision + 1)
        return int((await self._db.execute(raised.returning(ReleaseRow.revision))).scalar_one())

    async def revisions(self, release_id: ReleaseId) -> list[tuple[int, Content]]:
        """See `bot.ports.Releases.revisions`."""
        query = select(RevisionRow.__table__).where(RevisionRow.release_id == release_id).order_by(RevisionRow.id)
        rows = (await self._db.execute(query)).all()
        said = [Former(row.number, Source(row.source), _content(row)) for row in rows]
        return formers(await self.statements(release_id), said) if said else []

    async def rekey(self, release_id: ReleaseId, external_id: str) -> None:
        """The newsroom renumbered a release."""
        await self._db.execute(update(ReleaseRow).where(ReleaseRow.id == release_id).values(external_id=external_id))

    async def mark_gone(self, release_id: ReleaseId, at: datetime) -> int | None:
        """See `bot.ports.Releases.mark_gone`."""
        stands = update(ReleaseRow).where(ReleaseRow.id == release_id, ReleaseRow.gone_at.is_(None))
        taken_down = stands.values(gone_at=at, revision=ReleaseRow.revision + 1).returning(ReleaseRow.revision)
        return (await self._db.execute(taken_down)).scalar_one_or_none()

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

    async def _load(self, query: Select[*tuple[Any, ...]]) -> list[Release]:
        rows = (await self._db.execute(query.join(NewsroomRow, NewsroomRow.id == ReleaseRow.newsroom_id))).all()
        contents = await self._contents([row.id for row in rows])
        return [_release(row, contents[row.id]) for row in rows]

    async def _contents(self, release_ids: Sequence[int]) -> dict[int, tuple[Content, ...]]:
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
                StatementRow.title,
                StatementRow.url,
                StatementRow.content,
            )
            .where(StatementRow.release_id.in_(release_ids))
            .order_by(StatementRow.id)
        )
        for row in rows:
            found[row.release_id].append(Statement(Source(row.source), _content(row), row.stale, row.fingerprint))
        return found

    async def _reindex(self, release_id: ReleaseId) -> None:
        # Locked before it is read: of two who add to a release at once, the second indexes what both said.
        await self._db.execute(select(ReleaseRow.id).where(ReleaseRow.id == release_id).with_for_update(key_share=True))
        contents = await self._contents([release_id])
        await index(self._db, [(release_id, contents[release_id])], anew=True)


def _kept(narrowing: Narrowing) -> Iterator[ColumnElement[bool]]:
    kept = conditions(narrowing)
    if kept.sql:
        yield kept.text("1 = 1{kept}").bindparams(**kept.values)  # type: ignore[misc]


def _statement(release_id: ReleaseId, content: Content, source: Source) -> dict[str, Any]:
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
        "stale": False,
    }


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
