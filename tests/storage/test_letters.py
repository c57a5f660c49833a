"""Dead letters: tried anew in their old order, or let be; and how the outbox stands for each account."""

from __future__ import annotations

from sqlalchemy import text

from bot.alerts.retry import GIVE_UP_AFTER
from bot.domain.delivery import DeliveryId, DeliveryKind, Refused, RetryLater, Sent
from bot.domain.subscription import DestinationId
from bot.ports import AccountHealth, Hint
from tests.fakes.world import NOW, World, ids


async def retry(world: World, *letters: DeliveryId, every: bool = False) -> list[DeliveryId]:
    """Have an operator try dead letters anew."""
    async with world.database.begin() as tx:
        return await tx.outbox.retry(None if every else letters, world.now)


async def drop(world: World, *letters: DeliveryId, every: bool = False) -> list[DeliveryId]:
    """Have an operator let dead letters be."""
    async with world.database.begin() as tx:
        return await tx.outbox.drop(None if every else letters, world.now)


async def refuse(world: World, count: int = 1) -> list[DeliveryId]:
    """The platform refuses so many deliveries."""
    refused: list[DeliveryId] = []
    for _ in range(count):
        (delivery,) = await world.claim(1)
        await world.settle(delivery, Refused("not allowed"))
        refused.append(delivery.id)
    return refused


async def dead(world: World) -> list[DeliveryId]:
    """What was given up, newest first."""
    async with world.database.read() as tx:
        return [letter.id for letter in await tx.outbox.dead_letters(100)]


async def deliver(world: World, times: int) -> list[DeliveryId]:
    """The next deliveries in the order in which they go out."""
    sent: list[DeliveryId] = []
    for number in range(times):
        (delivery,) = await world.claim(1)
        await world.settle(delivery, Sent(str(number)))
        sent.append(delivery.id)
    return sent


async def test_a_dead_letter_is_tried_anew(world: World) -> None:
    """At once, and it is no dead letter any more; who waits for lanes is told."""
    desk = await world.desk()
    await world.owe(desk, await world.release())
    (letter,) = await refuse(world)
    assert (await world.claim(), await dead(world)) == ([], [letter])
    hints: list[Hint] = []
    async with world.database.watch(hints.append):
        assert await retry(world, letter) == [letter]
    assert Hint.LANES in hints
    assert (await dead(world), await world.drifted()) == ([], [])
    (delivery,) = await world.claim()
    assert (delivery.id, delivery.attempts) == (letter, 0)
    assert await world.settle(delivery, Sent("1"))
    assert (await world.states(desk), await world.drifted()) == (["sent"], [])


async def test_only_dead_letters_are_tried_anew(world: World) -> None:
    """Not what is pending, in hand, sent or unknown, and not twice."""
    desk = await world.desk()
    await world.owe(desk, await world.release(), await world.release(), await world.release())
    (letter,) = await refuse(world)
    (sent,) = await deliver(world, 1)
    (in_hand,) = await world.claim()
    assert await retry(world, letter, sent, in_hand.id, DeliveryId(999)) == [letter]
    assert await retry(world, letter) == []
    assert await retry(world, every=True) == []
    assert await world.drifted() == []
    assert await world.settle(in_hand, Sent("2")), "what is in hand stays there"
    assert await deliver(world, 1) == [letter]


async def test_the_old_order_holds(world: World) -> None:
    """What was owed first goes out first, alerts before corrections."""
    desk, first, second = await world.desk(), await world.release(), await world.release()
    await world.owe(desk, first, second)
    one, two = await refuse(world, 2)
    await world.owe(desk, first, kind=DeliveryKind.CORRECTION, revision=2)
    await world.owe(desk, await world.release())
    await retry(world, two)
    await retry(world, one)
    rows = await world.rows("SELECT id FROM delivery WHERE id > :two ORDER BY id", two=two)
    correction, third = (DeliveryId(int(str(ident))) for (ident,) in rows)
    assert await deliver(world, 4) == [one, two, third, correction]


async def test_it_has_all_the_time_there_is(world: World) -> None:
    """What was tried for 48 hours is not given up again at the second try."""
    desk = await world.desk()
    await world.owe(desk, await world.release())
    (delivery,) = await world.claim()
    await world.settle(delivery, RetryLater("busy"))
    world.pass_time(hours=49)
    (delivery,) = await world.claim()
    await world.settle(delivery, RetryLater("busy"))
    assert await dead(world) == [delivery.id]
    await retry(world, every=True)
    for _ in range(3):
        (delivery,) = await world.claim()
        await world.settle(delivery, RetryLater("busy"))
        world.pass_time(hours=1)
    assert await dead(world) == []
    world.now += GIVE_UP_AFTER
    (delivery,) = await world.claim()
    await world.settle(delivery, RetryLater("busy"))
    assert await dead(world) == [delivery.id]


async def test_where_the_destination_is_paused_it_waits(world: World) -> None:
    """It is pending, and goes out once the destination is resumed."""
    desk = await world.desk()
    await world.owe(desk, await world.release())
    (letter,) = await refuse(world)
    async with world.database.begin() as tx:
        await tx.destinations.pause(world.address(), "kicked", world.now)
    await retry(world, letter)
    assert (await world.claim(), await world.drifted()) == ([], [])
    async with world.database.begin() as tx:
        await tx.destinations.resume(world.address(), world.now)
    assert ids(await world.claim()) == [letter]


async def late_digest(world: World) -> tuple[DestinationId, list[DeliveryId]]:
    """A digest of late finds that was refused, and all that died with it."""
    desk = await world.desk()
    releases = [await world.release(f"Sag {n}", late=True) for n in range(6)]
    await world.owe(desk, *releases)
    async with world.database.begin() as tx:
        assert await tx.outbox.fold_late([desk], world.now) == 1
    (digest,) = await world.claim()
    await world.settle(digest, Refused("too long"))
    letters = await dead(world)
    assert len(letters) == 7
    return desk, letters


async def test_what_died_with_a_digest_is_in_it_again(world: World) -> None:
    """One message of six releases, not seven messages."""
    _, letters = await late_digest(world)
    assert sorted(await retry(world, every=True)) == sorted(letters)
    assert await world.drifted() == []
    (digest,) = await world.claim()
    assert (digest.kind, len(digest.digest_of)) == (DeliveryKind.DIGEST, 6)
    await world.settle(digest, Sent("1"))
    assert (await dead(world), await world.claim(), await world.drifted()) == ([], [], [])


async def test_a_digest_alone_brings_what_died_with_it(world: World) -> None:
    """An operator needs to name the digest only."""
    desk, letters = await late_digest(world)
    digest = max(letters)
    assert await retry(world, digest) == [digest]
    assert await dead(world) == []
    (claimed,) = await world.claim()
    assert len(claimed.digest_of) == 6
    assert await world.drifted() == []
    assert set(await world.states(desk)) == {"held", "pending"}


async def test_what_died_with_a_digest_may_go_out_by_itself(world: World) -> None:
    """Where the digest is left dead."""
    _, letters = await late_digest(world)
    one = min(letters)
    await retry(world, one)
    assert ids(await world.claim()) == [one]
    assert await world.drifted() == []
    digest = max(letters)
    await retry(world, digest)
    async with world.database.read() as tx:
        assert await tx.outbox.dead_letters(10) == []


async def test_a_dead_letter_is_dropped(world: World) -> None:
    """It is listed no more and never sent; the same is not owed again."""
    desk, release = await world.desk(), await world.release()
    await world.owe(desk, release, await world.release())
    one, two = await refuse(world, 2)
    assert await drop(world, one, DeliveryId(999)) == [one]
    assert await dead(world) == [two]
    assert await drop(world, every=True) == [two]
    assert await world.states(desk) == ["skipped", "skipped"]
    assert await retry(world, one, two) == []
    assert await world.owe(desk, release) == 0
    assert (await world.claim(), await world.drifted()) == ([], [])


async def test_a_digest_is_dropped_with_what_died_with_it(world: World) -> None:
    """Nothing of it is left in the list."""
    _, letters = await late_digest(world)
    await drop(world, max(letters))
    assert await dead(world) == []


async def test_thousands_at_once(world: World) -> None:
    """More than one statement may name."""
    desk = await world.desk()
    releases = [await world.release(f"Sag {n}") for n in range(3)]
    for kind in (DeliveryKind.ALERT, DeliveryKind.CORRECTION):
        for revision in range(1, 201):
            await world.owe(desk, *releases, kind=kind, revision=revision)
    async with world.database.begin() as tx:
        await tx.connection.execute(text("UPDATE delivery SET state = 'dead', done_at = created_at"))
        await tx.connection.execute(text("UPDATE lane SET pending = 0, due_at = NULL"))
    assert len(await retry(world, every=True)) == 1200
    assert (await dead(world), await world.drifted()) == ([], [])


async def test_each_account_for_itself(world: World) -> None:
    """What is pending, held and dead; an account that is owed nothing is left out."""
    desk = await world.desk()
    await world.owe(desk, await world.release(), await world.release(), await world.release())
    await refuse(world)
    await deliver(world, 1)
    async with world.database.begin() as tx:
        await tx.outbox.register("test", "other")
    async with world.database.read() as tx:
        assert await tx.outbox.by_account() == [AccountHealth("test", "bot", 1, 0, 1, NOW)]
