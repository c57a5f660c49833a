"""The histories of newsrooms, and how far each has been fetched."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.newsroom import FeedState
from bot.ports import ARCHIVED, History, HistoryState, PollResult
from tests.fakes.world import World, item

LEASE = timedelta(minutes=5)


async def polled(world: World, slug: str = "havnen") -> None:
    """A good poll of a newsroom's feed."""
    feed = await world.feed(slug)
    async with world.database.begin() as tx:
        await tx.feeds.settle([PollResult(feed.id, world.now, good_at=world.now, primes=True)])


async def claimed(world: World, owner: str = "one") -> list[History]:
    """What is due, taken in hand."""
    async with world.database.begin() as tx:
        return await tx.histories.claim(owner, world.now, LEASE, 10)


async def settled(world: World, history: History, owner: str = "one") -> bool:
    """Written down."""
    async with world.database.begin() as tx:
        return await tx.histories.settle(owner, history)


async def stands(world: World) -> History:
    """How it stands."""
    async with world.database.read() as tx:
        (history,) = await tx.histories.progress()
    return history


async def test_a_history_begins_once_its_feed_has_been_read(world: World) -> None:
    """Before that nobody knows what is history; and it is in one pair of hands."""
    await world.feed()
    assert await claimed(world) == []
    await polled(world)
    async with world.database.read() as tx:
        due = await tx.histories.next_due()
    assert due is not None
    assert due <= world.now
    (history,) = await claimed(world)
    assert (history.state, history.cursor, history.done, history.total) == (HistoryState.WAITING, "", 0, None)
    assert await claimed(world, "two") == []
    world.pass_time(minutes=5)
    assert len(await claimed(world, "two")) == 1


async def test_it_goes_on_where_it_stood(world: World) -> None:
    """Whoever takes it up next; and whoever lost it writes nothing down any more."""
    await polled(world)
    (history,) = await claimed(world)
    there = replace(history, cursor="3", done=60, total=2321)
    assert await settled(world, there)
    (again,) = await claimed(world, "two")
    assert (again.cursor, again.done, again.total) == ("3", 60, 2321)
    assert not await settled(world, replace(there, cursor="9"))
    assert (await stands(world)).cursor == "3"


async def test_what_is_through_stays_so_until_its_feed_begins_anew(world: World) -> None:
    """Then it catches up with what came out meanwhile; one that was not through begins at the beginning."""
    await polled(world)
    (history,) = await claimed(world)
    await settled(world, replace(history, state=HistoryState.DONE, done=50, total=50))
    assert await claimed(world) == []
    world.pass_time(days=3)
    async with world.database.begin() as tx:
        await tx.feeds.wake(history.feed.newsroom.id, world.now, prime=True)
    assert await claimed(world) == []
    await polled(world)
    (again,) = await claimed(world)
    assert (again.state, again.cursor, again.done) == (HistoryState.CATCHING_UP, "", 50)


async def test_it_can_be_gone_through_again(world: World) -> None:
    """An operator may ask for that; one that is under way goes on."""
    await polled(world)
    (history,) = await claimed(world)
    await settled(world, replace(history, state=HistoryState.REFUSED, fault="refused", done=20))
    async with world.database.begin() as tx:
        await tx.histories.restart(history.feed.newsroom.id, world.now)
    (again,) = await claimed(world)
    assert (again.state, again.done, again.fault) == (HistoryState.WAITING, 0, "")
    await settled(world, replace(again, cursor="7"))
    async with world.database.begin() as tx:
        await tx.histories.restart(history.feed.newsroom.id, world.now)
    assert (await stands(world)).cursor == "7"


async def test_what_nobody_wants_or_what_ended_is_left_alone(world: World) -> None:
    """Only live feeds of newsrooms that are followed have their history fetched."""
    await polled(world)
    feed = await world.feed()
    async with world.database.begin() as tx:
        await tx.feeds.settle([PollResult(feed.id, None, state=FeedState.ENDED, fault="gone")])
    assert await claimed(world) == []


async def test_progress_counts_the_texts_that_are_missing(world: World) -> None:
    """Of this newsroom alone, by name."""
    await polled(world)
    await polled(world, "nabohavnen")
    ids = await world.add(item("1", "a"), item("2", "b"))
    async with world.database.begin() as tx:
        await tx.lookups.add([ids["1"]], ARCHIVED, world.now)
        await tx.lookups.add([ids["2"]], 0, world.now)
    await claimed(world)
    async with world.database.read() as tx:
        found = await tx.histories.progress()
        one = await tx.histories.progress([(found[1]).feed.newsroom.id])
    assert [(each.feed.newsroom.slug, each.texts) for each in found] == [("havnen", 1), ("nabohavnen", 0)]
    assert [each.feed.newsroom.slug for each in one] == ["nabohavnen"]
