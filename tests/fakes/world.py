"""A small installation on a real database, for tests that start behind the feeds: newsrooms, releases, destinations, and an outbox.

world = World(database)
desk, release = await world.desk("desk"), await world.release("Ny kaj")
await world.owe(desk, release)
(delivery,) = await world.claim()
await world.settle(delivery, Sent("1"))
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import text

from bot.alerts.retry import settlement
from bot.domain.delivery import Delivery, DeliveryId, DeliveryKind, Owed, PostId, SendOutcome
from bot.domain.newsroom import Feed, Newsroom, NewsroomEntry, NewsroomId
from bot.domain.prose import paragraphs
from bot.domain.release import Content, ParsedRelease, ReleaseId
from bot.domain.subscription import Address, ConversationKind, DestinationId, SubscriptionId
from storage.database import SqlDatabase

NOW = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
LEASE = timedelta(seconds=20)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlDatabase]:
    """A database for as long as the block runs."""
    database = SqlDatabase(url)
    try:
        yield database
    finally:
        await database.close()


def entry(slug: str = "havnen") -> NewsroomEntry:
    """A newsroom of the catalogue."""
    return NewsroomEntry(slug, slug.title(), f"https://{slug}.example/feed", "DK", "da", "rss")


def item(
    external_id: str,
    title: str,
    *,
    published: datetime | None = NOW,
    language: str = "da",
    lead: str = "",
    body: str = "",
    url: str | None = None,
) -> ParsedRelease:
    """An item of a feed; its address follows from its id unless it is given."""
    address = f"https://havnen.example/{external_id}" if url is None else url
    content = Content(title, lead=lead, body=paragraphs(body), language=language, url=address)
    return ParsedRelease(external_id, content, published)


@dataclass
class World:
    """The database at a time that the test moves, seen by one owner of one account."""

    database: SqlDatabase
    now: datetime = NOW
    owner: str = "one"

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def pass_time(self, **how_long: float) -> None:
        """Let time go by."""
        self.now += timedelta(**how_long)

    # What there is

    async def newsroom(self, slug: str = "havnen", *, offered: bool = True) -> Newsroom:
        """A stored newsroom with its feed."""
        async with self.database.begin() as tx:
            return await tx.newsrooms.ensure(entry(slug), offered_by="settings" if offered else None, now=self.now)

    async def feed(self, slug: str = "havnen") -> Feed:
        """A newsroom's feed as it is stored now; the newsroom is made where it is new."""
        async with self.database.begin() as tx:
            known = {newsroom.slug: newsroom for newsroom in await tx.newsrooms.all()}
            newsroom = known.get(slug) or await tx.newsrooms.ensure(entry(slug), offered_by="settings", now=self.now)
            return (await tx.feeds.of(newsroom.id))[0]

    async def add(self, *items: ParsedRelease, slug: str = "havnen", late: bool = False) -> dict[str, ReleaseId]:
        """Releases of a newsroom as its feed brought them, by external id."""
        feed = await self.feed(slug)
        async with self.database.begin() as tx:
            names = {one.external_id for one in items} if late else ()
            return await tx.releases.add(feed, items, now=self.now, late=names)

    async def release(self, title: str = "Ny kaj", *, slug: str = "havnen", late: bool = False) -> ReleaseId:
        """One release, published now."""
        number = str(next(self._numbers))
        return (await self.add(item(number, title, published=self.now), slug=slug, late=late))[number]

    def address(self, conversation: str = "desk", thread: str = "") -> Address:
        """A conversation on the account."""
        return Address("test", "bot", conversation, thread)

    async def desk(self, conversation: str = "desk", thread: str = "") -> DestinationId:
        """A destination."""
        async with self.database.begin() as tx:
            made = await tx.destinations.ensure(
                self.address(conversation, thread),
                kind=ConversationKind.GROUP,
                title=conversation,
                language="da",
                timezone="Europe/Copenhagen",
                now=self.now,
            )
            return made.id

    async def subscribe(self, desk: DestinationId, newsroom: NewsroomId | None = None) -> SubscriptionId:
        """A live subscription."""
        async with self.database.begin() as tx:
            made, _ = await tx.destinations.subscribe(desk, newsroom, by="test", now=self.now)
            return made.id

    # The outbox

    def debt(self, desk: DestinationId, release: ReleaseId, *, kind: DeliveryKind = DeliveryKind.ALERT, revision: int = 1) -> Owed:
        """What owing a destination something about a release is written down as."""
        return Owed(desk, kind, f"{kind}:{release}:{revision}", release, revision)

    async def owe(
        self,
        desk: DestinationId,
        *releases: ReleaseId,
        kind: DeliveryKind = DeliveryKind.ALERT,
        revision: int = 1,
    ) -> int:
        """Owe a destination something about releases; how much of it was new."""
        debts = [self.debt(desk, release, kind=kind, revision=revision) for release in releases]
        async with self.database.begin() as tx:
            return await tx.outbox.owe(debts, self.now)

    async def account(self) -> int:
        """The account's id."""
        async with self.database.begin() as tx:
            return await tx.outbox.register("test", "bot")

    async def own(self, owner: str | None = None, *, evict: bool = False) -> bool:
        """Take or renew the lease."""
        account = await self.account()
        async with self.database.begin() as tx:
            return await tx.outbox.own(account, owner or self.owner, self.now, LEASE, evict=evict)

    async def claim(self, limit: int = 10, *, owner: str | None = None) -> list[Delivery]:
        """Own the account, and take in hand what is due."""
        await self.own(owner)
        account = await self.account()
        async with self.database.begin() as tx:
            return (await tx.outbox.claim(account, owner or self.owner, self.now, limit)).deliveries

    async def settle(
        self,
        delivery: Delivery,
        outcome: SendOutcome,
        *,
        owner: str | None = None,
        shows: Sequence[tuple[ReleaseId, int]] = (),
        edited: PostId | None = None,
    ) -> bool | None:
        """Write down what became of a delivery, as the dispatcher does; whether it still counted. None: it was locked."""
        shown = tuple(shows) or tuple((release, 1) for release in delivery.digest_of)
        if delivery.release_id is not None and not shown:
            shown = ((delivery.release_id, delivery.revision),)
        settled = settlement(delivery, outcome, self.now, shows=shown, edited=edited)
        async with self.database.begin() as tx:
            return (await tx.outbox.settle(owner or self.owner, [settled]))[0]

    # Looking inside

    async def rows(self, query: str, **values: object) -> list[tuple[object, ...]]:
        """The rows of a query in SQL."""
        async with self.database.read() as tx:
            return [tuple(row) for row in await tx.connection.execute(text(query), values)]

    async def states(self, desk: DestinationId) -> list[str]:
        """The states of a destination's deliveries, in the order they were owed."""
        rows = await self.rows("SELECT state FROM delivery WHERE destination_id = :desk ORDER BY id", desk=desk)
        return [str(state) for (state,) in rows]

    async def drifted(self) -> list[tuple[object, ...]]:
        """Lanes that break a promise: a wrong count, due without need or not due in need, in hand without a delivery."""
        return await self.rows(
            """
            SELECT lane.* FROM lane JOIN destination ON destination.id = lane.destination_id
            LEFT JOIN delivery head ON head.id = lane.in_flight
            WHERE lane.pending <> (
                  SELECT count(*) FROM delivery WHERE delivery.destination_id = lane.destination_id AND delivery.state = 'pending')
               OR (lane.due_at IS NOT NULL) <> (lane.pending > 0 AND destination.paused IS NULL)
               OR (lane.owner IS NULL) <> (lane.in_flight IS NULL)
               OR (lane.in_flight IS NOT NULL AND (head.state <> 'pending' OR head.destination_id <> lane.destination_id))
            """
        )


def ids(deliveries: Sequence[Delivery]) -> list[DeliveryId]:
    """The ids of deliveries."""
    return [delivery.id for delivery in deliveries]
