"""Which feeds are due, and what a poll comes to: fetch, parse, decide, store with all that is owed in one transaction."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import blake2b
from time import monotonic
from urllib.parse import urlsplit

import structlog

from bot.alerts.fanout import Revised, owe_alerts, owe_correction, owe_notice
from bot.domain.newsroom import Feed, FeedId, FeedState
from bot.domain.release import ParsedFeed, Release, ReleaseId
from bot.domain.subscription import DestinationId
from bot.errors import FeedError, FeedGone, HtmlInsteadOfFeed, ParseTimeout, StorageError
from bot.feeds.decide import Change, Decision, decide, missed, oldest_dated
from bot.feeds.discover import feed_links
from bot.feeds.fetching.fetch import Document, Fetcher, NotModified
from bot.feeds.reading.parse import parse
from bot.feeds.schedule import next_poll, next_try
from bot.gather import Gather
from bot.happenings import Fetched, Polled, Stored, Withdrawn, Witness, nobody
from bot.ports import Clock, Database, PollResult, Transaction
from bot.text.quiet import is_quiet

log = structlog.get_logger()

LEASE = timedelta(minutes=2)
"""How long a claimed feed is ours: longer than a fetch, a parse and a transaction may take together."""
AT_ONCE = 128
"""Polls under way at one time, most of them waiting for an answer."""
TICK = 1.0
"""Seconds after which the feeds are looked at even if none said when it is due."""
SETTLE_WITHIN = 0.05
PARSE_LIMIT = 20.0
"""Seconds that reading one document may take."""
PARSERS = 2
STOP_WITHIN = 10.0
TELL_AFTER_FAILURES = 5
"""A feed that was well before has failed so often in a row before its operators hear of it; one that never was, once."""
ASK_AGAIN_AFTER_POLLS = 60
"""A missing release whose address still answers is asked for again after so many polls."""
ASK_AT_MOST = 5

_WITHDRAWN = frozenset({404, 410})


class Poller:
    """Polls every feed when it is due. `witness` hears what may be counted."""

    def __init__(
        self,
        database: Database,
        fetcher: Fetcher,
        clock: Clock,
        *,
        interval: timedelta,
        owner: str,
        operators: Sequence[DestinationId] = (),
        witness: Witness = nobody,
    ) -> None:
        self._database = database
        self._fetcher = fetcher
        self._clock = clock
        self._interval = interval
        self._owner = owner
        self._operators = operators
        self._witness = witness
        self._chance = random.Random(owner).random  # noqa: S311 - it spreads polls, it guards nothing
        self._results = Gather(self._settle, SETTLE_WITHIN)
        self._polls: set[asyncio.Task[None]] = set()
        self._reading: set[FeedId] = set()
        self._backlog = False
        self._parsers = ThreadPoolExecutor(PARSERS, "parse")
        self._parser_free = asyncio.Semaphore(PARSERS)
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """A feed may be due earlier than we thought."""
        self._wake.set()

    def stop(self) -> None:
        """Claim nothing more; what is under way is finished, then `run` returns."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Poll until `stop`."""
        writer = asyncio.create_task(self._results.run())
        try:
            while not self._stopping:
                try:
                    pause = await self._round()
                except StorageError as error:
                    log.error("database_unusable", error=str(error))
                    pause = TICK
                except Exception:  # a fault of ours in one round must not end all of them
                    log.exception("poller_broken")
                    pause = TICK
                await self._sleep(pause)
        finally:
            await self._finish(writer)

    async def _finish(self, writer: asyncio.Task[None]) -> None:
        if self._polls:
            await asyncio.wait(self._polls, timeout=STOP_WITHIN)
        for task in self._polls:
            task.cancel()
        await self._results.drain(STOP_WITHIN)
        writer.cancel()
        await asyncio.gather(writer, *self._polls, return_exceptions=True)
        self._parsers.shutdown(wait=False, cancel_futures=True)
        with suppress(StorageError):
            async with self._database.begin() as tx:
                await tx.feeds.let_go(self._owner)

    async def _round(self) -> float:
        """Take up what is due; seconds until it is worth looking again."""
        self._wake.clear()
        now = self._clock.now()
        room = AT_ONCE - len(self._polls) - len(self._results)
        if room <= 0:
            return TICK
        if not self._backlog:
            async with self._database.read() as tx:
                due = await tx.feeds.next_due()
            if due is None:
                return TICK
            if due > now:
                return min((due - now).total_seconds(), TICK)
        async with self._database.begin() as tx:
            feeds = await tx.feeds.claim_due(self._owner, now, LEASE, room)
        self._backlog = len(feeds) == room
        for feed in feeds:
            if feed.id not in self._reading:  # else it waits for its host still, and the claim has made its lease longer
                self._reading.add(feed.id)
                task = asyncio.create_task(self._poll(feed))
                self._polls.add(task)
                task.add_done_callback(self._done)
        return 0.0 if self._backlog else TICK

    def _done(self, task: asyncio.Task[None]) -> None:
        self._polls.discard(task)
        self._wake.set()

    async def _sleep(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    async def _settle(self, results: list[PollResult]) -> None:
        async with self._database.begin() as tx:
            await tx.feeds.settle(results)
        self._wake.set()

    # One feed

    async def _poll(self, feed: Feed) -> None:
        missing, outcome = None, "internal"
        try:
            missing, outcome = await self._read(feed)
        except FeedError as error:
            outcome = error.code
            await self._failed(feed, error)
        except StorageError as error:
            outcome = "storage"
            # Nothing of the feed's state has moved, so nothing is lost: the next poll finds the same again.
            log.error("poll_not_stored", newsroom=feed.newsroom.slug, error=str(error))
            self._results.put(self._failure(feed, "storage", str(error)))
        except Exception as error:  # a fault of ours in one feed must not stop the others
            log.exception("poll_broken", newsroom=feed.newsroom.slug, url=feed.address)
            self._results.put(self._failure(feed, "internal", f"{type(error).__name__}: {error}"))
        finally:
            self._reading.discard(feed.id)
            self._witness(Polled(feed.newsroom.slug, outcome))
        if missing is not None:
            await self._follow_up(feed, missing)

    async def _follow_up(self, feed: Feed, missing: int) -> None:
        try:
            if self._was_told(feed):
                await self._tell_recovered(feed)
            if missing:
                await self._ask_for_missing(feed)
        except StorageError as error:
            log.error("poll_not_followed_up", newsroom=feed.newsroom.slug, error=str(error))

    async def _fetch(self, feed: Feed) -> NotModified | Document:
        started = monotonic()
        try:
            return await self._fetcher.fetch(feed.address, etag=feed.etag, last_modified=feed.last_modified)
        finally:
            self._witness(Fetched(monotonic() - started))

    async def _read(self, feed: Feed) -> tuple[int | None, str]:
        """Fetch, and store what is new; how many releases are missing (None where the feed is held), and what it came to."""
        fetched = await self._fetch(feed)
        if isinstance(fetched, NotModified):
            etag, last_modified = feed.etag, feed.last_modified
        else:
            body_hash = blake2b(fetched.body, digest_size=16).hexdigest()
            if body_hash != feed.body_hash:
                missing = await self._take(feed, fetched, body_hash)
                return missing, "held" if missing is None else "read"
            etag, last_modified = fetched.etag, fetched.last_modified
        unchanged = PollResult(
            feed.id,
            self._next_poll(),
            good_at=self._clock.now(),
            moved_to=_moved_to(feed, fetched),
            etag=etag,
            last_modified=last_modified,
            body_hash=feed.body_hash,
            missing=feed.missing,
        )
        self._results.put(unchanged)
        return feed.missing, "unchanged"

    async def _take(self, feed: Feed, document: Document, body_hash: str) -> int | None:
        """A document we have not read: parse it, and store what it says together with what is owed for it."""
        parsed = await self._parse(feed, document)
        moved_to = _moved_to(feed, document)
        good = PollResult(feed.id, self._next_poll(), good_at=self._clock.now(), moved_to=moved_to, primes=True)
        if not parsed.truncated:
            good = replace(good, etag=document.etag, last_modified=document.last_modified, body_hash=body_hash)
        async with self._database.begin() as tx:
            now = self._clock.now()  # once we are in: whoever subscribed while we waited is part of the audience
            decision = await _decide(tx, feed, parsed, now)
            if decision.held:
                await self._hold(tx, feed, now)
                return None
            await _name(tx, feed, parsed)
            stored = await _store(tx, feed, decision, now)
            await tx.feeds.settle([replace(good, missing=decision.missing)])
        self._report(feed, parsed, decision)
        _report_releases(feed, decision, *stored)
        self._witness(_counted(feed, decision, now))
        return decision.missing

    async def _parse(self, feed: Feed, document: Document) -> ParsedFeed:
        read = partial(
            parse,
            document.body,
            url=document.url,
            content_type=document.content_type,
            now=self._clock.now(),
            language=feed.newsroom.language,
            region=feed.newsroom.country,
        )
        try:
            async with self._parser_free:  # the time spent waiting for others is not this document's
                return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(self._parsers, read), PARSE_LIMIT)
        except TimeoutError:
            raise ParseTimeout(feed.address, f"reading it took more than {PARSE_LIMIT:.0f} seconds") from None
        except HtmlInsteadOfFeed as error:
            # A page that links its feed is as good as the feed's own address, where we have not seen a feed yet.
            linked = feed_links(document.body, document.url) if feed.primed_at is None else ()
            raise HtmlInsteadOfFeed(feed.address, error.detail, linked=linked) from None

    def _next_poll(self) -> datetime:
        return next_poll(self._clock.now(), self._interval, self._chance())

    # When it goes wrong

    async def _failed(self, feed: Feed, error: FeedError) -> None:
        linked = next((url for url in getattr(error, "linked", ()) if url != feed.url), None)
        if linked and feed.moved_to is None:  # once: pages may lead to each other
            log.info("feed_found", newsroom=feed.newsroom.slug, page=feed.url, feed=linked)
            self._results.put(PollResult(feed.id, self._clock.now(), moved_to=linked))
            return
        result = self._failure(feed, error.code, error.detail, getattr(error, "retry_after", None))
        if isinstance(error, FeedGone):
            result = replace(result, state=FeedState.ENDED, due_at=None)
        log.warning(
            "poll_failed",
            newsroom=feed.newsroom.slug,
            fault=error.code,
            error=str(error),
            failures=feed.failures + 1,
            next_try=result.due_at.isoformat(timespec="seconds") if result.due_at else "never",
        )
        with suppress(StorageError):
            await self._tell_failed(feed, error, result)
        self._results.put(result)

    def _failure(self, feed: Feed, fault: str, detail: str, retry_after: timedelta | None = None) -> PollResult:
        due_at = next_try(self._clock.now(), self._interval, feed.failures + 1, self._chance(), retry_after)
        return PollResult(feed.id, due_at, fault=fault, fault_detail=detail)

    async def _tell_failed(self, feed: Feed, error: FeedError, result: PollResult) -> None:
        gone = isinstance(error, FeedGone)
        if not gone and feed.failures + 1 != _told_after(feed):
            return
        code = "feed_ended" if gone else "feed_failing"
        values = _values(feed) | {"fault": error.code, "detail": error.detail}
        if result.due_at:
            values["retry"] = result.due_at.isoformat()
        async with self._database.begin() as tx:
            await owe_notice(tx, self._operators, f"{code}:{feed.id}:{feed.polls}", code, values, self._clock.now())

    def _was_told(self, feed: Feed) -> bool:
        return feed.failures >= _told_after(feed)

    async def _tell_recovered(self, feed: Feed) -> None:
        log.info("poll_recovered", newsroom=feed.newsroom.slug, failures=feed.failures)
        key = f"feed_recovered:{feed.id}:{feed.polls}"
        async with self._database.begin() as tx:
            await owe_notice(tx, self._operators, key, "feed_recovered", _values(feed), self._clock.now())

    async def _hold(self, tx: Transaction, feed: Feed, now: datetime) -> None:
        """Nothing here is known: the feed moved or was renumbered. Whether its releases are news is for an operator to say."""
        log.error("feed_held", newsroom=feed.newsroom.slug, url=feed.address)
        detail = "none of its releases is known here: the feed was moved or renumbered"
        await tx.feeds.settle([PollResult(feed.id, None, state=FeedState.HELD, fault="held", fault_detail=detail)])
        await owe_notice(tx, self._operators, f"feed_held:{feed.id}:{feed.polls}", "feed_held", _values(feed), now)

    # Releases that are missing

    async def _ask_for_missing(self, feed: Feed) -> None:
        """Ask the addresses of releases that have been missing for a while: 404 or 410 means that they were taken down."""
        polls = feed.polls + 1
        async with self._database.read() as tx:
            releases = await tx.feeds.missing(feed.id, polls, ASK_AT_MOST)
        gone = [release for release in releases if await self._is_withdrawn(release)]
        again = {release.id: polls + ASK_AGAIN_AFTER_POLLS for release in releases if release not in gone}
        if not releases:
            return
        async with self._database.begin() as tx:
            await tx.feeds.mark_missing(again)
            for release in gone:
                await tx.releases.mark_gone(release.id, self._clock.now())
        for release in gone:
            log.info("release_withdrawn", release=release.id, newsroom=feed.newsroom.slug)
            self._witness(Withdrawn(feed.newsroom.slug))

    async def _is_withdrawn(self, release: Release) -> bool:
        url = release.content().url
        try:
            return bool(url) and await self._fetcher.status(url) in _WITHDRAWN
        except FeedError:
            return False

    def _report(self, feed: Feed, parsed: ParsedFeed, decision: Decision) -> None:
        for fault in parsed.faults:
            log.warning("release_unusable", newsroom=feed.newsroom.slug, fault=fault)
        if not parsed.releases and feed.primed_at:
            log.warning("feed_empty", newsroom=feed.newsroom.slug, url=feed.address)
        report = log.info if decision.new or decision.corrected else log.debug
        report(
            "poll",
            newsroom=feed.newsroom.slug,
            new=len(decision.new),
            silent=len(decision.silent),
            corrected=len(decision.corrected),
            missing=decision.missing,
            truncated=parsed.truncated,
        )


async def _decide(tx: Transaction, feed: Feed, parsed: ParsedFeed, now: datetime) -> Decision:
    oldest = await tx.feeds.oldest(feed.id)
    known = await tx.feeds.known(feed.id, parsed.releases) if oldest else []
    decision = decide(feed, parsed, known, oldest, now)
    since = oldest_dated(parsed)
    if decision.held or oldest is None or since is None:
        return decision
    return missed(feed, parsed, await tx.feeds.newer_than(feed.id, since, limit=500), decision)


def _report_releases(feed: Feed, decision: Decision, ids: dict[str, ReleaseId], corrected: dict[ReleaseId, int]) -> None:
    """A line for each release: what is said later of its deliveries and posts bears the same number."""
    for external_id, release_id in ids.items():
        report = log.debug if external_id in decision.silent else log.info
        report("release_stored", release=release_id, newsroom=feed.newsroom.slug, late=external_id in decision.late)
    for release_id, revision in corrected.items():
        log.info("release_corrected", release=release_id, newsroom=feed.newsroom.slug, revision=revision)


def _counted(feed: Feed, decision: Decision, now: datetime) -> Stored:
    """How long after its publication each release was seen, where it is news and has a time of publication."""
    news = {item.external_id: item.published for item in decision.new if item.external_id not in decision.silent}
    delays = tuple(now - published if published else None for published in news.values())
    return Stored(feed.newsroom.slug, delays, len(decision.silent), len(decision.corrected))


async def _store(
    tx: Transaction, feed: Feed, decision: Decision, now: datetime
) -> tuple[dict[str, ReleaseId], dict[ReleaseId, int]]:
    """Write a decision down, and what it makes us owe: the ids of new releases, and the revisions of corrected ones."""
    for release_id in decision.rekeyed:  # first out of each other's way: ids may have been passed on from one to the next
        await tx.releases.rekey(release_id, f"was:{release_id}")
    for release_id, external_id in decision.rekeyed.items():
        await tx.releases.rekey(release_id, external_id)
    ids = await tx.releases.add(feed, decision.new, now=now, late=decision.late)
    for change in decision.versions:
        await tx.releases.add_version(change.known.release_id, change.item.content)
    for change in decision.refreshed:
        await tx.releases.revise(change.known.release_id, change.item.content, now=now, correction=False)
    corrected, told = await _correct(tx, decision.corrected, now)
    await tx.feeds.mark_missing(decision.ask_at, decision.present)
    await _owe_alerts(tx, feed, decision, ids, now)
    for revised in corrected.items():
        await owe_correction(tx, feed.newsroom.id, revised, now, tell=revised[0] in told)
    return ids, corrected


async def _correct(tx: Transaction, changes: Sequence[Change], now: datetime) -> tuple[dict[ReleaseId, int], set[ReleaseId]]:
    """Store what corrected releases say now: the revision of each, and those whose correction is worth a word."""
    corrected: dict[ReleaseId, int] = {}
    told: set[ReleaseId] = set()
    for change in changes:
        release_id, said = change.known.release_id, change.item.content
        release = await tx.releases.get(release_id)
        before = next((each for each in release.versions if each.language == said.language), None) if release else None
        quiet = before is not None and is_quiet(before.text, said.text)
        corrected[release_id] = await tx.releases.revise(release_id, said, now=now, correction=True, quiet=quiet)
        told |= set() if quiet else {release_id}
    return corrected, told


async def _owe_alerts(tx: Transaction, feed: Feed, decision: Decision, ids: dict[str, ReleaseId], now: datetime) -> None:
    loud = dict.fromkeys(item.external_id for item in decision.new if item.external_id not in decision.silent)
    alerts: list[Revised] = [(ids[external_id], 1) for external_id in loud]
    await owe_alerts(tx, feed.newsroom.id, alerts, now, any_late=bool(decision.late & loud.keys()))


async def _name(tx: Transaction, feed: Feed, parsed: ParsedFeed) -> None:
    """A newsroom known by its address alone takes the name that its feed bears."""
    if feed.primed_at is None and parsed.title and feed.newsroom.name == urlsplit(feed.url).hostname:
        await tx.newsrooms.rename(feed.newsroom.id, parsed.title)


def _moved_to(feed: Feed, fetched: NotModified | Document) -> str | None:
    """Where the feed lives now: an answer from its first address, without a redirect, says that it is back there."""
    return fetched.moved_to or (None if feed.address == feed.url else feed.moved_to)


def _told_after(feed: Feed) -> int:
    return 1 if feed.last_good_at is None else TELL_AFTER_FAILURES


def _values(feed: Feed) -> dict[str, str]:
    return {"newsroom": feed.newsroom.name, "slug": feed.newsroom.slug, "url": feed.address}
