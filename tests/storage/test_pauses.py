"""A platform that an operator paused: nothing is taken in hand, nothing is lost, and what waited goes out as it should."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

from bot.alerts.compose import compose
from bot.alerts.composition import Later, Message, Nothing
from bot.alerts.retry import held
from bot.domain.card import Meta
from bot.domain.delivery import Delivery, DeliveryKind, Owed, RetryLater, Sent
from bot.domain.options import DestinationOptions, QuietHours
from bot.domain.release import ReleaseId
from bot.domain.subscription import ConversationKind, DestinationId
from bot.ports import Actor, Hint, Look
from tests.fakes.world import World

DAGNY = Actor("telegram", "bot", "9", "Dagny")


async def pause(world: World, platform: str = "test", account: str = "") -> bool:
    """An operator pauses it."""
    async with world.database.begin() as tx:
        return await tx.pauses.add(platform, account, DAGNY, world.now)


async def lift(world: World, platform: str = "test", account: str = "") -> bool:
    """An operator lets it go on, and what was held leaves, as the dispatcher has it."""
    number = await world.account()
    async with world.database.begin() as tx:
        lifted = await tx.pauses.lift(platform, account, world.now)
        await tx.outbox.release_held(number, world.now, 100)
        return lifted


async def look(world: World) -> Look:
    """How the account stands."""
    account = await world.account()
    async with world.database.read() as tx:
        return (await tx.outbox.look([account], world.now))[account]


async def in_order(world: World) -> list[Delivery]:
    """All that goes out, one after the other; what is to wait is held, as the dispatcher has it."""
    sent = []
    while claimed := await world.claim():
        async with world.database.read() as tx:
            said = await compose(tx, claimed, world.now)
        for delivery, what in zip(claimed, said, strict=True):
            if isinstance(what, Later):
                async with world.database.begin() as tx:
                    assert await tx.outbox.settle(world.owner, [held(delivery, what.until, world.now)]) == [True]
            else:
                await world.settle(delivery, Sent("1"))
                sent.append(delivery)
    return sent


async def marks(world: World, delivery: Delivery) -> tuple[str, ...]:
    """What an alert says loudly."""
    async with world.database.read() as tx:
        (said,) = await compose(tx, [delivery], world.now)
    assert isinstance(said, Message)
    return next(element.marks for element in said.card.elements if isinstance(element, Meta))


async def test_nothing_of_a_paused_platform_is_taken_in_hand(world: World) -> None:
    """Nor is it looked for again and again; the lease is renewed as ever, and what is owed is still counted."""
    desk = await world.desk()
    await world.owe(desk, await world.release())
    assert await pause(world)
    assert await world.claim() == []
    assert (await look(world)).is_due is False
    assert (await look(world)).next_due is None
    assert await world.own()
    async with world.database.read() as tx:
        health = await tx.outbox.health()
    assert (health.pending, health.overdue_since) == (1, None)
    assert await world.drifted() == []


async def test_what_waited_goes_out_in_its_order(world: World) -> None:
    """And what was owed meanwhile after it."""
    desk = await world.desk()
    first, second = await world.release("Først"), await world.release("Siden")
    await world.owe(desk, first)
    await pause(world)
    await world.owe(desk, second)
    world.pass_time(hours=1)
    assert await lift(world)
    sent = await in_order(world)
    assert [(each.release_id, each.delayed) for each in sent] == [(first, False), (second, False)]
    assert await world.drifted() == []


async def test_one_account_may_be_paused_alone(world: World) -> None:
    """The others of its platform go on, and so do other platforms."""
    desk = await world.desk()
    await world.owe(desk, await world.release())
    await pause(world, account="another")
    await pause(world, "elsewhere")
    assert (await look(world)).is_due
    await pause(world, account="bot")
    assert await world.claim() == []
    assert await lift(world, account="bot")
    assert len(await world.claim()) == 1


async def test_an_account_that_comes_later_is_paused_with_its_platform(world: World) -> None:
    """A workspace that installs the app meanwhile gets nothing either."""
    await pause(world)
    desk = await world.desk()
    await world.owe(desk, await world.release())
    assert await world.claim() == []


async def test_a_paused_platform_is_not_paused_twice(world: World) -> None:
    """And what is not paused cannot go on; one account of a paused platform does not go on by itself."""
    assert await pause(world)
    assert not await pause(world)
    await world.owe(await world.desk(), await world.release())
    assert not await lift(world, account="bot")
    assert await pause(world, account="bot")
    assert await lift(world, account="bot")
    assert await world.claim() == []
    assert await lift(world)
    assert not await lift(world)
    assert len(await world.claim()) == 1


async def test_who_paused_it_and_when_is_known(world: World) -> None:
    """By platform, then account."""
    await pause(world, account="bot")
    await pause(world)
    async with world.database.read() as tx:
        found = await tx.pauses.all()
    assert [(each.platform, each.account, each.at, each.by, each.name) for each in found] == [
        ("test", "", world.now, "telegram:9", "Dagny"),
        ("test", "bot", world.now, "telegram:9", "Dagny"),
    ]


async def test_accounts_that_do_not_want_us_are_not_named(world: World) -> None:
    """Those that are there are, whatever number of destinations they have."""
    await world.account()
    async with world.database.begin() as tx:
        await tx.outbox.register("slack", "T1")
        await tx.outbox.register("slack", "T2")
        await tx.forgetting.account_left("slack", "T1", world.now)
        assert await tx.pauses.accounts() == [("slack", "T2"), ("test", "bot")]


async def test_late_alerts_say_so(world: World) -> None:
    """Up to five of a destination are sent one by one, in order, after more than six hours with a mark."""
    desk = await world.desk()
    await pause(world)
    old = [await world.release(f"Nyhed {n}") for n in range(5)]
    await world.owe(desk, *old)
    world.pass_time(hours=7)
    new = await world.release("Frisk")
    await world.owe(desk, new)
    await lift(world)
    (head,) = await world.claim()
    assert await marks(world, head) == ("Sendt forsinket",)
    await world.settle(head, Sent("1"))
    sent = [head, *await in_order(world)]
    assert [(each.release_id, each.delayed) for each in sent] == [*((one, True) for one in old), (new, False)]
    assert await marks(world, sent[-1]) == ()
    assert await world.drifted() == []


async def test_more_than_five_late_alerts_become_one_digest(world: World) -> None:
    """Of that destination alone; what is fresh is told by itself, and what is no alert in its turn."""
    desk, other = await world.desk("desk"), await world.desk("other")
    await pause(world)
    old = [await world.release(f"Nyhed {n}") for n in range(6)]
    await world.owe(desk, *old)
    await world.owe(other, old[0])
    async with world.database.begin() as tx:
        await tx.outbox.owe([Owed(desk, DeliveryKind.NOTICE, "notice:1", payload={"code": "feed_ended"})], world.now)
    world.pass_time(hours=7)
    new = await world.release("Frisk")
    await world.owe(desk, new)
    await lift(world)
    assert await world.drifted() == []
    sent = await in_order(world)
    here = [(each.kind, each.release_id, each.digest_of) for each in sent if each.destination.id == desk]
    assert here == [
        (DeliveryKind.NOTICE, None, ()),
        (DeliveryKind.ALERT, new, ()),
        (DeliveryKind.DIGEST, None, tuple(old)),
    ]
    assert [(each.release_id, each.delayed) for each in sent if each.destination.id == other] == [(old[0], True)]
    assert await world.drifted() == []


async def test_a_pause_of_days_costs_no_delivery(world: World) -> None:
    """What waited may be tried for as long as what is owed just now: the two days of trying begin anew."""
    desk = await world.desk()
    await world.owe(desk, await world.release())
    (delivery,) = await world.claim()
    await world.settle(delivery, RetryLater("no connection"))
    await pause(world)
    world.pass_time(days=5)
    await lift(world)
    for _ in range(3):
        (delivery,) = await world.claim()
        await world.settle(delivery, RetryLater("no connection"))
        world.pass_time(minutes=3)
    assert await world.states(desk) == ["pending"]
    assert await world.drifted() == []


async def test_what_was_held_back_leaves_together_after_the_pause(world: World) -> None:
    """Quiet hours that ended meanwhile let nothing go by themselves."""
    desk = await world.desk()
    releases = [await world.release(f"Nyhed {n}") for n in range(2)]
    until = world.now + timedelta(hours=1)
    async with world.database.begin() as tx:
        await tx.outbox.owe([Owed(desk, DeliveryKind.ALERT, f"alert:{r}:1", r, 1, held_until=until) for r in releases], world.now)
    await pause(world)
    world.pass_time(hours=2)
    account = await world.account()
    async with world.database.begin() as tx:
        assert await tx.outbox.release_held(account, world.now, 10) == 0
    await lift(world)
    (digest,) = await in_order(world)
    assert digest.digest_of == tuple(releases)


# The world's time is Friday at 12 in Copenhagen: ten hours later it is quiet, and eight hours after that no longer.
NIGHTS = DestinationOptions(quiet=QuietHours(time(21), time(6)))
TO_THE_NIGHT, TO_THE_MORNING = 10, 8


async def quiet_desk(world: World, name: str = "desk", how: DestinationOptions = NIGHTS) -> DestinationId:
    """A destination that sleeps at night, and subscribes to everything."""
    await world.newsroom()
    desk = await world.desk(name)
    await world.subscribe(desk)
    async with world.database.begin() as tx:
        await tx.destinations.set_options(desk, how)
    return desk


async def owe_one(world: World, desk: DestinationId, title: str, **how: str) -> ReleaseId:
    """An alert with this payload."""
    release = await world.release(title)
    async with world.database.begin() as tx:
        await tx.outbox.owe([Owed(desk, DeliveryKind.ALERT, f"alert:{release}", release, 1, payload=how)], world.now)
    return release


async def test_what_waited_is_held_where_it_is_quiet_by_then(world: World) -> None:
    """Until the morning, and then it leaves as what is held does; elsewhere it goes out, and so does what operators say."""
    desk, awake = await quiet_desk(world), await quiet_desk(world, "awake", DestinationOptions(picture=False))
    await pause(world)
    releases = [await owe_one(world, desk, title) for title in ("Ny kaj", "Ny bro")]
    await world.owe(awake, releases[0])
    async with world.database.begin() as tx:
        await tx.outbox.owe([Owed(desk, DeliveryKind.NOTICE, "notice:1", payload={"code": "feed_ended"})], world.now)
    world.pass_time(hours=TO_THE_NIGHT)
    await lift(world)
    assert await world.drifted() == []
    sent = await in_order(world)
    assert {(each.destination.id, each.kind) for each in sent} == {(awake, DeliveryKind.ALERT), (desk, DeliveryKind.NOTICE)}
    assert await world.states(desk) == ["held", "held", "sent"]
    world.pass_time(hours=TO_THE_MORNING)
    await lift(world)
    (digest,) = await in_order(world)
    assert (digest.kind, digest.digest_of) == (DeliveryKind.DIGEST, tuple(releases))
    assert digest.payload == {"anew": " ".join(map(str, releases))}
    assert await world.drifted() == []


async def test_urgent_words_break_in_after_a_pause_too(world: World) -> None:
    """With the whole text that follows them; what else follows waits with its own alert, and is not taken for needless."""
    desk = await quiet_desk(world, how=replace(NIGHTS, whole=True))
    await pause(world)
    urgent, calm = await owe_one(world, desk, "Evakuering", why="urgent"), await owe_one(world, desk, "Ny bro", why="wanted")
    async with world.database.begin() as tx:
        more = {"more": "whole"}
        wholes = [
            Owed(desk, DeliveryKind.FOLLOW_UP, f"whole:{urgent}", urgent, 1, payload=more | {"why": "urgent"}),
            Owed(desk, DeliveryKind.FOLLOW_UP, f"whole:{calm}", calm, 1, payload=more),
        ]
        await tx.outbox.owe(wholes, world.now)
    world.pass_time(hours=TO_THE_NIGHT)
    await lift(world)
    sent = await in_order(world)
    assert [(each.kind, each.release_id) for each in sent] == [(DeliveryKind.ALERT, urgent), (DeliveryKind.FOLLOW_UP, urgent)]
    world.pass_time(hours=TO_THE_MORNING)
    await lift(world)
    sent = await in_order(world)
    assert [(each.kind, each.release_id) for each in sent] == [(DeliveryKind.ALERT, calm), (DeliveryKind.FOLLOW_UP, calm)]
    assert sent[0].payload == {"why": "wanted", "held": "held_quiet"}
    assert await world.drifted() == []


async def test_a_digest_whose_time_came_in_the_pause_waits_for_the_morning(world: World) -> None:
    """It is still one digest, with those that came too late to be told one by one."""
    desk = await quiet_desk(world)
    early = [await world.release(f"Nyhed {n}") for n in range(2)]
    until, held = world.now + timedelta(hours=1), {"why": "wanted", "held": "held_digest"}
    async with world.database.begin() as tx:
        await tx.outbox.owe(
            [Owed(desk, DeliveryKind.ALERT, f"alert:{r}:1", r, 1, held_until=until, payload=held) for r in early], world.now
        )
    await pause(world)
    late = [await owe_one(world, desk, f"Sen {n}") for n in range(6)]
    world.pass_time(hours=TO_THE_NIGHT)
    await lift(world)
    assert await in_order(world) == []
    world.pass_time(hours=TO_THE_MORNING)
    await lift(world)
    (digest,) = await in_order(world)
    assert digest.digest_of == (*early, *late)
    assert await world.drifted() == []


async def test_a_digest_that_was_due_at_the_pause_waits_too(world: World) -> None:
    """Whole, as it was made."""
    desk = await quiet_desk(world)
    releases = [await world.release(f"Nyhed {n}") for n in range(2)]
    until = world.now + timedelta(hours=1)
    async with world.database.begin() as tx:
        await tx.outbox.owe([Owed(desk, DeliveryKind.ALERT, f"alert:{r}:1", r, 1, held_until=until) for r in releases], world.now)
    world.pass_time(hours=2)
    async with world.database.begin() as tx:
        assert await tx.outbox.release_held(await tx.outbox.register("test", "bot"), world.now, 10) == 1
    await pause(world)
    world.pass_time(hours=TO_THE_NIGHT - 2)
    await lift(world)
    assert await in_order(world) == []
    assert await world.drifted() == []
    world.pass_time(hours=TO_THE_MORNING)
    await lift(world)
    (digest,) = await in_order(world)
    assert digest.digest_of == tuple(releases)


async def test_what_is_in_flight_at_the_pause_is_settled(world: World) -> None:
    """And the next of its lane waits; a send that failed waits too, and is folded into nothing while somebody has it in hand."""
    desk = await world.desk()
    releases = [await world.release(f"Nyhed {n}") for n in range(7)]
    await world.owe(desk, *releases)
    (head,) = await world.claim()
    await pause(world)
    world.pass_time(hours=7)
    await lift(world)
    assert await world.settle(head, Sent("1"))
    assert await world.states(desk) == ["sent", *["held"] * 6, "pending"]
    (digest,) = await in_order(world)
    assert digest.digest_of == tuple(releases[1:])
    assert await world.drifted() == []


async def test_a_conversation_that_is_closed_is_not_due_after_a_pause(world: World) -> None:
    """It is owed what waited, whenever it lets us in again."""
    desk = await world.desk()
    await world.owe(desk, await world.release())
    await pause(world)
    async with world.database.begin() as tx:
        await tx.destinations.pause(world.address(), "kicked", world.now)
    world.pass_time(hours=7)
    await lift(world)
    assert await world.claim() == []
    assert await world.drifted() == []
    async with world.database.begin() as tx:
        await tx.destinations.resume(world.address(), world.now)
    assert len(await world.claim()) == 1


async def test_a_large_fan_out_goes_on_while_a_platform_is_paused(world: World) -> None:
    """It is debt being written down, which other platforms wait for too."""
    newsroom, release = await world.newsroom(), await world.release()
    await world.subscribe(await world.desk(), newsroom.id)
    async with world.database.begin() as tx:
        await tx.outbox.owe_later(DeliveryKind.ALERT, newsroom.id, [(release, 1)], world.now)
    await pause(world)
    assert (await look(world)).is_due


async def test_dispatchers_are_woken_when_it_goes_on(world: World) -> None:
    """In this process and in all others."""
    await pause(world)
    heard: list[Hint] = []
    async with world.database.watch(heard.append):
        await lift(world)
    assert Hint.LANES in heard


async def test_a_person_who_is_forgotten_is_no_longer_named_beside_a_pause(world: World) -> None:
    """It holds all the same."""
    await world.desk("9")
    await pause(world)
    async with world.database.begin() as tx:
        await tx.destinations.ensure(
            world.address("9"), kind=ConversationKind.PRIVATE, title="", language="da", timezone="UTC", now=world.now
        )
        await tx.deeds.note(DAGNY, "pause", {"platform": "test"}, world.now)
        await tx.forgetting.person("telegram:9")
        assert [(each.by, each.name) for each in await tx.pauses.all()] == [("", "")]
        assert [(each.by, each.name) for each in await tx.deeds.latest(5)] == [("", "")]


async def test_a_digest_that_is_held_after_a_pause_says_nothing_to_who_muted_it_meanwhile(world: World) -> None:
    """What it was to show is dropped, as what is held singly is."""
    newsroom = await world.newsroom()
    desk = await world.desk()
    subscription = await world.subscribe(desk, newsroom.id)
    async with world.database.begin() as tx:
        await tx.destinations.set_options(desk, NIGHTS)
    late = [await world.release(f"R{n}", late=True) for n in range(6)]
    await pause(world)
    await world.owe(desk, *late)
    async with world.database.begin() as tx:
        await tx.outbox.fold_late([desk], world.now)
    world.pass_time(hours=TO_THE_NIGHT)
    await lift(world)
    assert await in_order(world) == []
    async with world.database.begin() as tx:
        await tx.destinations.mute([subscription], world.now + timedelta(days=7), world.now)
    world.pass_time(hours=TO_THE_MORNING)
    await lift(world)
    (digest,) = await world.claim()
    async with world.database.read() as tx:
        (said,) = await compose(tx, [digest], world.now)
    assert digest.kind is DeliveryKind.DIGEST
    assert isinstance(said, Nothing)
