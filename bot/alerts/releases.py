"""Releases as they are at one moment, and what is said of each to whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot import cards
from bot.alerts.composition import Message, shows_of
from bot.alerts.wants import Wanting
from bot.domain.card import Card
from bot.domain.contact import Pin
from bot.domain.delivery import Delivery, Post
from bot.domain.options import Corrections, DestinationOptions, Length
from bot.domain.release import Content, Release, ReleaseId
from bot.domain.subscription import Destination
from bot.i18n import Texts
from bot.ports import Taker


class Releases:
    """Releases as they are at one moment, and what is said of each: made once for all readers who read it in the same way.

    `former` is what those that were corrected said before, `takers` who has taken any of their stories on, `pins` what operators
    say of their newsrooms' contacts.
    """

    def __init__(
        self,
        releases: Iterable[Release],
        former: Mapping[ReleaseId, Sequence[tuple[int, Content]]],
        takers: Iterable[Taker] = (),
        pins: Sequence[Pin] = (),
    ) -> None:
        self._releases = {release.id: release for release in releases}
        self._former = former
        self._pins = pins
        self._takers: dict[tuple[ReleaseId, str, str, str], Taker] = {}
        self.hear(takers)
        self._alerts: dict[tuple[ReleaseId, str, str, Length, bool, bool, Taker | None], Message] = {}
        self._wanting: dict[ReleaseId, Wanting] = {}
        self._changes: dict[tuple[ReleaseId, int, str, str], Card | None] = {}

    def hear(self, takers: Iterable[Taker]) -> None:
        """Who has taken more of these stories on."""
        self._takers |= {(each.release_id, each.platform, each.account, each.conversation): each for each in takers}

    def of(self, delivery: Delivery) -> Release:
        """The release that a delivery is about; raises LookupError."""
        release = self._releases.get(delivery.release_id) if delivery.release_id is not None else None
        if release is None:
            message = f"delivery {delivery.id} is about release {delivery.release_id}, which is not stored"
            raise LookupError(message)
        return release

    def digested(self, delivery: Delivery) -> list[Release]:
        """Those of a digest, in its order."""
        return [self._releases[ident] for ident in delivery.digest_of if ident in self._releases]

    def alert(self, release: Release, to: Destination, reader: Texts) -> Message:
        """The alert about a release, as a destination is told."""
        taker = self.taker(release, to)
        key = (release.id, to.language, to.timezone, to.options.length, to.options.picture, to.options.takers, taker)
        if key not in self._alerts:
            self._alerts[key] = Message(self.card(release, reader, to.options, taker), shows_of([release]), release)
        return self._alerts[key]

    def card(self, release: Release, reader: Texts, how: DestinationOptions, taker: Taker | None) -> Card:
        """A release as an alert shows it."""
        return cards.alert_card(release, reader, how, taker, self._pins)

    def posted(self, post: Post, shown: Sequence[Release], to: Destination, reader: Texts) -> Card:
        """The releases of a post as it is to show them."""
        if post.is_digest:
            return cards.digest_card(shown, reader, more=post.more, takers=self.takers(shown, to))
        return self.card(shown[0], reader, to.options, self.taker(shown[0], to))

    def taker(self, release: Release, to: Destination) -> Taker | None:
        """Who has taken the story on, where a destination is shown that."""
        here = to.address
        return self._takers.get((release.id, here.platform, here.account, here.conversation)) if to.options.takers else None

    def takers(self, releases: Sequence[Release], to: Destination) -> dict[ReleaseId, Taker]:
        """Who has taken any of the stories of a digest on."""
        return {each.id: taker for each in releases if (taker := self.taker(each, to))}

    def as_posted(self, release: Release, post: Post, how: DestinationOptions) -> Release:
        """A release as a post is to show it where nothing but its taker changed: as it was read, where corrections are ignored."""
        shown = dict(post.shows)[release.id]
        if how.corrections is not Corrections.IGNORE or shown >= release.revision:
            return release
        return replace(release.at(shown, self._former.get(release.id, ())), corrected_at=None)

    def wanting(self, release: Release) -> Wanting:
        """What subscriptions want of a release that is about to be sent."""
        if release.id not in self._wanting:
            self._wanting[release.id] = Wanting(release, final=True)
        return self._wanting[release.id]

    def changes(self, delivery: Delivery, told: int, reader: Texts, now: datetime) -> Card | None:
        """What changed of a delivery's release since a revision; None: nothing that is worth a word. Raises LookupError."""
        release = self.of(delivery)
        key = (release.id, told, delivery.destination.language, delivery.destination.timezone)
        if key not in self._changes:
            before = release.at(told, self._former.get(release.id, ()))
            self._changes[key] = cards.changes_card(before, release, reader, now)
        return self._changes[key]
