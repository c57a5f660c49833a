"""What is owed to whom, as it is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.domain.delivery import DeliveryId, DeliveryKind, Owed, Post, Settlement
from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, DestinationId
from bot.ports.owed import (
    AccountHealth,
    Audience,
    Claim,
    DeadLetter,
    FanOutCursor,
    Look,
    OutboxHealth,
    Passage,
    Story,
    Waiting,
)


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

    async def disown(self, account_id: int, owner: str, now: datetime) -> None:
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
    ) -> list[bool | None]:
        """Record outcomes in one go, fenced by lane owner and delivery in hand; which of them still counted.

        None: not yet, since another has locked what that outcome would change. It is not waited for; settle it again.
        A lane with more pending is due `between` later, which may be given for each settlement.
        """
        ...

    async def posts(self, destination_id: DestinationId, release_id: ReleaseId) -> list[Post]:
        """The posts of a destination that show a release, oldest first."""
        ...

    async def post(self, address: Address, reference: str) -> Post | None:
        """The post that the platform calls by this reference."""
        ...

    async def about(self, address: Address, reference: str) -> list[ReleaseId]:
        """The releases that the post of this reference shows, in its order; or the one of which it tells more."""
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

    async def put_off(self, destination_id: DestinationId, waiting: Sequence[Waiting]) -> None:
        """Hold what waits for a destination until other times, or for other reasons; what is past is let go at once."""
        ...

    async def ledger(self, newsrooms: Collection[NewsroomId], since: datetime) -> list[Passage]:
        """The alerts of these newsrooms that were sent since then, of the newest 20,000 deliveries; not what was held back."""
        ...
