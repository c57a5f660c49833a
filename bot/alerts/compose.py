"""What a delivery says at the moment it is sent: always what the release says now, not what it said when it was owed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from bot import cards
from bot.domain.card import Card
from bot.domain.delivery import Delivery, DeliveryKind, Post
from bot.domain.release import Release, ReleaseId
from bot.i18n import Texts, texts
from bot.ports import Transaction


@dataclass(frozen=True, slots=True)
class Message:
    """A new message, and the releases it shows."""

    card: Card
    shows: tuple[tuple[ReleaseId, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """A post that stands, and what it is to show."""

    post: Post
    card: Card
    shows: tuple[tuple[ReleaseId, int], ...]


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing left to say."""

    reason: str


Composition = Message | list[Edit] | Nothing


class Releases:
    """Releases as they are at one moment, and the alert about each: made once for all readers of a language and time zone."""

    def __init__(self, releases: Iterable[Release]) -> None:
        self._releases = {release.id: release for release in releases}
        self._alerts: dict[tuple[ReleaseId, str, str], Message] = {}

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

    def alert(self, delivery: Delivery, reader: Texts) -> Message:
        """The alert about a delivery's release; raises LookupError."""
        release = self.of(delivery)
        key = (release.id, delivery.destination.language, delivery.destination.timezone)
        if key not in self._alerts:
            self._alerts[key] = Message(cards.alert_card(release, reader), _shows([release]))
        return self._alerts[key]


async def compose(tx: Transaction, deliveries: Sequence[Delivery], now: datetime) -> list[Composition]:
    """The messages, or the edits, that claimed deliveries come to; without sound where they are silent.

    A release that many of them are about is read once. Raises LookupError where one is about a release that is not stored.
    """
    wanted = {ident for delivery in deliveries for ident in (delivery.release_id, *delivery.digest_of) if ident is not None}
    releases = Releases(await tx.releases.many(sorted(wanted)) if wanted else ())
    return [_voiced(await _compose(tx, delivery, releases, now), delivery) for delivery in deliveries]


def _voiced(composition: Composition, delivery: Delivery) -> Composition:
    if not delivery.silent:
        return composition
    match composition:
        case Message(card):
            return replace(composition, card=replace(card, silent=True))
        case list():  # one that cannot be edited is posted anew
            return [replace(edit, card=replace(edit.card, silent=True)) for edit in composition]
        case Nothing():
            return composition
        case _:
            assert_never(composition)


async def _compose(tx: Transaction, delivery: Delivery, releases: Releases, now: datetime) -> Composition:
    reader = texts(delivery.destination.language, delivery.destination.timezone)
    match delivery.kind:
        case DeliveryKind.NOTICE:
            return Message(cards.notice_card(delivery.payload.get("code", ""), delivery.payload, reader, now))
        case DeliveryKind.DIGEST:
            return _digest(releases.digested(delivery), reader)
        case DeliveryKind.ALERT:
            return releases.alert(delivery, reader)
        case DeliveryKind.CORRECTION:
            return await _correction(tx, delivery, releases.of(delivery), reader)


async def _correction(tx: Transaction, delivery: Delivery, release: Release, reader: Texts) -> Composition:
    posts = await tx.outbox.posts(delivery.destination.id, release.id)
    stale = [post for post in posts if dict(post.shows)[release.id] < release.revision]
    if not stale:
        return Nothing("already shown as corrected")
    return [_edit(post, await tx.releases.many([shown for shown, _ in post.shows]), reader) for post in stale]


def _edit(post: Post, releases: Sequence[Release], reader: Texts) -> Edit:
    card = cards.alert_card(releases[0], reader) if len(releases) == 1 else cards.digest_card(releases, reader)
    return Edit(post, card, _shows(releases))


def _digest(releases: Sequence[Release], reader: Texts) -> Composition:
    if not releases:
        return Nothing("nothing was held back")
    return Message(cards.digest_card(releases, reader), _shows(releases))


def _shows(releases: Sequence[Release]) -> tuple[tuple[ReleaseId, int], ...]:
    return tuple((release.id, release.revision) for release in releases)
