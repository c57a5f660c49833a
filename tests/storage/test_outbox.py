"""The outbox: what is owed, claimed under a lease, and settled once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.alerts.retry import settlement, skipped
from bot.domain.delivery import (
    AccountBlocked,
    Delivery,
    DeliveryKind,
    DestinationGone,
    DestinationMoved,
    Owed,
    Refused,
    RetryLater,
    SendOutcome,
    Sent,
)
from tests.fakes.world import LEASE, NOW, World, ids

SECOND = timedelta(seconds=1)


async def titles(world: World, deliveries: list[Delivery]) -> list[str]:
    """What deliveries are about."""
    async with world.database.read() as tx:
        found = await tx.releases.many([d.release_id for d in deliveries if d.release_id is not None])
        return [release.content().title for release in found]


# Owing


async def test_what_is_owed_twice_is_owed_once(world: World) -> None:
    """The same key for the same destination is one delivery, within one call and over several, sent or not."""
    desk, other, release = await world.desk(), await world.desk("other"), await world.release()
    assert await world.owe(desk, release, release) == 1
    assert await world.owe(desk, release) == 0
    assert await world.owe(other, release) == 1
    for delivery in await world.claim():
        await world.settle(delivery, Sent("1"))
    assert await world.owe(desk, release) == 0
    assert await world.owe(desk, release, revision=2) == 1
    assert await world.drifted() == []


async def test_many_destinations_are_owed_at_once(world: World) -> None:
    """A chunk of the largest size is one call, each lane counted right."""
    desks = [await world.desk(f"desk-{n}") for n in range(40)]
    releases = [await world.release(f"Nyhed {n}") for n in range(3)]
    debts = [
        Owed(desk, DeliveryKind.ALERT, f"alert:{release}:1", release, 1)
        for n, desk in enumerate(desks)
        for release in releases[: 1 + n % 3]
    ]
    async with world.database.begin() as tx:
        assert await tx.outbox.owe(debts, NOW) == len(debts)
        assert await tx.outbox.owe([], NOW) == 0
    assert await world.drifted() == []


async def test_a_notice_keeps_its_words(world: World) -> None:
    """What a notice says travels with it."""
    desk = await world.desk()
    async with world.database.begin() as tx:
        await tx.outbox.owe([Owed(desk, DeliveryKind.NOTICE, "notice:1", payload={"code": "feed_ended", "url": "æ"})], NOW)
    (delivery,) = await world.claim()
    assert (delivery.kind, delivery.payload, delivery.release_id) == (DeliveryKind.NOTICE, {"code": "feed_ended", "url": "æ"}, None)


# Claiming


async def test_a_destination_gets_one_at_a_time_in_the_order_owed(world: World) -> None:
    """Never two of one destination are in flight, and the next comes when the one before is settled."""
    desk = await world.desk()
    await world.owe(desk, *[await world.release(f"Nyhed {n}") for n in range(3)])
    seen = []
    for _ in range(3):
        (delivery,) = await world.claim()
        assert await world.claim() == []
        seen += await titles(world, [delivery])
        await world.settle(delivery, Sent("1"))
    assert seen == ["Nyhed 0", "Nyhed 1", "Nyhed 2"]
    assert await world.claim() == []
    assert await world.drifted() == []


async def test_a_delivery_comes_with_its_destination(world: World) -> None:
    """Whoever sends it needs nothing more than what it is about."""
    desk = await world.desk("desk", "7")
    await world.owe(desk, await world.release())
    (delivery,) = await world.claim()
    assert (delivery.destination.id, delivery.destination.address) == (desk, world.address("desk", "7"))
    assert (delivery.destination.language, delivery.attempts, delivery.created_at, delivery.revision) == ("da", 0, NOW, 1)


async def test_notices_then_alerts_then_corrections_then_digests(world: World) -> None:
    """Within a destination the more urgent goes first, whenever it was owed."""
    desk, release = await world.desk(), await world.release()
    async with world.database.begin() as tx:
        for kind in (DeliveryKind.DIGEST, DeliveryKind.CORRECTION, DeliveryKind.ALERT, DeliveryKind.NOTICE):
            await tx.outbox.owe([Owed(desk, kind, kind.value, release, 1)], NOW)
    seen = []
    for _ in range(4):
        (delivery,) = await world.claim()
        seen.append(delivery.kind)
        await world.settle(delivery, Sent("1"))
    assert seen == [DeliveryKind.NOTICE, DeliveryKind.ALERT, DeliveryKind.CORRECTION, DeliveryKind.DIGEST]


async def test_a_destination_that_must_wait_delays_no_other(world: World) -> None:
    """A lane in back-off is passed over until it is due; what is owed there later waits behind."""
    slow, quick = await world.desk("slow"), await world.desk("quick")
    first, second = await world.release("Først"), await world.release("Siden")
    await world.owe(slow, first)
    (delivery,) = await world.claim()
    await world.settle(delivery, RetryLater("too fast", timedelta(minutes=5)))
    await world.owe(slow, second)
    await world.owe(quick, second)
    (delivery,) = await world.claim()
    assert delivery.destination.id == quick
    world.pass_time(minutes=5)
    (delivery,) = [d for d in await world.claim() if d.destination.id == slow]
    assert (await titles(world, [delivery]), delivery.attempts) == (["Først"], 1)


async def test_the_space_between_two_messages_to_one_destination(world: World) -> None:
    """After one is sent the lane is due only so much later."""
    desk = await world.desk()
    await world.owe(desk, await world.release(), await world.release())
    (delivery,) = await world.claim()
    async with world.database.begin() as tx:
        sent = settlement(delivery, Sent("1"), world.now)
        await tx.outbox.settle(world.owner, [sent], 3 * SECOND)
        account = await tx.outbox.register("test", "bot")
        seen = (await tx.outbox.look([account], world.now))[account]
        assert (seen.is_due, seen.next_due) == (False, world.now + 3 * SECOND)
    assert await world.claim() == []
    world.pass_time(seconds=3)
    assert len(await world.claim()) == 1


async def test_a_claim_says_when_the_next_falls_due(world: World) -> None:
    """So that the dispatcher sleeps neither too long nor in vain."""
    account = await world.account()
    desk, other = await world.desk(), await world.desk("other")
    release = await world.release()
    await world.own()
    async with world.database.read() as tx:
        seen = (await tx.outbox.look([account], world.now))[account]
        assert (seen.is_due, seen.next_due) == (False, None)
    await world.owe(desk, release)
    await world.owe(other, release)
    (delivery, _) = await world.claim()
    await world.settle(delivery, RetryLater("x", 7 * SECOND))
    async with world.database.begin() as tx:
        seen = (await tx.outbox.look([account], world.now))[account]
        assert (seen.is_due, seen.next_due) == (False, world.now + 7 * SECOND)
        claim = await tx.outbox.claim(account, world.owner, world.now, 10)
        assert (claim.deliveries, claim.next_due) == ([], world.now + 7 * SECOND)
        assert (await tx.outbox.look([account], world.now + 7 * SECOND))[account].is_due


async def test_accounts_do_not_mix(world: World) -> None:
    """What is owed through one account is not claimed through another."""
    await world.owe(await world.desk(), await world.release())
    async with world.database.begin() as tx:
        other = await tx.outbox.register("test", "another-bot")
        assert await tx.outbox.register("test", "another-bot") == other
        assert await tx.outbox.own(other, "one", NOW, LEASE)
        seen = (await tx.outbox.look([other], NOW))[other]
        assert (seen.is_due, seen.next_due) == (False, None)
        assert (await tx.outbox.claim(other, "one", NOW, 10)).deliveries == []


async def test_under_a_backlog_half_goes_to_who_waits_longest_and_half_to_the_newest_release(world: World) -> None:
    """Forty lanes wait for an old release; a fresh one of ten others is not put behind them all, nor before them."""
    old, new = await world.release("Gammel"), await world.release("Ny")
    waiting = [await world.desk(f"waiting-{n}") for n in range(40)]
    async with world.database.begin() as tx:
        await tx.outbox.owe([Owed(desk, DeliveryKind.ALERT, "a", old, 1) for desk in waiting], NOW)
    world.pass_time(minutes=10)
    fresh = [await world.desk(f"fresh-{n}") for n in range(10)]
    async with world.database.begin() as tx:
        await tx.outbox.owe([Owed(desk, DeliveryKind.ALERT, "a", new, 1) for desk in fresh], world.now)
    first = await world.claim(limit=10)
    assert sorted(await titles(world, first)) == ["Gammel"] * 5 + ["Ny"] * 5
    second = await world.claim(limit=10)
    assert sorted(await titles(world, second)) == ["Gammel"] * 5 + ["Ny"] * 5
    assert len(await world.claim(limit=40)) == 30, "with the fresh ones out, the whole rate goes to the backlog"
    assert len({d.destination.id for d in first + second}) == 20


async def test_a_claim_of_one_takes_who_waits_longest(world: World) -> None:
    """Where there is no half to give away."""
    for name in ("first", "second"):
        await world.owe(await world.desk(name), await world.release(name))
        world.pass_time(seconds=1)
    assert await titles(world, await world.claim(limit=1)) == ["first"]


# Owning


async def test_one_process_owns_an_account_at_a_time(world: World) -> None:
    """Another takes it when the lease ran out or was given back, and never before, unless the owner is known to be dead."""
    assert await world.own("one")
    assert not await world.own("two")
    assert await world.own("one"), "renewed"
    world.pass_time(seconds=20)
    assert await world.own("two")
    assert not await world.own("one")
    account = await world.account()
    async with world.database.begin() as tx:
        await tx.outbox.disown(account, "one", world.now)
    assert not await world.own("one"), "only the owner gives it back"
    async with world.database.begin() as tx:
        await tx.outbox.disown(account, "two", world.now)
    assert await world.own("one")
    assert await world.own("three", evict=True)


async def test_only_the_owner_claims_and_only_within_its_lease(world: World) -> None:
    """A process that was frozen finds that it may not."""
    account = await world.account()
    await world.owe(await world.desk(), await world.release())
    await world.own("one")
    async with world.database.begin() as tx:
        assert (await tx.outbox.claim(account, "two", world.now, 10)).deliveries == []
        assert (await tx.outbox.claim(account, "one", world.now + LEASE, 10)).deliveries == []
        assert len((await tx.outbox.claim(account, "one", world.now, 10)).deliveries) == 1


async def test_taking_over_makes_the_dead_owners_lanes_due_and_counts_what_was_in_flight(world: World) -> None:
    """What was in flight may have arrived: it is tried again, once, and counted."""
    desk, release = await world.desk(), await world.release()
    await world.owe(desk, release)
    (held,) = await world.claim(owner="one")
    world.pass_time(seconds=20)
    (again,) = await world.claim(owner="two")
    assert (again.id, again.attempts) == (held.id, 0)
    async with world.database.read() as tx:
        assert (await tx.outbox.health()).ambiguous == 1
    assert not await world.settle(held, Sent("of the dead"), owner="one")
    assert await world.settle(again, Sent("of the living"), owner="two")
    assert await world.states(desk) == ["sent"]
    assert await world.drifted() == []
    async with world.database.read() as tx:
        assert [post.reference for post in await tx.outbox.posts(desk, release)] == ["of the living"]


async def test_taking_over_leaves_paused_lanes_alone(world: World) -> None:
    """A destination that was paused while its head was in flight stays paused."""
    await world.owe(await world.desk(), await world.release())
    await world.claim(owner="one")
    async with world.database.begin() as tx:
        await tx.destinations.pause(world.address(), "kicked", world.now)
    world.pass_time(seconds=20)
    assert await world.claim(owner="two") == []
    assert await world.drifted() == []


async def test_whoever_gives_the_account_back_has_what_is_unsettled_counted(world: World) -> None:
    """A send that was cut off at a stop may have arrived."""
    await world.owe(await world.desk(), await world.release())
    await world.claim()
    account = await world.account()
    async with world.database.begin() as tx:
        await tx.outbox.disown(account, world.owner, world.now)
        assert (await tx.outbox.health()).ambiguous == 1
    assert await world.drifted() == []
    assert len(await world.claim(owner="two")) == 1


# Settling


async def test_a_settlement_counts_for_the_delivery_in_hand_alone(world: World) -> None:
    """Fenced by owner and by delivery, and never twice: the count of what is pending does not drift."""
    desk = await world.desk()
    await world.owe(desk, await world.release(), await world.release())
    (first,) = await world.claim()
    assert not await world.settle(first, Sent("x"), owner="two")
    assert await world.settle(first, Sent("1"))
    assert not await world.settle(first, Sent("1"))
    (second,) = await world.claim()
    assert not await world.settle(first, Sent("1")), "the lane is ours, the delivery in hand another"
    async with world.database.begin() as tx:
        outcome = settlement(second, Sent("2"), world.now)
        assert await tx.outbox.settle(world.owner, [outcome, outcome]) == [True, False]
    assert await world.states(desk) == ["sent", "sent"]
    assert await world.drifted() == []


async def test_many_outcomes_are_settled_in_one_go(world: World) -> None:
    """Each lane by its own outcome, one stale one among them."""
    desks = [await world.desk(f"desk-{n}") for n in range(6)]
    release = await world.release()
    for desk in desks:
        await world.owe(desk, release)
    taken = sorted(await world.claim(), key=lambda d: d.destination.id)
    outcomes: list[SendOutcome] = [
        Sent("1"),
        RetryLater("x", ambiguous=True),
        Refused("too long"),
        DestinationGone("kicked"),
        DestinationMoved("new"),
        Sent(""),
    ]
    settled = [settlement(d, o, world.now, shows=((release, 1),)) for d, o in zip(taken, outcomes, strict=True)]
    async with world.database.begin() as tx:
        assert await tx.outbox.settle(world.owner, [*settled, skipped(taken[0], "stale", world.now)]) == [True] * 6 + [False]
        health = await tx.outbox.health()
        assert (health.dead, health.pending, health.held, health.ambiguous) == (1, 3, 0, 1)
        assert health.oldest_pending == NOW
        (letter,) = await tx.outbox.dead_letters(5)
        assert (letter.id, letter.reason, letter.destination.id) == (taken[2].id, "too long", desks[2])
        assert [len(await tx.outbox.posts(desk, release)) for desk in desks] == [1, 0, 0, 0, 0, 0]
    assert await world.drifted() == []


async def test_a_post_is_kept_with_what_it_shows(world: World) -> None:
    """It is found by its release and by the platform's reference, and an edit changes what it shows."""
    desk, release = await world.desk(), await world.release()
    await world.owe(desk, release)
    (alert,) = await world.claim()
    await world.settle(alert, Sent("m-1"))
    await world.owe(desk, release, kind=DeliveryKind.CORRECTION, revision=2)
    (correction,) = await world.claim()
    async with world.database.begin() as tx:
        (post,) = await tx.outbox.posts(desk, release)
        assert (post.reference, post.shows, post.address, post.sent_at) == ("m-1", ((release, 1),), world.address(), NOW)
        assert await tx.outbox.post(world.address(), "m-1") == post
        assert await tx.outbox.post(world.address("elsewhere"), "m-1") is None
    await world.settle(correction, Sent("m-1"), shows=[(release, 2)], edited=post.id)
    async with world.database.read() as tx:
        (edited,) = await tx.outbox.posts(desk, release)
        assert (edited.id, edited.shows) == (post.id, ((release, 2),))


async def test_a_destination_that_is_gone_is_paused_with_what_it_is_owed(world: World) -> None:
    """Nothing more goes there, its threads included, and nothing is lost."""
    desk, topic = await world.desk(), await world.desk("desk", "7")
    release = await world.release()
    await world.owe(desk, release)
    await world.owe(topic, release)
    (delivery, _) = await world.claim()
    await world.settle(delivery, DestinationGone("bot was kicked"))
    world.pass_time(hours=1)
    assert await world.claim(owner="two") == []
    assert (await world.states(desk), await world.states(topic)) == (["pending"], ["pending"])
    async with world.database.begin() as tx:
        await tx.destinations.resume(world.address(), world.now)
    resumed = await world.claim(owner="two")
    assert {(d.destination.id, d.attempts) for d in resumed} == {(desk, 0), (topic, 0)}


async def test_a_blocked_account_sends_nothing_until_the_time_comes(world: World) -> None:
    """The longest of the blocks counts; the lanes are where they were."""
    account = await world.account()
    desks = [await world.desk(f"desk-{n}") for n in range(3)]
    release = await world.release()
    for desk in desks:
        await world.owe(desk, release)
    one, two = await world.claim(limit=2)
    await world.settle(one, AccountBlocked(60 * SECOND, "flood"))
    await world.settle(two, AccountBlocked(5 * SECOND, "flood"))
    async with world.database.begin() as tx:
        claim = await tx.outbox.claim(account, world.owner, world.now, 10)
        assert (claim.deliveries, claim.next_due) == ([], NOW + 60 * SECOND)
    world.pass_time(seconds=60)
    assert sorted((d.destination.id, d.attempts) for d in await world.claim()) == [(desk, 0) for desk in desks]


# Late finds


async def late_finds(world: World, count: int) -> list[int]:
    """So many late finds, owed to the desk and folded if they are too many; their ids."""
    found = [await world.release(f"Sent {n}", late=True) for n in range(count)]
    desk = await world.desk()
    await world.owe(desk, *found)
    async with world.database.begin() as tx:
        await tx.outbox.fold_late([desk], world.now)
    return list(found)


async def test_up_to_five_late_finds_come_one_by_one(world: World) -> None:
    """Five are not too many."""
    await late_finds(world, 5)
    assert await world.states(await world.desk()) == ["pending"] * 5


async def test_more_than_five_late_finds_come_as_one_digest(world: World) -> None:
    """Held back outside the lane's count, and through with the digest that shows them."""
    late = await late_finds(world, 6)
    desk = await world.desk()
    assert await world.states(desk) == ["held"] * 6 + ["pending"]
    assert await world.drifted() == []
    (digest,) = await world.claim()
    assert (digest.kind, list(digest.digest_of)) == (DeliveryKind.DIGEST, late)
    await world.settle(digest, Sent("d-1"))
    assert await world.states(desk) == ["skipped"] * 6 + ["sent"]
    async with world.database.read() as tx:
        assert [post.reference for post in await tx.outbox.posts(desk, late[3])] == ["d-1"]  # type: ignore[arg-type]
        assert await tx.outbox.shown_to(late[3]) == {desk: False}  # type: ignore[arg-type]
    assert await world.drifted() == []


async def test_a_fresh_alert_goes_before_a_digest_and_is_never_part_of_it(world: World) -> None:
    """Only what is late is held back."""
    desk = await world.desk()
    await world.owe(desk, await world.release("Frisk"))
    await late_finds(world, 6)
    (alert,) = await world.claim()
    assert (await titles(world, [alert]), alert.kind) == (["Frisk"], DeliveryKind.ALERT)


async def test_the_late_find_in_flight_is_not_folded(world: World) -> None:
    """It arrives on its own; the others make the digest."""
    desk = await world.desk()
    first = await world.release("Undervejs", late=True)
    await world.owe(desk, first)
    (flying,) = await world.claim()
    late = await late_finds(world, 6)
    assert await world.drifted() == []
    assert await world.settle(flying, Sent("1"))
    (digest,) = await world.claim()
    assert list(digest.digest_of) == late


async def test_later_late_finds_join_a_digest_that_has_not_gone_out(world: World) -> None:
    """Even one or two: the destination reads of them in one message."""
    late = await late_finds(world, 6)
    more = await late_finds(world, 2)
    (digest,) = await world.claim()
    assert list(digest.digest_of) == [*late, *more]
    await world.settle(digest, Sent("1"))
    for empty in await world.claim():
        assert empty.digest_of == ()
        await world.settle(empty, Sent(""))
    assert (await world.rows("SELECT count(*) FROM delivery WHERE state IN ('held', 'pending')")) == [(0,)]
    assert await world.drifted() == []


async def test_late_finds_after_a_digest_left_do_not_join_it(world: World) -> None:
    """Whatever the digest in flight does not show stays owed."""
    await late_finds(world, 6)
    (flying,) = await world.claim()
    more = await late_finds(world, 6)
    await world.settle(flying, Sent("1"))
    (digest,) = await world.claim()
    assert list(digest.digest_of) == more


@pytest.mark.parametrize(("outcome", "state"), [(Refused("too long"), "dead"), (Sent("1"), "skipped")])
async def test_what_was_held_back_shares_the_fate_of_its_digest(world: World, outcome: Refused | Sent, state: str) -> None:
    """A digest that can never be sent takes what it holds along into the dead letters, where operators see it."""
    await late_finds(world, 6)
    (digest,) = await world.claim()
    await world.settle(digest, outcome)
    assert (await world.states(await world.desk()))[:6] == [state] * 6


async def test_taken_deliveries_are_all_different(world: World) -> None:
    """A sanity check of the claim's order: by waiting time, then by destination."""
    release = await world.release()
    desks = [await world.desk(f"desk-{n}") for n in range(5)]
    for desk in reversed(desks):
        await world.owe(desk, release)
    taken = await world.claim()
    assert [d.destination.id for d in taken] == desks
    assert len(set(ids(taken))) == 5
