"""Who is owed what: written in the transaction that stores the release, or, for large audiences, as a cursor that is worked off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

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
    audience = _destinations(await tx.outbox.audience(newsroom_id, at=now))
    await _owe(tx, DeliveryKind.ALERT, audience, releases, now)
    if any_late:
        await tx.outbox.fold_late(set(audience), now)


async def owe_correction(tx: Transaction, newsroom_id: NewsroomId, revised: Revised, now: datetime, *, tell: bool = False) -> None:
    """Owe a correction wherever the release stands or is about to; `tell`: after it, also what changed."""
    kind = DeliveryKind.FOLLOW_UP if tell else DeliveryKind.CORRECTION
    audience = await tx.outbox.shown_to(revised[0], limit=AT_ONCE + 1)
    if len(audience) > AT_ONCE:
        await tx.outbox.owe_later(kind, newsroom_id, [revised], now)
    else:
        await _owe_corrections(tx, kind, audience, revised, now)


async def owe_notice(
    tx: Transaction, operators: Iterable[DestinationId], key: str, code: str, values: dict[str, str], now: datetime
) -> None:
    """Tell the operators something about the bot itself, once for each `key`."""
    debts = [Owed(operator, DeliveryKind.NOTICE, f"notice:{key}", payload=values | {"code": code}) for operator in operators]
    await tx.outbox.owe(debts, now)


async def work_off(tx: Transaction, now: datetime) -> bool:
    """Take one chunk off the oldest fan-out that nobody else has in hand; whether there was any."""
    for cursor in await tx.outbox.cursors(limit=1):
        await _chunk(tx, cursor, now)
        return True
    return False


async def _chunk(tx: Transaction, cursor: FanOutCursor, now: datetime) -> None:
    if cursor.kind is DeliveryKind.ALERT:
        found = await tx.outbox.audience(cursor.newsroom_id, at=cursor.at, after=cursor.after, until=cursor.until, limit=AT_ONCE)
        audience, last = _destinations(found), int(found[-1].subscription_id) if found else 0
        more = len(found) == AT_ONCE
    else:
        stands = await tx.outbox.shown_to(cursor.releases[0][0], after=cursor.after, limit=AT_ONCE)
        audience = {destination: silent for destination, silent in stands.items() if destination <= cursor.until}
        last = max(audience, default=0)
        more = len(audience) == AT_ONCE
    if cursor.kind is DeliveryKind.ALERT:
        await _owe(tx, cursor.kind, audience, cursor.releases, now)
        await tx.outbox.fold_late(set(audience), now)
    else:
        await _owe_corrections(tx, cursor.kind, audience, cursor.releases[0], now)
    await tx.outbox.advance(cursor.id, last if more else None)


async def _owe_corrections(
    tx: Transaction, kind: DeliveryKind, audience: Mapping[DestinationId, bool], revised: Revised, now: datetime
) -> None:
    """The correction; of the kind of a follow-up, that and what it changed."""
    if kind is not DeliveryKind.FOLLOW_UP:
        await _owe(tx, DeliveryKind.CORRECTION, audience, [revised], now)
        return
    keys = {DeliveryKind.CORRECTION: _key(DeliveryKind.CORRECTION, revised), DeliveryKind.FOLLOW_UP: _key(More.CHANGES, revised)}
    changes = {"more": More.CHANGES.value}  # the correction says them itself where it has to be posted anew
    debts = [Owed(to, what, key, *revised, payload=changes, silent=s) for what, key in keys.items() for to, s in audience.items()]
    await tx.outbox.owe(debts, now)


def _destinations(audience: Sequence[Audience]) -> dict[DestinationId, bool]:
    """The destinations of subscribers, in their order, and whether what they are owed is silent."""
    return {who.destination_id: who.silent for who in audience}


async def _owe(
    tx: Transaction, kind: DeliveryKind, audience: Mapping[DestinationId, bool], releases: Sequence[Revised], now: datetime
) -> None:
    # By destination, then by release: the order in which one destination reads them is the order of the releases.
    debts = [
        Owed(destination, kind, _key(kind, (release_id, revision)), release_id, revision, silent=silent)
        for destination, silent in audience.items()
        for release_id, revision in releases
    ]
    await tx.outbox.owe(debts, now)


def _key(what: str, revised: Revised) -> str:
    release_id, revision = revised
    return f"{what}:{release_id}:{revision}"
