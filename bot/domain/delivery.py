"""Deliveries: what we owe to whom, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import NewType

from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, Destination, DestinationId

UNDECIDED = "undecided"
"""The `why` of an alert's payload where it depends on what is not known yet whether anybody wants it."""
ANEW = "anew"
"""Of a digest's payload: the ids of those that are judged when it is sent, with spaces between them."""


def is_judged_anew(payload: Mapping[str, str]) -> bool:
    """Whether an alert with this payload is held against the subscriptions when it is sent, and not only when it is owed.

    So it is with what is undecided, and with what was held back: what is wanted may have been chosen otherwise meanwhile.
    """
    return payload.get("why") == UNDECIDED or "held" in payload


DeliveryId = NewType("DeliveryId", int)
PostId = NewType("PostId", int)


class DeliveryKind(StrEnum):
    """What a delivery tells."""

    NOTICE = "notice"
    """A word to operators about the bot itself."""
    ALERT = "alert"
    CORRECTION = "correction"
    FOLLOW_UP = "follow_up"
    """More about a release, under the post that shows it; its payload's `more` says what (`More`)."""
    DIGEST = "digest"
    BROADCAST = "broadcast"
    """A word of the operators to everybody; its payload's `broadcast` is the number of that."""


class More(StrEnum):
    """What a follow-up tells, or a correction is about besides the release."""

    CHANGES = "changes"
    """What a correction changed, word by word."""
    WHOLE = "whole"
    """The release's text and documents."""
    TAKER = "taker"
    """Who has taken the story on: the post is edited, though the release is as it was."""


def broadcast_key(broadcast_id: int) -> str:
    """By what a destination is told a broadcast once."""
    return f"broadcast:{broadcast_id}"


class Priority(IntEnum):
    """Which of a destination's deliveries goes first: alerts before corrections, before what follows on them; broadcasts last."""

    NOTICE = 0
    ALERT = 1
    CORRECTION = 2
    FOLLOW_UP = 3
    DIGEST = 4
    BROADCAST = 5


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    PENDING = "pending"
    """Owed: it will be tried when its lane is due."""
    HELD = "held"
    """Owed, and kept back on purpose (quiet hours, a digest); outside the lane's count."""
    SENT = "sent"
    """The platform took it."""
    SKIPPED = "skipped"
    """Nothing was left to say: the post already showed it, or it went out within a digest."""
    DEAD = "dead"
    """Refused for good, or 48 hours of trying passed: a dead letter that operators see."""


@dataclass(frozen=True, slots=True)
class Owed:
    """One delivery to write down for a destination; `dedupe_key` makes a repeat harmless.

    `payload` is what a notice says (its code and the values it names), what a follow-up tells, or why an alert is owed
    (`bot.alerts.wants.Verdict`). `silent`: it makes no sound where it arrives. `held_until`: it is held back until then.
    """

    destination_id: DestinationId
    kind: DeliveryKind
    dedupe_key: str
    release_id: ReleaseId | None = None
    revision: int = 0
    payload: Mapping[str, str] = field(default_factory=dict)
    silent: bool = False
    held_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery, in the hands of the process that owns its account.

    `attempts` counts the tries before this one. `digest_of` holds the releases of a digest in the order they were owed. What was
    held back was created when it was no longer: that is when it was first due; and so was what waited while an operator had its
    account paused. `delayed`: that lasted so long that it is said.
    """

    id: DeliveryId
    destination: Destination
    kind: DeliveryKind
    created_at: datetime
    attempts: int
    release_id: ReleaseId | None = None
    revision: int = 0
    payload: Mapping[str, str] = field(default_factory=dict)
    digest_of: tuple[ReleaseId, ...] = ()
    silent: bool = False
    delayed: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """A message that stands in a destination. `reference` is the platform's own id for it, opaque to all but its adapter.

    `shows` are the releases it shows, with the revision of each; `told` has the revision of each that its readers know of: the one
    with which it was posted, or of which they were told since. An edit alone tells nobody. `more`: so many releases it only counts,
    since it had no room for them. `delivery_id`: by what it was posted.
    """

    id: PostId
    address: Address
    reference: str
    sent_at: datetime
    shows: tuple[tuple[ReleaseId, int], ...] = ()
    told: tuple[tuple[ReleaseId, int], ...] = ()
    more: int = 0
    delivery_id: DeliveryId | None = None

    @property
    def is_digest(self) -> bool:
        """Whether it tells of several releases, and of none as an alert does."""
        return len(self.shows) + self.more > 1


# What a platform made of one send or edit ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took it. `reference` names the post so that it can be corrected; empty where the platform names none."""

    reference: str = ""


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Not now. `after`: the platform's own wish. `ambiguous`: the request left and no answer came, so it may stand already."""

    reason: str
    after: timedelta | None = None
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """This message, never."""

    reason: str


@dataclass(frozen=True, slots=True)
class PostGone:
    """An edit's post no longer stands, or can no longer be edited."""

    reason: str


@dataclass(frozen=True, slots=True)
class DestinationGone:
    """We were removed, blocked, or the conversation is no more."""

    reason: str


@dataclass(frozen=True, slots=True)
class DestinationMoved:
    """The conversation has another id from now on."""

    conversation: str


@dataclass(frozen=True, slots=True)
class AccountBlocked:
    """A limit of the whole account, for so long."""

    after: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class AccountGone:
    """The token was revoked or the app uninstalled."""

    reason: str


NotSent = RetryLater | Refused | PostGone | DestinationGone | DestinationMoved | AccountBlocked | AccountGone
SendOutcome = Sent | NotSent


# What we write down about it -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Settlement:
    """What becomes of one claimed delivery: written in one transaction, fenced by the lane's owner.

    `state` PENDING means it is tried again at `due_at`. `reference`, `shows` and `more` make the post of a sent one; `edited` names
    the post that a correction changed, `gone` one that stands no longer; `told` has the revisions of which the destination's
    readers now know; `digests`: what was held back for this digest shares its fate, and was told where it is in `shows`. `pause`
    holds the reason for which the destination gets nothing more until it is resumed, `moved_to` its new conversation.
    `blocks_account`: nothing goes out through the whole account before `due_at`. HELD is kept back until `held_until`, and has
    `payload` from then on.
    """

    delivery_id: DeliveryId
    destination_id: DestinationId
    state: DeliveryState
    at: datetime
    reason: str = ""
    due_at: datetime | None = None
    reference: str = ""
    shows: tuple[tuple[ReleaseId, int], ...] = ()
    more: int = 0
    edited: PostId | None = None
    gone: PostId | None = None
    told: tuple[tuple[ReleaseId, int], ...] = ()
    digests: bool = False
    ambiguous: bool = False
    counts_as_attempt: bool = True
    pause: str | None = None
    moved_to: str | None = None
    blocks_account: bool = False
    held_until: datetime | None = None
    payload: Mapping[str, str] = field(default_factory=dict)
