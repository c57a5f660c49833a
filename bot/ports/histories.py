"""Documents that are to be looked at, and what a newsroom said before we knew it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from bot.domain.newsroom import Feed, NewsroomId
from bot.domain.release import Release, ReleaseId


@dataclass(frozen=True, slots=True)
class Lookup:
    """A release whose document is to be looked at, in our hands. `stage` counts the looks; `tries` those of this one that failed.

    The last stage, `ARCHIVED`, is that of old releases: they are looked at once, when nothing newer is.
    """

    release: Release
    feed: Feed
    stage: int
    due_at: datetime
    tries: int = 0


ARCHIVED = 100
"""The stage of a `Lookup` that completes what the archive found."""
GRACE = timedelta(seconds=2)
"""So long an alert waits for the first look at its release's document, and no longer."""


class Lookups(Protocol):
    """Documents of releases that are to be looked at, or looked at again."""

    async def add(self, release_ids: Sequence[ReleaseId], stage: int, due_at: datetime) -> None:
        """Have documents looked at; those that wait already go on waiting."""
        ...

    async def again(self, release_id: ReleaseId, stage: int, now: datetime) -> None:
        """Have a document looked at at once; a look under way counts no more, and one that waits is not put back by it.

        `stage` is that of the look where none waits.
        """
        ...

    async def looked_at(self, release_ids: Collection[ReleaseId]) -> set[ReleaseId]:
        """Those of them that are new enough to be looked at again and again."""
        ...

    async def awaited(self, release_ids: Collection[ReleaseId]) -> datetime | None:
        """Until when alerts about these releases wait for the first looks at their documents; None: none is to be waited for."""
        ...

    async def claim(self, owner: str, now: datetime, lease: timedelta, limit: int, *, archived: bool = False) -> list[Lookup]:
        """Looks that are due, of newsrooms that are wanted, and in nobody's hands; in ours until the lease ends."""
        ...

    async def next_due(self, *, archived: bool = False) -> datetime | None:
        """When the next look falls due; one in somebody's hands does so when the lease ends."""
        ...

    async def holds(self, owner: str, lookup: Lookup) -> bool:
        """Whether a look is in this owner's hands still, and then it stays there until the end of the transaction."""
        ...

    async def settle(self, owner: str, lookup: Lookup, stage: int | None, due_at: datetime, tries: int = 0) -> bool:
        """Let a look go and say which is the next (None: there is none); False: it was in our hands no longer, and nothing changed.

        To be asked first in the transaction that stores what was found, which then keeps others off it.
        """
        ...

    async def let_go(self, owner: str | None = None) -> None:
        """Let looks go that this owner holds, or that anybody holds."""
        ...


class HistoryState(StrEnum):
    """How it stands with the fetching of a newsroom's history."""

    WAITING = "waiting"
    """Not begun, or under way."""
    CATCHING_UP = "catching_up"
    """It was fetched before; what came out while nobody followed the newsroom is fetched now."""
    DONE = "done"
    CAPPED = "capped"
    """There is more, but so much is enough."""
    REFUSED = "refused"
    """The newsroom does not let it be read, or offers nothing to read it from."""


@dataclass(frozen=True, slots=True)
class History:
    """How far the history of a feed's newsroom has been fetched.

    `cursor` says where to go on, in words of the archive's own. `done` releases were looked through of `total` (None: unknown);
    `texts` of those stored wait for their whole text. `fault` is the code of what went wrong last, after so many `tries`.
    """

    feed: Feed
    state: HistoryState
    due_at: datetime
    cursor: str = ""
    done: int = 0
    total: int | None = None
    tries: int = 0
    fault: str = ""
    texts: int = 0


class Histories(Protocol):
    """The histories of newsrooms, and how far each has been fetched."""

    async def claim(
        self, owner: str, now: datetime, lease: timedelta, limit: int, *, of: NewsroomId | None = None
    ) -> list[History]:
        """Histories to go on with, that are due and in nobody's hands; in ours until the lease ends.

        There is one for each wanted feed that has been read once. Where a feed was begun anew since, it is begun anew.
        """
        ...

    async def next_due(self) -> datetime | None:
        """When the next one falls due: one in somebody's hands when the lease ends, one that is to be begun at once."""
        ...

    async def settle(self, owner: str, history: History) -> bool:
        """Write down how far it has come, and let it go; False: it was in our hands no longer, and nothing changed."""
        ...

    async def restart(self, newsroom_id: NewsroomId, now: datetime) -> None:
        """Go through a newsroom's history from the beginning."""
        ...

    async def progress(self, newsrooms: Collection[NewsroomId] | None = None) -> list[History]:
        """How they stand, by newsroom; of all of them, or of these."""
        ...

    async def let_go(self, owner: str | None = None) -> None:
        """Let histories go that this owner holds, or that anybody holds."""
        ...
