"""Where messages go, and who is there: destinations, takers, circles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.newsroom import NewsroomId
from bot.domain.options import DestinationOptions, SubscriptionOptions
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId, Subscription, SubscriptionId


@dataclass(frozen=True, slots=True)
class Actor:
    """Who speaks to us. `id` is the platform's own; `str(actor)` is how settings name operators (`telegram:123`)."""

    platform: str
    account: str
    id: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.platform}:{self.id}"


class Destinations(Protocol):
    """Destinations and their subscriptions."""

    async def find(self, address: Address) -> Destination | None: ...
    async def known(self, ids: Collection[DestinationId]) -> list[Destination]:
        """Destinations by their ids; those that were erased are left out."""
        ...

    async def of_conversation(self, address: Address) -> list[Destination]:
        """The destinations of an address's conversation: itself and its threads."""
        ...

    async def of_account(self, platform: str, account: str) -> list[Destination]:
        """The destinations of an account that are not paused, by title."""
        ...

    async def ensure(
        self, address: Address, *, kind: ConversationKind, title: str, language: str, timezone: str, now: datetime
    ) -> Destination:
        """The destination of this address, made if it is new; a new title is taken over."""
        ...

    async def set_language(self, destination_id: DestinationId, language: str) -> None: ...
    async def set_timezone(self, destination_id: DestinationId, timezone: str) -> None: ...
    async def set_options(self, destination_id: DestinationId, options: DestinationOptions) -> None: ...
    async def pause(self, address: Address, reason: str, at: datetime) -> None:
        """Send nothing more there from then on; what is owed waits."""
        ...

    async def resume(self, address: Address, now: datetime) -> None:
        """Send again; what was owed meanwhile is due at once."""
        ...

    async def pause_account(self, platform: str, account: str, reason: str, at: datetime) -> None:
        """Send nothing more to any of an account's destinations; those that are paused already keep their reason."""
        ...

    async def resume_account(self, platform: str, account: str, reason: str, now: datetime) -> None:
        """Send again to those that were paused for this reason."""
        ...

    async def move(self, address: Address, conversation: str) -> None:
        """Every destination of a conversation (threads included) lives in another one from now on, together with what is there."""
        ...

    async def subscribe(
        self, destination_id: DestinationId, newsroom_id: NewsroomId | None, *, by: str, now: datetime
    ) -> tuple[Subscription, bool]:
        """The live subscription, and whether it is new."""
        ...

    async def unsubscribe(self, subscription_id: SubscriptionId, now: datetime) -> None:
        """End a subscription; alerts still owed because of it alone are not sent any more, but for one in flight."""
        ...

    async def subscriptions(self, destination_id: DestinationId) -> list[Subscription]:
        """Live ones, by newsroom; to all of them first."""
        ...

    async def ever_subscribed(self, destination_id: DestinationId) -> bool:
        """Whether there is or was any subscription."""
        ...

    async def set_subscription_options(self, subscription_id: SubscriptionId, options: SubscriptionOptions) -> None:
        """What is brought by it from now on, and when."""
        ...

    async def set_silent(self, subscription_id: SubscriptionId, *, silent: bool) -> None:
        """Whether what is owed because of it from now on makes no sound."""
        ...

    async def mute(self, subscription_ids: Collection[SubscriptionId], until: datetime | None, now: datetime) -> None:
        """Leave live subscriptions out of the audience of what comes out from now until then; None: no longer."""
        ...


@dataclass(frozen=True, slots=True)
class Taker:
    """Who took the story of a release on, as a conversation is shown; `person` is `str(actor)`."""

    release_id: ReleaseId
    platform: str
    account: str
    conversation: str
    person: str
    name: str
    at: datetime


class Takers(Protocol):
    """Who took which story on: one person of each conversation at most; those that are linked (`Circles`) say the same.

    `among`: conversations, by addresses of which the thread does not matter.
    """

    async def take(self, release_id: ReleaseId, among: Collection[Address], actor: Actor, now: datetime) -> bool:
        """Take a story on in all of these; False where somebody has it in one. Of two who take it at once, one hears True.

        After False nothing must be committed: it may be taken in some.
        """
        ...

    async def give_back(self, release_id: ReleaseId, among: Collection[Address]) -> None:
        """Let it go in these, whoever has it."""
        ...

    async def of(self, release_ids: Collection[ReleaseId]) -> list[Taker]:
        """Who has these, in every conversation."""
        ...

    async def told(self, release_id: ReleaseId, among: Collection[Address]) -> list[Destination]:
        """Where in these a release stands, and who takes it is shown."""
        ...


@dataclass(frozen=True, slots=True)
class Circle:
    """Conversations that are linked, as one of them sees it: the others, each by one of its destinations."""

    name: str
    others: tuple[Destination, ...]


@dataclass(frozen=True, slots=True)
class LinkCode:
    """A code that was given out in `destination`; where it was used, and by whom, once it was."""

    code: str
    destination: Destination
    asker: Destination | None = None
    actor: Actor | None = None


class Circles(Protocol):
    """Which conversations are linked: they show each other who took which story on, and nothing else."""

    async def of(self, address: Address) -> Circle | None:
        """The circle of a conversation; None: it is linked with none."""
        ...

    async def alone(self) -> None:
        """Until this transaction ends nobody else links: what is read of circles from here on stays so."""
        ...

    async def join(self, one: Address, other: Address, now: datetime) -> None:
        """Link two conversations, and whatever each is linked with."""
        ...

    async def leave(self, address: Address) -> None:
        """Take a conversation out of its circle."""
        ...

    async def give_code(self, code: str, destination_id: DestinationId, now: datetime, until: datetime) -> None:
        """Give a code out; those that have lapsed, and the destination's former one, are gone."""
        ...

    async def code(self, code: str, now: datetime) -> LinkCode | None:
        """What a code stands for that has not lapsed."""
        ...

    async def use_code(self, code: str, destination_id: DestinationId, actor: Actor) -> bool:
        """Use a code in a destination; False where it was used in another."""
        ...

    async def end_code(self, code: str) -> bool:
        """A code is good no longer; whether it was. Of two who take it back at once, one hears True."""
        ...
