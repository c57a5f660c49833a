"""Who is owed what: at once for few, by a cursor for many; the audience is who was subscribed when the release was stored."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.alerts import fanout
from bot.alerts.fanout import owe_alerts, owe_corrections, owe_notice, work_off
from bot.domain.delivery import DeliveryKind, Sent
from bot.domain.newsroom import NewsroomId
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
        await tx.destinations.pause(world.address("desk-1"), "kicked", world.now)
    await alert(world, await world.release())
    await chunks(world)
    assert [desk for desk, _ in await owed(world)] == [desks[0], *desks[2:]], way


async def mute(world: World, desk: DestinationId, *newsrooms: NewsroomId | None, hours: float | None = 1) -> None:
    """Mute a desk's subscriptions to these newsrooms (None: to all); `hours` None: no longer."""
    until = None if hours is None else world.now + timedelta(hours=hours)
    async with world.database.begin() as tx:
        found = [each.id for each in await tx.destinations.subscriptions(desk) if each.newsroom_id in newsrooms]
        assert len(found) == len(newsrooms)
        await tx.destinations.mute(found, until, world.now)


async def test_what_is_muted_when_the_release_is_stored_is_left_out(world: World, way: str) -> None:
    """Not before, and not once the time is over; a mute that begins or ends while the fan-out is under way changes nothing."""
    desks = await subscribers(world, 5)
    await mute(world, desks[0], None)
    await mute(world, desks[1], None)
    await mute(world, desks[2], None, hours=0.5)
    world.pass_time(minutes=30)
    await alert(world, await world.release())
    world.pass_time(seconds=1)
    await mute(world, desks[1], None, hours=None)
    await mute(world, desks[3], None)
    await chunks(world)
    assert [desk for desk, _ in await owed(world)] == desks[2:], way
    await alert(world, second := await world.release())
    await chunks(world)
    assert [desk for desk, release in await owed(world) if release == second] == [desks[1], desks[2], desks[4]], way
    assert await world.drifted() == []


async def test_a_mute_that_is_made_longer_has_lasted_since_it_began(world: World, way: str) -> None:
    """What was stored before the second command was muted by the first."""
    desks = await subscribers(world, 4)
    await mute(world, desks[0], None)
    world.pass_time(minutes=10)
    await alert(world, await world.release())
    world.pass_time(seconds=1)
    await mute(world, desks[0], None, hours=8)
    await chunks(world)
    assert [desk for desk, _ in await owed(world)] == desks[1:], way


async def test_a_destination_that_mutes_one_of_two_subscriptions_is_owed_once(world: World, way: str) -> None:
    """All that is offered is still heard, the muted newsroom with it; and a correction follows its alert, muted or not."""
    desks = await subscribers(world, 4)
    newsroom = (await world.feed()).newsroom.id
    await world.subscribe(desks[0], newsroom)
    await mute(world, desks[0], newsroom)
    release = await world.release()
    await alert(world, release)
    await chunks(world)
    assert [desk for desk, _ in await owed(world)] == desks, way
    await mute(world, desks[0], newsroom, None)
    async with world.database.begin() as tx:
        await owe_corrections(tx, newsroom, [(release, 2)], world.now)
    await chunks(world)
    assert len(await world.rows("SELECT id FROM delivery WHERE kind = 'correction'")) == 4, way


async def test_sound_wins_where_two_subscriptions_bring_the_same_alert(world: World, way: str) -> None:
    """Whichever comes first, unless the one with sound is muted; corrections and digests sound as their alerts do."""
    desks = await subscribers(world, 5)
    newsroom = (await world.feed()).newsroom.id
    for desk in desks[:4]:
        await world.subscribe(desk, newsroom)
    silent: dict[DestinationId, list[NewsroomId | None]] = {
        desks[0]: [None],
        desks[1]: [newsroom],
        desks[2]: [None, newsroom],
        desks[3]: [None],
        desks[4]: [],
    }
    async with world.database.begin() as tx:
        for desk, wants in silent.items():
            for each in await tx.destinations.subscriptions(desk):
                await tx.destinations.set_silent(each.id, silent=each.newsroom_id in wants)
    await mute(world, desks[3], newsroom)
    late = [await world.release(f"Sent {n}", late=True) for n in range(6)]
    await alert(world, *late, late=True)
    await chunks(world)
    async with world.database.begin() as tx:
        await owe_corrections(tx, newsroom, [(late[0], 2)], world.now)
    await chunks(world)
    rows = await world.rows("SELECT DISTINCT destination_id, kind FROM delivery WHERE silent")
    assert sorted(rows) == [(desk, kind) for desk in desks[2:4] for kind in ("alert", "correction", "digest")], way
    assert {delivery.destination.id for delivery in await world.claim() if delivery.silent} == set(desks[2:4])


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
        assert (await tx.outbox.look([account], world.now))[account].is_due


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
        await owe_corrections(tx, newsroom, [(release, 2)], world.now)
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
