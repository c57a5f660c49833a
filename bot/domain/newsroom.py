"""Newsrooms and their feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.contact import Contact

NewsroomId = NewType("NewsroomId", int)
FeedId = NewType("FeedId", int)


@dataclass(frozen=True, slots=True)
class NewsroomEntry:
    """A newsroom as the catalogue or a setting names it, before the database knows it.

    `country` is ISO 3166 (or EU, INT), `language` ISO 639-1; both may be empty for a bare feed address.
    `platform` is `via`, `via-short`, `rss`, `atom`, or empty when it is not known yet.
    """

    slug: str
    name: str
    feed_url: str
    country: str = ""
    language: str = ""
    platform: str = ""
    page_url: str = ""
    api_url: str = ""
    aliases: tuple[str, ...] = ()
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Newsroom:
    """An organisation's press office.

    `offered`: this installation offers it to everybody (`all` means these). `contact`: what the catalogue says.
    """

    id: NewsroomId
    slug: str
    name: str
    country: str
    language: str
    page_url: str
    offered: bool
    contact: Contact | None = None


class FeedState(StrEnum):
    """Whether a feed is polled."""

    LIVE = "live"
    """Polled when due."""
    ENDED = "ended"
    """It answered 410; nobody polls it until an operator gives it another address."""
    HELD = "held"
    """Its ids overlap with none that we know (moved, renumbered): an operator is asked."""


@dataclass(frozen=True, slots=True)
class Feed:
    """One address of a newsroom, with its poll state. All times are aware UTC.

    `url` is where the newsroom says it is, `moved_to` where permanent redirects lead. `primed_at` is the first good poll, whose
    releases were stored silently. `polls` counts good polls, so that "missing over several polls" can be told. `failures` counts
    the failed polls since the last good one; `fault` is the code of the last failure and `fault_detail` its sentence.
    """

    id: FeedId
    newsroom: Newsroom
    url: str
    moved_to: str | None = None
    state: FeedState = FeedState.LIVE
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    primed_at: datetime | None = None
    last_good_at: datetime | None = None
    due_at: datetime | None = None
    polls: int = 0
    missing: int = 0
    failures: int = 0
    fault: str | None = None
    fault_detail: str | None = None

    @property
    def address(self) -> str:
        """The address to ask now: where redirects lead and, where a good feed fails there, the newsroom's own in turn."""
        if self.moved_to is None or (self.last_good_at and self.failures % 2):
            return self.url
        return self.moved_to
