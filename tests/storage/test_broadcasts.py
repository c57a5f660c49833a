"""A word of the operators to everybody: whom it reaches, that it is sent once, and how far it has come."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from bot.alerts import broadcasting
from bot.alerts.broadcasting import owe_broadcast
from bot.alerts.compose import compose
from bot.alerts.composition import Message, Nothing
from bot.alerts.fanout import work_off
from bot.domain.card import Text
from bot.domain.delivery import Delivery, DeliveryKind, DeliveryState, Refused, Sent
from bot.domain.options import DestinationOptions, QuietHours
from bot.domain.subscription import DestinationId
from bot.ports import Actor, Aged, Broadcast, Hint, Progress, Reach
from tests.fakes.world import World

DAGNY = Actor("telegram", "bot", "9", "Dagny")
VALID = timedelta(minutes=10)


async def draft(world: World, text: str = "Ingen varsler i nat", *, platform: str = "", language: str = "") -> Broadcast:
    """What an operator wrote."""
    async with world.database.begin() as tx:
        return await tx.broadcasts.draft(text, platform, language, DAGNY, world.now, silent=True)


async def subscriber(world: World, conversation: str, thread: str = "") -> DestinationId:
    """A destination that subscribes to everything."""
    desk = await world.desk(conversation, thread)
    await world.subscribe(desk)
    return desk


async def reach(world: World, broadcast: Broadcast) -> Reach:
    """How many it is for."""
    async with world.database.read() as tx:
        return await tx.broadcasts.reach(broadcast, world.now)


async def send(world: World, broadcast: Broadcast) -> bool:
    """Confirm it, and owe it where that counted."""
    async with world.database.begin() as tx:
        counted = await tx.broadcasts.confirm(broadcast.id, world.now - VALID, world.now)
        if counted:
            await owe_broadcast(tx, broadcast, world.now)
        return counted


async def progress(world: World, broadcast: Broadcast) -> Progress:
    """How far it has come."""
    async with world.database.read() as tx:
        return await tx.broadcasts.progress(broadcast.id)


async def told(world: World) -> list[Delivery]:
    """What is sent, and is settled as that."""
    found = []
    while claimed := await world.claim():
        for delivery in claimed:
            await world.settle(delivery, Sent("1"))
            found.append(delivery)
    return found


async def test_everybody_who_subscribes_is_told_once(world: World) -> None:
    """A conversation once, whatever number of its threads subscribe; who only asked something once is left alone."""
    whole, part = await subscriber(world, "whole"), await subscriber(world, "threads", "1")
    await subscriber(world, "whole", "7")
    await subscriber(world, "threads", "2")
    await world.desk("asked once")
    broadcast = await draft(world)
    assert await reach(world, broadcast) == Reach({"test": 2}, 0)
    assert await send(world, broadcast)
    sent = await told(world)
    assert [(each.kind, each.destination.id, each.silent) for each in sent] == [
        (DeliveryKind.BROADCAST, whole, True),
        (DeliveryKind.BROADCAST, part, True),
    ]
    assert await progress(world, broadcast) == Progress({DeliveryState.SENT: 2}, is_dealt_out=True)
    assert await world.drifted() == []


async def test_where_everything_is_muted_or_closed_it_does_not_come(world: World) -> None:
    """The muted ones are counted; where one thread still listens, that is told."""
    await subscriber(world, "open")
    for conversation in ("muted", "closed", "ended"):
        desk = await subscriber(world, conversation)
        async with world.database.begin() as tx:
            (one,) = await tx.destinations.subscriptions(desk)
            if conversation == "muted":
                await tx.destinations.mute([one.id], world.now + timedelta(hours=1), world.now)
            if conversation == "closed":
                await tx.destinations.pause(world.address(conversation), "kicked", world.now)
            if conversation == "ended":
                await tx.destinations.unsubscribe(one.id, world.now)
    loud = await subscriber(world, "half muted", "2")
    quiet = await subscriber(world, "half muted", "1")
    async with world.database.begin() as tx:
        (one,) = await tx.destinations.subscriptions(quiet)
        await tx.destinations.mute([one.id], world.now + timedelta(hours=1), world.now)
    broadcast = await draft(world)
    assert await reach(world, broadcast) == Reach({"test": 2}, 1)
    await send(world, broadcast)
    assert loud in [each.destination.id for each in await told(world)]
    world.pass_time(hours=2)
    assert await reach(world, await draft(world)) == Reach({"test": 3}, 0)


async def test_it_may_be_for_one_platform_or_one_language(world: World) -> None:
    """Empty leaves nobody out."""
    await subscriber(world, "danish")
    english = await subscriber(world, "english")
    async with world.database.begin() as tx:
        await tx.destinations.set_language(english, "en")
    assert (await reach(world, await draft(world))).total == 2
    assert (await reach(world, await draft(world, platform="test"))).total == 2
    assert (await reach(world, await draft(world, platform="slack"))).conversations == {}
    broadcast = await draft(world, language="en")
    assert (await reach(world, broadcast)).total == 1
    await send(world, broadcast)
    assert [each.destination.id for each in await told(world)] == [english]


async def test_a_draft_counts_once_and_for_some_minutes(world: World) -> None:
    """Pressed twice, pressed late, thrown away: it is sent once at most."""
    await subscriber(world, "desk")
    twice, late, gone = await draft(world), await draft(world), await draft(world)
    assert [await send(world, twice), await send(world, twice)] == [True, False]
    async with world.database.begin() as tx:
        assert await tx.broadcasts.discard(gone.id)
        assert not await tx.broadcasts.discard(gone.id)
        assert not await tx.broadcasts.discard(twice.id)
    assert not await send(world, gone)
    world.pass_time(minutes=11)
    assert not await send(world, late)
    assert len(await told(world)) == 1
    async with world.database.read() as tx:
        assert [each.id for each in await tx.broadcasts.latest(5)] == [twice.id]


async def test_what_is_owed_twice_is_told_once(world: World) -> None:
    """By its key, whoever owes it."""
    await subscriber(world, "desk")
    broadcast = await draft(world)
    await send(world, broadcast)
    async with world.database.begin() as tx:
        await owe_broadcast(tx, broadcast, world.now)
    assert len(await told(world)) == 1


async def test_many_are_dealt_out_by_a_cursor(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk at a time, by whoever dispatches; what was subscribed since is left out, and it is said that more are coming."""
    monkeypatch.setattr(broadcasting, "AT_ONCE", 2)
    desks = [await subscriber(world, f"desk-{n}") for n in range(5)]
    broadcast = await draft(world)
    heard: list[Hint] = []
    async with world.database.watch(heard.append):
        await send(world, broadcast)
    assert Hint.LANES in heard
    await subscriber(world, "later")
    assert await progress(world, broadcast) == Progress({}, is_dealt_out=False)
    for count in (2, 4, 5):
        async with world.database.begin() as tx:
            assert await work_off(tx, world.now)
        assert (await progress(world, broadcast)).states == {DeliveryState.PENDING: count}
    async with world.database.begin() as tx:
        assert not await work_off(tx, world.now)
    assert (await progress(world, broadcast)).is_dealt_out
    assert {each.destination.id for each in await told(world)} == set(desks)
    assert await world.drifted() == []


async def test_two_cursors_are_worked_off_one_after_the_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said first is read first; releases wait for neither."""
    monkeypatch.setattr(broadcasting, "AT_ONCE", 1)
    newsroom, release = await world.newsroom(), await world.release()
    for number in range(2):
        await subscriber(world, f"desk-{number}")
    first, second = await draft(world, "Først"), await draft(world, "Siden")
    await send(world, first)
    await send(world, second)
    async with world.database.begin() as tx:
        await tx.outbox.owe_later(DeliveryKind.ALERT, newsroom.id, [(release, 1)], world.now)
        assert [cursor.broadcast_id for cursor in await tx.outbox.cursors()] == [first.id, None]


async def test_alerts_go_before_it(world: World) -> None:
    """Whatever was owed first."""
    desk = await subscriber(world, "desk")
    await send(world, await draft(world))
    await world.owe(desk, await world.release())
    assert [each.kind for each in await told(world)] == [DeliveryKind.ALERT, DeliveryKind.BROADCAST]


async def test_in_quiet_hours_it_waits(world: World) -> None:
    """Until they end, by the destination's own clocks; and is counted as that."""
    desk = await subscriber(world, "desk")
    async with world.database.begin() as tx:
        await tx.destinations.set_options(desk, DestinationOptions(quiet=QuietHours(time(11), time(13))))  # 12.00 in Copenhagen
    broadcast = await draft(world)
    await send(world, broadcast)
    assert await told(world) == []
    assert (await progress(world, broadcast)).states == {DeliveryState.HELD: 1}
    world.pass_time(hours=1)
    account = await world.account()
    async with world.database.begin() as tx:
        assert await tx.outbox.release_held(account, world.now, 10) == 1
    assert [each.kind for each in await told(world)] == [DeliveryKind.BROADCAST]


async def test_it_says_what_was_written_and_nothing_becomes_more_than_text(world: World) -> None:
    """Line by line; it is read from the draft, which all deliveries share."""
    await subscriber(world, "desk")
    await send(world, await draft(world, "Hej <!channel>\n*Ingen* varsler <b>i nat</b>"))
    (delivery,) = await world.claim()
    async with world.database.read() as tx:
        (said,) = await compose(tx, [delivery], world.now)
    assert isinstance(said, Message)
    assert [element.block.text for element in said.card.elements if isinstance(element, Text)] == [
        "Hej <!channel>",
        "*Ingen* varsler <b>i nat</b>",
    ]
    assert (said.card.silent, said.card.pings) == (True, ())


async def test_one_that_is_kept_no_longer_is_left_out(world: World) -> None:
    """What is owed for longer than that, behind a closed door, says nothing any more."""
    await subscriber(world, "desk")
    broadcast = await draft(world)
    await send(world, broadcast)
    (delivery,) = await world.claim()
    async with world.database.begin() as tx:
        assert await tx.retention.sweep(Aged.DEEDS, world.now + timedelta(days=400), 10) == 1
        (said,) = await compose(tx, [delivery], world.now)
    assert isinstance(said, Nothing)


async def test_what_is_given_up_is_counted(world: World) -> None:
    """Beside what was sent."""
    for number in range(2):
        await subscriber(world, f"desk-{number}")
    broadcast = await draft(world)
    await send(world, broadcast)
    first, second = await world.claim()
    await world.settle(first, Sent("1"))
    await world.settle(second, Refused("too long"))
    assert (await progress(world, broadcast)).states == {DeliveryState.SENT: 1, DeliveryState.DEAD: 1}


async def test_a_draft_that_was_discarded_leaves_its_number_to_nobody(world: World) -> None:
    """The button under it would send the next one."""
    first = await draft(world, "FØRST")
    async with world.database.begin() as tx:
        assert await tx.broadcasts.discard(first.id)
    assert (await draft(world, "SIDEN")).id != first.id
    assert not await send(world, first)
