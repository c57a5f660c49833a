"""Hints: whoever watches hears, after the commit, what a transaction changed that they may wait for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.domain.delivery import DeliveryKind
from bot.domain.newsroom import FeedState
from bot.ports import Hint, PollResult
from storage import listening
from storage.database import SqlDatabase, SqlTransaction
from tests.fakes.postgres import running
from tests.fakes.world import LEASE, NOW, World, entry


@dataclass
class Heard:
    """What somebody who watches has heard."""

    hints: list[Hint] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, hint: Hint) -> None:
        self.hints.append(hint)
        self.news.set()

    def take(self) -> set[Hint]:
        """What was heard since the last time."""
        heard = set(self.hints)
        self.hints.clear()
        self.news.clear()
        return heard

    async def next(self) -> set[Hint]:
        """What comes in next; all that one commit says comes at once."""
        await asyncio.wait_for(self.news.wait(), 10)
        return self.take()


@pytest.fixture
async def heard(database: SqlDatabase) -> AsyncIterator[Heard]:
    """Somebody in this process who watches."""
    heard = Heard()
    async with database.watch(heard):
        yield heard


async def test_each_change_that_somebody_waits_for_is_hinted_at(world: World, heard: Heard) -> None:
    """And nothing else is: a hint that means nothing wakes everybody for nothing."""
    lanes, feeds, accounts, nothing = {Hint.LANES}, {Hint.FEEDS}, {Hint.ACCOUNTS}, set[Hint]()
    newsroom, release, desk = (await world.newsroom()).id, await world.release(), await world.desk()
    account, address = await world.account(), world.address()
    feed = await world.feed()
    subscription = await world.subscribe(desk, newsroom)
    heard.take()
    moved = replace(entry(), feed_url="https://havnen.example/ny")

    async def owe(tx: SqlTransaction) -> None:
        await tx.outbox.owe([world.debt(desk, release)], NOW)

    steps: list[tuple[set[Hint], Callable[[SqlTransaction], Awaitable[object]]]] = [
        (lanes, owe),
        (nothing, owe),
        (lanes, lambda tx: tx.outbox.owe_later(DeliveryKind.ALERT, newsroom, [(release, 1)], NOW)),
        (nothing, lambda tx: tx.destinations.pause(address, "kicked", NOW)),
        (lanes, lambda tx: tx.destinations.resume(address, NOW)),
        (lanes, lambda tx: tx.outbox.own(account, "one", NOW, LEASE)),
        (nothing, lambda tx: tx.outbox.own(account, "one", NOW, LEASE)),
        (nothing, lambda tx: tx.outbox.claim(account, "one", NOW, 5)),
        (lanes, lambda tx: tx.outbox.disown(account, "one", NOW)),
        (lanes, lambda tx: tx.destinations.move(address, "elsewhere")),
        (nothing, lambda tx: tx.newsrooms.ensure(entry(), offered_by="settings", now=NOW)),
        (feeds, lambda tx: tx.newsrooms.ensure(moved, now=NOW)),
        (feeds, lambda tx: tx.newsrooms.ensure(entry("ny"), now=NOW)),
        (feeds, lambda tx: tx.newsrooms.ensure(entry("ny"), offered_by="operator", now=NOW)),
        (nothing, lambda tx: tx.destinations.subscribe(desk, newsroom, by="test", now=NOW)),
        (nothing, lambda tx: tx.destinations.unsubscribe(subscription, NOW)),
        (feeds, lambda tx: tx.destinations.subscribe(desk, newsroom, by="test", now=NOW)),
        (feeds, lambda tx: tx.feeds.wake(newsroom, NOW, prime=False)),
        (nothing, lambda tx: tx.feeds.claim_due("one", NOW, LEASE, 1)),
        (feeds, lambda tx: tx.feeds.let_go("one")),
        (nothing, lambda tx: tx.feeds.let_go("one")),
        (nothing, lambda tx: tx.feeds.settle([PollResult(feed.id, NOW, state=FeedState.LIVE, good_at=NOW)])),
        (accounts, lambda tx: tx.installations.keep("slack", "T1", "a", NOW)),
        (accounts, lambda tx: tx.installations.remove("slack", "T1")),
        (nothing, lambda tx: tx.installations.remove("slack", "T1")),
    ]
    for number, (expected, step) in enumerate(steps):
        async with world.database.begin() as tx:
            await step(tx)
            assert heard.take() == set(), "not before the commit"
        assert heard.take() == expected, number


async def test_what_is_rolled_back_is_not_hinted_at(world: World, heard: Heard) -> None:
    """Nor does the next transaction tell of it."""
    newsroom = (await world.newsroom()).id
    heard.take()
    with pytest.raises(ZeroDivisionError):
        async with world.database.begin() as tx:
            await tx.feeds.wake(newsroom, NOW, prime=False)
            raise ZeroDivisionError
    await world.rows("SELECT 1")
    async with world.database.begin() as tx:
        await tx.feeds.settle([])
    assert heard.take() == set()


async def test_one_commit_gives_each_hint_once_and_nobody_hears_after_the_block(database: SqlDatabase) -> None:
    """However much it changed; several may watch."""
    first, second = Heard(), Heard()
    async with database.watch(first):
        async with database.watch(second):
            async with database.begin() as tx:
                for slug in "abc":
                    await tx.newsrooms.ensure(entry(slug), now=NOW)
            assert first.hints == second.hints == [Hint.FEEDS]
        await World(database).newsroom("d")
    await World(database).newsroom("e")
    assert (len(first.hints), len(second.hints)) == (2, 1)


async def test_other_processes_hear_too_and_the_sender_once(postgres_url: str) -> None:
    """By LISTEN and NOTIFY."""
    async with AsyncExitStack() as stack:
        here, there = SqlDatabase(postgres_url), SqlDatabase(postgres_url)
        for database in (here, there):
            stack.push_async_callback(database.close)
        ours, theirs = Heard(), Heard()
        await stack.enter_async_context(here.watch(ours))
        await stack.enter_async_context(there.watch(theirs))
        async with here.begin() as tx:
            newsroom = await tx.newsrooms.ensure(entry(), now=NOW)
            await tx.installations.keep("slack", "T1", "a", NOW)
        assert await theirs.next() == {Hint.FEEDS, Hint.ACCOUNTS}
        async with there.begin() as tx:
            await tx.outbox.owe_later(DeliveryKind.ALERT, newsroom.id, [], NOW)
        await ours.news.wait()
        while Hint.LANES not in ours.hints:
            ours.news.clear()
            await asyncio.wait_for(ours.news.wait(), 10)
        assert sorted(hint.value for hint in ours.hints) == ["accounts", "feeds", "lanes"], "its own, and the other's, once each"


async def test_a_broken_connection_is_made_anew_and_everything_hinted_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something may have been said meanwhile; and a server that is away is asked again until it is there."""
    monkeypatch.setattr(listening, "BACK_OFF", (0.02,))
    with running(own=True) as server, server.empty() as url:
        assert server.process is not None
        database, heard = SqlDatabase(url), Heard()
        async with database.watch(heard):
            world = World(database)
            await world.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
            assert await heard.next() == set(Hint)
            server.process.stop()
            await asyncio.sleep(0.1)
            server.process.start()
            assert await heard.next() == set(Hint)
            other = SqlDatabase(url)
            await World(other).newsroom()
            assert await heard.next() == {Hint.FEEDS}
            await other.close()
        await database.close()


async def test_silence_is_not_taken_for_a_standing_connection(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Now and then the server is asked, and what is said after that is heard as before."""
    monkeypatch.setattr(listening, "LOOK_EVERY", 0.01)
    here, there, heard = SqlDatabase(postgres_url), SqlDatabase(postgres_url), Heard()
    async with here.watch(heard):
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT 1'"
        while await World(here).rows(asked) == [(0,)]:
            await asyncio.sleep(0.01)
        await World(there).newsroom()
        assert await heard.next() == {Hint.FEEDS}
    await here.close()
    await there.close()


async def test_leases_are_no_business_of_hints(world: World, heard: Heard) -> None:
    """They are renewed every few seconds."""
    async with world.database.begin() as tx:
        await tx.leases.take("a", "one", NOW, timedelta(seconds=5))
        await tx.leases.release("one")
    assert heard.take() == set()
