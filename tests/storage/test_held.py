"""What is held back: told when its time has come, singly or as one digest, and dropped when nobody wants it any more."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import pytest

from bot.alerts import fanout
from bot.alerts.compose import compose
from bot.alerts.composition import Composition, Edit, FollowUp, Later, Message, Nothing
from bot.alerts.fanout import owe_alerts, owe_corrections, owe_taker, work_off
from bot.alerts.retry import held, settlement, skipped
from bot.domain.card import Entry, Text
from bot.domain.delivery import Delivery, DeliveryKind, Refused, RetryLater, SendOutcome, Sent
from bot.domain.options import Corrections, DestinationOptions, Frequency, QuietHours, SubscriptionOptions
from bot.domain.release import Kind, ReleaseId
from bot.domain.subscription import DestinationId
from bot.ports import Actor
from tests.fakes.world import World, item

ASTA = Actor("test", "bot", "7", "Asta Holm")
DAILY = SubscriptionOptions(frequency=Frequency.DAILY)
# The world's time is Friday at 12 in Copenhagen; the next digest is on Saturday at 8.
HOURS_TO_DIGEST = 20


@dataclass
class Desk:
    """A destination that subscribes to all that is offered, with options of its own."""

    world: World
    id: DestinationId

    async def choose(self, options: SubscriptionOptions) -> None:
        """Choose what the subscription brings, and when."""
        async with self.world.database.begin() as tx:
            (subscription,) = await tx.destinations.subscriptions(self.id)
            await tx.destinations.set_subscription_options(subscription.id, options)

    async def mute(self, until: datetime | None) -> None:
        """Mute the subscription."""
        async with self.world.database.begin() as tx:
            (subscription,) = await tx.destinations.subscriptions(self.id)
            await tx.destinations.mute([subscription.id], until, self.world.now)

    async def how(self, options: DestinationOptions) -> None:
        """Choose how the destination is told."""
        async with self.world.database.begin() as tx:
            await tx.destinations.set_options(self.id, options)

    async def deliveries(self) -> list[tuple[object, ...]]:
        """Kind, state and reason of each, in order."""
        return await self.world.rows(
            "SELECT kind, state, reason FROM delivery WHERE destination_id = :desk ORDER BY id", desk=self.id
        )


async def desk_of(world: World, name: str = "desk", options: SubscriptionOptions = DAILY) -> Desk:
    """A desk that subscribes to everything, so."""
    made = Desk(world, await world.desk(name))
    await world.subscribe(made.id)
    await made.choose(options)
    return made


@pytest.fixture
async def desk(world: World) -> Desk:
    """A desk that is told once a day."""
    await world.newsroom()
    return await desk_of(world)


async def come_out(world: World, *titles: str, late: bool = False) -> list[ReleaseId]:
    """The newsroom publishes, and what is owed is written down with it."""
    releases = [await world.release(title, late=late) for title in titles]
    newsroom = (await world.feed()).newsroom.id
    async with world.database.begin() as tx:
        await owe_alerts(tx, newsroom, [(release, 1) for release in releases], world.now, any_late=late)
    return releases


async def come_out_whole(world: World, *titles: str) -> list[ReleaseId]:
    """The same of releases with a text."""
    items = [item(title, title, lead="Kort.", body="Hele teksten.", published=world.now) for title in titles]
    releases = list((await world.add(*items)).values())
    newsroom = (await world.feed()).newsroom.id
    async with world.database.begin() as tx:
        await owe_alerts(tx, newsroom, [(release, 1) for release in releases], world.now, any_late=False)
    return releases


async def let_go(world: World, limit: int = 100) -> int:
    """What the dispatcher does before it claims."""
    account = await world.account()
    async with world.database.begin() as tx:
        return await tx.outbox.release_held(account, world.now, limit)


async def deliver(world: World, outcome: SendOutcome | None = None) -> list[tuple[Delivery, Composition]]:
    """Claim, compose and settle once, as the dispatcher does."""
    done: list[tuple[Delivery, Composition]] = []
    for delivery in await world.claim(100):
        async with world.database.read() as tx:
            (composition,) = await compose(tx, [delivery], world.now)
        match composition:
            case Message(_, shows, more=more):
                settled = settlement(delivery, outcome or Sent(f"post-{delivery.id}"), world.now, shows=shows, more=more)
            case Nothing(reason):
                settled = skipped(delivery, reason, world.now)
            case Later(until):
                settled = held(delivery, until, world.now)
            case FollowUp(told=told):
                settled = settlement(delivery, outcome or Sent("below"), world.now, told=told)
            case [Edit(post, _, shows)]:
                settled = settlement(delivery, outcome or Sent(post.reference), world.now, shows=shows, edited=post.id)
            case _:
                raise AssertionError(composition)
        async with world.database.begin() as tx:
            assert await tx.outbox.settle(world.owner, [settled]) == [True]
        done.append((delivery, composition))
    return done


def titles(composition: Composition) -> list[str]:
    """The titles of a digest's entries."""
    assert isinstance(composition, Message)
    return [element.title for element in composition.card.elements if isinstance(element, Entry)]


async def test_what_is_held_is_not_pending(world: World, desk: Desk) -> None:
    """It is counted apart, nothing is due because of it, and the outbox knows when it will be."""
    await come_out(world, "Ny kaj")
    assert await desk.deliveries() == [("alert", "held", "")]
    assert await world.drifted() == []
    assert await world.claim() == []
    account = await world.account()
    async with world.database.read() as tx:
        look = (await tx.outbox.look([account], world.now))[account]
        assert (look.is_due, look.next_due) == (False, world.now + timedelta(hours=HOURS_TO_DIGEST))
        assert (await tx.outbox.look([account], world.now + timedelta(hours=HOURS_TO_DIGEST)))[account].is_due
    assert await let_go(world) == 0


async def test_one_leaves_as_the_alert_that_it_is(world: World, desk: Desk) -> None:
    """When its time has come, and it is then tried for as long as what was never held."""
    (release,) = await come_out(world, "Ny kaj")
    world.pass_time(days=6)
    assert await let_go(world) == 1
    assert await let_go(world) == 0
    ((delivery, composition),) = await deliver(world)
    assert (delivery.kind, delivery.release_id, delivery.created_at) == (DeliveryKind.ALERT, release, world.now)
    assert isinstance(composition, Message)
    assert await desk.deliveries() == [("alert", "sent", "")]
    assert await world.drifted() == []


async def test_several_leave_as_one_digest(world: World, desk: Desk) -> None:
    """In the order they came; what is held since then is not in it."""
    first, second = await come_out(world, "Ny kaj", "Ny bro")
    world.pass_time(hours=HOURS_TO_DIGEST)
    await come_out(world, "Ny færge")  # until tomorrow
    await let_go(world)
    ((delivery, composition),) = await deliver(world)
    assert (delivery.kind, delivery.digest_of) == (DeliveryKind.DIGEST, (first, second))
    assert titles(composition) == ["Ny kaj", "Ny bro"]
    assert await desk.deliveries() == [
        ("alert", "skipped", "in a digest"),
        ("alert", "skipped", "in a digest"),
        ("alert", "held", ""),
        ("digest", "sent", ""),
    ]
    world.pass_time(days=1)
    await let_go(world)
    ((delivery, _),) = await deliver(world)
    assert delivery.kind is DeliveryKind.ALERT
    assert await world.drifted() == []


async def test_all_that_is_overdue_is_one_digest(world: World, desk: Desk) -> None:
    """After three days without us one digest is told, not three; and a crash after it makes no second one."""
    for _ in range(3):
        await come_out(world, "Ny kaj", "Ny bro")
        world.pass_time(days=1)
    world.pass_time(hours=HOURS_TO_DIGEST)
    assert await let_go(world) == 1
    assert await let_go(world) == 0
    ((delivery, _),) = await deliver(world, RetryLater("busy"))
    assert len(delivery.digest_of) == 6
    world.pass_time(minutes=1)
    ((again, composition),) = await deliver(world)
    assert (again.id, len(titles(composition))) == (delivery.id, 6)
    assert {state for _, state, _ in await desk.deliveries()} == {"skipped", "sent"}


async def test_two_who_let_go_at_once_make_one_digest(world: World, desk: Desk) -> None:
    """Two processes, or one that comes back to life."""
    others = [await desk_of(world, f"desk-{n}") for n in range(5)]
    await come_out(world, "Ny kaj", "Ny bro")
    world.pass_time(hours=HOURS_TO_DIGEST)
    counts = await asyncio.gather(*(let_go(world) for _ in range(4)))
    assert sum(counts) == 6
    rows = await world.rows("SELECT destination_id FROM delivery WHERE kind = 'digest' ORDER BY destination_id")
    assert rows == [(each.id,) for each in sorted([desk, *others], key=lambda each: each.id)]
    assert await world.drifted() == []


async def test_so_many_at_a_time(world: World, desk: Desk) -> None:
    """A morning's thousands leave in several transactions."""
    for n in range(4):
        await desk_of(world, f"desk-{n}")
    await come_out(world, "Ny kaj")
    world.pass_time(hours=HOURS_TO_DIGEST)
    assert [await let_go(world, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert len(await world.claim()) == 5
    assert desk.id


async def test_another_accounts_are_let_be(world: World, desk: Desk) -> None:
    """Whoever owns an account lets go what is held there."""
    await come_out(world, "Ny kaj")
    world.pass_time(hours=HOURS_TO_DIGEST)
    async with world.database.begin() as tx:
        other = await tx.outbox.register("test", "another")
        assert await tx.outbox.release_held(other, world.now, 10) == 0
    assert await let_go(world) == 1
    assert desk.id


async def test_a_digest_that_is_refused_takes_what_it_held_along(world: World, desk: Desk) -> None:
    """They are dead letters too: nothing stays held for ever."""
    await come_out(world, "Ny kaj", "Ny bro")
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    await deliver(world, Refused("no"))
    assert await desk.deliveries() == [("alert", "dead", "no"), ("alert", "dead", "no"), ("digest", "dead", "no")]


async def test_a_digest_is_bounded_and_counts_the_rest(world: World, desk: Desk) -> None:
    """As many as one message has room for; how many more there are is said, and they count as left out."""
    releases = await come_out(world, *(f"Pressemeddelelse nummer {n} fra havnen" for n in range(30)))
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    ((_, composition),) = await deliver(world)
    shown = len(titles(composition))
    assert isinstance(composition, Message)
    assert 10 < shown <= 20
    last = composition.card.elements[-1]
    assert isinstance(last, Text)
    assert last.block.text == f"og {30 - shown} flere: /seneste"
    reasons = [reason for _, _, reason in await desk.deliveries()]
    assert reasons == [*["in a digest"] * shown, *["left out of a digest"] * (30 - shown), ""]
    async with world.database.read() as tx:
        assert await tx.outbox.posts(desk.id, releases[0])
        assert await tx.outbox.posts(desk.id, releases[-1]) == []
        assert await tx.outbox.shown_to(releases[-1]) == {}


async def test_what_nobody_wants_any_more_is_not_told(world: World, desk: Desk) -> None:
    """Whoever unsubscribes, or mutes until after its time, hears nothing of it, then or after the mute."""
    muted, left = await desk_of(world, "muted"), await desk_of(world, "left")
    await come_out(world, "Ny kaj", "Ny bro")
    await muted.mute(world.now + timedelta(hours=HOURS_TO_DIGEST + 1))
    async with world.database.begin() as tx:
        (subscription,) = await tx.destinations.subscriptions(left.id)
        await tx.destinations.unsubscribe(subscription.id, world.now)
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    assert [delivery.destination.id for delivery, _ in await deliver(world)] == [desk.id]
    assert await muted.deliveries() == [("alert", "skipped", "muted")] * 2
    assert await left.deliveries() == [("alert", "skipped", "unsubscribed")] * 2
    assert await world.drifted() == []


async def test_a_mute_that_is_over_before_the_digest_takes_nothing_from_it(world: World, desk: Desk) -> None:
    """What came out before it is told at its time; what comes out during it is not."""
    before = await come_out(world, "Ny kaj")
    await desk.mute(world.now + timedelta(hours=1))
    await come_out(world, "Ny bro")
    world.pass_time(hours=2)
    after = await come_out(world, "Ny sluse")
    world.pass_time(hours=HOURS_TO_DIGEST - 2)
    await let_go(world)
    ((_, digest),) = await deliver(world)
    assert isinstance(digest, Message)
    assert [ident for ident, _ in digest.shows] == [*before, *after]
    assert await world.drifted() == []


async def test_a_mute_that_another_subscription_does_not_share_drops_nothing(world: World, desk: Desk) -> None:
    """What the other one brings is still told."""
    newsroom = (await world.feed()).newsroom.id
    await world.subscribe(desk.id, newsroom)
    await come_out(world, "Ny bro")
    async with world.database.begin() as tx:
        everything, own = await tx.destinations.subscriptions(desk.id)
        await tx.destinations.set_subscription_options(own.id, DAILY)
    await come_out(world, "Ny kaj")
    async with world.database.begin() as tx:
        await tx.destinations.mute([everything.id], world.now + timedelta(hours=1), world.now)
    assert [state for _, state, _ in await desk.deliveries()] == ["pending", "held"]


async def test_a_correction_of_what_is_held_is_not_seen(world: World, desk: Desk) -> None:
    """Nothing stands yet that could be edited; the morning tells what it says by then, and nobody hears of a change."""
    (release,) = await come_out(world, "Ny kaj")
    async with world.database.begin() as tx:
        known = await tx.releases.get(release)
        assert known is not None
        said = replace(known.content(), title="Ny kaj for 40 mio. kr.")
        revision = await tx.releases.revise(release, said, now=world.now, correction=True)
        await owe_corrections(tx, known.newsroom.id, [(release, revision)], world.now, told={release})
    told = [await deliver(world) for _ in range(2)]
    assert [composition for ((_, composition),) in told] == [
        Nothing("not told there"),
        Nothing("no post stands there that shows it"),
    ]
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    ((_, composition),) = await deliver(world)
    assert isinstance(composition, Message)
    assert "40 mio." in composition.card.summary
    assert desk.id


async def test_what_is_withdrawn_while_it_is_held_is_not_told(world: World, desk: Desk) -> None:
    """Neither singly nor within a digest; a digest of which one is left is the alert about that one."""
    first, second = await come_out(world, "Ny kaj", "Ny bro")
    async with world.database.begin() as tx:
        assert await tx.releases.mark_gone(first, world.now) == 2
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    ((delivery, composition),) = await deliver(world)
    assert (delivery.kind, isinstance(composition, Message) and composition.shows) == (DeliveryKind.DIGEST, ((second, 1),))
    (third,) = await come_out(world, "Ny færge")
    async with world.database.begin() as tx:
        await tx.releases.mark_gone(third, world.now)
    world.pass_time(days=1)
    await let_go(world)
    assert [composition for _, composition in await deliver(world)] == [Nothing("withdrawn before it was told")]
    assert [reason for _, _, reason in await desk.deliveries()] == [
        "left out of a digest",
        "in a digest",
        "",
        "withdrawn before it was told",
    ]


async def test_a_digest_of_nothing_leaves_nothing_held(world: World, desk: Desk) -> None:
    """All of it was withdrawn before the digest went out."""
    releases = await come_out(world, "Ny kaj", "Ny bro")
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    async with world.database.begin() as tx:
        for release in releases:
            await tx.releases.mark_gone(release, world.now)
    await deliver(world)
    assert [state for _, state, _ in await desk.deliveries()] == ["skipped"] * 3


async def test_what_is_held_is_judged_by_what_is_wanted_when_it_leaves(world: World, desk: Desk) -> None:
    """A filter that was chosen meanwhile keeps out of the digest what it keeps out; one that was taken away lets it in."""
    _, bridge, _ = await come_out(world, "Ny kaj", "Ny bro", "Ny havnechef")
    await desk.choose(replace(DAILY, filter="bro OR havnechef"))
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    ((delivery, composition),) = await deliver(world)
    assert len(delivery.digest_of) == 3
    assert titles(composition) == ["Ny bro", "Ny havnechef"]
    assert isinstance(composition, Message)
    assert composition.shows[0] == (bridge, 1)
    assert [reason for _, _, reason in await desk.deliveries()] == ["left out of a digest", "in a digest", "in a digest", ""]


async def test_a_single_one_is_judged_so_too(world: World, desk: Desk) -> None:
    """It is not told, and why is written down; what is told says by which rule."""
    await come_out(world, "Ny kaj")
    await desk.choose(replace(DAILY, filter="bro"))
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    assert [composition for _, composition in await deliver(world)] == [Nothing("kept out: filtered_out")]
    await come_out(world, "Ny bro")
    await desk.choose(replace(DAILY, kinds=frozenset({Kind.NEWS}), filter="kaj OR bro"))
    world.pass_time(days=1)
    await let_go(world)
    ((_, composition),) = await deliver(world)
    assert isinstance(composition, Message)
    assert composition.reason == "unknown"


async def test_what_leaves_no_word_is_not_followed_by_more(world: World, desk: Desk) -> None:
    """The whole text of a release that was kept out in the end stays away too."""
    await desk.how(DestinationOptions(whole=True))
    newsroom = (await world.feed()).newsroom.id
    made = await world.add(item("x", "Ny kaj", published=world.now, body="Kajen åbner på mandag."))
    async with world.database.begin() as tx:
        await owe_alerts(tx, newsroom, [(made["x"], 1)], world.now, any_late=False)
    await desk.choose(replace(DAILY, filter="bro"))
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    first, second = [await deliver(world) for _ in range(2)]
    assert [composition for _, composition in (*first, *second)] == [
        Nothing("kept out: filtered_out"),
        Nothing("no post stands there that shows it"),
    ]


async def test_a_digest_that_stands_strikes_what_is_withdrawn(world: World, desk: Desk) -> None:
    """And marks what is corrected, each in its place; it is an edit and no word more."""
    first, second = await come_out(world, "Ny kaj", "Ny bro")
    newsroom = (await world.feed()).newsroom.id
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    await deliver(world)
    async with world.database.begin() as tx:
        revision = await tx.releases.mark_gone(first, world.now)
        assert revision is not None
        await owe_corrections(tx, newsroom, [(first, revision)], world.now)
        bridge = (await tx.releases.many([second]))[0].content()
        after = replace(bridge, title="Ny bro over havnen")
        revised = await tx.releases.revise(second, after, now=world.now, correction=True)
        await owe_corrections(tx, newsroom, [(second, revised)], world.now)
    ((_, edits),) = await deliver(world)
    assert isinstance(edits, list)
    entries = [element for element in edits[0].card.elements if isinstance(element, Entry)]
    assert [(each.title, each.struck) for each in entries] == [("Ny kaj", True), ("Ny bro over havnen", False)]
    assert [each.marks[0].split()[0] for each in entries] == ["TRUKKET", "RETTET"]
    assert edits[0].anew is None
    ((_, nothing),) = await deliver(world)
    assert nothing == Nothing("already shown as corrected")


async def test_a_digest_counts_the_rest_after_every_edit(world: World, desk: Desk) -> None:
    """A withdrawal, then a correction: what it had no room for is there no less because of them."""
    releases = await come_out(world, *(f"Pressemeddelelse nummer {n} fra havnen" for n in range(30)))
    newsroom = (await world.feed()).newsroom.id
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    ((_, composition),) = await deliver(world)
    assert isinstance(composition, Message)
    shown, said = len(titles(composition)), (composition.card.elements[0], composition.card.elements[-1])
    async with world.database.begin() as tx:
        revision = await tx.releases.mark_gone(releases[0], world.now)
        assert revision is not None
        await owe_corrections(tx, newsroom, [(releases[0], revision)], world.now)
    ((_, withdrawn),) = await deliver(world)
    async with world.database.begin() as tx:
        after = replace((await tx.releases.many(releases[1:2]))[0].content(), title="Ny bro")
        revised = await tx.releases.revise(releases[1], after, now=world.now, correction=True)
        await owe_corrections(tx, newsroom, [(releases[1], revised)], world.now)
    ((_, corrected),) = await deliver(world)
    for edits in (withdrawn, corrected):
        assert isinstance(edits, list)
        (edit,) = edits
        assert (edit.card.elements[0], edit.card.elements[-1]) == said
        assert len(edit.shows) == len([each for each in edit.card.elements if isinstance(each, Entry)]) == shown
    assert desk.id


async def test_a_digest_shows_who_has_a_story(world: World, desk: Desk) -> None:
    """Taken before it leaves or after, and still after a correction; given back, it says so no longer."""
    await desk.how(DestinationOptions(takers=True))
    releases = await come_out(world, "Ny kaj", "Ny bro")
    newsroom = (await world.feed()).newsroom.id
    there = [world.address()]
    async with world.database.begin() as tx:
        assert await tx.takers.take(releases[0], there, ASTA, world.now)
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    ((_, digest),) = await deliver(world)
    assert isinstance(digest, Message)
    assert [who_has(each) for each in digest.card.elements if isinstance(each, Entry)] == ["Asta Holm har historien", ""]
    async with world.database.begin() as tx:
        assert await tx.takers.take(releases[1], there, replace(ASTA, name="Birk Lund"), world.now)
        await owe_taker(tx, [desk.id], (releases[1], 1), world.now)
    ((_, edits),) = await deliver(world)
    assert isinstance(edits, list)
    assert edits[0].card.silent
    said = ["Asta Holm har historien", "Birk Lund har historien"]
    assert [who_has(each) for each in edits[0].card.elements if isinstance(each, Entry)] == said
    async with world.database.begin() as tx:
        after = replace((await tx.releases.many(releases[:1]))[0].content(), title="Ny kaj i Ørby")
        revised = await tx.releases.revise(releases[0], after, now=world.now, correction=True)
        await owe_corrections(tx, newsroom, [(releases[0], revised)], world.now)
    ((_, edits),) = await deliver(world)
    assert isinstance(edits, list)
    assert [who_has(each) for each in edits[0].card.elements if isinstance(each, Entry)] == said
    world.pass_time(hours=1)
    async with world.database.begin() as tx:
        await tx.takers.give_back(releases[1], there)
        await owe_taker(tx, [desk.id], (releases[1], 1), world.now)
    ((_, edits),) = await deliver(world)
    assert isinstance(edits, list)
    assert [who_has(each) for each in edits[0].card.elements if isinstance(each, Entry)] == [said[0], ""]


async def test_a_digest_that_ignores_corrections_stays_as_it_was_read(world: World, desk: Desk) -> None:
    """Whoever takes a story of it: an edit would show what is not to be shown there."""
    await desk.how(DestinationOptions(takers=True, corrections=Corrections.IGNORE))
    releases = await come_out(world, "Ny kaj", "Ny bro")
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    await deliver(world)
    async with world.database.begin() as tx:
        assert await tx.takers.take(releases[0], [world.address()], ASTA, world.now)
        await owe_taker(tx, [desk.id], (releases[0], 1), world.now)
    ((_, nothing),) = await deliver(world)
    assert nothing == Nothing("nothing that may be changed shows it there")


def who_has(entry: Entry) -> str:
    """What a line of a digest says of whoever has taken the story on."""
    return next((part for part in entry.meta if "historien" in part), "")


async def test_paused_destinations_are_told_when_they_are_resumed(world: World, desk: Desk) -> None:
    """What was held leaves into a lane that waits."""
    await come_out(world, "Ny kaj")
    async with world.database.begin() as tx:
        await tx.destinations.pause(world.address(), "kicked", world.now)
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    assert await world.claim() == []
    assert await world.drifted() == []
    async with world.database.begin() as tx:
        await tx.destinations.resume(world.address(), world.now)
    assert len(await deliver(world)) == 1
    assert desk.id


async def test_what_is_held_moves_with_its_conversation(world: World, desk: Desk) -> None:
    """To one that is new, and to one that was there already: which then knows when to tell it."""
    await come_out(world, "Ny kaj", "Ny bro")
    there = await world.desk("there")
    async with world.database.begin() as tx:
        await tx.destinations.move(world.address(), "there")
    world.pass_time(hours=HOURS_TO_DIGEST)
    assert await let_go(world) == 1
    ((delivery, composition),) = await deliver(world)
    assert (delivery.destination.id, len(titles(composition))) == (there, 2)
    assert await world.drifted() == []
    assert desk.id


async def test_a_digest_in_flight_keeps_what_it_tells(world: World, desk: Desk) -> None:
    """A conversation that moves meanwhile takes along what is held for later, and leaves the digest's own where it is."""
    first = await come_out(world, "Ny kaj", "Ny bro")
    world.pass_time(hours=HOURS_TO_DIGEST)
    await come_out(world, "Ny færge")
    await let_go(world)
    there = await world.desk("there")
    (delivery,) = await world.claim()
    async with world.database.begin() as tx:
        await tx.destinations.move(world.address(), "there")
    await world.settle(delivery, Sent("1"), shows=[(release, 1) for release in first])
    assert [reason for _, _, reason in await desk.deliveries()] == ["in a digest", "in a digest", ""]
    rows = await world.rows("SELECT state FROM delivery WHERE destination_id = :desk", desk=there)
    assert rows == [("held",)]


async def test_late_finds_fold_into_the_digest_that_waits(world: World, desk: Desk) -> None:
    """Too many late finds are one digest; those that come while it waits join it, those held for later do not."""
    await desk.choose(SubscriptionOptions())
    late = await come_out(world, *(f"Gammel {n}" for n in range(6)), late=True)
    await desk.choose(DAILY)
    await come_out(world, "Ny kaj")
    await desk.choose(SubscriptionOptions())
    late += await come_out(world, "Gammel 7", late=True)
    ((delivery, composition),) = await deliver(world)
    assert delivery.digest_of == tuple(late)
    assert len(titles(composition)) == 7
    assert [state for _, state, _ in await desk.deliveries()].count("held") == 1
    assert await world.drifted() == []


# What is wanted, as fan-out asks it ---------------------------------------------------------------------------------------


@pytest.fixture(params=["at once", "by cursor"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of owing must come to the same."""
    if request.param == "by cursor":
        monkeypatch.setattr(fanout, "AT_ONCE", 2)
    return str(request.param)


async def work_through(world: World) -> int:
    """Work off what fan-outs there are."""
    for done in range(100):
        async with world.database.begin() as tx:
            if not await work_off(tx, world.now):
                return done
    raise AssertionError("it never ends")


async def owed(world: World) -> dict[str, list[tuple[object, ...]]]:
    """What is owed to each conversation: kind, state and silence."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for conversation, *rest in await world.rows(
        "SELECT conversation, delivery.kind, state, silent FROM delivery JOIN destination ON destination.id = destination_id"
        " ORDER BY delivery.id"
    ):
        found.setdefault(str(conversation), []).append((rest[0], rest[1], bool(rest[2])))
    return found


async def test_filters_are_asked_in_every_chunk(world: World, way: str) -> None:
    """Of many desks with all sorts of wishes each is owed what it wants, once, when and how it wants it."""
    newsroom = (await world.newsroom()).id
    alert = ("alert", "pending", False)
    plain = [Desk(world, await world.desk(f"plain-{n}")) for n in range(3)]
    for each in plain:
        await world.subscribe(each.id)
    await desk_of(world, "told", SubscriptionOptions(filter="told"))
    await desk_of(world, "kaj", SubscriptionOptions(filter="kaj"))
    await desk_of(world, "news", SubscriptionOptions(kinds=frozenset({Kind.NEWS})))
    await desk_of(world, "english", SubscriptionOptions(languages=frozenset({"en"})))
    await desk_of(world, "daily", DAILY)
    whole = await desk_of(world, "whole", SubscriptionOptions())
    await whole.how(DestinationOptions(whole=True))
    # The two subscriptions of one desk come in chunks far apart: either alone would decide otherwise.
    both = await desk_of(world, "both", replace(DAILY, filter="told"))
    either = await desk_of(world, "either", SubscriptionOptions(filter="told"))
    loud = await desk_of(world, "loud", SubscriptionOptions())
    for number in range(3):
        await world.subscribe(await world.desk(f"between-{number}"))
    for each in (both, either, loud):
        own = await world.subscribe(each.id, newsroom)
        async with world.database.begin() as tx:
            if each is both:
                await tx.destinations.set_subscription_options(own, SubscriptionOptions(frequency=Frequency.WEEKLY))
            if each is loud:
                await tx.destinations.set_silent(own, silent=True)
    release = (await world.add(item("x", "Kajen er lukket for de ansatte i havnen", published=world.now)))["x"]
    async with world.database.begin() as tx:
        await owe_alerts(tx, newsroom, [(release, 1)], world.now, any_late=False)
    assert (await work_through(world) > 1) == (way == "by cursor")
    expected = {f"plain-{n}": [alert] for n in range(3)} | {f"between-{n}": [alert] for n in range(3)}
    expected |= {"kaj": [alert], "news": [alert], "daily": [("alert", "held", False)], "either": [alert], "loud": [alert]}
    expected |= {"whole": [alert, ("follow_up", "pending", False)], "both": [("alert", "held", False)]}
    assert await owed(world) == expected
    why = await world.rows(
        "SELECT payload FROM delivery JOIN destination ON destination.id = destination_id WHERE conversation = 'news'"
    )
    assert "undecided" in str(why)
    assert await world.drifted() == []


async def test_quiet_hours_hold_what_urgent_words_break(world: World, way: str) -> None:
    """At night nothing is told but what is urgent, and that with sound; in the morning the rest is one digest."""
    await world.newsroom()
    night = DestinationOptions(quiet=QuietHours(time(11), time(13)))
    for name, urgent in (("desk", ""), ("vagt", "evakuer*")):
        made = await desk_of(world, name, SubscriptionOptions(urgent=urgent, pings=("here",)))
        await made.how(night)
        async with world.database.begin() as tx:
            (subscription,) = await tx.destinations.subscriptions(made.id)
            await tx.destinations.set_silent(subscription.id, silent=True)
    await come_out(world, "Ny kaj", "Havnen evakueres")
    await work_through(world)
    held = ("alert", "held", True)
    assert await owed(world) == {"desk": [held, held], "vagt": [("alert", "pending", False), held]}, way
    ((_, composition),) = await deliver(world)
    assert isinstance(composition, Message)
    assert (composition.card.pings, composition.card.silent) == (("here",), False)
    world.pass_time(hours=1)
    await let_go(world)
    assert [delivery.kind for delivery, _ in await deliver(world)] == [DeliveryKind.DIGEST, DeliveryKind.ALERT]


# Friday at noon: quiet hours begin nine hours later and end at six.
NIGHTS = DestinationOptions(quiet=QuietHours(time(21), time(6)), whole=True)
TO_THE_NIGHT, TO_THE_MORNING = 10, 8


async def test_what_was_owed_before_quiet_hours_and_comes_to_be_sent_in_them_waits(world: World, desk: Desk) -> None:
    """After a downtime as after a pause: the alert and its whole text, counted apart, without a try, and told in the morning."""
    await desk.choose(SubscriptionOptions())
    await desk.how(NIGHTS)
    (release,) = await come_out_whole(world, "Ny kaj")
    world.pass_time(hours=TO_THE_NIGHT)
    assert [type(composition) for _ in range(2) for _, composition in await deliver(world)] == [Later, Later]
    assert await desk.deliveries() == [("alert", "held", ""), ("follow_up", "held", "")]
    assert await world.claim() == []
    assert await world.drifted() == []
    async with world.database.read() as tx:
        (alert, _) = (await tx.outbox.story(desk.id, release)).told
    morning = world.now + timedelta(hours=TO_THE_MORNING)
    assert (alert.payload["held"], alert.held_until, alert.attempts) == ("held_quiet", morning, 0)
    world.pass_time(hours=TO_THE_MORNING)
    assert await let_go(world) == 1
    assert [type(composition) for _ in range(2) for _, composition in await deliver(world)] == [Message, FollowUp]
    assert await world.drifted() == []


async def test_urgent_words_are_told_then_too(world: World, desk: Desk) -> None:
    """With the whole text that follows."""
    await desk.choose(SubscriptionOptions(urgent="evakuer*"))
    await desk.how(NIGHTS)
    await come_out_whole(world, "Havnen evakueres", "Ny kaj")
    world.pass_time(hours=TO_THE_NIGHT)
    told = [(delivery.kind, type(said)) for _ in range(4) for delivery, said in await deliver(world)]
    alert, whole = DeliveryKind.ALERT, DeliveryKind.FOLLOW_UP
    assert told == [(alert, Message), (alert, Later), (whole, FollowUp), (whole, Later)]


async def test_a_digest_whose_time_passed_in_a_downtime_waits_for_the_morning(world: World, desk: Desk) -> None:
    """Whole, and once."""
    await desk.how(replace(NIGHTS, digest_at=time(17), whole=False))
    releases = await come_out(world, "Ny kaj", "Ny bro")
    world.pass_time(hours=TO_THE_NIGHT)
    await let_go(world)
    ((digest, said),) = await deliver(world)
    assert (digest.kind, type(said)) == (DeliveryKind.DIGEST, Later)
    assert await let_go(world) == 0
    world.pass_time(hours=TO_THE_MORNING)
    await let_go(world)
    ((again, said),) = await deliver(world)
    assert (again.id, again.digest_of, titles(said)) == (digest.id, tuple(releases), ["Ny kaj", "Ny bro"])
    assert await world.drifted() == []
    assert await world.rows("SELECT * FROM delivery WHERE state IN ('pending', 'held')") == []


async def test_the_whole_text_follows_when_the_alert_does(world: World, desk: Desk) -> None:
    """Held with it; below the alert when it leaves alone, and not at all where a digest tells of it."""
    await desk.how(DestinationOptions(whole=True))
    (release,) = (await world.add(item("x", "Ny kaj", lead="Kort.", body="Hele teksten.", published=world.now))).values()
    newsroom = (await world.feed()).newsroom.id
    async with world.database.begin() as tx:
        await owe_alerts(tx, newsroom, [(release, 1)], world.now, any_late=False)
    assert await desk.deliveries() == [("alert", "held", ""), ("follow_up", "held", "")]
    world.pass_time(hours=HOURS_TO_DIGEST)
    await let_go(world)
    ((_, alert),) = await deliver(world)
    ((_, below),) = await deliver(world)
    assert isinstance(alert, Message)
    assert isinstance(below, FollowUp)
    await come_out(world, "Ny bro", "Ny færge")
    world.pass_time(days=1)
    await let_go(world)
    told = [(await deliver(world))[0] for _ in range(3)]
    assert [delivery.kind for delivery, _ in told] == [DeliveryKind.FOLLOW_UP, DeliveryKind.FOLLOW_UP, DeliveryKind.DIGEST]
    assert [type(composition) for _, composition in told] == [Nothing, Nothing, Message]
    assert await world.drifted() == []
