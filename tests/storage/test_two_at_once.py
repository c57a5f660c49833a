"""Two processes at the same moment, on PostgreSQL: whatever meets there, the outbox's and the schema's promises hold."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.alerts.fanout import owe_corrections
from bot.alerts.retry import settlement
from bot.domain.delivery import (
    AccountBlocked,
    Delivery,
    DeliveryKind,
    DestinationGone,
    DestinationMoved,
    Owed,
    RetryLater,
    SendOutcome,
    Sent,
    Settlement,
)
from bot.domain.options import DestinationOptions, QuietHours, SubscriptionOptions
from bot.domain.release import Content, ReleaseId
from bot.domain.subscription import Address, ConversationKind, DestinationId, SubscriptionId
from bot.ports import Actor, PollResult, Worker
from bot.text.query import parse
from storage.database import SqlTransaction
from tests.fakes.world import LEASE, NOW, World, entry, item
from tests.storage.together import Pair

MINUTE = timedelta(minutes=1)


# Made by both


async def test_a_newsroom_that_both_make_is_one(pair: Pair) -> None:
    """With one feed, at the address that came last."""
    there = replace(entry(), feed_url="https://havnen.example/ny")
    one, two = await pair.overlap(
        lambda tx: tx.newsrooms.ensure(entry(), offered_by="settings", now=NOW),
        lambda tx: tx.newsrooms.ensure(there, now=NOW),
    )
    assert (one.id, two.offered) == (two.id, True)
    assert await pair.here.rows("SELECT url FROM feed") == [("https://havnen.example/ny",)]


async def test_a_feed_that_both_move_is_one(pair: Pair) -> None:
    """The newsroom is known: the second waits for the first."""
    await pair.here.newsroom()
    moved = [replace(entry(), feed_url=f"https://havnen.example/{n}") for n in (1, 2)]
    await pair.overlap(lambda tx: tx.newsrooms.ensure(moved[0], now=NOW), lambda tx: tx.newsrooms.ensure(moved[1], now=NOW))
    assert await pair.here.rows("SELECT url FROM feed") == [("https://havnen.example/2",)]


def ensure(world: World, conversation: str = "desk") -> Callable[[SqlTransaction], Awaitable[DestinationId]]:
    """Make a destination."""

    async def step(tx: SqlTransaction) -> DestinationId:
        made = await tx.destinations.ensure(
            world.address(conversation),
            kind=ConversationKind.GROUP,
            title=conversation,
            language="da",
            timezone="Europe/Copenhagen",
            now=world.now,
        )
        return made.id

    return step


@pytest.mark.parametrize("known", [True, False], ids=["account known", "account new"])
async def test_a_destination_that_both_make_is_one(pair: Pair, *, known: bool) -> None:
    """With one account and one lane."""
    if known:
        await pair.here.account()
    one, two = await pair.overlap(ensure(pair.here), ensure(pair.there))
    assert one == two
    assert await pair.here.rows("SELECT (SELECT count(*) FROM lane), (SELECT count(*) FROM account)") == [(1, 1)]


async def test_an_account_that_both_register_is_one(pair: Pair) -> None:
    """Both hear its id."""
    one, two = await pair.overlap(lambda tx: tx.outbox.register("test", "bot"), lambda tx: tx.outbox.register("test", "bot"))
    assert one == two


@pytest.mark.parametrize("everything", [True, False])
async def test_a_subscription_that_both_make_is_one(pair: Pair, *, everything: bool) -> None:
    """To one of them it is new."""
    desk = await pair.here.desk()
    newsroom = None if everything else (await pair.here.newsroom()).id
    (one, one_new), (two, two_new) = await pair.overlap(
        lambda tx: tx.destinations.subscribe(desk, newsroom, by="a", now=NOW),
        lambda tx: tx.destinations.subscribe(desk, newsroom, by="b", now=NOW),
    )
    assert (one.id, one_new, two_new) == (two.id, True, False)


async def test_one_ends_a_subscription_while_the_other_makes_it(pair: Pair) -> None:
    """Whoever comes second finds it ended, and has a new one."""
    desk = await pair.here.desk()
    subscription = await pair.here.subscribe(desk)
    await pair.overlap(
        lambda tx: tx.destinations.unsubscribe(subscription, NOW),
        lambda tx: tx.destinations.subscribe(desk, None, by="b", now=NOW),
    )
    async with pair.here.database.begin() as tx:
        await tx.destinations.subscribe(desk, None, by="a", now=NOW)
        assert len(await tx.destinations.subscriptions(desk)) == 1


async def test_buttons_that_both_keep(pair: Pair) -> None:
    """In whatever order they were given."""
    await pair.overlap(
        lambda tx: tx.buttons.keep({"#1": "/search kaj", "#2": "/search havn"}, NOW),
        lambda tx: tx.buttons.keep({"#2": "/search havn", "#1": "/search kaj"}, NOW),
    )
    assert await pair.here.rows("SELECT count(*) FROM button") == [(2,)]


async def test_of_two_lists_that_a_person_is_shown_at_once_one_counts(pair: Pair) -> None:
    """Nothing of the longer one stands behind the shorter."""
    releases = [await pair.here.release() for _ in range(4)]
    asta, here = Actor("test", "bot", "7"), pair.here.address()
    await pair.overlap(
        lambda tx: tx.lists.keep(asta, here, 1, releases, NOW), lambda tx: tx.lists.keep(asta, here, 1, releases[2:], NOW)
    )
    async with pair.here.database.read() as tx:
        assert [await tx.lists.entry(asta, here, n, NOW) for n in (1, 2, 3)] == [*releases[2:], None]


async def test_of_two_who_set_or_take_a_mark_one_hears_yes(pair: Pair) -> None:
    """A new one, a lapsed one, and one that is taken."""
    later = NOW + MINUTE
    assert await pair.overlap(lambda tx: tx.marks.set("a", later, NOW), lambda tx: tx.marks.set("a", later, NOW)) == (True, False)
    past, far = later + MINUTE, later + 5 * MINUTE
    assert await pair.overlap(lambda tx: tx.marks.set("a", far, past), lambda tx: tx.marks.set("a", far, past)) == (True, False)
    assert await pair.overlap(lambda tx: tx.marks.take("a", past), lambda tx: tx.marks.take("a", past)) == (True, False)


async def test_of_two_who_take_a_lease_one_has_it(pair: Pair) -> None:
    """New, and when it has run out."""

    def take(owner: str, minutes: int) -> Callable[[SqlTransaction], Awaitable[bool]]:
        return lambda tx: tx.leases.take("updates", owner, NOW + minutes * MINUTE, MINUTE)

    assert await pair.overlap(take("one", 0), take("two", 0)) == (True, False)
    assert await pair.overlap(take("two", 1), take("one", 1)) == (True, False)


async def test_an_installation_and_a_worker_written_by_both(pair: Pair) -> None:
    """The later installation counts; a process is one row."""
    await pair.overlap(
        lambda tx: tx.installations.keep("slack", "T1", "old", NOW), lambda tx: tx.installations.keep("slack", "T1", "new", NOW)
    )
    worker = Worker("one", frozenset({"poll"}), "here", "1", NOW, NOW)
    await pair.overlap(lambda tx: tx.workers.seen(worker), lambda tx: tx.workers.seen(worker))
    async with pair.here.database.read() as tx:
        assert await tx.installations.all("slack") == {"T1": "new"}
        assert await tx.workers.live(NOW) == [worker]


# Lanes


def owe(
    world: World, *debts: tuple[DestinationId, ReleaseId], kind: DeliveryKind = DeliveryKind.ALERT
) -> Callable[[SqlTransaction], Awaitable[object]]:
    """Owe something about releases."""
    owed = [Owed(desk, kind, f"{kind}:{release}", release, 1) for desk, release in debts]
    return lambda tx: tx.outbox.owe(owed, world.now)


async def test_what_is_owed_while_a_destination_is_resumed_is_due(pair: Pair) -> None:
    """Whichever comes first: no wake-up is lost."""
    desk, address = await pair.here.desk(), pair.here.address()
    for first_owes in (True, False):
        async with pair.here.database.begin() as tx:
            await tx.destinations.pause(address, "kicked", NOW)
        owes, resumes = owe(pair.here, (desk, await pair.here.release())), lambda tx: tx.destinations.resume(address, NOW)
        await pair.overlap(*((owes, resumes) if first_owes else (resumes, owes)))
        assert await pair.here.drifted() == []
        (delivery,) = await pair.here.claim()
        await pair.here.settle(delivery, Sent("1"))


async def test_what_is_owed_while_a_destination_is_paused_waits(pair: Pair) -> None:
    """Whichever comes first."""
    desk, address = await pair.here.desk(), pair.here.address()
    for first_owes in (True, False):
        owes, pauses = owe(pair.here, (desk, await pair.here.release())), lambda tx: tx.destinations.pause(address, "kicked", NOW)
        await pair.overlap(*((owes, pauses) if first_owes else (pauses, owes)))
        assert await pair.here.drifted() == []


async def test_both_owe_the_same_and_more(pair: Pair) -> None:
    """What is the same is owed once; nobody waits for who waits for them, whatever the order of the debts."""
    desks = [await pair.here.desk(f"desk-{n}") for n in range(4)]
    releases = [await pair.here.release() for _ in range(2)]
    debts = [(desk, release) for desk in desks for release in releases]
    one, two = await pair.overlap(owe(pair.here, *debts[:6]), owe(pair.there, *reversed(debts)))
    assert (one, two) == (6, 2)
    assert await pair.here.drifted() == []


async def claimed(world: World, *, desks: int = 2, releases: int = 2) -> list[Delivery]:
    """Deliveries in hand, with as many more behind each."""
    where = [await world.desk(f"desk-{n}") for n in range(desks)]
    for _ in range(releases):
        release = await world.release()
        for desk in where:
            await world.owe(desk, release)
    return await world.claim()


async def settle(world: World, owner: str, settled: Sequence[Settlement]) -> list[bool | None]:
    """Write outcomes down as the ledger does: what another has locked is tried again, 1,000 times at most."""
    counted: list[bool | None] = [None] * len(settled)
    for _ in range(1000):
        left = [number for number, each in enumerate(counted) if each is None]
        if not left:
            return counted
        await asyncio.sleep(0.002)
        async with world.database.begin() as tx:
            again = await tx.outbox.settle(owner, [settled[number] for number in left])
        for number, each in zip(left, again, strict=True):
            counted[number] = each
    raise AssertionError("something stays locked")


async def test_a_settlement_and_a_new_debt_meet(pair: Pair) -> None:
    """What is just being owed more is passed over, and then both are counted."""
    first, second = await claimed(pair.here)
    settled = [settlement(each, Sent("1"), NOW) for each in (second, first)]
    release = await pair.here.release()
    _, counted = await pair.overlap(
        owe(pair.here, *((each.destination.id, release) for each in (first, second))),
        lambda tx: tx.outbox.settle("one", settled),
    )
    assert counted == [None, None]
    assert await settle(pair.there, "one", settled) == [True, True]
    assert await pair.here.drifted() == []
    assert await pair.here.rows("SELECT sum(pending) FROM lane") == [(4,)]


async def test_late_finds_are_counted_once_they_stand_still(pair: Pair) -> None:
    """One of them is settled while they are folded: what is folded is what is still pending."""
    desk = await pair.here.desk()
    for _ in range(8):
        await pair.here.owe(desk, await pair.here.release(late=True))
    (delivery,) = await pair.here.claim()
    await pair.overlap(
        lambda tx: tx.outbox.settle("one", [settlement(delivery, Sent("1"), NOW)]),
        lambda tx: tx.outbox.fold_late([desk], NOW),
    )
    assert await pair.here.drifted() == []
    assert await pair.overlap(
        lambda tx: tx.outbox.fold_late([desk], NOW), lambda tx: tx.outbox.fold_late([desk], NOW)
    ) == (0, 0), "they are in a digest already"  # fmt: skip
    assert sorted(await pair.here.states(desk)) == [*["held"] * 7, "pending", "sent"]


async def test_late_finds_folded_by_both_are_one_digest(pair: Pair) -> None:
    """The second finds nothing left."""
    desk = await pair.here.desk()
    for _ in range(6):
        await pair.here.owe(desk, await pair.here.release(late=True))
    fold: Callable[[SqlTransaction], Awaitable[int]] = lambda tx: tx.outbox.fold_late([desk], NOW)  # noqa: E731
    assert await pair.overlap(fold, fold) == (1, 0)
    assert await pair.here.drifted() == []


async def test_two_claims_take_different_lanes(pair: Pair) -> None:
    """The second passes over what the first has locked, and waits for nobody."""
    for n in range(4):
        await pair.here.owe(await pair.here.desk(f"desk-{n}"), await pair.here.release())
    await pair.here.own()
    account = await pair.here.account()
    one, two = await pair.overlap(
        lambda tx: tx.outbox.claim(account, "one", NOW, 2), lambda tx: tx.outbox.claim(account, "one", NOW, 9)
    )
    taken = [each.destination.id for claim in (one, two) for each in claim.deliveries]
    assert (len(one.deliveries), len(taken)) == (2, len(set(taken)))
    assert two.deliveries, "the first has looked at the newest release's lane too, and at no others"
    assert await pair.here.drifted() == []


async def test_whoever_lost_the_account_claims_nothing(pair: Pair) -> None:
    """A take-over under way is not waited for; and one that comes second finds what the first has just claimed."""
    await pair.here.owe(await pair.here.desk(), await pair.here.release())
    await pair.here.own()
    account = await pair.here.account()
    owns: Callable[[SqlTransaction], Awaitable[bool]] = lambda tx: tx.outbox.own(account, "two", NOW, LEASE, evict=True)  # noqa: E731
    _, claim = await pair.overlap(owns, lambda tx: tx.outbox.claim(account, "one", NOW, 3))
    assert (claim.deliveries, claim.next_due) == ([], NOW), "it looks again at once"
    claim, owned = await pair.overlap(
        lambda tx: tx.outbox.claim(account, "two", NOW, 3),
        lambda tx: tx.outbox.own(account, "one", NOW, LEASE, evict=True),
    )
    assert (len(claim.deliveries), owned) == (1, True)
    assert await pair.here.rows("SELECT owner, in_flight FROM lane") == [(None, None)]


async def test_of_two_who_take_an_account_over_one_has_it(pair: Pair) -> None:
    """The second sees the first's lease."""
    await pair.here.own("gone")
    account, later = await pair.here.account(), NOW + MINUTE
    assert await pair.overlap(
        lambda tx: tx.outbox.own(account, "one", later, LEASE), lambda tx: tx.outbox.own(account, "two", later, LEASE)
    ) == (True, False)


@pytest.mark.parametrize("settles_first", [True, False])
@pytest.mark.parametrize("outcome", [Sent("1"), RetryLater("x"), DestinationGone("kicked"), AccountBlocked(MINUTE, "flood")])
async def test_a_take_over_and_a_settlement_meet(pair: Pair, outcome: SendOutcome, *, settles_first: bool) -> None:
    """Neither waits for who waits for it; what was settled in time counts, the rest is tried again."""
    deliveries = await claimed(pair.here)
    account, settled = await pair.here.account(), [settlement(each, outcome, NOW) for each in deliveries]
    settles: Callable[[SqlTransaction], Awaitable[object]] = lambda tx: tx.outbox.settle("one", settled)  # noqa: E731
    owns: Callable[[SqlTransaction], Awaitable[object]] = lambda tx: tx.outbox.own(account, "two", NOW, LEASE, evict=True)  # noqa: E731
    results = await pair.overlap(*((settles, owns) if settles_first else (owns, settles)))
    assert results == (([True, True], True) if settles_first else (True, [None, None]))
    assert await settle(pair.there, "one", settled) == [False, False]
    assert await pair.here.drifted() == []


@pytest.mark.parametrize("moves_first", [True, False])
async def test_a_move_meets_a_debt_a_settlement_and_a_new_destination(pair: Pair, *, moves_first: bool) -> None:
    """What is owed is owed where the conversation is now, once, and no count drifts."""
    deliveries = await claimed(pair.here)
    release, old = await pair.here.release(), pair.here.address("desk-0")
    settled = [settlement(each, Sent("1"), NOW) for each in deliveries]
    others: list[Callable[[SqlTransaction], Awaitable[object]]] = [
        owe(pair.here, *((each.destination.id, release) for each in deliveries)),
        lambda tx: tx.outbox.settle("one", settled),
        ensure(pair.here, "new-2"),
        lambda tx: tx.destinations.pause(pair.here.address("desk-1"), "kicked", NOW),
    ]
    for number, other in enumerate(others):
        moves = move(old, f"new-{number}")
        await pair.overlap(*((moves, other) if moves_first else (other, moves)))
        assert await pair.here.drifted() == [], number
        old = pair.here.address(f"new-{number}")


def move(old: Address, conversation: str) -> Callable[[SqlTransaction], Awaitable[object]]:
    """Give a conversation another id."""
    return lambda tx: tx.destinations.move(old, conversation)


@pytest.mark.parametrize("moves_to", ["elsewhere", "there"])
async def test_who_changes_a_subscription_twice_and_a_move_meet(pair: Pair, moves_to: str) -> None:
    """Neither waits for who waits for it: they make, change and end one while its conversation moves, to where another is too."""
    desk, newsroom = await pair.here.desk("desk"), (await pair.here.newsroom()).id
    await pair.here.desk("there")
    old, moving = pair.here.address("desk"), list[asyncio.Task[object]]()

    async def move_meanwhile() -> None:
        async with pair.there.database.begin() as tx:
            await tx.destinations.move(old, moves_to)

    async with pair.here.database.begin() as tx:
        made, _ = await tx.destinations.subscribe(desk, newsroom, by="test", now=NOW)
        moving.append(asyncio.create_task(move_meanwhile()))
        await pair.waits_or_is_through(moving[0])
        await tx.destinations.set_silent(made.id, silent=True)
        await tx.destinations.mute([made.id], NOW + MINUTE, NOW)
        await tx.destinations.unsubscribe(made.id, NOW)
    await moving[0]
    assert await pair.here.drifted() == []


async def test_what_is_set_twice_and_a_conversation_that_is_left_meet(pair: Pair) -> None:
    """Who chooses quiet hours changes the destination, then its lane: nobody waits for who waits for them."""
    deliveries = await claimed(pair.here)
    desk = deliveries[0].destination.id
    left, other = deliveries
    settled = [settlement(left, DestinationGone("kicked"), NOW), settlement(other, Sent("1"), NOW)]
    async with pair.there.database.begin() as tx:
        await tx.destinations.set_options(desk, DestinationOptions(quiet=QuietHours(time(22), time(7))))
        async with pair.here.database.begin() as settling:
            assert await settling.outbox.settle("one", settled) == [None, True]
        assert await tx.outbox.waiting(desk) is not None
    assert await settle(pair.here, "one", settled) == [True, False]


async def test_going_on_after_a_pause_and_a_new_debt_meet(pair: Pair) -> None:
    """The lanes of what waited are locked in everybody's order, and what is owed meanwhile is due with it."""
    world = pair.here
    low, high = await world.desk("low"), await world.desk("high")
    first, second = [await world.release() for _ in range(2)]
    async with world.database.begin() as tx:
        await owe(world, (high, first), (low, first))(tx)
        await tx.pauses.add("test", "", Actor("test", "bot", "9", "Dagny"), NOW)
    await pair.overlap(lambda tx: tx.pauses.lift("test", "", NOW), owe(world, (low, second), (high, second)))
    assert await world.drifted() == []
    assert await world.rows("SELECT pending FROM lane WHERE due_at IS NOT NULL") == [(2,), (2,)]


async def test_corrections_of_several_releases_and_new_debts_meet(pair: Pair) -> None:
    """The lanes at which any of them stands are locked in one order, whichever release is corrected first."""
    world = pair.here
    low, high = await world.desk("low"), await world.desk("high")
    first, second, third = [await world.release() for _ in range(3)]
    async with world.database.begin() as tx:
        await owe(world, (high, first), (low, second))(tx)
    newsroom = (await world.newsroom()).id

    async def correct() -> None:
        async with pair.there.database.begin() as tx:
            await owe_corrections(tx, newsroom, [(first, 2), (second, 2)], NOW)

    async with world.database.begin() as tx:
        await owe(world, (low, third))(tx)
        correcting = asyncio.create_task(correct())
        await pair.waits_or_is_through(correcting)
        await owe(world, (high, third))(tx)
    await correcting
    assert await world.drifted() == []


async def test_what_is_chosen_while_somebody_is_forgotten_is_kept(pair: Pair) -> None:
    """Their id is taken out of what stands then, and not out of what stood before."""
    world = pair.here
    made = await world.subscribe(await world.desk(), (await world.newsroom()).id)
    async with world.database.begin() as tx:
        await tx.destinations.set_subscription_options(made, SubscriptionOptions(urgent="brand", pings=("U1", "U2")))
    chosen = SubscriptionOptions(urgent="storm", pings=("U1", "U3"))
    await pair.overlap(
        lambda tx: tx.destinations.set_subscription_options(made, chosen), lambda tx: tx.forgetting.person("test:U1")
    )
    ((options,),) = await world.rows("SELECT options FROM subscription")
    assert "storm" in str(options)
    assert "U1" not in str(options)


async def test_leaving_and_a_new_debt_meet(pair: Pair) -> None:
    """Nothing is counted that was dropped."""
    desk, newsroom = await pair.here.desk(), (await pair.here.newsroom()).id
    for first_owes in (True, False):
        subscription = await pair.here.subscribe(desk, newsroom)
        owes = owe(pair.here, (desk, await pair.here.release()), (desk, await pair.here.release()))
        leaves = leave(subscription)
        await pair.overlap(*((owes, leaves) if first_owes else (leaves, owes)))
        assert await pair.here.drifted() == []


def leave(subscription: SubscriptionId) -> Callable[[SqlTransaction], Awaitable[object]]:
    """End a subscription."""
    return lambda tx: tx.destinations.unsubscribe(subscription, NOW)


async def test_a_fan_out_is_worked_off_by_one_process_at_a_time(pair: Pair) -> None:
    """The next of the same newsroom waits until it is through; another newsroom's does not."""
    world = pair.here
    for slug in ("havnen", "havnen", "nabohavnen"):
        release, newsroom = await world.release(slug=slug), (await world.feed(slug)).newsroom.id
        async with world.database.begin() as tx:
            await tx.outbox.owe_later(DeliveryKind.ALERT, newsroom, [(release, 1)], NOW)
    one, two = await pair.overlap(lambda tx: tx.outbox.cursors(limit=1), lambda tx: tx.outbox.cursors())
    assert ([each.id for each in one], [each.id for each in two]) == ([1], [3])
    _, two = await pair.overlap(lambda tx: tx.outbox.advance(1, None), lambda tx: tx.outbox.cursors())
    assert [each.id for each in two] == [3]
    async with world.database.begin() as tx:
        assert [each.id for each in await tx.outbox.cursors()] == [2, 3]


# Feeds and releases


async def test_two_who_look_for_due_feeds_take_different_ones(pair: Pair) -> None:
    """None is polled by both, and neither waits."""
    for slug in "abc":
        await pair.here.feed(slug)
    one, two = await pair.overlap(
        lambda tx: tx.feeds.claim_due("one", NOW, MINUTE, 2), lambda tx: tx.feeds.claim_due("two", NOW, MINUTE, 2)
    )
    assert [[feed.newsroom.slug for feed in feeds] for feeds in (one, two)] == [["a", "b"], ["c"]]


async def test_a_poll_whose_lease_ran_out_stores_nothing(pair: Pair) -> None:
    """Neither its releases, which it asks about in the transaction that would store them, nor its result."""
    feed = await pair.here.feed()
    later = NOW + 2 * MINUTE
    async with pair.here.database.begin() as tx:
        await tx.feeds.claim_due("one", NOW, MINUTE, 1)
        assert await tx.feeds.holds(feed.id, "one")
    holds, claims = await pair.overlap(
        lambda tx: tx.feeds.holds(feed.id, "one"), lambda tx: tx.feeds.claim_due("two", later, MINUTE, 1)
    )
    assert (holds, claims) == (True, []), "who stores just now is not interrupted"
    async with pair.there.database.begin() as tx:
        assert len(await tx.feeds.claim_due("two", later, MINUTE, 1)) == 1
    async with pair.here.database.begin() as tx:
        assert not await tx.feeds.holds(feed.id, "one")
        for result in (PollResult(feed.id, NOW, good_at=NOW, etag="late"), PollResult(feed.id, NOW, fault="html")):
            await tx.feeds.settle([result], "one")
    feed = await pair.here.feed()
    assert (feed.etag, feed.fault, feed.polls) == (None, None, 0)
    async with pair.there.database.begin() as tx:
        await tx.feeds.settle([PollResult(feed.id, later, good_at=later, etag="right")], "two")
    assert (await pair.here.feed()).etag == "right"


async def test_what_two_add_to_a_release_is_all_found(pair: Pair) -> None:
    """The index holds what both said."""
    release = (await pair.here.add(item("1", "Kajen")))["1"]
    await pair.overlap(
        lambda tx: tx.releases.add_version(release, Content("The quay", language="en")),
        lambda tx: tx.releases.add_version(release, Content("Kaien", language="nb")),
    )
    async with pair.here.database.read() as tx:
        assert [(await tx.search.find(parse(word), limit=5)).total for word in ("kajen", "quay", "kaien")] == [1, 1, 1]


async def test_two_revisions_of_a_release_are_two(pair: Pair) -> None:
    """Each has a number of its own, and what was said between is kept."""
    release = (await pair.here.add(item("1", "Kajen")))["1"]

    def revise(title: str) -> Callable[[SqlTransaction], Awaitable[int]]:
        return lambda tx: tx.releases.revise(release, Content(title, language="da"), now=NOW, correction=True)

    assert await pair.overlap(revise("Molen"), revise("Fyret")) == (2, 3)
    async with pair.here.database.read() as tx:
        assert [(number, content.title) for number, content in await tx.releases.revisions(release)] == [(1, "Kajen"), (2, "Molen")]


# All at once


@pytest.fixture
def hesitant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody hesitates before each statement, so that transactions meet half way."""
    execute, chance = AsyncConnection.execute, random.Random(1)  # noqa: S311

    async def hesitate(self: AsyncConnection, *what: Any, **how: Any) -> Any:
        await asyncio.sleep(chance.choice([0, 0, 0.001, 0.01]))
        return await execute(self, *what, **how)

    monkeypatch.setattr(AsyncConnection, "execute", hesitate)


@pytest.mark.usefixtures("hesitant")
@pytest.mark.parametrize("outcome", [Sent("1"), DestinationGone("kicked"), DestinationMoved("x"), AccountBlocked(MINUTE, "flood")])
async def test_a_take_over_and_a_settlement_meet_half_way(pair: Pair, outcome: SendOutcome) -> None:
    """Whatever the outcome locks, it does so in the same order as the take-over."""
    account, owners = await pair.here.account(), ["one", "two"]
    desks = [await pair.here.desk(f"desk-{n}") for n in range(3)]
    for _ in range(8):
        async with pair.here.database.begin() as tx:
            await tx.destinations.resume(pair.here.address("desk-0"), NOW)
        release = await pair.here.release()
        for desk in desks:
            await pair.here.owe(desk, release)
        pair.here.pass_time(minutes=2)
        taken = await pair.here.claim(owner=owners[0])

        async def own(owner: str) -> None:
            async with pair.there.database.begin() as tx:
                assert await tx.outbox.own(account, owner, pair.here.now, LEASE, evict=True)

        settled = [settlement(each, outcome, pair.here.now) for each in taken]
        await asyncio.gather(settle(pair.here, owners[0], settled), own(owners[1]))
        owners.reverse()
    assert await pair.here.drifted() == []


@pytest.mark.usefixtures("hesitant")
async def test_whatever_many_do_at_once_nothing_drifts_and_nothing_is_stuck(pair: Pair) -> None:
    """They owe, claim, settle, pause, resume, fold, leave, move and take over in any order; none waits for who waits for them.

    In the end all is delivered.
    """
    world = pair.here
    releases = [await world.release(late=n % 2 == 0) for n in range(12)]
    desks = [await world.desk(name) for name in "abcdef"]
    crowd = Crowd(world, desks, releases, await world.account())
    await world.own("one")

    async def worker(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311
        for _ in range(25):
            await crowd.something(chance, pair.here if seed % 2 else pair.there)

    await asyncio.gather(*(worker(seed) for seed in range(8)))
    assert await world.drifted() == []
    async with world.database.begin() as tx:
        for conversation in "abcdefxy":
            await tx.destinations.resume(world.address(conversation), world.now)
    await world.own("last", evict=True)
    for _ in range(100):
        for delivery in await world.claim(50, owner="last"):
            assert await world.settle(delivery, Sent("1"), owner="last")
    assert await world.rows("SELECT * FROM delivery WHERE state IN ('pending', 'held')") == []
    assert await world.drifted() == []


@dataclass(frozen=True, slots=True)
class Crowd:
    """Many who do something to the same few destinations."""

    world: World
    desks: list[DestinationId]
    releases: list[ReleaseId]
    account: int

    async def something(self, chance: random.Random, there: World) -> None:
        """One thing, in one transaction or two as the bot does it. A deadlock would be an error."""
        match chance.randrange(10):
            case 0 | 1:
                await self._owe(chance, there)
            case 2 | 3 | 4:
                await self._deliver(chance, there)
            case 5:
                async with there.database.begin() as tx:
                    await tx.outbox.own(self.account, chance.choice(["one", "two"]), there.now, LEASE, evict=True)
            case _:
                async with there.database.begin() as tx:
                    await self._arrange(chance, tx)

    async def _owe(self, chance: random.Random, there: World) -> None:
        some, about = chance.sample(self.desks, chance.randint(1, 6)), chance.sample(self.releases, 3)
        async with there.database.begin() as tx:
            await tx.outbox.owe([there.debt(desk, each) for desk in some for each in about], there.now)
            await tx.outbox.fold_late(some, there.now)

    async def _deliver(self, chance: random.Random, there: World) -> None:
        owner = chance.choice(["one", "two"])
        async with there.database.begin() as tx:
            taken = (await tx.outbox.claim(self.account, owner, there.now, 4)).deliveries
        chance.shuffle(taken)
        outcomes: list[SendOutcome] = [
            Sent("1"),
            Sent("1"),
            RetryLater("x"),
            DestinationGone("kicked"),
            DestinationMoved(chance.choice("abxy")),
            AccountBlocked(timedelta(0), "flood"),
        ]
        settled = [settlement(each, chance.choice(outcomes), there.now) for each in taken]
        await settle(there, owner, settled)

    async def _arrange(self, chance: random.Random, tx: SqlTransaction) -> None:
        here, now = self.world.address(chance.choice("abcdefxy")), self.world.now
        match chance.randrange(4):
            case 0:
                await tx.destinations.pause(here, "kicked", now)
            case 1:
                await tx.destinations.resume(here, now)
            case 2:
                subscription, _ = await tx.destinations.subscribe(chance.choice(self.desks), None, by="test", now=now)
                await tx.destinations.unsubscribe(subscription.id, now)
            case _:
                await tx.destinations.move(here, chance.choice("abxy"))
