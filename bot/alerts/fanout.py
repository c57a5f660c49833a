"""Who is owed what: written in the transaction that stores the release, or, for large audiences, as a cursor that is worked off."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from bot.alerts.broadcasting import owe_more
from bot.alerts.wants import BY, Rule, Wanting
from bot.alerts.when import hours_of, zone_of
from bot.domain.delivery import DeliveryKind, More, Owed
from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.domain.subscription import DestinationId
from bot.ports import Audience, FanOutCursor, Transaction

AT_ONCE = 1000
"""Up to so many destinations are owed in the transaction that stores the release; above, a cursor is the debt."""

Revised = tuple[ReleaseId, int]


async def owe_alerts(
    tx: Transaction, newsroom_id: NewsroomId, releases: Sequence[Revised], now: datetime, *, any_late: bool
) -> None:
    """Owe an alert about each release to everybody who subscribes to the newsroom at this moment."""
    if not releases:
        return
    if await tx.outbox.audience_size(newsroom_id, now) > AT_ONCE:
        await tx.outbox.owe_later(DeliveryKind.ALERT, newsroom_id, releases, now)
        return
    audience = await tx.outbox.audience(newsroom_id, at=now)
    await _owe_alerts(tx, audience, releases, now)
    if any_late:
        await tx.outbox.fold_late({who.destination_id for who in audience}, now)


async def owe_corrections(
    tx: Transaction, newsroom_id: NewsroomId, revised: Sequence[Revised], now: datetime, *, told: Collection[ReleaseId] = ()
) -> None:
    """Owe a correction wherever each release stands or is about to; of those `told`, after it also what changed.

    All that is owed at once is owed together: lanes are locked in the order of their ids, whichever release they are locked for.
    """
    debts: list[Owed] = []
    room = AT_ONCE
    for each in revised:
        kind = DeliveryKind.FOLLOW_UP if each[0] in told else DeliveryKind.CORRECTION
        audience = await tx.outbox.shown_to(each[0], limit=room + 1)
        if len(audience) > room:
            await tx.outbox.owe_later(kind, newsroom_id, [each], now)
        else:
            room -= len(audience)
            debts += _corrections(kind, audience, each)
    await tx.outbox.owe(debts, now)


async def owe_taker(tx: Transaction, destinations: Iterable[DestinationId], revised: Revised, now: datetime) -> None:
    """Have the alerts about a release edited, without a sound, to show who has taken it on."""
    more, key = {"more": More.TAKER.value}, f"{More.TAKER}:{revised[0]}:{now.isoformat()}"
    debts = [Owed(each, DeliveryKind.CORRECTION, key, *revised, payload=more, silent=True) for each in destinations]
    await tx.outbox.owe(debts, now)


async def owe_notice(
    tx: Transaction, operators: Iterable[DestinationId], key: str, code: str, values: dict[str, str], now: datetime
) -> None:
    """Tell the operators something about the bot itself, once for each `key`; who had themselves forgotten is told nothing."""
    there = await tx.destinations.known(list(operators))
    debts = [Owed(operator.id, DeliveryKind.NOTICE, f"notice:{key}", payload=values | {"code": code}) for operator in there]
    await tx.outbox.owe(debts, now)


async def work_off(tx: Transaction, now: datetime) -> bool:
    """Take one chunk off the oldest fan-out that nobody else has in hand; whether there was any."""
    for cursor in await tx.outbox.cursors(limit=1):
        await _chunk(tx, cursor, now)
        return True
    return False


async def _chunk(tx: Transaction, cursor: FanOutCursor, now: datetime) -> None:
    if cursor.newsroom_id is None:
        return await owe_more(tx, cursor, now)
    if cursor.kind is DeliveryKind.ALERT:
        found = await tx.outbox.audience(cursor.newsroom_id, at=cursor.at, after=cursor.after, until=cursor.until, limit=AT_ONCE)
        await _owe_alerts(tx, found, cursor.releases, now)
        await tx.outbox.fold_late({who.destination_id for who in found}, now)
        last, more = int(found[-1].subscription_id) if found else 0, len(found) == AT_ONCE
    else:
        stands = await tx.outbox.shown_to(cursor.releases[0][0], after=cursor.after, limit=AT_ONCE)
        audience = {destination: silent for destination, silent in stands.items() if destination <= cursor.until}
        await tx.outbox.owe(_corrections(cursor.kind, audience, cursor.releases[0]), now)
        last, more = max(audience, default=0), len(audience) == AT_ONCE
    return await tx.outbox.advance(cursor.id, last if more else None)


async def _owe_alerts(tx: Transaction, audience: Sequence[Audience], releases: Sequence[Revised], now: datetime) -> None:
    """What those who are there want of the releases, each at its time; where nothing was chosen, all of them at once."""
    chosen = any(who.wishes for who in audience)
    said = await _said(tx, [ident for ident, _ in releases]) if chosen else {}
    # By destination, then by release: the order in which one destination reads them is the order of the releases.
    debts = [
        debt
        for who in {each.destination_id: each for each in audience}.values()
        for release in releases
        for debt in (_wanted(who, release, said[release[0]], now) if who.wishes else (_alert(who.destination_id, release),))
    ]
    # What the newsroom says beside its feed is worth a moment: it is asked while they wait.
    await tx.outbox.owe(debts, now, due=await tx.lookups.awaited([ident for ident, _ in releases]))


async def _said(tx: Transaction, releases: Sequence[ReleaseId]) -> dict[ReleaseId, Wanting]:
    awaited = await tx.lookups.awaited(releases) is not None
    return {each.id: Wanting(each, awaited=awaited) for each in await tx.releases.many(releases)}


def _alert(destination: DestinationId, revised: Revised) -> Owed:
    return Owed(destination, DeliveryKind.ALERT, _key(DeliveryKind.ALERT, revised), *revised)


def _wanted(who: Audience, revised: Revised, wanting: Wanting, now: datetime) -> Iterator[Owed]:
    """What a destination that chose something is owed of a release: nothing, the alert, or that and the whole text."""
    verdict = wanting.verdict(who.wishes, hours_of(who.options, zone_of(who.timezone)), now)
    if not verdict.told:
        return
    alert = _alert(who.destination_id, revised)
    yield replace(alert, payload=verdict.payload, silent=verdict.silent, held_until=verdict.held_until)
    if who.options.whole:
        # What is held with the alert leaves with it, also where the hours are chosen anew; and it breaks into them where that does.
        by = {BY: verdict.brought_by} if verdict.held_until else {}
        urgent = {"why": verdict.rule.value} if verdict.rule is Rule.URGENT else {}
        more, key = {"more": More.WHOLE.value} | by | urgent, f"{More.WHOLE}:{revised[0]}"
        follow_up = Owed(who.destination_id, DeliveryKind.FOLLOW_UP, key, *revised, payload=more, silent=verdict.silent)
        yield replace(follow_up, held_until=verdict.held_until)


def _corrections(kind: DeliveryKind, audience: Mapping[DestinationId, bool], revised: Revised) -> list[Owed]:
    """The correction; of the kind of a follow-up, that and what it changed."""
    keys = {DeliveryKind.CORRECTION: _key(DeliveryKind.CORRECTION, revised)}
    changes: dict[str, str] = {}
    if kind is DeliveryKind.FOLLOW_UP:
        keys[DeliveryKind.FOLLOW_UP] = _key(More.CHANGES, revised)
        changes["more"] = More.CHANGES  # the correction says them itself where it has to be posted anew
    return [Owed(to, what, key, *revised, payload=changes, silent=s) for what, key in keys.items() for to, s in audience.items()]


def _key(what: str, revised: Revised) -> str:
    release_id, revision = revised
    return f"{what}:{release_id}:{revision}"
