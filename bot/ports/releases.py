"""What newsrooms said, as it is kept and found."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.contact import Contact, Pin, PinId
from bot.domain.newsroom import Feed, NewsroomId
from bot.domain.release import Content, Kind, ParsedRelease, Release, ReleaseId
from bot.domain.sources import Name, Source, Statement
from bot.ports.places import Actor
from bot.text.query import Query


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What releases are kept to, besides newsrooms. A release must pass all of it; what is empty or None keeps to nothing.

    `kinds`: it has a version of one of these; `kinds_out`: it has none of these (a release without a kind passes). `languages` and
    `languages_out` (codes of `bot.text.stem.known`, Norwegian as `nb`): the same by the language that a version is written in, as
    `bot.text.detect` tells it. `since`, `until`: aware UTC; published from then to before then.
    """

    kinds: frozenset[Kind] = frozenset()
    kinds_out: frozenset[Kind] = frozenset()
    languages: frozenset[str] = frozenset()
    languages_out: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


UNNARROWED = Narrowing()


class Releases(Protocol):
    """Releases, their language versions and their revisions, kept whole."""

    async def add(
        self, feed: Feed, parsed: Sequence[ParsedRelease], *, now: datetime, late: Collection[str], source: Source = ...
    ) -> dict[str, ReleaseId]:
        """Store new releases (all language versions of each) as revision 1; their ids by external id."""
        ...

    async def add_version(self, release_id: ReleaseId, content: Content, *, source: Source = ...) -> None:
        """Store another language version of a known release: no new revision."""
        ...

    async def revise(
        self,
        release_id: ReleaseId,
        content: Content,
        *,
        source: Source = ...,
        now: datetime,
        correction: bool,
        quiet: bool = False,
        renames: Collection[Name] = (),
    ) -> int:
        """Store what a source now says of a version; the revision number, raised by one if it is a correction.

        What a correction `renames` goes by this source from then on, whatever others say, until one of them changes it.

        A `quiet` correction is not worth a word (`bot.text.quiet`): the release does not count as corrected by it. By a correction
        of the feed what all other sources said becomes stale. A source that has said nothing of the version yet corrects nothing.
        """
        ...

    async def statements(self, release_id: ReleaseId) -> list[Statement]:
        """What each source says of the release now, in the order in which they were first heard of."""
        ...

    async def sources(self, release_ids: Collection[ReleaseId]) -> dict[ReleaseId, frozenset[Source]]:
        """Who says something of each release, in any language."""
        ...

    async def complete(self, release_id: ReleaseId, contents: Sequence[Content], *, source: Source) -> None:
        """Store what a source says of some versions, without a correction: it was asked just now, and is not stale."""
        ...

    async def reshow(self, release_id: ReleaseId) -> int:
        """Raise the revision, which it returns: posts that stand show less than is known now. Nothing is corrected by it."""
        ...

    async def revisions(self, release_id: ReleaseId) -> list[tuple[int, Content]]:
        """What was shown of the release before, oldest first, with the revision of each (`bot.domain.sources.formers`)."""
        ...

    async def rekey(self, release_id: ReleaseId, external_id: str) -> None:
        """The newsroom renumbered a release."""
        ...

    async def mark_gone(self, release_id: ReleaseId, at: datetime) -> int | None:
        """The newsroom took a release down: the revision that it is of since then; None where that was known."""
        ...

    async def get(self, release_id: ReleaseId) -> Release | None: ...
    async def many(self, release_ids: Sequence[ReleaseId]) -> list[Release]:
        """In the order asked for; unknown ones are left out."""
        ...

    async def found_at(self, external_ids: Collection[str], urls: Collection[str], limit: int) -> list[Release]:
        """Those that go by one of these ids in any feed, or have a version at one of these addresses, stored last first."""
        ...

    async def latest(
        self, newsrooms: Collection[NewsroomId], *, limit: int, offset: int = 0, narrowing: Narrowing = UNNARROWED
    ) -> list[Release]:
        """Newest first by publication, equal times by id."""
        ...

    async def count(self, newsrooms: Collection[NewsroomId], narrowing: Narrowing = UNNARROWED) -> int: ...


@dataclass(frozen=True, slots=True)
class Found:
    """One page of search results, best first, and how many there are in all (`capped`: at least so many)."""

    releases: list[Release]
    total: int
    capped: bool = False


class Search(Protocol):
    """Full-text search over titles, leads and bodies; indexing is the storage's own business."""

    async def find(
        self,
        query: Query,
        *,
        newsrooms: Collection[NewsroomId] | None = None,
        limit: int,
        offset: int = 0,
        narrowing: Narrowing = UNNARROWED,
    ) -> Found: ...
    async def having(
        self,
        queries: Sequence[Query],
        *,
        newsrooms: Collection[NewsroomId] | None = None,
        limit: int,
        narrowing: Narrowing = UNNARROWED,
    ) -> list[list[ReleaseId]]:
        """What each of several questions finds, asked all at once: the newest, `limit` of each at most, without their texts."""
        ...


class Pins(Protocol):
    """Press contacts that operators vouch for, for the whole installation."""

    async def add(self, newsroom_id: NewsroomId, contact: Contact, actor: Actor, now: datetime) -> Pin:
        """Pin a contact of a newsroom."""
        ...

    async def of(self, newsroom_id: NewsroomId) -> list[Pin]:
        """What is pinned of a newsroom, newest first."""
        ...

    async def among(self, newsrooms: Collection[NewsroomId]) -> list[Pin]:
        """What is pinned of any of these newsrooms, newest first."""
        ...

    async def remove(self, pin_id: PinId) -> bool:
        """Pin it no longer; False: nothing was pinned by this id."""
        ...
