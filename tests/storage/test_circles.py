"""Conversations that are linked, and who takes a story in all of them: on both engines."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.domain.delivery import Sent
from bot.domain.options import DestinationOptions
from bot.domain.release import ReleaseId
from bot.domain.subscription import Address, ConversationKind, Destination
from bot.ports import Actor
from bot.retention import GRACE
from tests.fakes.world import World
from tests.storage.test_forgetting import forget

ASTA, BIRK = Actor("test", "bot", "7", "Asta Lund"), Actor("chat", "T1", "8", "Birk Lund")
DESK, ROOM, SPORT = Address("test", "bot", "desk"), Address("chat", "T1", "room"), Address("chat", "T1", "sport")
TEN = timedelta(minutes=10)


async def made(world: World, address: Address) -> Destination:
    """A conversation where it is shown who takes a story."""
    async with world.database.begin() as tx:
        found = await tx.destinations.ensure(
            address, kind=ConversationKind.GROUP, title=address.conversation, language="da", timezone="UTC", now=world.now
        )
        await tx.destinations.set_options(found.id, DestinationOptions(takers=True))
        again = await tx.destinations.find(address)
    assert again is not None
    return again


async def linked(world: World, *addresses: Address) -> list[Destination]:
    """Conversations, the first of them linked with each other one."""
    found = [await made(world, each) for each in addresses]
    async with world.database.begin() as tx:
        for each in addresses[1:]:
            await tx.circles.join(addresses[0], each, world.now)
    return found


async def seen(world: World, address: Address) -> list[str]:
    """With which conversations one is linked."""
    async with world.database.read() as tx:
        circle = await tx.circles.of(address)
    return [each.address.conversation for each in circle.others] if circle else []


class Slower(Exception):
    """Somebody has it."""


async def takes(world: World, release: ReleaseId, among: list[Address], actor: Actor) -> bool:
    """Take a story on as a command does: in all of them, or nothing is written."""
    try:
        async with world.database.begin() as tx:
            all_or_none(await tx.takers.take(release, among, actor, world.now))
    except Slower:
        return False
    return True


def all_or_none(taken: bool) -> None:
    """Raises Slower."""
    if not taken:
        raise Slower


async def test_a_circle_is_the_same_from_every_side(world: World) -> None:
    """Joining it joins all of it; leaving it leaves the rest together; the last one of it is linked with nobody."""
    await linked(world, DESK, ROOM)
    assert (await seen(world, DESK), await seen(world, ROOM), await seen(world, SPORT)) == (["room"], ["desk"], [])
    tips = Address("test", "bot", "tips")
    await linked(world, SPORT, tips)
    async with world.database.begin() as tx:
        await tx.circles.join(tips, ROOM, world.now)
        await tx.circles.join(tips, ROOM, world.now)
    assert await seen(world, DESK) == ["room", "sport", "tips"]
    async with world.database.begin() as tx:
        await tx.circles.leave(ROOM)
        await tx.circles.leave(SPORT)
    assert (await seen(world, DESK), await seen(world, tips), await seen(world, ROOM)) == (["tips"], ["desk"], [])
    async with world.database.begin() as tx:
        await tx.circles.leave(tips)
    assert await seen(world, DESK) == []


async def test_threads_belong_to_their_conversation(world: World) -> None:
    """A link of one is a link of all; the conversation itself stands for them."""
    topic = Address("test", "bot", "desk", "12")
    await made(world, topic)
    await linked(world, DESK, ROOM)
    assert (await seen(world, topic), await seen(world, ROOM)) == (["room"], ["desk"])
    async with world.database.read() as tx:
        circle = await tx.circles.of(ROOM)
    assert circle is not None
    assert circle.others[0].address == DESK


async def test_a_story_is_taken_in_all_of_them_or_in_none(world: World) -> None:
    """Where somebody has it in one, nobody else takes it in any; where it stands there, it is shown."""
    desk, _ = await linked(world, DESK, ROOM)
    release = await world.release()
    await world.owe(desk.id, release)
    (delivery,) = await world.claim()
    await world.settle(delivery, Sent("1"))
    async with world.database.begin() as tx:
        assert await tx.takers.take(release, [DESK, ROOM], ASTA, world.now)
        assert [each.id for each in await tx.takers.told(release, [DESK, ROOM])] == [desk.id]
        assert await tx.takers.told(release, [ROOM]) == []
    async with world.database.read() as tx:
        assert {(each.conversation, each.name) for each in await tx.takers.of([release])} == {
            ("desk", "Asta Lund"),
            ("room", "Asta Lund"),
        }
    assert not await takes(world, release, [ROOM, SPORT], BIRK)
    async with world.database.begin() as tx:
        await tx.takers.give_back(release, [ROOM])
        assert [each.conversation for each in await tx.takers.of([release])] == ["desk"]
        assert not await tx.takers.take(release, [Address("test", "bot", "nowhere")], BIRK, world.now)


async def test_of_many_who_take_it_at_once_one_has_it_everywhere(world: World) -> None:
    """From whichever end they come."""
    await linked(world, DESK, ROOM, SPORT)
    release = await world.release()
    heard: list[str] = []

    async def take(number: int) -> None:
        among = [DESK, ROOM, SPORT][:: 1 if number % 2 else -1]
        if await takes(world, release, among, Actor("test", "bot", str(number), f"{number}")):
            heard.append(f"{number}")

    async with asyncio.timeout(20):
        await asyncio.gather(*(take(number) for number in range(8)))
    async with world.database.read() as tx:
        takers = await tx.takers.of([release])
    assert len(heard) == 1
    assert [each.name for each in takers] == heard * 3


async def test_a_conversation_that_moves_stays_linked(world: World) -> None:
    """And shows who has what; where the new id is linked already, that holds."""
    desk, _ = await linked(world, DESK, ROOM)
    release = await world.release()
    async with world.database.begin() as tx:
        await tx.takers.take(release, [DESK, ROOM], ASTA, world.now)
        await tx.circles.give_code("AAAA-AAAA", desk.id, world.now, world.now + TEN)
        await tx.destinations.move(DESK, "moved")
        assert await tx.circles.code("AAAA-AAAA", world.now) is None
    assert await seen(world, ROOM) == ["moved"]
    async with world.database.read() as tx:
        assert {each.conversation for each in await tx.takers.of([release])} == {"moved", "room"}
    await linked(world, Address("test", "bot", "newer"), SPORT)
    async with world.database.begin() as tx:
        await tx.destinations.move(Address("test", "bot", "moved"), "newer")
    assert (await seen(world, SPORT), await seen(world, ROOM)) == (["newer"], [])


async def test_who_is_forgotten_leaves_nothing_behind(world: World) -> None:
    """A thread that is forgotten leaves its conversation linked; the conversation takes link, codes and names along."""
    topic = Address("test", "bot", "desk", "12")
    made_here = await made(world, topic)
    desk, room = await linked(world, DESK, ROOM)
    release = await world.release()
    async with world.database.begin() as tx:
        await tx.takers.take(release, [DESK, ROOM], ASTA, world.now)
        await tx.circles.give_code("AAAA-AAAA", desk.id, world.now, world.now + TEN)
        await tx.circles.give_code("BBBB-BBBB", room.id, world.now, world.now + TEN)
        assert await tx.circles.use_code("BBBB-BBBB", desk.id, ASTA)
    await forget(world, topic)
    assert await seen(world, ROOM) == ["desk"]
    await forget(world, DESK)
    assert await seen(world, ROOM) == []
    async with world.database.read() as tx:
        assert [each.conversation for each in await tx.takers.of([release])] == ["room"]
        assert [await tx.circles.code(code, world.now) for code in ("AAAA-AAAA", "BBBB-BBBB")] == [None, None]
        assert [each.id for each in await tx.destinations.known([desk.id, room.id, made_here.id])] == [room.id]


async def test_an_account_that_left_takes_its_links_along(world: World) -> None:
    """The other one is linked with nobody once it is erased."""
    await linked(world, DESK, ROOM)
    async with world.database.begin() as tx:
        await tx.forgetting.account_left("chat", "T1", world.now)
        (account,) = await tx.forgetting.left_accounts(world.now + timedelta(seconds=1))
    world.now += GRACE
    async with world.database.begin() as tx:
        await tx.forgetting.account(account, world.now)
    assert await seen(world, DESK) == []
    assert await world.rows("SELECT count(*) FROM circle") == [(1,)]


async def test_a_code_is_good_once_and_for_a_while(world: World) -> None:
    """For the conversation that used it first; giving out another makes the former one void."""
    desk, room = await made(world, DESK), await made(world, ROOM)
    sport = await made(world, SPORT)
    async with world.database.begin() as tx:
        await tx.circles.give_code("AAAA-AAAA", desk.id, world.now, world.now + TEN)
        found = await tx.circles.code("AAAA-AAAA", world.now)
        assert found is not None
        assert (found.destination.address, found.asker, found.actor) == (DESK, None, None)
        assert await tx.circles.use_code("AAAA-AAAA", room.id, BIRK)
        assert await tx.circles.use_code("AAAA-AAAA", room.id, BIRK)
        assert not await tx.circles.use_code("AAAA-AAAA", sport.id, ASTA)
        found = await tx.circles.code("AAAA-AAAA", world.now)
        assert found is not None
        assert found.asker is not None
        assert (found.asker.id, found.actor) == (room.id, BIRK)
        assert await tx.circles.code("AAAA-AAAA", world.now + TEN) is None
        assert [await tx.circles.end_code("AAAA-AAAA") for _ in range(2)] == [True, False]
        await tx.circles.give_code("BBBB-BBBB", desk.id, world.now, world.now + TEN)
        await tx.circles.give_code("CCCC-CCCC", desk.id, world.now, world.now + TEN)
        await tx.circles.give_code("DDDD-DDDD", room.id, world.now + TEN, world.now + 2 * TEN)
        assert await tx.circles.code("BBBB-BBBB", world.now) is None
    assert await world.rows("SELECT code FROM link_code") == [("DDDD-DDDD",)]


async def test_a_person_who_is_forgotten_took_nothing(world: World) -> None:
    """A story that is shown in several conversations counts once."""
    await linked(world, DESK, ROOM)
    release = await world.release()
    async with world.database.begin() as tx:
        await tx.takers.take(release, [DESK, ROOM], ASTA, world.now)
        assert (await tx.forgetting.person(str(ASTA))).stories == 1
        assert await tx.takers.of([release]) == []
