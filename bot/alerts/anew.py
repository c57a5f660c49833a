"""Alerts that stand, shown anew without a word: what is known of their releases is more, or other, than when they were posted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.alerts.fanout import owe_corrections
from bot.cards.contact import to_call
from bot.cards.release import ALERT_CONTACTS
from bot.domain.contact import Pin
from bot.domain.newsroom import NewsroomId
from bot.domain.release import Release, ReleaseId
from bot.ports import Narrowing, Transaction

RECENT = timedelta(hours=24)
"""For so long after its publication somebody calls about a release from its alert."""
MOST = 20
"""So many of a newsroom's newest releases are looked at: an operator waits for the answer."""


async def show_anew(tx: Transaction, newsroom_id: NewsroomId, releases: Sequence[Release], now: datetime) -> dict[ReleaseId, int]:
    """Have the alerts about a newsroom's releases edited, telling nobody; the revision then of those of which any is out."""
    out = [each.id for each in releases if await tx.outbox.is_out(each.id)]
    revised = {each: await tx.releases.reshow(each) for each in out}
    await owe_corrections(tx, newsroom_id, list(revised.items()), now)
    return revised


async def show_contacts(tx: Transaction, newsroom_id: NewsroomId, before: Sequence[Pin], now: datetime) -> int:
    """The same of a newsroom's recent releases whose alerts name others to call than when this was pinned; how many they are."""
    pinned = await tx.pins.of(newsroom_id)
    recent = await tx.releases.latest([newsroom_id], narrowing=Narrowing(since=now - RECENT), limit=MOST)
    return len(await show_anew(tx, newsroom_id, [each for each in recent if _shown(each, before) != _shown(each, pinned)], now))


def _shown(release: Release, pins: Sequence[Pin]) -> list[object]:
    return [(each.contact, each.pinned_at) for each in to_call(release, pins)[:ALERT_CONTACTS]]
