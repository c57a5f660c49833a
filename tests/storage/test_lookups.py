"""Documents of releases that are to be looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.release import ReleaseId
from bot.ports import ARCHIVED, GRACE, Hint, Lookup
from storage.database import SqlDatabase
from tests.fakes.world import World, item

LEASE = timedelta(minutes=5)


async def claimed(world: World, owner: str = "one", *, archived: bool = False, limit: int = 10) -> list[Lookup]:
    """What is due, taken in hand."""
    async with world.database.begin() as tx:
        return await tx.lookups.claim(owner, world.now, LEASE, limit, archived=archived)


async def added(world: World, *titles: str, stage: int = 0) -> dict[str, int]:
    """Releases that are to be looked at, by title."""
    ids = await world.add(*(item(title, title, published=world.now) for title in titles))
    async with world.database.begin() as tx:
        await tx.lookups.add(list(ids.values()), stage, world.now)
    return {title: int(ident) for title, ident in ids.items()}


async def test_a_look_is_in_one_pair_of_hands(world: World) -> None:
    """Until its lease ends."""
    ids = await added(world, "a")
    (lookup,) = await claimed(world)
    assert (lookup.release.id, lookup.feed.newsroom.slug, lookup.stage, lookup.tries) == (ids["a"], "havnen", 0, 0)
    assert await claimed(world, "two") == []
    world.pass_time(minutes=5)
    assert len(await claimed(world, "two")) == 1


async def test_what_is_settled_is_due_again_then(world: World) -> None:
    """Or never, where there is no next look."""
    await added(world, "a")
    (lookup,) = await claimed(world)
    async with world.database.begin() as tx:
        assert await tx.lookups.settle("one", lookup, 1, world.now + timedelta(minutes=5), 2)
        assert await tx.lookups.next_due() == world.now + timedelta(minutes=5)
    assert await claimed(world) == []
    world.pass_time(minutes=5)
    (again,) = await claimed(world)
    assert (again.stage, again.tries) == (1, 2)
    async with world.database.begin() as tx:
        assert await tx.lookups.settle("one", again, None, world.now)
        assert await tx.lookups.next_due() is None


async def test_a_look_that_was_asked_for_anew_counts_no_more(world: World) -> None:
    """Also where the same process has taken it up again since."""
    ids = await added(world, "a")
    (first,) = await claimed(world)
    world.pass_time(seconds=1)
    async with world.database.begin() as tx:
        await tx.lookups.again(first.release.id, 5, world.now)
        assert not await tx.lookups.holds("one", first)
    (second,) = await claimed(world)
    assert (second.release.id, second.stage) == (ids["a"], 0)
    async with world.database.begin() as tx:
        assert not await tx.lookups.settle("one", first, None, world.now)
        assert await tx.lookups.holds("one", second)
        assert await tx.lookups.settle("one", second, None, world.now)


async def test_an_old_release_is_looked_at_by_itself(world: World) -> None:
    """After all new ones, newest first; one that its feed corrects is new again."""
    await added(world, "a", "b", "c", stage=ARCHIVED)
    assert await claimed(world) == []
    (newest,) = await claimed(world, archived=True, limit=1)
    assert newest.release.content().title == "c"
    async with world.database.begin() as tx:
        oldest = (await tx.releases.latest([newest.feed.newsroom.id], limit=9))[-1].id
        await tx.lookups.again(oldest, 5, world.now)
        assert await tx.lookups.looked_at([oldest, newest.release.id]) == {oldest}
    assert [lookup.stage for lookup in await claimed(world)] == [5]


async def test_newsrooms_that_nobody_wants_are_not_asked(world: World) -> None:
    """What waits there goes on waiting."""
    await added(world, "a")
    async with world.database.begin() as tx:
        await tx.newsrooms.withdraw_others("settings", [])
        assert await tx.lookups.next_due() is None
    assert await claimed(world) == []


async def test_alerts_wait_for_first_looks_alone(world: World) -> None:
    """And for none that has failed before."""
    first = ReleaseId((await added(world, "a"))["a"])
    second = ReleaseId((await added(world, "b", stage=1))["b"])
    async with world.database.begin() as tx:
        assert await tx.lookups.awaited([first, second]) == world.now + GRACE
        assert await tx.lookups.awaited([second]) is None
    lookups = await claimed(world)
    async with world.database.begin() as tx:
        for lookup in lookups:
            await tx.lookups.settle("one", lookup, lookup.stage, world.now, 1)
        assert await tx.lookups.awaited([first, second]) is None


async def test_a_look_that_is_asked_for_is_hinted_at(world: World, database: SqlDatabase) -> None:
    """Whoever looks does not wait for the tick."""
    heard: list[Hint] = []
    async with database.watch(heard.append):
        await added(world, "a")
    assert Hint.LOOKUPS in heard


@pytest.mark.parametrize("owner", ["one", None])
async def test_what_a_dead_process_held_is_free(world: World, owner: str | None) -> None:
    """Its own, or everybody's."""
    await added(world, "a")
    await claimed(world)
    async with world.database.begin() as tx:
        await tx.lookups.let_go(owner)
    assert len(await claimed(world, "two")) == 1
