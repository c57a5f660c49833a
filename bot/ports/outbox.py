"""What is owed to whom, as it is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.delivery import Delivery, DeliveryId, DeliveryKind, DeliveryState, Owed, Post, Settlement
from bot.domain.newsroom import NewsroomId
from bot.domain.options import AS_USUAL, DestinationOptions
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, Destination, DestinationId, SubscriptionId, Wish


@dataclass(frozen=True, slots=True)
class Audience:
    """One subscriber of a release, as fan-out reads it.

    `wishes` are those of every subscription by which it comes to the destination, by id, and `options` and `timezone` the
    destination's. Without wishes nothing was chosen, there or for any of them: all is told, at once and with sound.
    """

    destination_id: DestinationId
    subscription_id: SubscriptionId
    wishes: tuple[Wish, ...] = ()
    options: DestinationOptions = AS_USUAL
    timezone: str = ""


@dataclass(frozen=True, slots=True)
class FanOutCursor:
    """A fan-out too large for one transaction: the debt itself, worked off in chunks.

    Who is owed was settled when it was written. Of alerts: the subscriptions up to id `until` that were live and not muted at `at`,
    and still are live; of corrections (of kind FOLLOW_UP: with what changed): the destinations up to id `until` where the release
    stands; of a broadcast, which is of no newsroom: those up to id `until` that it is for. `after` is how far it has come.
    """

    id: int
    kind: DeliveryKind
    newsroom_id: NewsroomId | None
    releases: tuple[tuple[ReleaseId, int], ...]
    """The releases, each with its revision."""
    at: datetime
    after: int
    until: int
    broadcast_id: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What the owner of an account took in hand: the head delivery of each due lane; and when the next lane falls due otherwise."""

    deliveries: list[Delivery]
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class Look:
    """How an account stands.

    `is_free`: no process owns it now. `is_due`: a claim would find something, a lane that is due or a fan-out to work off.
    `next_due`: when its next lane that nobody has in hand falls due, or fell due.
    """

    is_free: bool
    is_due: bool
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """How the outbox stands. What was sent is not counted here: that would mean to read all that ever was.

    `ambiguous`: sends that may stand twice. `oldest_pending`: when the oldest pending delivery was owed, be its
    destination paused or not. `overdue_since`: when the lane that waits longest fell due; where that lies ahead, none is overdue.
    `cursors`: fan-outs under way.
    """

    pending: int
    held: int
    dead: int
    ambiguous: int
    oldest_pending: datetime | None
    overdue_since: datetime | None
    cursors: int


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """How the outbox stands for one account: deliveries by state, and when the oldest pending one was owed."""

    platform: str
    account: str
    pending: int
    held: int
    dead: int
    oldest_pending: datetime | None


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up, and why."""

    id: DeliveryId
    destination: Destination
    kind: DeliveryKind
    release_id: ReleaseId | None
    reason: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """What a destination is, or was, owed about one release. `payload` is that of its `Delivery`."""

    id: DeliveryId
    kind: DeliveryKind
    state: DeliveryState
    created_at: datetime
    revision: int
    done_at: datetime | None
    held_until: datetime | None
    attempts: int
    ambiguous: int
    reason: str
    payload: Mapping[str, str] = field(default_factory=dict)
    in_digest: bool = False


@dataclass(frozen=True, slots=True)
class Chapter:
    """A subscription, live or ended, by which a newsroom's releases come or came to a destination; `to_all`: the one to all."""

    id: SubscriptionId
    created_at: datetime
    ended_at: datetime | None
    muted_from: datetime | None
    muted_until: datetime | None
    to_all: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """What became of one release at one destination: all that was owed of it, and all subscriptions there ever were."""

    told: tuple[Told, ...]
    subscriptions: tuple[Chapter, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that is held back: until when, and the payload of its `Delivery`."""

    id: DeliveryId
    until: datetime
    payload: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Passage:
    """Alerts about a release that were sent at once: how long it took to be found, and from there to be posted so many times."""

    newsroom_id: NewsroomId
    release_id: ReleaseId
    found: timedelta
    posted: timedelta
    posts: int


class Outbox(Protocol):
    """What is owed to whom (how: the outbox page of ARCHITECTURE.md)."""

    async def register(self, platform: str, account: str) -> int:
        """The account's id."""
        ...

    async def own(self, account_id: int, owner: str, now: datetime, lease: timedelta, *, evict: bool = False) -> bool:
        """Take or renew the lease on an account; False while another has it.

        On taking it over, the lanes in the former owner's hands are due at once, and what it had in flight counts as ambiguous.
        `evict`: the former owner is known to be dead (a lock file proves it), so its lease is not waited for.
        """
        ...

    async def disown(self, account_id: int, owner: str) -> None:
        """Let the account go; what is still in flight counts as ambiguous."""
        ...

    async def renew(self, account_ids: Collection[int], owner: str, now: datetime, lease: timedelta) -> set[int]:
        """Renew the lease on those of the accounts that this owner has; which they are. One statement."""
        ...

    async def look(self, account_ids: Collection[int], now: datetime) -> dict[int, Look]:
        """How each of the accounts stands. One statement, for `Database.glance`."""
        ...

    async def audience_size(self, newsroom_id: NewsroomId, at: datetime) -> int: ...
    async def audience(
        self, newsroom_id: NewsroomId, *, at: datetime, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Audience]:
        """Subscriptions, live since then, to the newsroom (or to all, where it is offered), by id.

        Left out: paused destinations, and what was muted at that moment.
        """
        ...

    async def shown_to(self, release_id: ReleaseId, *, after: int = 0, limit: int | None = None) -> dict[DestinationId, bool]:
        """Where a release stands, is owed, or is shown in a digest, by destination id; and whether silently."""
        ...

    async def owe(self, debts: Sequence[Owed], now: datetime, due: datetime | None = None) -> int:
        """Write deliveries down and make their lanes due (at `due`, or at once), but for what is held; how many were new."""
        ...

    async def release_held(self, account_id: int, now: datetime, limit: int) -> int:
        """Owe what was held back until now, at so many destinations at most; at how many it was.

        One of a destination leaves as the alert that it is, several as one digest.
        """
        ...

    async def hurry(self, release_id: ReleaseId, now: datetime) -> None:
        """Let the alerts about a release wait no longer for its document."""
        ...

    async def is_out(self, release_id: ReleaseId) -> bool:
        """Whether an alert about a release has gone out, or is on its way; no other sets out before the end of the transaction."""
        ...

    async def owe_later(
        self, kind: DeliveryKind, newsroom_id: NewsroomId, releases: Sequence[tuple[ReleaseId, int]], at: datetime
    ) -> None:
        """Write a fan-out cursor down."""
        ...

    async def cursors(self, limit: int = 10) -> list[FanOutCursor]:
        """Fan-outs that are not through, oldest first."""
        ...

    async def advance(self, cursor_id: int, after: int | None) -> None:
        """Move a cursor on; None ends it."""
        ...

    async def fold_late(self, destination_ids: Collection[DestinationId], now: datetime) -> int:
        """Where more than five late finds are pending, hold them back for one digest; how many digests were made."""
        ...

    async def claim(self, account_id: int, owner: str, now: datetime, limit: int) -> Claim:
        """Take the heads of due lanes in hand, if the account is ours and not blocked."""
        ...

    async def let_go(self, account_id: int, owner: str, keep: Collection[DeliveryId]) -> None:
        """Free the owner's lanes but those with one of `keep` in flight: what a claim took that the owner never heard of."""
        ...

    async def settle(
        self, owner: str, settlements: Sequence[Settlement], between: timedelta | Sequence[timedelta] = ...
    ) -> list[bool]:
        """Record outcomes in one go, fenced by lane owner and delivery in hand; which of them still counted.

        A lane with more pending is due `between` later, which may be given for each settlement.
        """
        ...

    async def posts(self, destination_id: DestinationId, release_id: ReleaseId) -> list[Post]:
        """The posts of a destination that show a release, oldest first."""
        ...

    async def post(self, address: Address, reference: str) -> Post | None:
        """The post that the platform calls by this reference."""
        ...

    async def health(self) -> OutboxHealth: ...
    async def dead_letters(self, limit: int) -> list[DeadLetter]:
        """The newest deliveries that were given up."""
        ...

    async def by_account(self) -> list[AccountHealth]:
        """How each account stands that is owed anything, or was in vain."""
        ...

    async def retry(self, ids: Collection[DeliveryId] | None, now: datetime) -> list[DeliveryId]:
        """Owe dead letters anew (None: all of them), in their old order, with all the time there is; those that were dead.

        What died with a digest is in it again.
        """
        ...

    async def drop(self, ids: Collection[DeliveryId] | None, now: datetime) -> list[DeliveryId]:
        """Let dead letters be (None: all of them), with what died with a digest; those that were dead."""
        ...

    async def story(self, destination_id: DestinationId, release_id: ReleaseId) -> Story: ...
    async def held_for(self, destination_id: DestinationId) -> int:
        """How many alerts are held back for a destination."""
        ...

    async def waiting(self, destination_id: DestinationId) -> list[Waiting]:
        """What is held back for a destination, and then stays so until the end of the transaction."""
        ...

    async def put_off(self, destination_id: DestinationId, until: Mapping[DeliveryId, datetime]) -> None:
        """Hold what waits for a destination until other times; those that are past let it go at once."""
        ...

    async def ledger(self, newsrooms: Collection[NewsroomId], since: datetime) -> list[Passage]:
        """The alerts of these newsrooms that were sent since then, of the newest 20,000 deliveries; not what was held back."""
        ...
