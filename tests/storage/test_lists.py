"""The numbered lists that people were shown."""

from __future__ import annotations

from datetime import timedelta

from bot.ports import Actor
from tests.fakes.world import NOW, World

HOUR = timedelta(hours=1)
ASTA, BIRK = Actor("test", "bot", "7"), Actor("test", "bot", "8")


async def test_a_number_means_what_this_person_was_shown_here(world: World) -> None:
    """Another person, another place or another number names nothing."""
    first, second = await world.release(), await world.release()
    here, there = world.address("desk"), world.address("desk", "7")
    async with world.database.begin() as tx:
        await tx.lists.keep(ASTA, here, 1, [first, second], NOW)
        assert await tx.lists.entry(ASTA, here, 2, NOW - HOUR) == second
        assert await tx.lists.entry(BIRK, here, 2, NOW - HOUR) is None
        assert await tx.lists.entry(ASTA, there, 2, NOW - HOUR) is None
        assert await tx.lists.entry(ASTA, here, 3, NOW - HOUR) is None
        assert await tx.lists.entry(ASTA, here, 2, NOW + HOUR) is None, "it was shown too long ago"


async def test_a_new_list_replaces_and_a_further_page_adds(world: World) -> None:
    """Page two goes on counting; a page seen again is the same; a shorter list leaves nothing of the longer."""
    one, two, three = [await world.release() for _ in range(3)]
    here = world.address()
    async with world.database.begin() as tx:
        await tx.lists.keep(ASTA, here, 1, [one, two], NOW)
        await tx.lists.keep(ASTA, here, 3, [three], NOW)
        await tx.lists.keep(ASTA, here, 3, [three], NOW)
        assert [await tx.lists.entry(ASTA, here, n, NOW) for n in (1, 2, 3)] == [one, two, three]
        await tx.lists.keep(ASTA, here, 1, [three], NOW)
        assert [await tx.lists.entry(ASTA, here, n, NOW) for n in (1, 2, 3)] == [three, None, None]
        await tx.lists.keep(ASTA, here, 1, [], NOW)
        assert await tx.lists.entry(ASTA, here, 1, NOW) is None
