"""What a feed's document comes to, written down in one transaction together with all that is owed for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bot.alerts.fanout import Revised, owe_alerts, owe_corrections
from bot.domain.newsroom import Feed
from bot.domain.release import ParsedFeed, ReleaseId
from bot.domain.sources import Source
from bot.feeds.archive.judge import has_followed, is_trifle, renamed
from bot.feeds.archive.looks import FIRST, LAST
from bot.feeds.archive.own_page import wants_page
from bot.feeds.decide import Change, Decision, decide, missed, oldest_dated
from bot.ports import ARCHIVED, Transaction


@dataclass(frozen=True, slots=True)
class Written:
    """The ids of new releases by external id, and the revisions of corrected ones."""

    new: dict[str, ReleaseId]
    corrected: dict[ReleaseId, int]


async def decision_on(tx: Transaction, feed: Feed, parsed: ParsedFeed, now: datetime) -> Decision:
    """What is new, corrected and missing in a document, by what is known of its feed."""
    oldest = await tx.feeds.oldest(feed.id)
    known = await tx.feeds.known(feed.id, parsed.releases)  # the archive may know what the feed has never brought
    decision = decide(feed, parsed, known, oldest, now)
    since = oldest_dated(parsed)
    if decision.held or oldest is None or since is None:
        return decision
    return missed(feed, parsed, await tx.feeds.newer_than(feed.id, since, limit=500), decision)


async def name_newsroom(tx: Transaction, feed: Feed, parsed: ParsedFeed) -> None:
    """A newsroom known by its address alone takes the name that its feed bears."""
    if feed.primed_at is None and parsed.title and feed.newsroom.name == urlsplit(feed.url).hostname:
        await tx.newsrooms.rename(feed.newsroom.id, parsed.title)


async def store(
    tx: Transaction, feed: Feed, decision: Decision, now: datetime, *, looks: bool = False, pages: bool = False
) -> Written:
    """Write a decision down, and what it makes us owe.

    `looks`: documents beside the feed are looked at (`bot.feeds.archive`), and alerts wait for them a moment; `pages`: so are the
    pages of releases that come without a text, for which nothing waits.
    """
    for release_id in decision.rekeyed:  # first out of each other's way: ids may have been passed on from one to the next
        await tx.releases.rekey(release_id, f"was:{release_id}")
    for release_id, external_id in decision.rekeyed.items():
        await tx.releases.rekey(release_id, external_id)
    ids = await tx.releases.add(feed, decision.new, now=now, late=decision.late)
    for change in decision.versions:
        await tx.releases.add_version(change.known.release_id, change.item.content)
    for change in decision.refreshed:
        await tx.releases.revise(change.known.release_id, change.item.content, now=now, correction=False)
    if looks:  # what documents said is stale now; and whoever looks at one holds its lookup before its release, as we do
        for release_id in dict.fromkeys(change.known.release_id for change in decision.corrected):
            await tx.lookups.again(release_id, LAST, now)
    if pages:
        await _look_at_pages(tx, feed, decision, ids, now)
    corrected, told = await _correct(tx, decision.corrected, now)
    back = await tx.feeds.mark_missing(decision.ask_at, decision.present)
    await _owe_alerts(tx, feed, decision, ids, now, looks=looks)
    # Where one that is back was struck, it stands as before.
    await owe_corrections(tx, feed.newsroom.id, [*corrected.items(), *back], now, told=told)
    return Written(ids, corrected)


async def _correct(tx: Transaction, changes: Sequence[Change], now: datetime) -> tuple[dict[ReleaseId, int], set[ReleaseId]]:
    """Store what corrected releases say now: the revision of each, and those whose correction is worth a word."""
    corrected: dict[ReleaseId, int] = {}
    told: set[ReleaseId] = set()
    for change in changes:
        release_id, content = change.known.release_id, change.item.content
        said = [each for each in await tx.releases.statements(release_id) if each.content.language == content.language]
        before = next((each for each in said if each.source is Source.FEED), None)
        if before and has_followed(said, before, content):
            await tx.releases.revise(release_id, content, now=now, correction=False)
            continue
        renames = renamed(said, before, content) if before else frozenset()
        quiet = before is not None and is_trifle(said, before, content, renames)
        corrected[release_id] = await tx.releases.revise(
            release_id, content, now=now, correction=True, quiet=quiet, renames=renames
        )
        told |= set() if quiet else {release_id}
    return corrected, told


async def _look_at_pages(tx: Transaction, feed: Feed, decision: Decision, ids: dict[str, ReleaseId], now: datetime) -> None:
    """New releases, and those of which the feed says something else now: what was read on a page is stale then."""
    new = [external_id for external_id in wants_page(feed, decision.new) if external_id not in decision.silent]
    await tx.lookups.add([ids[external_id] for external_id in dict.fromkeys(new)], ARCHIVED, now)
    corrected = (change.known.release_id for change in decision.corrected if wants_page(feed, [change.item]))
    for release_id in dict.fromkeys(corrected):
        await tx.lookups.again(release_id, ARCHIVED, now)


async def _owe_alerts(
    tx: Transaction, feed: Feed, decision: Decision, ids: dict[str, ReleaseId], now: datetime, *, looks: bool
) -> None:
    loud = dict.fromkeys(item.external_id for item in decision.new if item.external_id not in decision.silent)
    alerts: list[Revised] = [(ids[external_id], 1) for external_id in loud]
    if looks:
        await tx.lookups.add([release_id for release_id, _ in alerts], FIRST, now)
    await owe_alerts(tx, feed.newsroom.id, alerts, now, any_late=bool(decision.late & loud.keys()))
