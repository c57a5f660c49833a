"""The day's summary: what went wrong, told once a day to the operators, by however many processes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.compose import compose
from bot.alerts.composition import Message
from bot.cards.day import Day, FailingFeed
from bot.domain.card import Fact
from bot.domain.delivery import DeliveryKind, Refused, RetryLater, Sent
from bot.domain.newsroom import FeedState
from bot.domain.subscription import DestinationId
from bot.errors import FeedUnreachable
from bot.feeds.telling import tell_failed, tell_recovered
from bot.ports import Actor, PollResult, Worker
from bot.summary import Summary, gathered
from tests.fakes.world import World
from tests.storage.test_forgetting import forget
from tests.storage.test_retention import tidy

ZONE = ZoneInfo("Europe/Copenhagen")
EIGHT = time(8)
DAGNY = Actor("test", "bot", "9", "Dagny")


@dataclass
class WorldClock:
    """The time that the world has."""

    world: World

    def now(self) -> datetime:
        """See `World.now`."""
        return self.world.now


async def operator(world: World) -> DestinationId:
    """Where an operator reads notices."""
    return await world.desk("operator")


def summary(world: World, *operators: DestinationId) -> Summary:
    """As a process has it."""
    return Summary(world.database, WorldClock(world), operators, EIGHT, ZONE)


async def notices(world: World) -> list[str]:
    """What operators are told, as the summaries of cards."""
    said = []
    while claimed := await world.claim():
        for delivery in claimed:
            async with world.database.read() as tx:
                (composition,) = await compose(tx, [delivery], world.now)
            if delivery.kind is DeliveryKind.NOTICE and isinstance(composition, Message):
                said.append(composition.card.summary)
            await world.settle(delivery, Sent("1"))
    return said


async def go_wrong(world: World) -> None:
    """Something is given up."""
    desk = await world.desk("desk")
    await world.owe(desk, await world.release())
    (delivery,) = await world.claim()
    await world.settle(delivery, Refused("message is too long"))


async def found(world: World, since: datetime) -> Day:
    """What there is to say."""
    async with world.database.read() as tx:
        return await gathered(tx, since, world.now)


async def test_a_day_on_which_nothing_went_wrong_is_not_told_of(world: World) -> None:
    """Nobody needs a message that says nothing."""
    await summary(world, await operator(world)).look()
    assert await notices(world) == []


async def test_it_is_told_once_a_day(world: World) -> None:
    """By one of two processes, after a restart too; and the day after only of what went wrong since."""
    told = await operator(world)
    await summary(world, told).look()
    await go_wrong(world)
    world.pass_time(hours=1)
    await summary(world, told).look()
    assert await notices(world) == []  # its hour has not come
    world.pass_time(days=1)
    processes = [summary(world, told), summary(world, told)]
    await asyncio.gather(*(each.look() for each in processes))
    assert await notices(world) == ["Hvad der er gået galt siden i går kl. 12.00"]
    await asyncio.gather(*(each.look() for each in (*processes, summary(world, told))))
    assert await notices(world) == []
    world.pass_time(days=1)
    await processes[0].look()
    assert await notices(world) == []


async def test_what_went_wrong_before_days_of_silence_is_told_when_it_runs_again(world: World) -> None:
    """Once, and all of it: since the last day that was told of."""
    told = await operator(world)
    await summary(world, told).look()
    world.pass_time(hours=2)
    await go_wrong(world)
    world.pass_time(days=5)
    await summary(world, told).look()
    assert len(await notices(world)) == 1


async def test_it_names_the_versions_that_run(world: World) -> None:
    """Where several processes share the work, and one of them was not brought up to date."""
    told = await operator(world)
    await summary(world, told).look()
    await go_wrong(world)
    world.pass_time(days=1)
    async with world.database.begin() as tx:
        for number, version in enumerate(("1.4", "1.5", "1.5")):
            await tx.workers.seen(Worker(str(number), frozenset({"poll"}), "here", version, world.now, world.now))
    await summary(world, told).look()
    (delivery,) = await world.claim()
    async with world.database.read() as tx:
        (composition,) = await compose(tx, [delivery], world.now)
    assert isinstance(composition, Message)
    assert "1.4 (1), 1.5 (2)" in [one.value for one in composition.card.elements if isinstance(one, Fact)]


async def test_every_operator_is_told(world: World) -> None:
    """Each where they are."""
    told = [await world.desk(name) for name in ("one", "other")]
    await summary(world, *told).look()
    await go_wrong(world)
    world.pass_time(days=1)
    await summary(world, *told).look()
    assert len(await notices(world)) == 2


async def test_an_operator_who_was_forgotten_is_told_nothing(world: World) -> None:
    """Neither they nor whoever comes after them; the others are told all the same."""
    gone, there = [await world.desk(name) for name in ("gone", "there")]
    tells = summary(world, gone, there)
    await tells.look()
    await go_wrong(world)
    await forget(world, world.address("gone"))
    world.pass_time(days=1)
    await tells.look()
    assert len(await notices(world)) == 1
    await tidy(world)
    await world.desk("stranger")
    await go_wrong(world)
    world.pass_time(days=1)
    await tells.look()
    assert len(await notices(world)) == 1
    assert await world.rows("SELECT DISTINCT destination_id FROM delivery WHERE kind = 'notice'") == [(there,)]


async def test_a_process_that_stops_while_it_tells_has_told_nothing(world: World) -> None:
    """The day is taken on in the transaction that owes the summary."""
    async with world.database.begin() as tx:
        assert await tx.summaries.begin("2026-11-20", world.now) == world.now - timedelta(days=1)
    with pytest.raises(asyncio.CancelledError):
        async with world.database.begin() as tx:
            assert await tx.summaries.begin("2026-11-21", world.now) == world.now
            raise asyncio.CancelledError
    async with world.database.begin() as tx:
        assert await tx.summaries.begin("2026-11-20", world.now) is None
        assert await tx.summaries.begin("2026-11-21", world.now) == world.now


async def test_what_it_tells_of_the_outbox(world: World) -> None:
    """What was given up by reason, and sends that may stand twice, since then."""
    since = world.now
    await go_wrong(world)
    desk = await world.desk("unsure")
    await world.owe(desk, await world.release())
    (delivery,) = await world.claim()
    await world.settle(delivery, RetryLater("reset", ambiguous=True))
    world.pass_time(minutes=1)
    day = await found(world, since - timedelta(seconds=1))
    assert (day.dead, day.ambiguous) == ({"message is too long": 1}, 1)
    assert (await found(world, world.now)).is_quiet


async def test_what_may_stand_twice_is_told_of_once(world: World) -> None:
    """On the day it was found to, however long ago it was owed, and however much becomes of it on later days."""
    await world.owe(await world.desk(), await world.release())
    days = []
    for outcome in (RetryLater("busy"), RetryLater("reset", ambiguous=True), RetryLater("reset", ambiguous=True)):
        since = world.now
        world.pass_time(hours=12)
        (delivery,) = await world.claim()
        await world.settle(delivery, outcome)
        world.pass_time(hours=12)
        days.append((await found(world, since)).ambiguous)
    assert days == [0, 1, 0], "on the third day it is given up"


async def test_what_a_process_left_in_flight_is_told_of_on_the_day_it_is_taken_over(world: World) -> None:
    """That is when it may stand twice."""
    await world.owe(await world.desk(), await world.release())
    assert await world.claim()
    since = world.now
    world.pass_time(days=1)
    assert (await found(world, since)).ambiguous == 0
    since = world.now
    assert await world.own("two", evict=True)
    world.pass_time(days=1)
    assert (await found(world, since)).ambiguous == 1
    assert (await found(world, world.now)).is_quiet


async def test_what_it_tells_of_conversations(world: World) -> None:
    """Those that closed since then, by why; not those that let us in again, nor those that were forgotten."""
    for number in range(3):
        await world.desk(f"desk-{number}")
    since = world.now
    world.pass_time(minutes=1)
    async with world.database.begin() as tx:
        for number in range(3):
            await tx.destinations.pause(world.address(f"desk-{number}"), "kicked", world.now)
        await tx.destinations.resume(world.address("desk-0"), world.now)
        closed = await tx.destinations.find(world.address("desk-1"))
        assert closed is not None
        await tx.forgetting.destinations([closed])
        await tx.outbox.register("slack", "T1")
        await tx.forgetting.account_left("slack", "T1", world.now)
    world.pass_time(minutes=1)
    day = await found(world, since)
    assert (day.closed, day.left) == ({"kicked": 1}, 1)
    assert (await found(world, world.now)).is_quiet


async def test_what_it_tells_of_feeds(world: World) -> None:
    """Those of which the operators heard that they fail, and since when; a failure or two is no trouble yet."""
    good, bad, closed = [await world.feed(slug) for slug in ("good", "bad", "closed")]
    async with world.database.begin() as tx:
        await tx.feeds.settle([PollResult(feed.id, world.now, good_at=world.now, primes=True) for feed in (good, bad, closed)])
    fails = [PollResult(good.id, world.now, fault="unreachable"), *[PollResult(bad.id, world.now, fault="html")] * 5]
    async with world.database.begin() as tx:
        await tx.feeds.settle(fails)
        await tx.feeds.settle([PollResult(closed.id, None, state=FeedState.ENDED, fault="gone")])
    since = world.now.isoformat()
    assert (await found(world, world.now)).feeds == [FailingFeed("Bad", "html", since), FailingFeed("Closed", "gone", since)]


async def test_what_is_paused_is_told_every_day(world: World) -> None:
    """So that nobody forgets it."""
    told = await operator(world)
    await summary(world, told).look()
    async with world.database.begin() as tx:
        await tx.pauses.add("slack", "", DAGNY, world.now)
    for _ in range(2):
        world.pass_time(days=1)
        await summary(world, told).look()
        assert len(await notices(world)) == 1


async def test_the_hour_is_that_of_the_zone(world: World) -> None:
    """At five to eight in Copenhagen it is yesterday's summary that was last due."""
    world.now = datetime(2026, 7, 2, 5, 55, tzinfo=UTC)
    told = await operator(world)
    await summary(world, told).look()
    await go_wrong(world)
    process = summary(world, told)
    await process.look()
    assert await notices(world) == []
    world.pass_time(minutes=6)
    await process.look()
    assert len(await notices(world)) == 1


async def test_a_network_that_fails_is_one_thing_and_not_hundreds(world: World) -> None:
    """Of the first five feeds within an hour operators are told one by one, of all others at once; and so when they are well."""
    told = await operator(world)
    feeds = [await world.feed(f"newsroom-{number}") for number in range(12)]
    error = FeedUnreachable("https://newsroom.example/feed", "no route")
    for number, feed in enumerate(feeds):
        async with world.database.begin() as tx:
            await tell_failed(tx, [told], feed, error, PollResult(feed.id, world.now), world.now)
            if number % 2:
                await tell_recovered(tx, [told], feed, world.now)
    said = await notices(world)
    assert sum("kan ikke læses." in each for each in said) == 5
    assert sum("kan læses igen." in each for each in said) == 6
    assert [each for each in said if each.startswith("Flere")] == [
        "Flere feeds kan ikke læses: enten mange nyhedsrum på én gang eller denne maskines netværk.",
        "Flere feeds kan læses igen.",
    ]
    world.pass_time(hours=2)
    async with world.database.begin() as tx:
        await tell_failed(tx, [told], replace(feeds[0], polls=1), error, PollResult(feeds[0].id, world.now), world.now)
    assert await notices(world) == ["Feedet fra Newsroom-0 kan ikke læses."]
