"""What one poll of one feed comes to: fetch, parse, decide, store with all that is owed in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b
from time import monotonic

import structlog

from bot.domain.newsroom import Feed, FeedState
from bot.domain.release import ParsedFeed
from bot.errors import FeedError, FeedGone, StorageError
from bot.feeds.decide import Decision
from bot.feeds.fetching.fetch import Document, Fetcher, NotModified
from bot.feeds.missing import withdrawn
from bot.feeds.parsers import Parsers
from bot.feeds.reading.via import has_documents
from bot.feeds.schedule import next_poll, next_try
from bot.feeds.storing import Written, decision_on, name_newsroom, store
from bot.feeds.telling import Operators, tell_failed, tell_held, tell_recovered, to_be_told, was_told
from bot.happenings import Fetched, Polled, Stored, Withdrawn, Witness
from bot.ports import Clock, Database, PollResult, Transaction

log = structlog.get_logger()

OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True)
class Means:
    """What polls have in common. `owner` holds the feeds; `put` takes results that may be written down together with others'."""

    database: Database
    fetcher: Fetcher
    parsers: Parsers
    clock: Clock
    interval: timedelta
    owner: str
    operators: Operators
    witness: Witness
    chance: Callable[[], float]
    put: Callable[[PollResult], None]
    looks: bool = False
    """Whether somebody looks at the documents that newsrooms have beside their feeds."""


@dataclass(slots=True)
class Poll:
    """A poll of a feed that was claimed. It stores nothing where the feed is no longer in its owner's hands."""

    feed: Feed
    means: Means
    _missing: int | None = None
    """How many releases are missing; None: there is nothing to follow up, since the poll was not good or the feed is held."""
    _outcome: str = OVERTAKEN

    async def run(self) -> None:
        """Fetch the feed, and store what is new."""
        slug = self.feed.newsroom.slug
        try:
            self._missing, self._outcome = await self._read()
        except FeedError as error:
            self._outcome = error.code
            await self._failed(error)
        except StorageError as error:
            self._outcome = "storage"
            # Nothing of the feed's state has moved, so nothing is lost: the next poll finds the same again.
            log.error("poll_not_stored", newsroom=slug, error=str(error))
            self.means.put(self._failure("storage", str(error)))
        except Exception as error:  # a fault of ours in one feed must not stop the others
            self._outcome = "internal"
            log.exception("poll_broken", newsroom=slug, url=self.feed.address)
            self.means.put(self._failure("internal", f"{type(error).__name__}: {error}"))
        finally:
            self.means.witness(Polled(slug, self._outcome))

    async def follow_up(self) -> None:
        """After a good poll: tell that the feed is well again, and ask for what is missing. The feed is let go by then."""
        if self._missing is None:
            return
        try:
            if was_told(self.feed):
                await self._recovered()
            if self._missing:
                await self._ask_for_missing()
        except StorageError as error:
            log.error("poll_not_followed_up", newsroom=self.feed.newsroom.slug, error=str(error))

    async def _fetch(self) -> NotModified | Document:
        feed, started = self.feed, monotonic()
        try:
            return await self.means.fetcher.fetch(feed.address, etag=feed.etag, last_modified=feed.last_modified)
        finally:
            self.means.witness(Fetched(monotonic() - started))

    async def _read(self) -> tuple[int | None, str]:
        """Fetch, and store what is new; how many releases are missing, and what the poll came to."""
        feed, fetched = self.feed, await self._fetch()
        if isinstance(fetched, NotModified):
            etag, last_modified = feed.etag, feed.last_modified
        else:
            body_hash = blake2b(fetched.body, digest_size=16).hexdigest()
            if body_hash != feed.body_hash:
                return await self._take(fetched, body_hash)
            etag, last_modified = fetched.etag, fetched.last_modified
        unchanged = replace(self._good(fetched), etag=etag, last_modified=last_modified, body_hash=feed.body_hash)
        self.means.put(replace(unchanged, missing=feed.missing))
        return feed.missing, "unchanged"

    async def _take(self, document: Document, body_hash: str) -> tuple[int | None, str]:
        """A document we have not read: parse it, and store what it says together with what is owed for it."""
        feed, means = self.feed, self.means
        parsed = await means.parsers.parse(feed, document, means.clock.now())
        good = replace(self._good(document), primes=True)
        if not parsed.truncated:
            good = replace(good, etag=document.etag, last_modified=document.last_modified, body_hash=body_hash)
        async with means.database.begin() as tx:
            if not await tx.feeds.holds(feed.id, means.owner):
                log.info("poll_overtaken", newsroom=feed.newsroom.slug)
                return None, OVERTAKEN
            now = means.clock.now()  # once we are in: whoever subscribed while we waited is part of the audience
            decision = await decision_on(tx, feed, parsed, now)
            if decision.held:
                await self._hold(tx, now)
                return None, "held"
            await name_newsroom(tx, feed, parsed)
            documents = has_documents(feed)
            written = await store(tx, feed, decision, now, looks=means.looks and documents, pages=means.looks and not documents)
            await tx.feeds.settle([replace(good, missing=decision.missing)], owner=means.owner)
        _report(feed, parsed, decision)
        _report_releases(feed, decision, written)
        means.witness(_counted(feed, decision, now))
        return decision.missing, "read"

    def _good(self, fetched: NotModified | Document) -> PollResult:
        now = self.means.clock.now()
        due_at = next_poll(now, self.means.interval, self.means.chance())
        return PollResult(self.feed.id, due_at, good_at=now, moved_to=_moved_to(self.feed, fetched))

    async def _hold(self, tx: Transaction, now: datetime) -> None:
        """Nothing here is known: the feed moved or was renumbered. Whether its releases are news is for an operator to say."""
        feed = self.feed
        log.error("feed_held", newsroom=feed.newsroom.slug, url=feed.address)
        detail = "none of its releases is known here: the feed was moved or renumbered"
        held = PollResult(feed.id, None, state=FeedState.HELD, fault="held", fault_detail=detail)
        await tx.feeds.settle([held], owner=self.means.owner)
        await tell_held(tx, self.means.operators, feed, now)

    # When it goes wrong

    async def _failed(self, error: FeedError) -> None:
        feed = self.feed
        linked = next((url for url in getattr(error, "linked", ()) if url != feed.url), None)
        if linked and feed.moved_to is None:  # once: pages may lead to each other
            log.info("feed_found", newsroom=feed.newsroom.slug, page=feed.url, feed=linked)
            self.means.put(PollResult(feed.id, self.means.clock.now(), moved_to=linked))
            return
        result = self._failure(error.code, error.detail, getattr(error, "retry_after", None))
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
            await self._tell_failed(error, result)
        self.means.put(result)

    def _failure(self, fault: str, detail: str, retry_after: timedelta | None = None) -> PollResult:
        failures, means = self.feed.failures + 1, self.means
        due_at = next_try(means.clock.now(), means.interval, failures, means.chance(), retry_after)
        return PollResult(self.feed.id, due_at, fault=fault, fault_detail=detail)

    async def _tell_failed(self, error: FeedError, result: PollResult) -> None:
        if to_be_told(self.feed, error):
            async with self.means.database.begin() as tx:
                if await tx.feeds.holds(self.feed.id, self.means.owner):
                    await tell_failed(tx, self.means.operators, self.feed, error, result, self.means.clock.now())

    # Afterwards

    async def _recovered(self) -> None:
        log.info("poll_recovered", newsroom=self.feed.newsroom.slug, failures=self.feed.failures)
        async with self.means.database.begin() as tx:
            await tell_recovered(tx, self.means.operators, self.feed, self.means.clock.now())

    async def _ask_for_missing(self) -> None:
        slug = self.feed.newsroom.slug
        for release in await withdrawn(self.feed, self.means.database, self.means.fetcher, self.means.clock):
            log.info("release_withdrawn", release=release.id, newsroom=slug)
            self.means.witness(Withdrawn(slug))


def _moved_to(feed: Feed, fetched: NotModified | Document) -> str | None:
    """Where the feed lives now: an answer from its first address, without a redirect, says that it is back there."""
    return fetched.moved_to or (None if feed.address == feed.url else feed.moved_to)


def _counted(feed: Feed, decision: Decision, now: datetime) -> Stored:
    """How long after its publication each release was seen, where it is news and has a time of publication."""
    news = {item.external_id: item.published for item in decision.new if item.external_id not in decision.silent}
    delays = tuple(now - published if published else None for published in news.values())
    return Stored(feed.newsroom.slug, delays, len(decision.silent), len(decision.corrected))


def _report(feed: Feed, parsed: ParsedFeed, decision: Decision) -> None:
    for fault in parsed.faults:
        log.warning("release_unusable", newsroom=feed.newsroom.slug, fault=fault)
    if not parsed.releases and feed.primed_at:
        log.warning("feed_empty", newsroom=feed.newsroom.slug, url=feed.address)
    report = log.info if decision.new or decision.corrected else log.debug
    report(
        "poll",
        poll=_number(feed),
        newsroom=feed.newsroom.slug,
        new=len(decision.new),
        silent=len(decision.silent),
        corrected=len(decision.corrected),
        missing=decision.missing,
        truncated=parsed.truncated,
    )


def _report_releases(feed: Feed, decision: Decision, written: Written) -> None:
    """A line for each release: what is said later of its deliveries and posts bears the same number, as its poll did before."""
    at = {item.external_id: item.content.url for item in decision.new}
    of = {"poll": _number(feed), "newsroom": feed.newsroom.slug}
    for external_id, release_id in written.new.items():
        report = log.debug if external_id in decision.silent else log.info
        report("release_stored", release=release_id, **of, late=external_id in decision.late, url=at.get(external_id))
    for release_id, revision in written.corrected.items():
        log.info("release_corrected", release=release_id, **of, revision=revision)


def _number(feed: Feed) -> str:
    """What a poll goes by in the log: the feed, and how often it was read."""
    return f"{feed.id}.{feed.polls + 1}"
