"""What the outbox knows of places: how long between two messages there, and by what name a post goes after it was said anew."""

from __future__ import annotations

from datetime import timedelta

from bot.alerts.administrators import PAUSED, tell_administrators
from bot.alerts.retry import settlement
from bot.domain.delivery import DeliveryKind, Sent
from bot.domain.subscription import ConversationKind
from bot.ports import Pace
from tests.fakes.world import World

SECOND = timedelta(seconds=1)


def test_groups_may_have_a_pace_of_their_own() -> None:
    """Else they have that of all."""
    pace = Pace(between=SECOND, between_in_groups=3 * SECOND)
    assert [pace.between_in(kind) for kind in ConversationKind] == [SECOND, 3 * SECOND, SECOND]
    assert Pace(between=SECOND).between_in(ConversationKind.GROUP) == SECOND


async def test_each_settlement_may_have_its_own_space(world: World) -> None:
    """A group's lane is due later than that of a person."""
    desks = [await world.desk("a"), await world.desk("b")]
    for desk in desks:
        await world.owe(desk, await world.release(), await world.release())
    first, second = await world.claim()
    async with world.database.begin() as tx:
        sent = [settlement(each, Sent(str(each.id)), world.now) for each in (first, second)]
        await tx.outbox.settle(world.owner, sent, [SECOND, 3 * SECOND])
    world.pass_time(seconds=1)
    assert [each.destination.id for each in await world.claim()] == [first.destination.id]


async def test_a_post_that_was_said_anew_goes_by_its_new_name(world: World) -> None:
    """A correction that could not be an edit is the post from then on."""
    desk, release = await world.desk(), await world.release()
    await world.owe(desk, release)
    (alert,) = await world.claim()
    await world.settle(alert, Sent("m-1"))
    await world.owe(desk, release, kind=DeliveryKind.CORRECTION, revision=2)
    (correction,) = await world.claim()
    async with world.database.read() as tx:
        (post,) = await tx.outbox.posts(desk, release)
    await world.settle(correction, Sent("m-9"), shows=[(release, 2)], edited=post.id)
    async with world.database.read() as tx:
        assert await tx.outbox.post(world.address(), "m-1") is None
        (renamed,) = await tx.outbox.posts(desk, release)
        assert (renamed.id, renamed.reference, renamed.shows) == (post.id, "m-9", ((release, 2),))


async def test_whoever_subscribed_a_group_is_told_of_it_once(world: World) -> None:
    """Privately and once a day, whatever the number of threads; whoever spoke as the group itself cannot be reached."""
    async with world.database.begin() as tx:
        for thread, by in (("", "test:7"), ("9", "test:7"), ("10", "test:desk"), ("11", "elsewhere:8")):
            here = await tx.destinations.ensure(
                world.address("desk", thread),
                kind=ConversationKind.GROUP,
                title="Redaktionen",
                language="da",
                timezone="Europe/Copenhagen",
                now=world.now,
            )
            await tx.destinations.subscribe(here.id, None, by=by, now=world.now)
        for _ in range(2):
            there = await tx.destinations.of_conversation(world.address("desk", "9"))
            await tell_administrators(tx, there, PAUSED, world.now)
    told = await world.claim()
    assert [(each.destination.address.conversation, each.payload["destination"]) for each in told] == [("7", "Redaktionen")]
