"""Newsrooms, and which of them this installation offers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.contact import Sighting
from bot.domain.newsroom import FeedState, Newsroom, NewsroomEntry, NewsroomId
from bot.ports import Hint
from storage.contents import contact_from_json, contact_to_json
from storage.dialects import insert_or_ignore
from storage.hints import hint
from storage.models import AccountRow, DestinationRow, FeedRow, NewsroomRow, ReleaseRow, StatementRow, SubscriptionRow
from storage.rows import NEWSROOM_COLUMNS, newsroom_from

_LOOKED_AT = 200


class SqlNewsrooms:
    """`bot.ports.Newsrooms` in SQL."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def ensure(self, entry: NewsroomEntry, *, offered_by: str | None = None, now: datetime) -> Newsroom:
        """See `bot.ports.Newsrooms.ensure`."""
        facts: dict[str, Any] = {
            "name": entry.name,
            "country": entry.country,
            "language": entry.language,
            "page_url": entry.page_url,
            "contact": contact_to_json(entry.contact) if entry.contact else None,
        }
        this = select(*NEWSROOM_COLUMNS).where(NewsroomRow.slug == entry.slug)
        stored = await self._one(this)
        if stored is None:
            new = facts | {"slug": entry.slug, "offered_by": offered_by, "created_at": now}
            made = insert_or_ignore(self._db, NewsroomRow).values(new).returning(NewsroomRow.id)
            if (await self._db.execute(made)).first() is None:
                stored = await self._one(this)  # another made it meanwhile
        if stored is not None:
            # A newsroom known by its address alone got its name from its feed: the address does not take it away again.
            if not entry.platform:
                facts.pop("name")
            if offered_by is not None:
                facts["offered_by"] = offered_by
                if not stored.offered:
                    hint(self._db, Hint.FEEDS)
            # This locks it: of two who bring it up to its entry at once one comes after the other, its feed included.
            await self._db.execute(update(NewsroomRow).where(NewsroomRow.id == stored.id).values(facts))
        newsroom = await self._one(this)
        assert newsroom is not None
        await self._ensure_feed(newsroom.id, entry.feed_url, now)
        return newsroom

    async def _ensure_feed(self, newsroom_id: NewsroomId, url: str, now: datetime) -> None:
        stored = (await self._db.execute(select(FeedRow.id, FeedRow.url).where(FeedRow.newsroom_id == newsroom_id))).first()
        if stored is None or stored.url != url:
            hint(self._db, Hint.FEEDS)
        if stored is None:
            await self._db.execute(
                insert(FeedRow).values(
                    newsroom_id=newsroom_id, url=url, state=FeedState.LIVE, due_at=now, polls=0, missing=0, failures=0
                )
            )
        elif stored.url != url:
            # The catalogue learned a new address: same feed, same releases, polled afresh.
            await self._db.execute(
                update(FeedRow)
                .where(FeedRow.id == stored.id)
                .values(
                    url=url,
                    moved_to=None,
                    etag=None,
                    last_modified=None,
                    body_hash=None,
                    state=FeedState.LIVE,
                    due_at=now,
                    fault=None,
                    fault_detail=None,
                    failures=0,
                )
            )

    async def get(self, newsroom_id: NewsroomId) -> Newsroom | None:
        """The newsroom of this id."""
        return await self._one(select(*NEWSROOM_COLUMNS).where(NewsroomRow.id == newsroom_id))

    async def all(self) -> list[Newsroom]:
        """Every stored newsroom, by name."""
        return await self._many(select(*NEWSROOM_COLUMNS).order_by(NewsroomRow.name, NewsroomRow.id))

    async def offered(self, by: str | None = None) -> list[Newsroom]:
        """Those offered here, by name."""
        return await self._many(
            select(*NEWSROOM_COLUMNS)
            .where(NewsroomRow.offered_by.is_not(None) if by is None else NewsroomRow.offered_by == by)
            .order_by(NewsroomRow.name, NewsroomRow.id)
        )

    async def subscribed_by(self, platform: str, account: str, among: Collection[NewsroomId]) -> set[NewsroomId]:
        """See `bot.ports.Newsrooms.subscribed_by`."""
        if not among:
            return set()
        query = (
            select(SubscriptionRow.newsroom_id)
            .join(DestinationRow, DestinationRow.id == SubscriptionRow.destination_id)
            .join(AccountRow, AccountRow.id == DestinationRow.account_id)
            .where(SubscriptionRow.newsroom_id.in_(among), AccountRow.platform == platform, AccountRow.name == account)
            .distinct()
        )
        return {NewsroomId(ident) for ident in (await self._db.execute(query)).scalars() if ident is not None}

    async def withdraw_others(self, offered_by: str, keep: Collection[NewsroomId]) -> None:
        """See `bot.ports.Newsrooms.withdraw_others`."""
        await self._db.execute(
            update(NewsroomRow).where(NewsroomRow.offered_by == offered_by, NewsroomRow.id.not_in(keep)).values(offered_by=None)
        )

    async def offer(self, newsroom_id: NewsroomId, by: str) -> None:
        """See `bot.ports.Newsrooms.offer`."""
        hint(self._db, Hint.FEEDS)
        this = (NewsroomRow.id == newsroom_id, NewsroomRow.offered_by.is_(None))
        await self._db.execute(update(NewsroomRow).where(*this).values(offered_by=by))

    async def withdraw(self, newsroom_id: NewsroomId) -> None:
        """See `bot.ports.Newsrooms.withdraw`."""
        await self._db.execute(update(NewsroomRow).where(NewsroomRow.id == newsroom_id).values(offered_by=None))

    async def subscribers(self, newsroom_id: NewsroomId | None) -> int:
        """See `bot.ports.Newsrooms.subscribers`."""
        same = SubscriptionRow.newsroom_id.is_(None) if newsroom_id is None else SubscriptionRow.newsroom_id == newsroom_id
        query = select(func.count()).select_from(SubscriptionRow).where(same, SubscriptionRow.ended_at.is_(None))
        return int((await self._db.execute(query)).scalar_one())

    async def rename(self, newsroom_id: NewsroomId, name: str) -> None:
        """Give the newsroom the name that its feed bears."""
        await self._db.execute(update(NewsroomRow).where(NewsroomRow.id == newsroom_id).values(name=name))

    async def contacts(self, newsroom_id: NewsroomId) -> list[Sighting]:
        """See `bot.ports.Newsrooms.contacts`; the newest 200 releases are looked at."""
        recent = (
            select(ReleaseRow.id)
            .where(ReleaseRow.newsroom_id == newsroom_id)
            .order_by(ReleaseRow.published.desc(), ReleaseRow.id.desc())
            .limit(_LOOKED_AT)
        ).subquery()
        named = StatementRow.content["contacts"]
        rows = await self._db.execute(
            select(ReleaseRow.id, ReleaseRow.published, StatementRow.title, StatementRow.url, named)
            .join(StatementRow, StatementRow.release_id == ReleaseRow.id)
            .where(ReleaseRow.id.in_(select(recent)), named.is_not(None), StatementRow.stale.is_(False))
            .order_by(ReleaseRow.published.desc(), ReleaseRow.id.desc(), StatementRow.id)
        )
        return [
            Sighting(contact_from_json(contact), release_id, published, title, url)
            for release_id, published, title, url, contacts in rows
            for contact in contacts or ()
        ]

    async def _one(self, query: Select[*tuple[Any, ...]]) -> Newsroom | None:
        row = (await self._db.execute(query)).first()
        return newsroom_from(row) if row else None

    async def _many(self, query: Select[*tuple[Any, ...]]) -> list[Newsroom]:
        return [newsroom_from(row) for row in await self._db.execute(query)]
