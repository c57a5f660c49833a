"""One transaction with all repositories, and the database that gives it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from enum import Enum
from typing import Protocol

from bot.ports.histories import Histories, Lookups
from bot.ports.keeping import Forgetting, Retention
from bot.ports.newsrooms import Feeds, Newsrooms
from bot.ports.operating import Broadcasts, Deeds, Pauses, Summaries
from bot.ports.outbox import Outbox
from bot.ports.places import Circles, Destinations, Takers
from bot.ports.record import Audit, Buttons, ShownLists
from bot.ports.releases import Pins, Releases, Search
from bot.ports.running import Installations, Leases, Marks, Workers


class Transaction(Protocol):
    """The repositories, bound to one transaction."""

    @property
    def newsrooms(self) -> Newsrooms: ...
    @property
    def feeds(self) -> Feeds: ...
    @property
    def releases(self) -> Releases: ...
    @property
    def lookups(self) -> Lookups: ...
    @property
    def histories(self) -> Histories: ...
    @property
    def search(self) -> Search: ...
    @property
    def destinations(self) -> Destinations: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def pauses(self) -> Pauses: ...
    @property
    def broadcasts(self) -> Broadcasts: ...
    @property
    def deeds(self) -> Deeds: ...
    @property
    def summaries(self) -> Summaries: ...
    @property
    def pins(self) -> Pins: ...
    @property
    def lists(self) -> ShownLists: ...
    @property
    def buttons(self) -> Buttons: ...
    @property
    def installations(self) -> Installations: ...
    @property
    def takers(self) -> Takers: ...
    @property
    def circles(self) -> Circles: ...
    @property
    def retention(self) -> Retention: ...
    @property
    def forgetting(self) -> Forgetting: ...
    @property
    def marks(self) -> Marks: ...
    @property
    def leases(self) -> Leases: ...
    @property
    def workers(self) -> Workers: ...


class Hint(Enum):
    """What a commit changed that somebody may wait for. A hint may get lost; the tick is the guarantee."""

    LANES = "lanes"
    """Something is owed, or may be sent now."""
    FEEDS = "feeds"
    """A feed is wanted, or due, that was not."""
    ACCOUNTS = "accounts"
    """An account was installed or removed."""
    LOOKUPS = "lookups"
    """A document is to be looked at."""
    HUSKS = "husks"
    """Something was forgotten whose rows are to be cleared away."""


class Database(Protocol):
    """Where everything is kept."""

    def watch(self, on_hint: Callable[[Hint], None]) -> AbstractAsyncContextManager[None]:
        """Hear of hints after the commits that gave them, of this process and (PostgreSQL) of all others, until the block ends."""
        ...

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that writes; it commits when the block ends, and rolls back on an exception. Raises StorageError."""
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A snapshot to read from; it never blocks a writer."""
        ...

    def glance(self) -> AbstractAsyncContextManager[Transaction]:
        """For a question that is one statement: it costs no more than that. Several see no common snapshot. Raises StorageError."""
        ...
