"""A page of a newsroom's history, written down in one transaction with how far it has come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.newsroom import Feed
from bot.domain.release import Content, ParsedRelease, ReleaseId
from bot.domain.sources import Source
from bot.feeds.archive.judge import in_known_languages
from bot.feeds.archive.pages import Page
from bot.feeds.archive.sorting import Sorted, sort_page
from bot.ports import ARCHIVED, History, HistoryState, Transaction

_NOT_YET = timedelta(minutes=1)
_TEXTS = frozenset({Source.DOCUMENT, Source.WHOLE})


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a page: how many of its releases were new to us, and the history as it stands now."""

    new: int
    history: History


async def keep(tx: Transaction, owner: str, history: History, page: Page, now: datetime, *, most: int) -> Kept | None:
    """Store a page, at most `most` releases of a newsroom; None: the history is in another's hands, and nothing was stored."""
    await tx.feeds.keep(history.feed.id)  # its poll and its history never store the same release at the same time
    feed = next(feed for feed in await tx.feeds.of(history.feed.newsroom.id) if feed.id == history.feed.id)
    if feed.primed_at is None:
        # It is begun anew: what its next poll finds tells what is history.
        kept = Kept(0, replace(history, due_at=now + _NOT_YET))
    else:
        found = sort_page(page.releases, await tx.feeds.known(feed.id, page.releases), feed, await tx.feeds.oldest(feed.id))
        kept = Kept(len(found.history), _gone_on(history, page, found, now, most))
    if not await tx.histories.settle(owner, kept.history):
        return None
    if feed.primed_at is not None:
        await _store(tx, feed, page, found, now)
    return kept


def _gone_on(history: History, page: Page, found: Sorted, now: datetime, most: int) -> History:
    """The history after a page."""
    done = history.done + (len({one.external_id for one in page.releases}) if page.looked is None else page.looked)
    state, cursor = history.state, page.cursor or ""
    caught_up = history.state is HistoryState.CATCHING_UP and bool(found.known) and not found.history and not page.turns
    if page.cursor is None or caught_up:
        state, cursor = HistoryState.DONE, ""
    elif done >= most:
        state, cursor = HistoryState.CAPPED, ""
    if history.state is HistoryState.CATCHING_UP:
        done = history.done + len(found.history)
    total = page.total if page.total is not None else history.total
    if page.left is not None:
        total = done + page.left
    return replace(history, state=state, cursor=cursor, done=done, total=total, due_at=now, tries=0, fault=page.ended)


async def _store(tx: Transaction, feed: Feed, page: Page, found: Sorted, now: datetime) -> None:
    ids = found.known | await tx.releases.add(feed, found.history, now=now, late=(), source=Source.ARCHIVE)
    if not page.texts:
        return
    heard = await tx.releases.sources(list(ids.values()))
    # What is told just now is completed by the looks at it, which show it where it stands.
    new = await tx.lookups.looked_at(list(ids.values()))
    listed = {ident for ident in found.known.values() if not heard.get(ident, frozenset()) - {Source.FEED}}
    await _complete(tx, _by_release(page.releases, ids, listed - new), Source.ARCHIVE)
    without = {ident for ident in ids.values() if not _TEXTS & heard.get(ident, frozenset())} - new
    whole = _by_release(page.whole, ids, without)
    await _complete(tx, whole, Source.WHOLE)
    newest_first = sorted(without - whole.keys(), reverse=True)
    await tx.lookups.add(newest_first, ARCHIVED, now)


def _by_release(
    said: Iterable[ParsedRelease], ids: Mapping[str, ReleaseId], wanted: set[ReleaseId]
) -> dict[ReleaseId, Sequence[Content]]:
    found: dict[ReleaseId, list[Content]] = defaultdict(list)
    for one in said:
        if (ident := ids.get(one.external_id)) in wanted and ident is not None:
            found[ident].append(one.content)
    return dict(found)


async def _complete(tx: Transaction, said: Mapping[ReleaseId, Sequence[Content]], source: Source) -> None:
    for release_id in sorted(said):
        contents = in_known_languages(await tx.releases.statements(release_id), said[release_id])
        await tx.releases.complete(release_id, contents, source=source)
