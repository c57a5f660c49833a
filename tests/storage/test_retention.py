"""What is kept no longer goes, a few rows at a time; what is owed, or may still be corrected, stays."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import insert

from bot.domain.delivery import DeliveryId, Refused, Sent
from bot.domain.release import ReleaseId
from bot.domain.subscription import DestinationId
from bot.ports import Actor, Aged, Worker
from bot.retention import BATCH, Keep, Retention
from storage.models import DeliveryRow, PostReleaseRow, PostRow
from storage.retention import IN_ITS_FEED
from tests.fakes.world import NOW, World, item

ASTA = Actor("test", "bot", "7", "Asta")
KEEP = Keep()


class WorldClock:
    """The time of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> datetime:
        """What the test says it is."""
        return self._world.now


async def tidy(world: World, owner: str = "tidier") -> dict[str, int]:
    """One round, as the worker makes it."""
    return await Retention(world.database, WorldClock(world), owner, KEEP).round()


async def told(world: World, desk: DestinationId, *releases: ReleaseId) -> None:
    """Alerts about releases, each sent."""
    await world.owe(desk, *releases)
    for release in releases:
        (delivery,) = await world.claim(1)
        assert await world.settle(delivery, Sent(f"post {release}"))


async def push_out(world: World, slug: str = "havnen") -> None:
    """So much is published that nothing older can stand in the feed."""
    await world.add(*(item(f"newer {n}", "Nyt", published=world.now) for n in range(IN_ITS_FEED)), slug=slug)


async def count(world: World, table: str) -> int:
    """How many rows a table has."""
    ((found,),) = await world.rows(f"SELECT count(*) FROM {table}")  # noqa: S608 - the tests' own words
    return int(str(found))


async def test_what_was_sent_long_ago_goes(world: World) -> None:
    """The deliveries with their posts, once nothing of them can be corrected; the release stays."""
    desk = await world.desk()
    old = await world.release("Ny kaj")
    await told(world, desk, old)
    world.pass_time(days=91)
    await push_out(world)
    fresh = await world.release("Ny mole")
    await told(world, desk, fresh)
    before = await count(world, "release")
    assert await tidy(world) == {"deliveries": 1}
    assert await world.rows("SELECT release_id FROM delivery") == [(fresh,)]
    assert (await count(world, "post"), await count(world, "post_release")) == (1, 1)
    assert (await count(world, "release"), await world.drifted()) == (before, [])


async def test_what_may_still_be_corrected_stays(world: World) -> None:
    """In a feed that publishes little a release stands for years."""
    desk = await world.desk()
    await told(world, desk, await world.release("Ny kaj"))
    world.pass_time(days=400)
    await world.add(*(item(f"newer {n}", "Nyt", published=world.now) for n in range(IN_ITS_FEED - 1)))
    assert await tidy(world) == {}
    await world.add(item("one more", "Nyt", published=world.now))
    assert await tidy(world) == {"deliveries": 1}


async def test_what_is_new_stays_however_much_came_after_it(world: World) -> None:
    """/why goes by it."""
    desk = await world.desk()
    await told(world, desk, await world.release("Ny kaj"))
    world.pass_time(days=89)
    await push_out(world)
    assert await tidy(world) == {}


async def test_what_is_owed_stays(world: World) -> None:
    """Pending, held back or in hand: however old it is."""
    desk, other = await world.desk(), await world.desk("other")
    pending, held = await world.release("Ny kaj"), await world.release("Ny mole")
    await world.owe(desk, pending)
    await world.owe(other, held)
    later = replace(world.debt(other, await world.release("Ny bro")), held_until=world.now + timedelta(days=500))
    async with world.database.begin() as tx:
        await tx.outbox.owe([later], world.now)
    world.pass_time(days=300)
    await push_out(world)
    assert await tidy(world) == {}
    assert (await world.states(desk), await world.states(other), await world.drifted()) == (["pending"], ["pending", "held"], [])


async def test_dead_letters_go_too_but_not_one_that_is_just_tried_anew(world: World) -> None:
    """Between finding and taking away it may have become owed."""
    desk = await world.desk()
    await world.owe(desk, await world.release("Ny kaj"), await world.release("Ny mole"))
    for _ in range(2):
        (delivery,) = await world.claim(1)
        await world.settle(delivery, Refused("no"))
    world.pass_time(days=100)
    await push_out(world)
    async with world.database.read() as tx:
        gone, _ = await tx.retention.settled(world.now - KEEP.deliveries, DeliveryId(0), 100)
    assert len(gone) == 2
    async with world.database.begin() as tx:
        await tx.outbox.retry([gone[0]], world.now)
    async with world.database.begin() as tx:
        assert await tx.retention.remove(gone) == 1
    assert (await world.states(desk), await world.drifted()) == (["pending"], [])


async def test_small_things_go_in_their_time(world: World) -> None:
    """Lists after a day, buttons unless they are shown again, marks that have lapsed, and processes that are gone."""
    release = await world.release()
    await world.desk()
    async with world.database.begin() as tx:
        await tx.lists.keep(ASTA, world.address(), 1, [release], world.now)
        await tx.buttons.keep({"a": "/latest", "b": "/search kaj"}, world.now)
        await tx.takers.take(release, [world.address()], ASTA, world.now)
        await tx.marks.set("event", world.now + timedelta(hours=1), world.now)
        await tx.workers.seen(Worker("gone", frozenset(), "host:1", "0", world.now, world.now))
    world.pass_time(hours=2)
    assert await tidy(world) == {Aged.MARKS: 1}
    world.pass_time(days=1)
    assert await tidy(world) == {Aged.LISTS: 1}
    world.pass_time(days=60)
    async with world.database.begin() as tx:
        await tx.buttons.keep({"b": "/search kaj"}, world.now)
    assert await tidy(world) == {Aged.WORKERS: 1}
    world.pass_time(days=60)
    assert await tidy(world) == {Aged.BUTTONS: 1, Aged.TAKERS: 1}
    async with world.database.read() as tx:
        assert (await tx.buttons.command("a"), await tx.buttons.command("b")) == (None, "/search kaj")


async def test_who_changed_what_goes_after_a_year(world: World) -> None:
    """Also who made a subscription that has ended; that it was there stays, and a live one keeps whom to tell of faults."""
    desk = await world.desk()
    ended, live = await world.subscribe(desk), await world.subscribe(desk, (await world.newsroom()).id)
    async with world.database.begin() as tx:
        await tx.destinations.unsubscribe(ended, world.now)
        await tx.audit.note(desk, ASTA, "mute", before={}, after={"here": {}}, now=world.now)
    world.pass_time(days=366)
    async with world.database.begin() as tx:
        await tx.audit.note(desk, ASTA, "mute", before={}, after={"here": {}}, now=world.now)
    assert await tidy(world) == {Aged.CHANGES: 1, Aged.AUTHORS: 1}
    assert await world.rows("SELECT id, created_by FROM subscription ORDER BY id") == [(ended, ""), (live, "test")]
    assert await count(world, "audit") == 1


async def test_one_process_at_a_time(world: World) -> None:
    """Who does not get the lease leaves all as it is; it is let go after the round."""
    desk = await world.desk()
    await told(world, desk, await world.release())
    world.pass_time(days=91)
    await push_out(world)
    async with world.database.begin() as tx:
        await tx.leases.take("retention", "another", world.now, timedelta(seconds=60))
    assert await tidy(world) == {}
    world.pass_time(minutes=2)
    assert await tidy(world) == {"deliveries": 1}
    assert await tidy(world, "another") == {}


async def test_a_great_many_go_without_holding_anybody_up(world: World) -> None:
    """Of 20,000 deliveries those that may go are gone after one round, and whoever writes meanwhile has their turn between."""
    await _twenty_thousand(world)
    turns = 0
    done = asyncio.Event()

    async def write_meanwhile() -> None:
        nonlocal turns
        while not done.is_set():
            async with world.database.begin() as tx:
                await tx.leases.take("somebody", "else", world.now, timedelta(seconds=60))
            turns += 1
            await asyncio.sleep(0.005)

    writing = asyncio.create_task(write_meanwhile())
    removed = await tidy(world)
    done.set()
    await writing
    assert removed == {"deliveries": 10_000}
    assert (await count(world, "delivery"), await count(world, "post")) == (10_000, 10_000)
    assert turns > 10_000 // BATCH // 10, "whoever writes has their turn again and again"


async def _twenty_thousand(world: World) -> None:
    """200 releases that 100 destinations were told of, a day after one another; the newest hundred stay."""
    desks = [await world.desk(f"desk {n}") for n in range(100)]
    start = NOW
    releases = list((await world.add(*(item(f"{n}", "Nyt", published=start + timedelta(seconds=n)) for n in range(200)))).values())
    rows = [
        {
            "id": n * 100 + m + 1,
            "destination_id": desk,
            "release_id": release,
            "revision": 1,
            "kind": "alert",
            "priority": 1,
            "state": "sent",
            "attempts": 1,
            "ambiguous": 0,
            "reason": "",
            "dedupe_key": f"alert:{release}:1",
            "silent": False,
            "created_at": start,
            "done_at": start,
        }
        for n, release in enumerate(releases)
        for m, desk in enumerate(desks)
    ]
    async with world.database.begin() as tx:
        for at in range(0, len(rows), 5000):
            some = rows[at : at + 5000]
            await tx.connection.execute(insert(DeliveryRow), some)
            posts = [
                {
                    "id": row["id"],
                    "destination_id": row["destination_id"],
                    "delivery_id": row["id"],
                    "reference": "1",
                    "sent_at": start,
                }
                for row in some
            ]
            await tx.connection.execute(insert(PostRow), posts)
            shows = [{"post_id": row["id"], "release_id": row["release_id"], "revision": 1, "told": 1} for row in some]
            await tx.connection.execute(insert(PostReleaseRow), shows)
    world.pass_time(days=120)
