"""How long things are kept, and how they are forgotten."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain.delivery import DeliveryId
from bot.domain.subscription import Destination, DestinationId


class Aged(StrEnum):
    """What is kept for a time, besides deliveries."""

    CHANGES = "changes"
    """The record of changes."""
    AUTHORS = "authors"
    """Who made a subscription that has ended."""
    BUTTONS = "buttons"
    """The commands of buttons that were not shown since."""
    LISTS = "lists"
    """Lists that people were shown."""
    TAKERS = "takers"
    """Who took a story on."""
    MARKS = "marks"
    """Marks that have lapsed."""
    WORKERS = "workers"
    """Processes that were not heard of since."""
    DEEDS = "deeds"
    """The operators' record, and their broadcasts."""


class Retention(Protocol):
    """What is kept no longer because of its age. Releases stay."""

    async def settled(self, before: datetime, after: DeliveryId, limit: int) -> tuple[list[DeliveryId], DeliveryId | None]:
        """Of the next so many deliveries those that may go, and the last that was looked at; None: there are no more to look at.

        What is owed stays; so does what tells of a release that may still be corrected: one that came out since `before`, or is
        among the hundred newest of its feed.
        """
        ...

    async def remove(self, deliveries: Sequence[DeliveryId]) -> int:
        """Take deliveries away that are settled, with their posts; how many."""
        ...

    async def sweep(self, what: Aged, before: datetime, limit: int) -> int:
        """Take away so many at most of what is of before then; how many."""
        ...


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was kept of somebody. `stories`: that they took on; `lists`: lines of lists that they were shown."""

    destinations: int = 0
    subscriptions: int = 0
    deliveries: int = 0
    posts: int = 0
    changes: int = 0
    lists: int = 0
    stories: int = 0


class Forgetting(Protocol):
    """What is erased because somebody asks for it, or does not want us any more.

    A destination that is forgotten is nobody's from then on; its rows, a husk, are cleared away a few at a time.
    """

    async def platforms(self) -> list[str]:
        """Those of which an account is known."""
        ...

    async def known(self, platform: str) -> list[Destination]:
        """Every destination of a platform, paused or not."""
        ...

    async def private_of(self, person: str) -> list[Destination]:
        """The private conversations of a person (`platform:id`), as far as they can be told to be theirs."""
        ...

    async def person(self, person: str) -> Forgotten:
        """Take a person's id and name out of all that is kept; of what is theirs alone nothing is left."""
        ...

    async def contents(self, destinations: Collection[DestinationId]) -> Forgotten:
        """How much is kept of destinations."""
        ...

    async def destinations(self, destinations: Collection[Destination]) -> None:
        """Make husks of destinations. What is in flight there counts no more; whoever writes there again begins anew."""
        ...

    async def husks(self) -> list[DestinationId]: ...
    async def clear(self, husk: DestinationId, limit: int) -> bool:
        """Take so many rows of a husk away; whether nothing is left of it."""
        ...

    async def account_left(self, platform: str, account: str, at: datetime | None) -> None:
        """An account does not want us since then; None: it does."""
        ...

    async def left_accounts(self, before: datetime) -> list[int]:
        """The accounts that have not wanted us since before then."""
        ...

    async def account(self, account_id: int, before: datetime) -> bool:
        """Make husks of some destinations of such an account, and erase what is kept beside; whether nothing is left of it.

        One that let us in again meanwhile is left alone, and counts as done.
        """
        ...
