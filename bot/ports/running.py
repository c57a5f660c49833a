"""Who works, and by which right: leases, signs of life, installations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Installations(Protocol):
    """What an adapter was given when one of its accounts was installed (a workspace's tokens), sealed by the adapter.

    The database never sees a secret in clear.
    """

    async def keep(self, platform: str, account: str, sealed: str, now: datetime) -> None:
        """Write an installation down, in place of the account's former one."""
        ...

    async def get(self, platform: str, account: str) -> str | None: ...
    async def all(self, platform: str) -> dict[str, str]:
        """What is kept for a platform, by account."""
        ...

    async def remove(self, platform: str, account: str) -> None: ...


class Marks(Protocol):
    """Short-lived marks: that something was given out, or was dealt with."""

    async def set(self, key: str, until: datetime, now: datetime) -> bool:
        """Make a mark; whether it was not there, or had lapsed. Of two who make it at once, one hears True."""
        ...

    async def take(self, key: str, now: datetime) -> bool:
        """Take a mark away; whether it was there and had not lapsed. Of two who take it at once, one hears True."""
        ...


class Leases(Protocol):
    """Who does what only one process may do at a time, such as asking Telegram for updates."""

    async def take(self, name: str, owner: str, now: datetime, lease: timedelta) -> bool:
        """Take or renew a lease; False while another has it."""
        ...

    async def release(self, owner: str, name: str | None = None) -> None:
        """Let a lease go, or all that this owner has."""
        ...


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that runs the bot: which roles it has, where it runs, and when it was last heard of."""

    owner: str
    roles: frozenset[str]
    where: str
    version: str
    started_at: datetime
    seen_at: datetime


class Workers(Protocol):
    """The processes of this installation."""

    async def seen(self, worker: Worker) -> None:
        """Write down that a process is there."""
        ...

    async def gone(self, owner: str) -> None:
        """A process has stopped."""
        ...

    async def live(self, since: datetime) -> list[Worker]:
        """Those heard of since then, oldest first."""
        ...
