"""What operators do to the whole installation, and what they are told of it, as it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.delivery import DeliveryState
from bot.domain.subscription import Destination
from bot.ports.places import Actor


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing goes out through an account of a platform (empty: through any of it) since then, as an operator said.

    `by` is `str(actor)`, `name` what the person was called.
    """

    platform: str
    account: str
    at: datetime
    by: str = ""
    name: str = ""


class Pauses(Protocol):
    """What operators have paused. An account that is paused claims nothing, and what it is owed stays owed."""

    async def add(self, platform: str, account: str, actor: Actor, now: datetime) -> bool:
        """Pause an account, or (empty) a platform with all accounts to come; False where that very pause is there already."""
        ...

    async def lift(self, platform: str, account: str, now: datetime) -> bool:
        """Let an account go on, or (empty) a platform with all of its accounts; False where nothing of it was paused.

        What waited is due at once, in its order. Of alerts that are more than six hours old by then five at most are sent one by
        one, and say that they come late; more of one destination leave as one digest. Quiet hours are looked at when they are sent
        (`bot.alerts.quiet`).
        """
        ...

    async def all(self) -> list[Pause]:
        """By platform, then account."""
        ...

    async def accounts(self) -> list[tuple[str, str]]:
        """Every account that there is, paused or not: its platform and its name, in this order; not those that do not want us."""
        ...


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A word of the operators to everybody, or to a `platform` or to who reads a `language` (empty: all).

    A draft until it is confirmed. `by` is `str(actor)`, `name` what the person was called.
    """

    id: int
    text: str
    platform: str
    language: str
    silent: bool
    by: str
    name: str
    drafted_at: datetime
    confirmed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How many conversations a broadcast is for, by platform; and in how many more everything is muted, which are left out."""

    conversations: Mapping[str, int]
    muted: int

    @property
    def total(self) -> int:
        """On all platforms."""
        return sum(self.conversations.values())


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of a broadcast: conversations by the state of its delivery there. `is_dealt_out`: none is still to be added."""

    states: Mapping[DeliveryState, int]
    is_dealt_out: bool


class Broadcasts(Protocol):
    """Words of the operators to every conversation that subscribes to anything.

    A conversation gets one once, whatever number of its threads subscribe. Left out are those that are paused and those in which
    everything is muted.
    """

    async def draft(self, text: str, platform: str, language: str, actor: Actor, now: datetime, *, silent: bool) -> Broadcast:
        """Write one down, for nobody yet."""
        ...

    async def get(self, broadcast_id: int) -> Broadcast | None: ...
    async def latest(self, limit: int) -> list[Broadcast]:
        """Those that were confirmed, newest first."""
        ...

    async def confirm(self, broadcast_id: int, since: datetime, now: datetime) -> bool:
        """Have a draft count that was made since then; of two who do so at once one hears True."""
        ...

    async def discard(self, broadcast_id: int) -> bool:
        """Throw a draft away; False where it is none."""
        ...

    async def reach(self, broadcast: Broadcast, now: datetime) -> Reach: ...
    async def audience(
        self, broadcast: Broadcast, now: datetime, *, after: int = 0, until: int | None = None, limit: int | None = None
    ) -> list[Destination]:
        """Where it is to be told, by id."""
        ...

    async def owe_later(self, broadcast_id: int, now: datetime) -> None:
        """Write a fan-out cursor down."""
        ...

    async def progress(self, broadcast_id: int) -> Progress: ...


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that an operator did to the whole installation: `what` is a code, `about` names what it was done to."""

    id: int
    at: datetime
    by: str
    name: str
    what: str
    about: Mapping[str, str]


class Deeds(Protocol):
    """The operators' record."""

    async def note(self, actor: Actor, what: str, about: Mapping[str, str], now: datetime) -> None: ...
    async def latest(self, limit: int, offset: int = 0) -> list[Deed]:
        """Newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Troubles:
    """What went wrong in a time, as operators are told once a day.

    `dead` counts what was given up by reason, `closed` the conversations that nothing can be written to any more by reason,
    `left` the accounts that do not want us any more; `ambiguous` the deliveries that since then may stand twice.
    """

    dead: Mapping[str, int] = field(default_factory=dict)
    closed: Mapping[str, int] = field(default_factory=dict)
    left: int = 0
    ambiguous: int = 0


class Summaries(Protocol):
    """The days of which operators were told."""

    async def begin(self, day: str, now: datetime) -> datetime | None:
        """Take a day (ISO 8601) on; the moment up to which operators were told before, or a day ago where they never were.

        None where somebody has taken it on: of two who do so at once one does not hear it.
        """
        ...

    async def troubles(self, since: datetime, until: datetime) -> Troubles:
        """What went wrong from then to before then."""
        ...
