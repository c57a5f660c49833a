"""What a look at a release's document found, written down in one transaction together with what is owed for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import cards
from bot.alerts.anew import show_anew
from bot.alerts.fanout import owe_corrections
from bot.domain.card import Card
from bot.domain.contact import Pin
from bot.domain.release import Content, Release
from bot.domain.sources import Source
from bot.feeds.archive.judge import Judgement, judge
from bot.i18n import Texts, texts
from bot.ports import Transaction

_READERS = (("da", "Europe/Copenhagen"), ("en", "Europe/Copenhagen"))


@dataclass(frozen=True, slots=True)
class Completed:
    """What came of it: the revision that the release has now where posts are to show it anew, and whether it was corrected."""

    revision: int | None = None
    corrected: bool = False


async def complete(
    tx: Transaction, release: Release, source: Source, contents: Sequence[Content], now: datetime, *, hurry: bool = False
) -> Completed:
    """Store what a source says of a release; a correction is told, and a completion shown by an edit that nobody is told of.

    `hurry`: the alerts about it wait for no more than this.
    """
    judgement = judge(await tx.releases.statements(release.id), source, contents)
    before = await tx.releases.get(release.id)
    if judgement.completes:
        await tx.releases.complete(release.id, judgement.completes, source=source)
    corrected = await _correct(tx, release, source, judgement, now)
    after = await tx.releases.get(release.id)
    if hurry:
        await tx.outbox.hurry(release.id, now)
    if corrected.corrected or before is None or after is None:
        return corrected
    if not looks_other(before, after, await tx.pins.of(release.newsroom.id)):
        return Completed()
    shown = await show_anew(tx, after.newsroom.id, [after], now)
    return Completed(shown.get(after.id))


async def _correct(tx: Transaction, release: Release, source: Source, judgement: Judgement, now: datetime) -> Completed:
    revision = 0
    for each in judgement.corrects:
        revision = await tx.releases.revise(
            release.id, each.content, source=source, now=now, correction=True, quiet=each.quiet, renames=each.renames
        )
    if not judgement.corrects:
        return Completed()
    told = set() if all(each.quiet for each in judgement.corrects) else {release.id}
    await owe_corrections(tx, release.newsroom.id, [(release.id, revision)], now, told=told)
    return Completed(revision, corrected=True)


def looks_other(before: Release, after: Release, pins: Sequence[Pin] = ()) -> bool:
    """Whether the alert about a release shows anything else now."""
    readers = [texts(*reader) for reader in _READERS]
    return any(_alert(before, reader, pins) != _alert(after, reader, pins) for reader in readers)


def _alert(release: Release, reader: Texts, pins: Sequence[Pin]) -> Card:
    return cards.alert_card(release, reader, pins=pins)
