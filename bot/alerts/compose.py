"""What a delivery says at the moment it is sent: always what the release says now, not what it said when it was owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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


async def compose(tx: Transaction, delivery: Delivery, now: datetime) -> Composition:
    """The message, or the edits, that a claimed delivery comes to."""
    reader = texts(delivery.destination.language, delivery.destination.timezone)
    match delivery.kind:
        case DeliveryKind.NOTICE:
            return Message(cards.notice_card(delivery.payload.get("code", ""), delivery.payload, reader, now))
        case DeliveryKind.DIGEST:
            return _digest(await tx.releases.many(delivery.digest_of), reader)
        case DeliveryKind.ALERT:
            release = await _release(tx, delivery)
            return Message(cards.alert_card(release, reader), _shows([release]))
        case DeliveryKind.CORRECTION:
            return await _correction(tx, delivery, reader)


async def _release(tx: Transaction, delivery: Delivery) -> Release:
    release = await tx.releases.get(delivery.release_id) if delivery.release_id is not None else None
    if release is None:
        message = f"delivery {delivery.id} is about release {delivery.release_id}, which is not stored"
        raise LookupError(message)
    return release


async def _correction(tx: Transaction, delivery: Delivery, reader: Texts) -> Composition:
    release = await _release(tx, delivery)
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
