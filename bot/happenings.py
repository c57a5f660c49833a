"""What happens in the bot that somebody may want to count. The part where it happens tells its witness, and knows no more of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.delivery import Delivery, Settlement
from bot.domain.release import Release


@dataclass(frozen=True, slots=True)
class Fetched:
    """A feed's address answered, or did not, after so many seconds; the wait for a turn at its host is part of them."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Polled:
    """A poll came to its end.

    `outcome`: `unchanged`, `read`, `held`, the code of a FeedError, `storage`, `internal`, or `overtaken` where its lease ran out.
    """

    newsroom: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Stored:
    """What a feed said was stored. `told`: for each release that is news, how long after its publication (None: it has no time)."""

    newsroom: str
    told: tuple[timedelta | None, ...]
    silent: int
    corrected: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A newsroom took a release down."""

    newsroom: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a delivery was written down, and counted."""

    delivery: Delivery
    settlement: Settlement


@dataclass(frozen=True, slots=True)
class Posted:
    """An alert about a release stands on a platform."""

    platform: str
    release: Release
    at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """A command was answered.

    `command` is a name of the registry, or None; `outcome` is `done`, `refused`, `no_database` or `failed`.
    """

    platform: str
    command: str | None
    outcome: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A platform told what happens to us."""

    platform: str


@dataclass(frozen=True, slots=True)
class Waited:
    """Something waited for its turn in an account's rate: an answer to a person, or what is owed."""

    platform: str
    is_answer: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class DatabaseFailed:
    """A transaction came to nothing. `error` is the class of the StorageError."""

    error: str


Happening = Fetched | Polled | Stored | Withdrawn | Settled | Posted | Answered | Heard | Waited | DatabaseFailed
Witness = Callable[[Happening], None]


def nobody(_happening: Happening) -> None:
    """The witness where nobody counts."""
