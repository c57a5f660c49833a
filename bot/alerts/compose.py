"""What a delivery says at the moment it is sent: always what the release says now, not what it said when it was owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from bot import cards
from bot.alerts.wants import KEPT_OUT, Verdict, Wanting
from bot.alerts.when import hours_of, zone_of
from bot.cards.day import day_card, day_from_json
from bot.domain.card import Card
from bot.domain.delivery import ANEW, Delivery, DeliveryKind, More, Post, is_judged_anew
from bot.domain.options import Corrections, DestinationOptions, Length
from bot.domain.release import Content, Release, ReleaseId
from bot.domain.subscription import Destination, Subscription
from bot.i18n import Texts, texts
from bot.ports import Broadcast, Taker, Transaction


@dataclass(frozen=True, slots=True)
class Message:
    """A new message, and the releases it shows.

    `alerts_to`: the release that it is the alert about. `reason`: why it is told, where that was decided just now.
    """

    card: Card
    shows: tuple[tuple[ReleaseId, int], ...] = ()
    alerts_to: Release | None = None
    reason: str = ""


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
class Nothing:
    """There is nothing left to say."""

    reason: str


GONE = "withdrawn before it was told"

Composition = Message | list[Edit] | FollowUp | Nothing


class Releases:
    """Releases as they are at one moment, and what is said of each: made once for all readers who read it in the same way.

    `former` is what those that were corrected said before, `takers` who has taken any of their stories on.
    """

    def __init__(
        self,
        releases: Iterable[Release],
        former: Mapping[ReleaseId, Sequence[tuple[int, Content]]],
        takers: Iterable[Taker] = (),
    ) -> None:
        self._releases = {release.id: release for release in releases}
        self._former = former
        self._takers = {(each.release_id, each.platform, each.account, each.conversation): each for each in takers}
        self._alerts: dict[tuple[ReleaseId, str, str, Length, bool, bool, Taker | None], Message] = {}
        self._wanting: dict[ReleaseId, Wanting] = {}
        self._changes: dict[tuple[ReleaseId, int, str, str], Card | None] = {}

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
            self._alerts[key] = Message(cards.alert_card(release, reader, to.options, taker), _shows([release]), release)
        return self._alerts[key]

    def taker(self, release: Release, to: Destination) -> Taker | None:
        """Who has taken the story on, where a destination is shown that."""
        here = to.address
        return self._takers.get((release.id, here.platform, here.account, here.conversation)) if to.options.takers else None

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


_ABOUT_CHANGES = (DeliveryKind.CORRECTION, DeliveryKind.FOLLOW_UP)


async def compose(tx: Transaction, deliveries: Sequence[Delivery], now: datetime) -> list[Composition]:
    """The messages, or the edits, that claimed deliveries come to; without sound where they are silent.

    A release that many of them are about is read once. Raises LookupError where one is about a release that is not stored.
    """
    wanted = {ident for delivery in deliveries for ident in (delivery.release_id, *delivery.digest_of) if ident is not None}
    corrected = {each.release_id for each in deliveries if each.kind in _ABOUT_CHANGES and each.release_id is not None}
    former = {ident: await tx.releases.revisions(ident) for ident in corrected}
    takers = await tx.takers.of(wanted) if any(delivery.destination.options.takers for delivery in deliveries) else ()
    releases = Releases(await tx.releases.many(sorted(wanted)) if wanted else (), former, takers)
    said = await _said(tx, deliveries)
    return [_voiced(await _compose(tx, delivery, releases, said, now), delivery) for delivery in deliveries]


async def _said(tx: Transaction, deliveries: Sequence[Delivery]) -> Mapping[str, Broadcast]:
    """The broadcasts that deliveries tell, by their numbers as payloads have them."""
    numbers = {each.payload.get("broadcast", "") for each in deliveries if each.kind is DeliveryKind.BROADCAST}
    found = [await tx.broadcasts.get(int(number)) for number in numbers]
    return {str(each.id): each for each in found if each}


def _voiced(composition: Composition, delivery: Delivery) -> Composition:
    if not delivery.silent:
        return composition
    match composition:
        case Message(card) | FollowUp(_, card):
            return replace(composition, card=replace(card, silent=True))
        case list():  # one that cannot be edited is posted anew
            return [replace(edit, card=replace(edit.card, silent=True)) for edit in composition]
        case Nothing():
            return composition
        case _:
            assert_never(composition)


async def _compose(
    tx: Transaction, delivery: Delivery, releases: Releases, said: Mapping[str, Broadcast], now: datetime
) -> Composition:
    reader = texts(delivery.destination.language, delivery.destination.timezone)
    match delivery.kind:
        case DeliveryKind.NOTICE:
            return Message(_notice(delivery.payload, reader, now))
        case DeliveryKind.BROADCAST:
            broadcast = said.get(delivery.payload.get("broadcast", ""))
            return Message(cards.broadcast_card(broadcast.text, reader)) if broadcast else Nothing("the broadcast is not kept")
        case DeliveryKind.DIGEST:
            return await _digest(tx, delivery, releases, reader, now)
        case DeliveryKind.ALERT:
            return await _alert(tx, delivery, releases, reader, now)
        case DeliveryKind.CORRECTION:
            return await _correction(tx, delivery, releases, reader, now)
        case DeliveryKind.FOLLOW_UP:
            return await _follow_up(tx, delivery, releases, reader, now)


def _notice(payload: Mapping[str, str], reader: Texts, now: datetime) -> Card:
    """A word to operators; the day's summary is a card of its own."""
    if "day" in payload:
        return day_card(day_from_json(payload["day"]), reader, now)
    return cards.notice_card(payload.get("code", ""), payload, reader, now)


async def _alert(tx: Transaction, delivery: Delivery, releases: Releases, reader: Texts, now: datetime) -> Composition:
    release = releases.of(delivery)
    if release.gone_at:
        return Nothing(GONE)
    message = releases.alert(release, delivery.destination, reader)
    if delivery.delayed:
        message = replace(message, card=cards.sent_late(message.card, reader))
    pings = tuple(delivery.payload.get("pings", "").split())
    if is_judged_anew(delivery.payload):
        subscriptions = await tx.destinations.subscriptions(delivery.destination.id)
        verdict = _verdict(subscriptions, delivery, releases.wanting(release), release, now)
        if not verdict.told:
            return Nothing(f"{KEPT_OUT}{verdict.rule}")
        message, pings = replace(message, reason=verdict.rule), verdict.pings
    return replace(message, card=replace(message.card, pings=pings)) if pings else message


def _verdict(
    subscriptions: Sequence[Subscription], delivery: Delivery, wanting: Wanting, release: Release, now: datetime
) -> Verdict:
    """What the subscriptions make, now, of a release that is judged at its sending."""
    audible = [each for each in subscriptions if each.brings(release.newsroom) and not each.is_muted(delivery.created_at)]
    hours = hours_of(delivery.destination.options, zone_of(delivery.destination.timezone))
    return wanting.verdict([each.wish for each in audible], hours, now)


async def _correction(tx: Transaction, delivery: Delivery, releases: Releases, reader: Texts, now: datetime) -> Composition:
    release, how = releases.of(delivery), delivery.destination.options
    if delivery.payload.get("more") == More.TAKER:
        return await _taken(tx, delivery, releases, reader)
    if how.corrections is Corrections.IGNORE:
        return Nothing("corrections are ignored there")
    posts = await tx.outbox.posts(delivery.destination.id, release.id)
    if not posts:
        return Nothing("not told there")
    stale = [post for post in posts if dict(post.shows)[release.id] < release.revision]
    if not stale:
        return Nothing("already shown as corrected")
    changed = releases.changes(delivery, _told(stale, release), reader, now)
    taker = releases.taker(release, delivery.destination)
    edits = [_edit(post, await tx.releases.many([ident for ident, _ in post.shows]), changed, reader, how, taker) for post in stale]
    told = delivery.payload.get("more") == More.CHANGES and how.corrections is Corrections.TELL
    return edits if told else [replace(edit, anew=None) for edit in edits]


async def _taken(tx: Transaction, delivery: Delivery, releases: Releases, reader: Texts) -> Composition:
    """The alerts about a release, with whoever has taken its story on; a digest has no room for that."""
    release, to = releases.of(delivery), delivery.destination
    posts = [post for post in await tx.outbox.posts(to.id, release.id) if len(post.shows) == 1]
    if not posts:
        return Nothing("not told there by itself")
    shown = [(post, releases.as_posted(release, post, to.options)) for post in posts]
    return [_edit(post, [said], None, reader, to.options, releases.taker(release, to)) for post, said in shown]


def _edit(
    post: Post,
    releases: Sequence[Release],
    changed: Card | None,
    reader: Texts,
    how: DestinationOptions,
    taker: Taker | None = None,
) -> Edit:
    card = cards.alert_card(releases[0], reader, how, taker) if len(releases) == 1 else cards.digest_card(releases, reader)
    if changed is None:  # where it must be posted anew, at least nobody is woken by it
        return Edit(post, replace(card, silent=True), _shows(releases))
    return Edit(post, card, _shows(releases), replace(card, elements=(*card.elements, *cards.passages_of(changed))))


async def _follow_up(tx: Transaction, delivery: Delivery, releases: Releases, reader: Texts, now: datetime) -> Composition:
    release = releases.of(delivery)
    posts = await tx.outbox.posts(delivery.destination.id, release.id)
    if not posts:
        return Nothing("no post stands there that shows it")
    if not await _is_wanted(tx, delivery, release):
        return Nothing("muted there, or subscribed to no longer")
    if delivery.payload.get("more") == More.WHOLE:
        return _whole(release, _answered(posts, release), reader)
    if delivery.destination.options.corrections is not Corrections.TELL:
        return Nothing("what changed is not told there")
    told = _told(posts, release)
    if told >= release.revision:
        return Nothing("already told")
    card = releases.changes(delivery, told, reader, now)
    return FollowUp(_answered(posts, release), card, _shows([release])) if card else Nothing("nothing changed that is worth a word")


def _whole(release: Release, under: Post, reader: Texts) -> Composition:
    if len(under.shows) > 1:
        return Nothing("it was told within a digest")
    if release.gone_at:
        return Nothing(GONE)
    card = cards.whole_card(release, reader)
    return FollowUp(under, card) if card else Nothing("the alert says it all")


def _told(posts: Sequence[Post], release: Release) -> int:
    """The revision that the readers of a destination know of."""
    return max(dict(post.told)[release.id] for post in posts)


def _answered(posts: Sequence[Post], release: Release) -> Post:
    """The post to answer: the alert rather than a digest, one that is up to date rather than one that could not be edited."""
    return max(posts, key=lambda post: (len(post.shows) == 1, dict(post.shows)[release.id], post.id))


async def _is_wanted(tx: Transaction, delivery: Delivery, release: Release) -> bool:
    """Whether any subscription brings the newsroom's releases that was not muted, then or since.

    An edit disturbs nobody, a new message does.
    """
    subscriptions = await tx.destinations.subscriptions(delivery.destination.id)
    return any(each.brings(release.newsroom) and not each.is_muted(delivery.created_at) for each in subscriptions)


async def _digest(tx: Transaction, delivery: Delivery, releases: Releases, reader: Texts, now: datetime) -> Composition:
    """What was held back and is still to be told: several in one message, and a single one as the alert that it is.

    What is wanted when it leaves is told, though it was chosen otherwise when it was held.
    """
    anew = delivery.payload.get(ANEW, "").split()
    told = [release for release in releases.digested(delivery) if not release.gone_at]
    subscriptions = await tx.destinations.subscriptions(delivery.destination.id) if anew else ()
    for release in [each for each in told if str(each.id) in anew]:
        if not _verdict(subscriptions, delivery, releases.wanting(release), release, now).told:
            told.remove(release)
    if not told:
        return Nothing("nothing that was held back is still to be told")
    if len(told) == 1:
        return releases.alert(told[0], delivery.destination, reader)
    room = cards.fits_digest(told, reader)
    return Message(cards.digest_card(told[:room], reader, more=len(told) - room), _shows(told[:room]))


def _shows(releases: Sequence[Release]) -> tuple[tuple[ReleaseId, int], ...]:
    return tuple((release.id, release.revision) for release in releases)
