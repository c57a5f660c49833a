"""Walks through the histories of newsrooms: a page at a time, newest first, and on from there after a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from bot.domain.newsroom import NewsroomId
from bot.errors import FeedError, FeedGone, FeedRefused, ForbiddenAddress, HtmlInsteadOfFeed, StorageError
from bot.feeds.archive.keeping import Kept, keep
from bot.feeds.archive.ways import Ways
from bot.ports import Clock, Database, History, HistoryState
from bot.tasks import finish

log = structlog.get_logger()

LEASE = timedelta(minutes=5)
AT_ONCE = 2
"""Newsrooms whose history is walked through at one time."""
TRIES = 5
"""So often a page that cannot be read is tried before the newsroom is left alone."""

_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(hours=6)
_NO = (401, 402, 403, 404, 405, 406, 410, 451)


class Historian:
    """Takes up histories that are not through: `round` as often as it is called. At most `most` releases of each newsroom."""

    def __init__(
        self,
        database: Database,
        ways: Ways,
        clock: Clock,
        *,
        owner: str,
        most: int,
        on_free: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._ways = ways
        self._clock = clock
        self._owner = owner
        self._most = most
        self._on_free = on_free
        self._walks: set[asyncio.Task[None]] = set()

    async def round(self) -> datetime | None:
        """Take up what is due; when there is more to be taken up, if anybody is free for it. Raises StorageError."""
        room = AT_ONCE - len(self._walks)
        if room <= 0 or self._most <= 0:
            return None
        async with self._database.glance() as tx:
            due = await tx.histories.next_due()
        if due is None or due > self._clock.now():
            return due
        async with self._database.begin() as tx:
            histories = await tx.histories.claim(self._owner, self._clock.now(), LEASE, room)
        for history in histories:
            task = asyncio.create_task(self._walk(history))
            self._walks.add(task)
            task.add_done_callback(self._done)
        return None

    def _done(self, task: asyncio.Task[None]) -> None:
        self._walks.discard(task)
        self._on_free()

    async def finish(self, limit: float) -> None:
        """Wait for what is under way, `limit` seconds at most, and let the rest go."""
        await finish(self._walks, limit)
        with suppress(StorageError):
            async with self._database.begin() as tx:
                await tx.histories.let_go(self._owner)

    async def walk(self, newsroom_id: NewsroomId) -> bool:
        """Read one page of one newsroom's history, if it is due; whether it was ours to read. Raises StorageError."""
        async with self._database.begin() as tx:
            histories = await tx.histories.claim(self._owner, self._clock.now(), LEASE, 1, of=newsroom_id)
        for history in histories:
            await self.step(history)
        return bool(histories)

    async def _walk(self, history: History) -> None:
        try:
            await self.step(history)
        except StorageError as error:
            # It stays in our hands until the lease ends; then the same page is read again, which doubles nothing.
            log.error("history_not_stored", newsroom=history.feed.newsroom.slug, error=str(error))
        except Exception:  # a fault of ours in one history must not stop the others
            log.exception("history_broken", newsroom=history.feed.newsroom.slug)
            with suppress(StorageError):
                await self._settle(_after_failure(history, "internal", self._clock.now()))

    async def step(self, history: History) -> History:
        """Read and store one page; how the history stands then. Raises StorageError."""
        slug = history.feed.newsroom.slug
        try:
            page = await self._ways.page(history.feed, history.cursor)
        except FeedError as error:
            stands = _after_failure(history, error.code, self._clock.now(), _wish(error), for_good=_is_no(error))
            if stands.state is HistoryState.REFUSED:
                log.warning("history_refused", newsroom=slug, error=str(error))
            else:
                log.info("history_waits", newsroom=slug, error=str(error), next_try=stands.due_at.isoformat(timespec="seconds"))
            await self._settle(stands)
            return stands
        async with self._database.begin() as tx:
            kept: Kept | None = await keep(tx, self._owner, history, page, self._clock.now(), most=self._most)
        if kept is None:
            return history
        report = log.debug if kept.history.state is history.state else log.info
        report("history", newsroom=slug, done=kept.history.done, total=kept.history.total, new=kept.new, state=kept.history.state)
        return kept.history

    async def _settle(self, history: History) -> None:
        async with self._database.begin() as tx:
            await tx.histories.settle(self._owner, history)


def _after_failure(
    history: History, fault: str, now: datetime, wish: timedelta | None = None, *, for_good: bool = False
) -> History:
    """The history after a page that could not be read: tried again later, or left alone."""
    if for_good or (wish is None and history.tries + 1 >= TRIES and fault not in ("unreachable", "internal")):
        return replace(history, state=HistoryState.REFUSED, fault=fault, tries=history.tries + 1, due_at=now)
    pause = max(min(_PAUSE * 2 ** min(history.tries, 20), _LONGEST_PAUSE), wish or timedelta(0))
    return replace(history, due_at=now + pause, tries=history.tries + 1, fault=fault)


def _wish(error: FeedError) -> timedelta | None:
    """How long the host wants to be left alone."""
    wish = getattr(error, "retry_after", None)
    return wish if isinstance(wish, timedelta) else None


def _is_no(error: FeedError) -> bool:
    """Whether the answer is that this is not to be read."""
    if isinstance(error, (FeedGone, ForbiddenAddress, HtmlInsteadOfFeed)):
        return True
    return isinstance(error, FeedRefused) and error.status in _NO
