"""What became of one release at one destination, what is held back there, and how long things take."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.ledger import Spread, latencies
from bot.domain.delivery import DeliveryKind, DeliveryState, Owed, RetryLater, Sent
from bot.ports import Waiting
from tests.fakes.world import NOW, World, item

HOUR = timedelta(hours=1)


async def test_a_story_holds_all_that_was_owed_and_every_subscription_there_was(world: World) -> None:
    """Deliveries of this release alone, in order; subscriptions to its newsroom and to all, ended ones too."""
    newsroom, other = await world.newsroom(), await world.newsroom("skolen")
    desk, elsewhere = await world.desk(), await world.desk("other")
    first = await world.subscribe(desk, newsroom.id)
    for place, wanted in ((desk, other.id), (elsewhere, newsroom.id)):
        await world.subscribe(place, wanted)
    world.pass_time(hours=1)
    async with world.database.begin() as tx:
        await tx.destinations.mute([first], world.now + 3 * HOUR, world.now)
        await tx.destinations.unsubscribe(first, world.now)
    to_all = await world.subscribe(desk)
    release, unrelated = await world.release(), await world.release("Andet")
    await world.owe(desk, unrelated, release)
    await world.owe(elsewhere, release)
    world.pass_time(seconds=1)
    for delivery in await world.claim():
        await world.settle(delivery, RetryLater("no answer", ambiguous=True) if delivery.release_id == release else Sent("1"))
    await world.owe(desk, release, kind=DeliveryKind.CORRECTION, revision=2)
    async with world.database.read() as tx:
        story = await tx.outbox.story(desk, release)
    assert [(each.kind, each.state, each.revision) for each in story.told] == [
        (DeliveryKind.ALERT, DeliveryState.PENDING, 1),
        (DeliveryKind.CORRECTION, DeliveryState.PENDING, 2),
    ]
    ended, live = story.subscriptions
    assert (ended.id, ended.created_at, ended.ended_at, ended.to_all) == (first, NOW, NOW + HOUR, False)
    assert (ended.muted_from, ended.muted_until) == (NOW + HOUR, NOW + 4 * HOUR)
    assert (live.id, live.ended_at, live.to_all) == (to_all, None, True)


async def test_a_subscription_to_all_brings_only_what_is_offered(world: World) -> None:
    """So it is no part of the story of another newsroom's release."""
    await world.newsroom("private", offered=False)
    desk = await world.desk()
    await world.subscribe(desk)
    async with world.database.begin() as tx:
        newsroom = next(each for each in await tx.newsrooms.all() if each.slug == "private")
        (feed,) = await tx.feeds.of(newsroom.id)
        (release,) = (await tx.releases.add(feed, [item("1", "Lukket")], now=world.now, late=())).values()
    async with world.database.read() as tx:
        assert (await tx.outbox.story(desk, release)).subscriptions == ()


async def test_what_is_held_back_is_counted_for_its_destination_alone(world: World) -> None:
    """Alerts; not what follows on them."""
    desk, other = await world.desk(), await world.desk("other")
    releases = [await world.release(f"Nyhed {n}") for n in range(3)]
    until = world.now + HOUR
    debts = [Owed(desk, DeliveryKind.ALERT, f"alert:{each}:1", each, 1, held_until=until) for each in releases]
    debts.append(Owed(desk, DeliveryKind.FOLLOW_UP, "changes:1", releases[0], 2, held_until=until))
    debts.append(Owed(other, DeliveryKind.ALERT, "alert:1", releases[0], 1))
    async with world.database.begin() as tx:
        await tx.outbox.owe(debts, world.now)
    async with world.database.read() as tx:
        assert [await tx.outbox.held_for(each) for each in (desk, other)] == [3, 0]
        (held,) = (await tx.outbox.story(desk, releases[1])).told
    assert (held.state, held.held_until) == (DeliveryState.HELD, until)


async def test_the_ledger_tells_how_long_alerts_took(world: World) -> None:
    """From publication to when it was found, and from there to each post; of the newsrooms asked for, and nothing that waited."""
    newsroom, other = await world.newsroom(), await world.newsroom("skolen")
    desk, second = await world.desk(), await world.desk("other")
    published = item("9", "Ny kaj", published=world.now - timedelta(seconds=40))
    release = (await world.add(published))["9"]
    foreign = await world.release("Ny skole", slug="skolen")
    held = await world.release("Ventet")
    await world.owe(desk, release, foreign)
    await world.owe(second, release)
    async with world.database.begin() as tx:
        await tx.outbox.owe([Owed(second, DeliveryKind.ALERT, "alert:held", held, 1, held_until=world.now + HOUR)], world.now)
    for seconds in (2, 8):
        world.pass_time(seconds=seconds)
        for delivery in await world.claim(1):
            await world.settle(delivery, Sent(str(delivery.id)))
    while waiting := await world.claim():
        for delivery in waiting:
            await world.settle(delivery, Sent(str(delivery.id)))
    async with world.database.read() as tx:
        passages = await tx.outbox.ledger([newsroom.id], NOW - HOUR)
        assert {each.newsroom_id for each in await tx.outbox.ledger([newsroom.id, other.id], NOW - HOUR)} == {newsroom.id, other.id}
        assert await tx.outbox.ledger([newsroom.id], world.now + HOUR) == []
        assert await tx.outbox.ledger([], NOW - HOUR) == []
    figures = latencies(passages)[newsroom.id]
    assert figures.releases == 1
    assert figures.found == Spread(timedelta(seconds=40), timedelta(seconds=40))
    assert figures.posted == Spread(timedelta(seconds=2), timedelta(seconds=10))


async def test_what_waits_is_put_off_or_let_go(world: World) -> None:
    """Until other times, of this destination alone; its lane is looked at for the first of them."""
    desk, other = await world.desk(), await world.desk("other")
    first, second = await world.release("Nyhed 1"), await world.release("Nyhed 2")
    debts = [
        Owed(
            place,
            DeliveryKind.ALERT,
            f"alert:{each}:1",
            each,
            1,
            {"held": "held_quiet", "by": "1"},
            held_until=world.now + 5 * HOUR,
        )
        for place in (desk, other)
        for each in (first, second)
    ]
    account = await world.account()
    async with world.database.begin() as tx:
        await tx.outbox.owe(debts, world.now)
    async with world.database.begin() as tx:
        waiting = await tx.outbox.waiting(desk)
        assert [(each.until, each.payload["by"]) for each in waiting] == [(world.now + 5 * HOUR, "1")] * 2
        sooner, later = (each.id for each in waiting)
        payload = waiting[0].payload
        times = [Waiting(sooner, world.now + HOUR, payload), Waiting(later, world.now + 7 * HOUR, payload)]
        await tx.outbox.put_off(desk, times)
    async with world.database.begin() as tx:
        assert await tx.outbox.release_held(account, world.now, 10) == 0
        assert await tx.outbox.release_held(account, world.now + HOUR, 10) == 1
    assert await world.states(desk) == ["pending", "held"]
    assert await world.states(other) == ["held", "held"]
    async with world.database.begin() as tx:
        assert [each.id for each in await tx.outbox.waiting(desk)] == [later]
        await tx.outbox.put_off(desk, [Waiting(later, world.now, payload)])
        assert await tx.outbox.release_held(account, world.now, 10) == 1
    assert await world.states(desk) == ["pending", "pending"]
    assert await world.drifted() == []
