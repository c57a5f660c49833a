"""Looks at the documents of releases when they are due, and has written down what they say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from bot.domain.release import Content, ParsedRelease
from bot.domain.sources import Source
from bot.errors import FeedError, FeedGone, FeedRefused, MalformedFeed, StorageError
from bot.feeds.archive.asking import Asking
from bot.feeds.archive.completing import Completed, complete
from bot.feeds.archive.judge import is_behind
from bot.feeds.archive.looks import FIRST, NextLook, after_failure, after_look
from bot.feeds.archive.own_page import ask_page, store_page
from bot.feeds.fetching.fetch import Fetcher
from bot.feeds.missing import withdrawn
from bot.feeds.reading.page import NoRelease
from bot.feeds.reading.via import ViaRoom, release_number, via_room
from bot.happenings import Withdrawn, Witness, nobody
from bot.ports import ARCHIVED, Clock, Database, Lookup
from bot.tasks import finish

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
"""How long a claimed look is ours: longer than the waiting for a turn at its host and two requests may take."""
AT_ONCE = 16
ARCHIVED_AT_ONCE = 2
"""Looks under way at one time, and of these at old releases: they wait at their hosts' spacing most of the time."""
LISTED_WITHIN = 20.0
BELIEVED_AFTER = 3
"""So many tries a document is given to follow its feed; then it is believed that it will not."""

_GONE = (404, 410)
_LATER = frozenset({408, 425, 429})
_SERVER_ERRORS = 500


class Looker:
    """Takes up looks that are due: `round` as often as it is called, new releases before old ones."""

    def __init__(
        self,
        database: Database,
        fetcher: Fetcher,
        asking: Asking,
        clock: Clock,
        *,
        owner: str,
        witness: Witness = nobody,
        on_free: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._fetcher = fetcher
        self._asking = asking
        self._clock = clock
        self._owner = owner
        self._witness = witness
        self._on_free = on_free
        self._looks: set[asyncio.Task[None]] = set()
        self._old: set[asyncio.Task[None]] = set()

    async def round(self) -> datetime | None:
        """Take up what is due; when there is more to be taken up, if anybody is free for it. Raises StorageError."""
        new = await self._take(self._looks, AT_ONCE, archived=False)
        old = await self._take(self._old, ARCHIVED_AT_ONCE, archived=True)
        return min((due for due in (new, old) if due), default=None)

    async def finish(self, limit: float) -> None:
        """Wait for what is under way, `limit` seconds at most, and let the rest go."""
        await finish(self._looks | self._old, limit)
        with suppress(StorageError):
            async with self._database.begin() as tx:
                await tx.lookups.let_go(self._owner)

    async def _take(self, under_way: set[asyncio.Task[None]], most: int, *, archived: bool) -> datetime | None:
        now, room = self._clock.now(), most - len(under_way)
        if room <= 0:
            return None
        async with self._database.glance() as tx:
            due = await tx.lookups.next_due(archived=archived)
        if due is None or due > now:
            return due
        async with self._database.begin() as tx:
            lookups = await tx.lookups.claim(self._owner, now, LEASE, room, archived=archived)
        for lookup in lookups:
            task = asyncio.create_task(self._look(lookup))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
            task.add_done_callback(lambda _: self._on_free())
        return None

    async def _look(self, lookup: Lookup) -> None:
        try:
            await self._look_at(lookup)
        except StorageError as error:
            # The look stays in our hands until its lease ends, and is then taken up again.
            log.error("look_not_stored", release=lookup.release.id, error=str(error))
        except Exception:  # a fault of ours at one release must not stop the others
            log.exception("look_broken", release=lookup.release.id)
            with suppress(StorageError):
                await self._failed(lookup, FeedError(lookup.feed.url, "a fault of ours"))

    async def _look_at(self, lookup: Lookup) -> None:
        room, number = via_room(lookup.feed.url), release_number(lookup.release.external_id)
        if room is None or number is None:
            await self._look_at_page(lookup)
            return
        first = lookup.stage == FIRST
        listed = asyncio.create_task(self._list(lookup, room)) if first else None
        try:
            source, said = await self._ask(lookup, room, number)
        except FeedError as error:
            if listed:
                await asyncio.wait([listed], timeout=LISTED_WITHIN)
            await self._failed(lookup, error)
            if _status(error) in _GONE and not first:
                await self._ask_for_the_page(lookup)
        else:
            await self._store(lookup, source, [one.content for one in said])
        finally:
            if listed:
                listed.cancel()
                await asyncio.gather(listed, return_exceptions=True)

    async def _look_at_page(self, lookup: Lookup) -> None:
        """A newsroom that has no documents has pages; its alert waits for none."""
        done = Completed()
        try:
            said = await ask_page(self._asking, lookup.feed, lookup.release)
        except NoRelease as why:
            log.info("page_not_used", release=lookup.release.id, why=str(why))
            await self._settle(lookup, NextLook(None, self._clock.now()))
            return
        except FeedError as error:
            await self._failed(lookup, error)
            return
        now = self._clock.now()
        async with self._database.begin() as tx:
            if await tx.lookups.settle(self._owner, lookup, None, now):
                done = await store_page(tx, lookup.release, said, now)
        self._report(lookup, Source.DOCUMENT, done)

    async def _ask(self, lookup: Lookup, room: ViaRoom, number: int) -> tuple[Source, Sequence[ParsedRelease]]:
        """What the release's own document says; where there is none to be read, what the newest whole releases say of it."""
        spaced = lookup.stage != FIRST
        language = lookup.release.versions[0].language
        try:
            return Source.DOCUMENT, await self._asking.release(lookup.feed, room, number, language, spaced=spaced)
        except (MalformedFeed, FeedRefused, FeedGone) as error:
            if not _is_final(error) or lookup.stage == ARCHIVED:
                raise
            with suppress(FeedError):
                whole = await self._asking.whole(lookup.feed, room, 0, spaced=spaced)
                said = [one for one in whole.releases if one.external_id == lookup.release.external_id]
                if said:
                    return Source.WHOLE, said
            raise

    async def _list(self, lookup: Lookup, room: ViaRoom) -> None:
        """What the listing says of a new release, its kind above all: known before the document is, if that takes its time."""
        with suppress(FeedError, StorageError):
            listing = await self._asking.listing(lookup.feed, room, 0, spaced=False)
            said = [one.content for one in listing.releases if one.external_id == lookup.release.external_id]
            if said:
                async with self._database.begin() as tx:
                    if await tx.lookups.holds(self._owner, lookup):
                        await complete(tx, lookup.release, Source.ARCHIVE, said, self._clock.now())

    async def _store(self, lookup: Lookup, source: Source, said: Sequence[Content]) -> None:
        now = self._clock.now()
        then = after_look(lookup.stage, lookup.release.first_seen, now)
        async with self._database.begin() as tx:
            behind = lookup.tries < BELIEVED_AFTER and is_behind(await tx.releases.statements(lookup.release.id), source, said)
            if behind:
                then = after_failure(lookup.stage, lookup.tries, lookup.release.first_seen, now)
            if not await tx.lookups.settle(self._owner, lookup, then.stage, then.due_at, then.tries):
                # The feed has changed its words meanwhile, so what was read may be older: another look is under way.
                log.info("look_overtaken", release=lookup.release.id)
                return
            done = Completed() if behind else await complete(tx, lookup.release, source, said, now, hurry=True)
        self._report(lookup, source, done)

    async def _failed(self, lookup: Lookup, error: FeedError) -> None:
        now = self._clock.now()
        wait = getattr(error, "retry_after", None)
        then = after_failure(lookup.stage, lookup.tries, lookup.release.first_seen, now, wait=wait, for_good=_is_final(error))
        log.info("look_failed", release=lookup.release.id, fault=error.code, error=str(error), stage=lookup.stage)
        await self._settle(lookup, then)

    async def _settle(self, lookup: Lookup, then: NextLook) -> None:
        async with self._database.begin() as tx:
            await tx.lookups.settle(self._owner, lookup, then.stage, then.due_at, then.tries)
            if lookup.stage != ARCHIVED:
                await tx.outbox.hurry(lookup.release.id, self._clock.now())

    async def _ask_for_the_page(self, lookup: Lookup) -> None:
        """The document is gone. That alone withdraws nothing: the release's own page is asked, as for one missing from its feed."""
        async with self._database.begin() as tx:
            await tx.feeds.mark_missing({lookup.release.id: lookup.feed.polls})
        for release in await withdrawn(lookup.feed, self._database, self._fetcher, self._clock):
            log.info("release_withdrawn", release=release.id, newsroom=lookup.feed.newsroom.slug)
            self._witness(Withdrawn(lookup.feed.newsroom.slug))

    def _report(self, lookup: Lookup, source: Source, done: Completed) -> None:
        if done.corrected:
            log.info("release_corrected", release=lookup.release.id, newsroom=lookup.feed.newsroom.slug, revision=done.revision)
        else:
            log.debug("release_completed", release=lookup.release.id, source=source, shown_anew=done.revision is not None)


def _status(error: FeedError) -> int | None:
    return 410 if isinstance(error, FeedGone) else getattr(error, "status", None)


def _is_final(error: FeedError) -> bool:
    """Whether the same request would be answered in the same way a moment later."""
    status = _status(error)
    if status is None:
        return isinstance(error, MalformedFeed)
    return status not in _LATER and status < _SERVER_ERRORS
