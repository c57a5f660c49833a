"""Destinations and what they subscribe to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.newsroom import Newsroom, NewsroomId
from bot.domain.options import AS_USUAL, EVERYTHING, DestinationOptions, SubscriptionOptions

DestinationId = NewType("DestinationId", int)
SubscriptionId = NewType("SubscriptionId", int)


@dataclass(frozen=True, slots=True)
class Address:
    """Where messages go: platform, the account we speak through, conversation, and thread or topic ('' for none, never None)."""

    platform: str
    account: str
    conversation: str
    thread: str = ""

    def __str__(self) -> str:
        return ":".join(filter(None, (self.platform, self.account, self.conversation, self.thread)))


class ConversationKind(StrEnum):
    """What sort of conversation a destination is."""

    PRIVATE = "private"
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Destination:
    """A conversation that the bot writes to.

    `language` and `timezone` (an IANA name) are how it reads; `paused` says why it gets nothing, or is None.
    """

    id: DestinationId
    address: Address
    title: str
    kind: ConversationKind
    language: str
    timezone: str
    paused: str | None = None
    options: DestinationOptions = AS_USUAL


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscription makes of the releases that it brings."""

    id: SubscriptionId
    options: SubscriptionOptions = EVERYTHING
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Subscription:
    """A destination wants a newsroom's releases. `newsroom` None means all that the installation offers, future ones included.

    `silent`: its alerts make no sound. `muted_until`: what comes out before then is not sent; it may lie in the past.
    """

    id: SubscriptionId
    destination_id: DestinationId
    newsroom: Newsroom | None
    created_at: datetime
    created_by: str = ""
    silent: bool = False
    muted_until: datetime | None = None
    options: SubscriptionOptions = EVERYTHING

    def is_muted(self, now: datetime) -> bool:
        """Whether what comes out now is left out."""
        return self.muted_until is not None and now < self.muted_until

    def brings(self, newsroom: Newsroom) -> bool:
        """Whether the newsroom's releases come by it."""
        return newsroom.offered if self.newsroom is None else self.newsroom.id == newsroom.id

    @property
    def wish(self) -> Wish:
        """What it makes of what it brings."""
        return Wish(self.id, self.options, self.silent)

    @property
    def newsroom_id(self) -> NewsroomId | None:
        """The newsroom's id, or None for all."""
        return self.newsroom.id if self.newsroom else None
