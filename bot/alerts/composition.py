"""What a delivery comes to: a message, edits, a reply to a post, nothing, or nothing yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.card import Card
from bot.domain.delivery import Post
from bot.domain.release import Release, ReleaseId


@dataclass(frozen=True, slots=True)
class Message:
    """A new message, and the releases it shows; `more` of which it had no room for.

    `alerts_to`: the release that it is the alert about. `reason`: why it is told, where that was decided just now.
    """

    card: Card
    shows: tuple[tuple[ReleaseId, int], ...] = ()
    alerts_to: Release | None = None
    reason: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """A post that stands, and what it is to show.

    `anew`: what it is to show where it cannot be edited and had to be posted anew: what changed as well, since nothing more is told
    then. None where nobody is to be told what changed.
    """

    post: Post
    card: Card
    shows: tuple[tuple[ReleaseId, int], ...]
    anew: Card | None = None

    def told(self, release_id: ReleaseId | None) -> tuple[tuple[ReleaseId, int], ...]:
        """Of what it shows, the release that it was made for."""
        return tuple(pair for pair in self.shows if pair[0] == release_id)


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A new message in the thread of a post, or as a reply to it; `told`: the revisions that its readers know of then."""

    under: Post
    card: Card
    told: tuple[tuple[ReleaseId, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    """It is said when its destination's quiet hours end (aware UTC)."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing left to say."""

    reason: str


GONE = "withdrawn before it was told"
"""Why nothing is said of a release that is there no longer."""

Composition = Message | list[Edit] | FollowUp | Later | Nothing


def shows_of(releases: Sequence[Release]) -> tuple[tuple[ReleaseId, int], ...]:
    """What a message shows that shows these releases."""
    return tuple((release.id, release.revision) for release in releases)
