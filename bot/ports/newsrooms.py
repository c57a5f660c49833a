"""Newsrooms and their feeds, as they are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.contact import Sighting
from bot.domain.newsroom import Feed, FeedId, FeedState, Newsroom, NewsroomEntry, NewsroomId
from bot.domain.release import ParsedRelease, Release, ReleaseId


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """What a feed said last of one language version of a release.

    Where the archive found it and the feed has said nothing of it yet: what the archive knows, with an empty fingerprint.
    """

    release_id: ReleaseId
    external_id: str
    language: str
    fingerprint: str
    title: str
    url: str
    published: datetime
    ask_at: int | None
    """It is missing from the feed: at this count of good polls its own address is asked. None while it stands there."""


class Newsrooms(Protocol):
    """Newsrooms, and which of them this installation offers."""

    async def ensure(self, entry: NewsroomEntry, *, offered_by: str | None = None, now: datetime) -> Newsroom:
        """The stored newsroom of this slug, made or brought up to the entry together with its feed.

        `offered_by` says who offers it to everybody here (`settings`, `operator`); None leaves that as it is (new ones: nobody).
        """
        ...

    async def withdraw_others(self, offered_by: str, keep: Collection[NewsroomId]) -> None:
        """Offer no longer what this one offered before and is not to be kept."""
        ...

    async def get(self, newsroom_id: NewsroomId) -> Newsroom | None: ...
    async def all(self) -> list[Newsroom]:
        """Every stored newsroom, by name."""
        ...

    async def offered(self, by: str | None = None) -> list[Newsroom]:
        """Those offered here, by name; of these only those that this one offers (see `ensure`)."""
        ...

    async def subscribed_by(self, platform: str, account: str, among: Collection[NewsroomId]) -> set[NewsroomId]:
        """Those of them to which a destination of the account subscribes, or once did."""
        ...

    async def offer(self, newsroom_id: NewsroomId, by: str) -> None:
        """Offer a stored newsroom to everybody, unless it is offered already."""
        ...

    async def withdraw(self, newsroom_id: NewsroomId) -> None:
        """Offer it no longer; releases and subscriptions stay."""
        ...

    async def subscribers(self, newsroom_id: NewsroomId | None) -> int:
        """How many destinations subscribe to it; None: to all that are offered."""
        ...

    async def rename(self, newsroom_id: NewsroomId, name: str) -> None: ...
    async def contacts(self, newsroom_id: NewsroomId) -> list[Sighting]:
        """The contacts that its newest releases named, newest first; in a release as they stand there."""
        ...


@dataclass(frozen=True, slots=True)
class PollResult:
    """What a poll leaves in the feed's row, whatever came of it. `due_at` None: never again by itself.

    Without `good_at` and `fault` it was no failure either: the feed's address was found on a page, and is asked next.
    """

    feed_id: FeedId
    due_at: datetime | None
    state: FeedState = FeedState.LIVE
    good_at: datetime | None = None
    """Set by a good poll: clears failures and faults and counts one more."""
    fault: str | None = None
    fault_detail: str | None = None
    moved_to: str | None = None
    """Where the feed is to be asked from now on; what is not good and says nothing leaves it as it is."""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    missing: int = 0
    primes: bool = False


class Feeds(Protocol):
    """Feeds as things to poll."""

    async def claim_due(self, owner: str, now: datetime, lease: timedelta, limit: int) -> list[Feed]:
        """Feeds that are due, live, wanted (offered or subscribed to) and in nobody's hands; in ours until the lease ends."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next wanted feed falls due; one in somebody's hands does so when the lease ends."""
        ...

    async def renew(self, feed_ids: Collection[FeedId], owner: str, until: datetime) -> None:
        """Make leases longer; a feed that is in another's hands by now is left there."""
        ...

    async def holds(self, feed_id: FeedId, owner: str) -> bool:
        """Whether the feed is in this owner's hands, and then it stays there until the end of the transaction.

        To be asked in the transaction that stores what a poll found: where the lease ran out, another may have polled it since.
        """
        ...

    async def settle(self, results: Sequence[PollResult], owner: str | None = None) -> None:
        """Write down what polls came to, and let the feeds go; `owner`: only those that are in its hands still."""
        ...

    async def known(self, feed_id: FeedId, parsed: Sequence[ParsedRelease]) -> list[KnownVersion]:
        """What is known of these releases in this feed, by id, and of others with the same address or the same title and time."""
        ...

    async def newer_than(self, feed_id: FeedId, published: datetime, limit: int) -> list[KnownVersion]:
        """The feed's releases published later than that, not gone, newest first."""
        ...

    async def oldest(self, feed_id: FeedId) -> datetime | None:
        """When the oldest release that this feed has brought was published; None if it has brought none."""
        ...

    async def mark_missing(
        self, ask_at: Mapping[ReleaseId, int], present: Collection[ReleaseId] = ()
    ) -> list[tuple[ReleaseId, int]]:
        """Write down at which count of good polls the addresses of missing releases are asked.

        Of those `present` again it is forgotten, and so is that they were taken down: those that were, with the revision that each
        is of since it came back.
        """
        ...

    async def missing(self, feed_id: FeedId, polls: int, limit: int) -> list[Release]:
        """Missing releases whose addresses are to be asked once the feed counts so many good polls, the longest overdue first."""
        ...

    async def keep(self, feed_id: FeedId) -> None:
        """Until the end of the transaction nobody else stores releases of this feed."""
        ...

    async def of(self, newsroom_id: NewsroomId) -> list[Feed]: ...
    async def all(self) -> list[Feed]:
        """Every wanted feed, by newsroom."""
        ...

    async def wake(self, newsroom_id: NewsroomId, now: datetime, *, prime: bool) -> None:
        """Poll the newsroom's feeds at once; `prime`: take what stands there now in silence."""
        ...

    async def let_go(self, owner: str | None = None) -> None:
        """Let feeds go that this owner holds, or that anybody holds."""
        ...
