"""Releases as they are written down: what each source says of them, and what it said before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.domain.newsroom import Feed
from bot.domain.release import Content, ParsedRelease, ReleaseId
from bot.domain.sources import Name, Source
from bot.text.matching import spoken
from storage.contents import content_to_json
from storage.dialects import insert_into
from storage.models import ReleaseRow, RevisionRow, StatementRow
from storage.reading import KEPT, Reading
from storage.search_index import index

FEED = Source.FEED


class SqlReleases(Reading):
    """`bot.ports.Releases` in SQL."""

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
        renames: Collection[Name] = (),
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
        said = select(*KEPT).where(*this)
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
                    title_since=before.title_since,
                    lead_since=before.lead_since,
                )
            )
            corrected = {} if quiet else {"corrected_at": now}
            await self._db.execute(
                update(ReleaseRow).where(ReleaseRow.id == release_id).values(revision=ReleaseRow.revision + 1, **corrected)
            )
        if correction and source is FEED:
            others = (*this[:2], StatementRow.source != source)
            await self._db.execute(update(StatementRow).where(*others).values(stale=True))
        since = {f"{name}_since": revision + 1 for name in renames} if correction else {}
        await self._db.execute(update(StatementRow).where(*this).values(_statement(release_id, content, source) | since))
        await self._reindex(release_id)
        return revision + (1 if correction else 0)

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

    async def rekey(self, release_id: ReleaseId, external_id: str) -> None:
        """The newsroom renumbered a release."""
        await self._db.execute(update(ReleaseRow).where(ReleaseRow.id == release_id).values(external_id=external_id))

    async def mark_gone(self, release_id: ReleaseId, at: datetime) -> int | None:
        """See `bot.ports.Releases.mark_gone`."""
        stands = update(ReleaseRow).where(ReleaseRow.id == release_id, ReleaseRow.gone_at.is_(None))
        taken_down = stands.values(gone_at=at, revision=ReleaseRow.revision + 1).returning(ReleaseRow.revision)
        return (await self._db.execute(taken_down)).scalar_one_or_none()

    async def _reindex(self, release_id: ReleaseId) -> None:
        # Locked before it is read: of two who add to a release at once, the second indexes what both said.
        await self._db.execute(select(ReleaseRow.id).where(ReleaseRow.id == release_id).with_for_update(key_share=True))
        contents = await self.contents([release_id])
        await index(self._db, [(release_id, contents[release_id])], anew=True)


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
