"""What was done and what was shown in a conversation, as it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, DestinationId
from bot.ports.places import Actor


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One change that somebody made to what a destination gets.

    `what` is a code, `before` and `after` are what was and what is now, as JSON values that the command who wrote them reads;
    `by` is `str(actor)`, `name` what the person was called then.
    """

    id: int
    destination_id: DestinationId
    at: datetime
    by: str
    name: str
    what: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


class Audit(Protocol):
    """Who changed what, where and when."""

    async def note(
        self,
        destination_id: DestinationId,
        actor: Actor,
        what: str,
        *,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        now: datetime,
    ) -> int:
        """Write a change down; its id."""
        ...

    async def of(self, destination_id: DestinationId, limit: int, offset: int = 0) -> list[AuditEntry]:
        """The newest changes, newest first."""
        ...

    async def get(self, destination_id: DestinationId, entry_id: int) -> AuditEntry | None:
        """One change here by its id."""
        ...

    async def since(self, destination_id: DestinationId, entry_id: int, limit: int) -> list[AuditEntry]:
        """The newest changes after this one, newest first."""
        ...


class ShownLists(Protocol):
    """The numbered lists people were shown, so that `/release 3` knows which was third."""

    async def keep(self, actor: Actor, address: Address, first: int, release_ids: Sequence[ReleaseId], now: datetime) -> None: ...
    async def entry(self, actor: Actor, address: Address, number: int, since: datetime) -> ReleaseId | None: ...


class Buttons(Protocol):
    """The commands of buttons that a platform cannot carry, by the adapter's own short keys."""

    async def keep(self, commands: Mapping[str, str], now: datetime) -> None:
        """Write commands down by their keys; a key that is known keeps its command."""
        ...

    async def command(self, key: str) -> str | None: ...
