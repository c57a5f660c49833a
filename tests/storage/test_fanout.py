"""Who is owed what: at once for few, by a cursor for many; the audience is who was subscribed when the release was stored."""

from __future__ import annotations

import pytest

from bot.alerts import fanout
from bot.alerts.fanout import owe_alerts, owe_correction, owe_notice, work_off
from bot.domain.delivery import DeliveryKind, Sent
from bot.domain.release import ReleaseId
from bot.domain.subscription import DestinationId
from tests.fakes.world import World


async def subscribers(world: World, count: int) -> list[DestinationId]:
    """So many destinations that follow everything offered."""
    desks = [await world.desk(f"desk-{n}") for n in range(count)]
    for desk in desks:
        await world.subscribe(desk)
    return desks


async def alert(world: World, *releases: ReleaseId, late: bool = False) -> None:
    """Owe alerts about releases of the first newsroom."""
    newsroom = (await world.feed()).newsroom.id
    async with world.database.begin() as tx:
        await owe_alerts(tx, newsroom, [(release, 1) for release in releases], world.now, any_late=late)


async def chunks(world: World) -> int:
    """Work off what fan-outs there are; how many chunks that took."""
    for done in range(100):
        async with world.database.begin() as tx:
            if not await work_off(tx, world.now):
                return done
    raise AssertionError("it never ends")


async def owed(world: World) -> list[tuple[object, ...]]:
    """Destination and release of all that is owed, in order."""
    return await world.rows("SELECT destination_id, release_id FROM delivery ORDER BY id")


@pytest.fixture(params=["at once", "by cursor"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of owing must come to the same."""
    if request.param == "by cursor":
        monkeypatch.setattr(fanout, "AT_ONCE", 2)
    return str(request.param)


async def test_everybody_who_subscribes_is_owed_each_release_in_order(world: World, way: str) -> None:
    """Subscribers of the newsroom and of all that is offered, each once, the releases in the order they came."""
    desks = await subscribers(world, 5)
    newsroom = (await world.feed()).newsroom.id
    await world.subscribe(desks[0], newsroom)
    single = await world.desk("single")
    await world.subscribe(single, newsroom)
    stranger = await world.desk("stranger")
    await world.subscribe(stranger, (await world.newsroom("nabohavnen")).id)
    releases = [await world.release(), await world.release()]
    await alert(world, *releases)
    assert (await chunks(world) > 1) == (way == "by cursor")
    assert sorted(await owed(world)) == [(desk, release) for desk in (*desks, single) for release in releases]
    for desk in desks:
        rows = await world.rows("SELECT release_id FROM delivery WHERE destination_id = :desk ORDER BY id", desk=desk)
        assert [release for (release,) in rows] == releases
    assert await world.drifted() == []


async def test_paused_destinations_are_left_out(world: World, way: str) -> None:
    """What comes out while we cannot write somewhere is not kept for it."""
    desks = await subscribers(world, 4)
    async with world.database.begin() as tx:
        await tx.destinations.pause(world.address("desk-1"), "kicked")
    await alert(world, await world.release())
    await chunks(world)
    assert [desk for desk, _ in await owed(world)] == [desks[0], *desks[2:]], way


async def test_all_means_what_is_offered(world: World, way: str) -> None:
    """A newsroom that is followed by some and offered to nobody alerts those alone."""
    await subscribers(world, 4)
    newsroom = await world.newsroom(offered=False)
    desk = await world.desk("own")
    await world.subscribe(desk, newsroom.id)
    await alert(world, await world.release())
    await chunks(world)
    assert [desk for desk, _ in await owed(world)] == [desk], way


async def test_who_subscribes_after_the_commit_is_not_owed_and_who_leaves_is_owed_no_more(world: World, way: str) -> None:
    """A cursor owes exactly what the transaction of the release would have, less what was given up since."""
    desks = await subscribers(world, 5)
    await alert(world, await world.release())
    newcomer = await world.desk("newcomer")
    await world.subscribe(newcomer)
    async with world.database.begin() as tx:
        (leaving,) = await tx.destinations.subscriptions(desks[3])
        await tx.destinations.unsubscribe(leaving.id, world.now)
    await chunks(world)
    rows = await world.rows("SELECT destination_id FROM delivery WHERE state = 'pending' ORDER BY id")
    assert [desk for (desk,) in rows] == [*desks[:3], desks[4]], way
    assert await world.drifted() == []


async def test_a_cursor_goes_on_where_a_crash_stopped_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk that is rolled back is done again, and one that was committed is not owed twice."""
    monkeypatch.setattr(fanout, "AT_ONCE", 2)
    desks = await subscribers(world, 5)
    await alert(world, await world.release())
    assert await owed(world) == []
    async with world.database.begin() as tx:
        assert await work_off(tx, world.now)
        assert (await tx.outbox.health()).cursors == 1
    with pytest.raises(ZeroDivisionError):
        async with world.database.begin() as tx:
            await work_off(tx, world.now)
            raise ZeroDivisionError
    assert len(await owed(world)) == 2
    await chunks(world)
    assert [desk for desk, _ in await owed(world)] == desks
    async with world.database.read() as tx:
        assert (await tx.outbox.health()).cursors == 0


async def test_an_account_with_nothing_but_a_cursor_has_something_due(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner of the account finds the debt."""
    monkeypatch.setattr(fanout, "AT_ONCE", 2)
    await subscribers(world, 3)
    await alert(world, await world.release())
    account = await world.account()
    async with world.database.read() as tx:
        assert await tx.outbox.due(account, world.now)


async def test_an_audience_of_whole_chunks_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four subscribers in chunks of two: the third chunk is empty and the cursor is gone."""
    monkeypatch.setattr(fanout, "AT_ONCE", 2)
    desks = await subscribers(world, 4)
    await alert(world, await world.release())
    assert await chunks(world) == 3
    assert len(await owed(world)) == len(desks)


async def test_late_finds_are_folded_for_each_destination(world: World, way: str) -> None:
    """Six late finds are one digest for everybody."""
    desks = await subscribers(world, 3)
    late = [await world.release(f"Sent {n}", late=True) for n in range(6)]
    await alert(world, *late, late=True)
    await chunks(world)
    for desk in desks:
        assert await world.states(desk) == ["held"] * 6 + ["pending"], way
    assert await world.drifted() == []


async def test_a_correction_goes_where_the_release_stands_or_is_about_to(world: World, way: str) -> None:
    """Sent, pending, held back or in a digest; not where it was dropped, and not to who never was owed it."""
    stands, waits = await world.desk("stands"), await world.desk("waits")
    release = await world.release()
    await world.owe(stands, release)
    (delivery,) = await world.claim()
    await world.settle(delivery, Sent("1"))
    await world.owe(waits, release)
    third = await world.desk("third")
    await world.owe(third, release)
    left = await world.desk("left")
    subscription = await world.subscribe(left, (await world.feed()).newsroom.id)
    await world.owe(left, release)
    async with world.database.begin() as tx:
        await tx.destinations.unsubscribe(subscription, world.now)
    await world.subscribe(await world.desk("stranger"))
    newsroom = (await world.feed()).newsroom.id
    async with world.database.begin() as tx:
        await owe_correction(tx, newsroom, (release, 2), world.now)
    await chunks(world)
    rows = await world.rows("SELECT destination_id FROM delivery WHERE kind = 'correction' ORDER BY id")
    assert [desk for (desk,) in rows] == [stands, waits, third], way


async def test_operators_hear_of_something_once(world: World) -> None:
    """The same key again is no second notice."""
    operators = [await world.desk("op-1"), await world.desk("op-2")]
    for _ in range(2):
        async with world.database.begin() as tx:
            await owe_notice(tx, operators, "feed_ended:1", "feed_ended", {"newsroom": "Havnen"}, world.now)
    claimed = await world.claim()
    assert [d.destination.id for d in claimed] == operators
    assert claimed[0].kind is DeliveryKind.NOTICE
    assert claimed[0].payload == {"newsroom": "Havnen", "code": "feed_ended"}


async def test_nothing_new_owes_nothing(world: World) -> None:
    """A poll without news writes nothing."""
    await subscribers(world, 2)
    await alert(world)
    assert await owed(world) == []
