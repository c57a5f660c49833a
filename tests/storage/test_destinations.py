"""Destinations and their subscriptions: what moves, pauses and ends, and what becomes of what is owed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.delivery import DeliveryKind, DestinationMoved, RetryLater, Sent
from bot.domain.subscription import Address, ConversationKind, DestinationId
from tests.fakes.world import NOW, World


async def owed(world: World, desk: DestinationId) -> list[str]:
    """What the destination is still to get, by the titles of the releases."""
    rows = await world.rows(
        """SELECT statement.title FROM delivery JOIN statement ON statement.release_id = delivery.release_id
        WHERE destination_id = :desk AND state IN ('pending', 'held') ORDER BY delivery.id""",
        desk=desk,
    )
    return [str(title) for (title,) in rows]


async def test_an_address_is_one_destination(world: World) -> None:
    """The same address again is the same destination; a new title is taken over, no title leaves it, language stays as chosen."""
    async with world.database.begin() as tx:

        async def ensure(title: str, thread: str = "") -> DestinationId:
            made = await tx.destinations.ensure(
                world.address("desk", thread), kind=ConversationKind.CHANNEL, title=title, language="da", timezone="UTC", now=NOW
            )
            return made.id

        first = await ensure("Redaktionen")
        await tx.destinations.set_language(first, "en")
        assert await ensure("Nyhedsredaktionen") == first
        assert await ensure("") == first
        assert await ensure("Redaktionen", thread="7") != first
        found = await tx.destinations.find(world.address())
        assert found is not None
        assert (found.title, found.language, found.kind, found.paused) == (
            "Nyhedsredaktionen",
            "en",
            ConversationKind.CHANNEL,
            None,
        )
        assert await tx.destinations.find(Address("test", "another-bot", "desk")) is None


async def test_a_subscription_lives_once(world: World) -> None:
    """Subscribing twice is one subscription; ended and made again it is a new one; `all` stands beside single ones."""
    desk = await world.desk()
    havnen = (await world.newsroom()).id
    async with world.database.begin() as tx:
        assert not await tx.destinations.ever_subscribed(desk)
        first, new = await tx.destinations.subscribe(desk, havnen, by="test:7", now=NOW)
        assert (new, first.created_by, first.newsroom_id) == (True, "test:7", havnen)
        assert await tx.destinations.subscribe(desk, havnen, by="test:8", now=NOW) == (first, False)
        everything, new = await tx.destinations.subscribe(desk, None, by="test:7", now=NOW)
        assert (new, everything.newsroom) == (True, None)
        assert await tx.destinations.subscribe(desk, None, by="test:7", now=NOW) == (everything, False)
        assert [one.id for one in await tx.destinations.subscriptions(desk)] == [everything.id, first.id]
        await tx.destinations.unsubscribe(first.id, NOW)
        await tx.destinations.unsubscribe(first.id, NOW)
        again, new = await tx.destinations.subscribe(desk, havnen, by="test:7", now=NOW)
        assert new
        assert again.id != first.id
        assert await tx.destinations.ever_subscribed(desk)


async def test_a_subscription_knows_whether_it_is_silent_and_until_when_it_is_muted(world: World) -> None:
    """Both are its own, end with it, and a mute is over by itself."""
    desk = await world.desk()
    havnen, everything = await world.subscribe(desk, (await world.newsroom()).id), await world.subscribe(desk)
    async with world.database.begin() as tx:
        await tx.destinations.set_silent(havnen, silent=True)
        await tx.destinations.mute([havnen], NOW + timedelta(hours=1), NOW)
        to_all, own = await tx.destinations.subscriptions(desk)
        assert (to_all.id, to_all.silent, to_all.muted_until) == (everything, False, None)
        assert (own.silent, own.is_muted(NOW), own.is_muted(NOW + timedelta(hours=1))) == (True, True, False)
        await tx.destinations.mute([havnen, everything], None, NOW)
        assert not any(each.is_muted(NOW) for each in await tx.destinations.subscriptions(desk))
        await tx.destinations.mute([], NOW + timedelta(hours=1), NOW)
        await tx.destinations.unsubscribe(havnen, NOW)
        again, _ = await tx.destinations.subscribe(desk, (await tx.newsrooms.all())[0].id, by="test", now=NOW)
        assert (again.silent, again.muted_until) == (False, None)


async def test_unsubscribing_drops_what_is_owed_because_of_it_alone(world: World) -> None:
    """Alerts of the newsroom are not sent any more; those that `all` covers, and corrections of what stands here, still are."""
    desk = await world.desk()
    havnen, other = await world.newsroom(), await world.newsroom("nabohavnen", offered=False)
    only, covered = await world.subscribe(desk, other.id), await world.subscribe(desk, havnen.id)
    await world.subscribe(desk)
    ours, theirs = await world.release("Dækket"), await world.release("Droppet", slug="nabohavnen")
    await world.owe(desk, ours, theirs)
    await world.owe(desk, theirs, kind=DeliveryKind.CORRECTION, revision=2)
    async with world.database.begin() as tx:
        await tx.destinations.unsubscribe(covered, NOW)
        await tx.destinations.unsubscribe(only, NOW)
    assert await world.states(desk) == ["pending", "skipped", "pending"]
    assert await world.drifted() == []


async def test_unsubscribing_leaves_the_alert_in_flight_alone(world: World) -> None:
    """What is being sent cannot be called back; what comes of it is written down all the same."""
    desk = await world.desk()
    subscription = await world.subscribe(desk, (await world.newsroom()).id)
    await world.owe(desk, await world.release("På vej"), await world.release("Droppet"))
    (sending,) = await world.claim()
    async with world.database.begin() as tx:
        await tx.destinations.unsubscribe(subscription, NOW)
    assert await world.states(desk) == ["pending", "skipped"]
    assert await world.drifted() == []
    assert await world.settle(sending, Sent("1"))
    assert await world.states(desk) == ["sent", "skipped"]
    assert await world.drifted() == []


async def test_unsubscribing_takes_late_finds_out_of_their_digest(world: World) -> None:
    """What was held back for a digest is owed because of the subscription too."""
    desk = await world.desk()
    kept, dropped = await world.newsroom(), await world.newsroom("nabohavnen")
    await world.subscribe(desk, kept.id)
    subscription = await world.subscribe(desk, dropped.id)
    late = [await world.release(f"Sent {n}", slug=slug, late=True) for n, slug in enumerate(["havnen", "nabohavnen"] * 3)]
    await world.owe(desk, *late)
    async with world.database.begin() as tx:
        assert await tx.outbox.fold_late([desk], NOW) == 1
        await tx.destinations.unsubscribe(subscription, NOW)
    (digest,) = await world.claim()
    assert digest.digest_of == tuple(late[::2])


async def test_a_pause_keeps_what_is_owed_and_resuming_sends_it(world: World) -> None:
    """Nothing goes to a paused destination; what was owed meanwhile goes as soon as it is resumed."""
    desk = await world.desk()
    await world.owe(desk, await world.release("Før"))
    async with world.database.begin() as tx:
        await tx.destinations.pause(world.address(), "kicked", world.now)
        found = await tx.destinations.find(world.address())
        assert found is not None
        assert found.paused == "kicked"
    await world.owe(desk, await world.release("Imens"))
    assert await world.claim() == []
    assert await world.drifted() == []
    async with world.database.begin() as tx:
        await tx.destinations.resume(world.address(), world.now)
    assert await world.drifted() == []
    assert await owed(world, desk) == ["Før", "Imens"]
    assert len(await world.claim()) == 1


async def test_resuming_where_nothing_is_owed_makes_nothing_due(world: World) -> None:
    """An empty lane stays empty."""
    await world.desk()
    async with world.database.begin() as tx:
        await tx.destinations.pause(world.address(), "kicked", world.now)
        await tx.destinations.resume(world.address(), world.now)
    assert await world.drifted() == []
    assert await world.claim() == []


async def test_a_pause_of_a_conversation_is_one_of_its_threads_and_not_the_other_way_round(world: World) -> None:
    """Kicked from a group, we are out of its topics; a closed topic closes nothing else."""
    desks = {thread: await world.desk("desk", thread) for thread in ("", "1", "2")}
    release = await world.release()
    for desk in desks.values():
        await world.owe(desk, release)
    async with world.database.begin() as tx:
        await tx.destinations.pause(world.address("desk", "1"), "closed", world.now)
    assert sorted(d.destination.address.thread for d in await world.claim()) == ["", "2"]
    async with world.database.begin() as tx:
        await tx.destinations.pause(world.address("desk"), "kicked", world.now)
        states = [await tx.destinations.find(world.address("desk", thread)) for thread in desks]
        assert [found.paused for found in states if found] == ["kicked"] * 3


async def test_a_conversation_moves_with_its_threads_and_all_that_is_theirs(world: World) -> None:
    """A group that became a supergroup keeps subscriptions, debts and pauses under its new id."""
    desk, topic, other = await world.desk("old"), await world.desk("old", "7"), await world.desk("elsewhere")
    await world.subscribe(desk)
    await world.owe(topic, await world.release())
    async with world.database.begin() as tx:
        await tx.destinations.move(world.address("old"), "new")
        moved = await tx.destinations.find(world.address("new"))
        moved_topic = await tx.destinations.find(world.address("new", "7"))
        assert (moved and moved.id, moved_topic and moved_topic.id) == (desk, topic)
        assert await tx.destinations.find(world.address("old")) is None
        assert len(await tx.destinations.subscriptions(desk)) == 1
        stayed = await tx.destinations.find(world.address("elsewhere"))
        assert stayed is not None
        assert stayed.id == other
    (delivery,) = await world.claim()
    assert delivery.destination.address == world.address("new", "7")


@pytest.mark.parametrize("said_by", ["event", "outcome"])
async def test_a_conversation_moves_to_where_we_are_already(world: World, said_by: str) -> None:
    """The destination at the new id takes over subscriptions and debts, none twice; nothing is lost and no count drifts."""
    old, new = await world.desk("old"), await world.desk("new")
    havnen, other = await world.newsroom(), await world.newsroom("nabohavnen")
    for desk, newsroom in ((old, havnen), (old, other), (new, other)):
        await world.subscribe(desk, newsroom.id)
    both, one, late = await world.release("Begge"), await world.release("Kun her"), await world.release("Sidst")
    await world.owe(old, both, one, late)
    await world.owe(new, both)
    if said_by == "event":
        async with world.database.begin() as tx:
            await tx.destinations.move(world.address("old"), "new")
    else:
        (delivery,) = [d for d in await world.claim() if d.destination.id == old]
        await world.settle(delivery, DestinationMoved("new"))
        account = await world.account()
        async with world.database.begin() as tx:
            await tx.outbox.disown(account, world.owner, world.now)
    assert await world.drifted() == []
    assert sorted(await owed(world, new)) == ["Begge", "Kun her", "Sidst"]
    assert await owed(world, old) == []
    async with world.database.read() as tx:
        assert [one.newsroom_id for one in await tx.destinations.subscriptions(new)] == [havnen.id, other.id]
        assert await tx.destinations.subscriptions(old) == []


async def test_what_is_in_flight_while_a_conversation_moves_is_settled_or_follows(world: World) -> None:
    """Its own outcome says whether it arrived; if it has to be tried again, the platform says where."""
    old, new = await world.desk("old"), await world.desk("new")
    await world.owe(old, await world.release("På vej"), await world.release("Næste"))
    (sending,) = await world.claim()
    async with world.database.begin() as tx:
        await tx.destinations.move(world.address("old"), "new")
    assert await world.drifted() == []
    assert await world.settle(sending, RetryLater("timeout"))
    assert await world.drifted() == []
    assert (await owed(world, old), await owed(world, new)) == (["På vej"], ["Næste"])
    world.pass_time(seconds=5)
    again = next(d for d in await world.claim() if d.destination.id == old)
    assert await world.settle(again, DestinationMoved("new"))
    assert sorted(await owed(world, new)) == ["Næste", "På vej"]
    assert await world.drifted() == []


async def test_what_a_paused_conversation_was_owed_is_due_where_it_moves_to(world: World) -> None:
    """The old place was closed to us and the new one had nothing to do: neither says when, and it must not wait for ever."""
    old, new = await world.desk("old"), await world.desk("new")
    await world.owe(old, await world.release("Venter"))
    async with world.database.begin() as tx:
        await tx.destinations.pause(world.address("old"), "kicked", world.now)
        await tx.destinations.move(world.address("old"), "new")
    assert await world.drifted() == []
    assert [delivery.destination.id for delivery in await world.claim()] == [new]


async def test_a_digest_in_flight_while_its_conversation_moves_keeps_what_it_shows(world: World) -> None:
    """What is held back for it is settled with it, and is not told a second time at the new place."""
    old, new = await world.desk("old"), await world.desk("new")
    await world.owe(old, *[await world.release(f"Sent {n}", late=True) for n in range(6)])
    async with world.database.begin() as tx:
        assert await tx.outbox.fold_late([old], NOW) == 1
    (digest,) = await world.claim()
    async with world.database.begin() as tx:
        await tx.destinations.move(world.address("old"), "new")
    assert await world.settle(digest, Sent("1"))
    assert (await owed(world, old), await owed(world, new)) == ([], [])
    assert await world.drifted() == []


async def test_moving_an_address_that_nobody_knows_is_nothing(world: World) -> None:
    """The platform may tell of conversations that we never wrote to."""
    async with world.database.begin() as tx:
        await tx.destinations.move(Address("test", "no-such-bot", "old"), "new")
        await tx.destinations.pause(Address("test", "no-such-bot", "old"), "kicked", world.now)
        await tx.destinations.resume(Address("test", "no-such-bot", "old"), NOW)


async def test_an_account_that_is_gone_is_paused_as_a_whole_and_comes_back(world: World) -> None:
    """What was paused for another reason stays so; what is owed waits meanwhile, and other accounts are none the wiser."""
    here, closed = await world.desk("here"), await world.desk("closed")
    await world.owe(here, await world.release("Venter"))
    async with world.database.begin() as tx:
        other = await tx.destinations.ensure(
            Address("test", "another", "here"), kind=ConversationKind.GROUP, title="", language="da", timezone="UTC", now=NOW
        )
        await tx.destinations.pause(world.address("closed"), "kicked", world.now)
        await tx.destinations.pause_account("test", "bot", "uninstalled", world.now)
    assert await paused(world, here, closed, other.id) == ["uninstalled", "kicked", None]
    assert await world.claim() == []
    assert await world.drifted() == []
    async with world.database.begin() as tx:
        await tx.destinations.resume_account("test", "bot", "uninstalled", NOW)
    assert await paused(world, here, closed, other.id) == [None, "kicked", None]
    assert [delivery.destination.id for delivery in await world.claim()] == [here]
    assert await world.drifted() == []


async def paused(world: World, *destinations: DestinationId) -> list[object]:
    """Why each gets nothing."""
    return [(await world.rows("SELECT paused FROM destination WHERE id = :id", id=each))[0][0] for each in destinations]
