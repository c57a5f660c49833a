"""In whose hands a feed is while it is polled; what polls come to is in tests/features."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web as http
from sqlalchemy import event

from bot.domain.newsroom import Feed
from bot.feeds import poller
from bot.feeds.fetching.fetch import Fetcher
from bot.feeds.poll import OVERTAKEN
from bot.feeds.poller import LEASE, Poller
from bot.happenings import Happening, Polled
from bot.ports import PollResult
from storage.database import SqlDatabase
from tests.fakes.feeds import Item, Newsroom
from tests.fakes.web import WebServer
from tests.fakes.world import World, entry, item

INTERVAL = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: object) -> str:
    """The address of a database on each engine in turn."""
    return f"sqlite:///{tmp_path}/pressevagt.db" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@dataclass
class HandClock:
    """A clock that the test moves."""

    time: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))

    def now(self) -> datetime:
        """The time it was put to."""
        return self.time


@dataclass
class Desk:
    """One process that polls one feed, whose answers the test holds back."""

    world: World
    clock: HandClock
    poller: Poller
    newsroom: Newsroom
    asked: asyncio.Event
    answer: asyncio.Event
    happened: list[Happening]
    page: str = ""
    """What stands in place of the feed, if anything does."""

    async def until(self, outcome: str, times: int = 1) -> None:
        """Until so many polls have come to this."""
        while sum(isinstance(each, Polled) and each.outcome == outcome for each in self.happened) < times:
            await asyncio.sleep(0.005)

    async def feed(self) -> Feed:
        """The feed as it is stored."""
        return await self.world.feed()

    async def taken_by(self, owner: str) -> list[Feed]:
        """Another process claims what is due."""
        async with self.world.database.begin() as tx:
            return await tx.feeds.claim_due(owner, self.clock.now(), LEASE, 10)

    async def titles(self) -> list[str]:
        """What is stored."""
        return [str(title) for (title,) in await self.world.rows("SELECT title FROM statement ORDER BY id")]


@asynccontextmanager
async def running(database: SqlDatabase, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """A poller whose first request is under way, until the block ends."""
    monkeypatch.setattr(poller, "TICK", 0.02)
    monkeypatch.setattr(poller, "SETTLE_WITHIN", 0.005)
    clock, asked, answer, happened = HandClock(), asyncio.Event(), asyncio.Event(), list[Happening]()
    newsroom = Newsroom(web)
    newsroom.items.append(Item(1, "Ny kaj"))

    async def held_back(_request: http.BaseRequest) -> http.StreamResponse:
        asked.set()
        await answer.wait()
        return http.Response(
            text=desk.page or newsroom.document(), content_type="text/html" if desk.page else "application/rss+xml"
        )

    web.on("/feed", held_back)
    async with database.begin() as tx:
        await tx.newsrooms.ensure(replace(entry(), feed_url=web.url("/feed")), offered_by="settings", now=clock.time)
    async with Fetcher(allow=frozenset({"127.0.0.1"})) as fetcher:
        reader = Poller(database, fetcher, clock, interval=INTERVAL, owner="one", witness=happened.append)
        task = asyncio.create_task(reader.run())
        desk = Desk(World(database, clock.time), clock, reader, newsroom, asked, answer, happened)
        await asyncio.wait_for(asked.wait(), 10)
        try:
            yield desk
        finally:
            answer.set()
            reader.stop()
            await task


@pytest.fixture
async def web() -> AsyncIterator[WebServer]:
    """A web server."""
    async with WebServer() as server:
        yield server


async def test_a_poll_whose_lease_ran_out_stores_nothing(
    database: SqlDatabase, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process has the feed by then, and finds what there is to find; nobody takes the feed out of its hands."""
    async with running(database, web, monkeypatch) as desk:
        desk.clock.time += LEASE
        (taken,) = await desk.taken_by("two")
        desk.answer.set()
        await desk.until(OVERTAKEN)
        assert await desk.titles() == []
        assert await desk.taken_by("three") == [], "it is in the hands of the second still"
        async with database.begin() as tx:
            assert await tx.feeds.holds(taken.id, "two")
            await tx.feeds.settle([PollResult(taken.id, desk.clock.now() + INTERVAL, good_at=desk.clock.now())], owner="two")
        assert ((await desk.feed()).polls, (await desk.feed()).primed_at) == (1, None)


async def test_a_poll_that_another_has_done_meanwhile_stores_nothing(
    database: SqlDatabase, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the second stored and settled stands as it was."""
    async with running(database, web, monkeypatch) as desk:
        desk.clock.time += LEASE
        (taken,) = await desk.taken_by("two")
        async with database.begin() as tx:
            await tx.releases.add(taken, [item("1", "Ny kaj åbnet")], now=desk.clock.now(), late=())
            done = PollResult(taken.id, desk.clock.now() + INTERVAL, good_at=desk.clock.now(), body_hash="b", primes=True)
            await tx.feeds.settle([done], owner="two")
        desk.answer.set()
        await desk.until(OVERTAKEN)
        assert await desk.titles() == ["Ny kaj åbnet"]
        feed = await desk.feed()
        assert (feed.polls, feed.body_hash, feed.due_at) == (1, "b", desk.clock.now() + INTERVAL)


async def test_a_failure_after_the_lease_ran_out_counts_for_nothing(
    database: SqlDatabase, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The feed's failures are for whoever has it to count."""
    async with running(database, web, monkeypatch) as desk:
        desk.clock.time += LEASE
        await desk.taken_by("two")
        desk.page = "<html><title>Ikke fundet</title><p>Siden findes ikke</p></html>"
        desk.answer.set()
        await desk.until("html")
        assert (await desk.feed()).failures == 0
        assert await desk.taken_by("three") == []


async def test_the_lease_of_a_poll_that_takes_long_is_renewed(
    database: SqlDatabase, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it waits for its turn, no other polls the feed."""
    monkeypatch.setattr(poller, "RENEW_EVERY", 0.01)
    async with running(database, web, monkeypatch) as desk:
        for _ in range(3):
            desk.clock.time += 0.75 * LEASE
            until = str(desk.clock.now() + LEASE)[:19]
            while not str((await desk.world.rows("SELECT lease_until FROM feed"))[0][0]).startswith(until):
                await asyncio.sleep(0.005)
            assert await desk.taken_by("two") == []
        desk.answer.set()
        await desk.until("read")
        assert await desk.titles() == ["Ny kaj"]


async def test_a_poll_that_slept_through_its_lease_begins_anew(
    database: SqlDatabase, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Claimed again by the same process, the feed is asked again: what it was then may not be what it is now."""
    async with running(database, web, monkeypatch) as desk:
        desk.asked.clear()
        desk.clock.time += LEASE
        await asyncio.wait_for(desk.asked.wait(), 10)
        desk.answer.set()
        await desk.until("read")
        await desk.until(OVERTAKEN)
        assert await desk.titles() == ["Ny kaj"]
        assert (await desk.feed()).polls == 1


async def test_nothing_due_costs_a_statement_a_tick(database: SqlDatabase, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a tick is a second."""
    assert poller.TICK >= 1.0
    statements: list[str] = []
    async with running(database, web, monkeypatch) as desk:
        desk.answer.set()
        await desk.until("read")
        while (await desk.feed()).polls == 0:
            await asyncio.sleep(0.005)
        began = asyncio.get_running_loop().time()
        event.listen(database._engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
        while sum("min" in statement for statement in statements) < 10:
            await asyncio.sleep(0.005)
        asked = [statement for statement in statements if "min" in statement]
        assert len(asked) <= (asyncio.get_running_loop().time() - began) / poller.TICK + 1
        assert {statement for statement in statements if statement not in asked} <= {"BEGIN"}
