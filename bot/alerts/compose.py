"""What a delivery says at the moment it is sent: always what the release says now, not what it said when it was owed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from bot import cards
from bot.alerts.composition import GONE, Composition, FollowUp, Later, Message, Nothing, shows_of
from bot.alerts.corrections import correction, follow_up
from bot.alerts.quiet import asleep_until, can_wait
from bot.alerts.releases import Releases
from bot.alerts.wants import KEPT_OUT, Verdict, Wanting
from bot.alerts.when import hours_of, zone_of
from bot.cards.day import day_card, day_from_json
from bot.domain.card import Card
from bot.domain.delivery import ANEW, Delivery, DeliveryKind, is_judged_anew
from bot.domain.release import Release
from bot.domain.subscription import Subscription
from bot.i18n import Texts, texts
from bot.ports import Broadcast, Transaction

_ABOUT_CHANGES = (DeliveryKind.CORRECTION, DeliveryKind.FOLLOW_UP)


async def compose(tx: Transaction, deliveries: Sequence[Delivery], now: datetime) -> list[Composition]:
    """The messages, or the edits, that claimed deliveries come to; without sound where they are silent.

    A release that many of them are about is read once. Raises LookupError where one is about a release that is not stored.
    """
    wanted = {ident for delivery in deliveries for ident in (delivery.release_id, *delivery.digest_of) if ident is not None}
    corrected = {each.release_id for each in deliveries if each.kind in _ABOUT_CHANGES and each.release_id is not None}
    former = {ident: await tx.releases.revisions(ident) for ident in corrected}
    takers = await tx.takers.of(wanted) if any(delivery.destination.options.takers for delivery in deliveries) else ()
    read = await tx.releases.many(sorted(wanted)) if wanted else []
    pins = await tx.pins.among({release.newsroom.id for release in read}) if read else ()
    releases = Releases(read, former, takers, pins)
    said = await _said(tx, deliveries)
    return [_in_time(_voiced(await _compose(tx, each, releases, said, now), each), each, now) for each in deliveries]


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
        case Later() | Nothing():
            return composition
        case _:
            assert_never(composition)


def _in_time(composition: Composition, delivery: Delivery, now: datetime) -> Composition:
    """The same, or later where its destination sleeps by now, and it is nothing to wake anybody for."""
    # What comes to nothing waits as well: below an alert that waits, nothing can be said yet.
    reason = composition.reason if isinstance(composition, Message) else ""
    until = asleep_until(delivery, now) if can_wait(delivery, reason) else None
    return Later(until) if until else composition


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
            return await correction(tx, delivery, releases, reader, now)
        case DeliveryKind.FOLLOW_UP:
            return await follow_up(tx, delivery, releases, reader, now)


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
    more = len(told) - room
    takers = releases.takers(told[:room], delivery.destination)
    return Message(cards.digest_card(told[:room], reader, more=more, takers=takers), shows_of(told[:room]), more=more)
