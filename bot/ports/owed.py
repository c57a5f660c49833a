"""What the outbox answers: who is owed something, what is in hand, how it stands, and what became of what was owed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.delivery import Delivery, DeliveryId, DeliveryKind, DeliveryState, Post
from bot.domain.newsroom import NewsroomId
from bot.domain.options import AS_USUAL, DestinationOptions
from bot.domain.release import ReleaseId
from bot.domain.subscription import Destination, DestinationId, SubscriptionId, Wish


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
    """What became of one release at one destination: all that was owed of it, and all subscriptions there ever were.

    `posts`: the messages that stand there and show it, or tell more of it, oldest first.
    """

    told: tuple[Told, ...]
    subscriptions: tuple[Chapter, ...]
    posts: tuple[Post, ...] = ()


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
