"""A jump of the clock that all go by: who had something keeps it, who had not does not, and nothing waits an hour more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from bot.ports import Hint
from storage.database import SqlDatabase
from storage.leap import LEASE
from storage.models import AccountRow, FeedRow, LaneRow, LeaseRow, WorkerRow
from tests.fakes.world import NOW, World

HOUR = timedelta(hours=1)
SOON = timedelta(seconds=15)


async def lay_out(database: SqlDatabase) -> World:
    """An account with a lane and a feed, all in somebody's hands; a lease that was good, and one that was not."""
    world = World(database)
    await world.desk()
    await world.feed()
    await world.own()
    async with database.begin() as tx:
        for name, until in (("good", NOW + SOON), ("ended", NOW - SOON)):
            await tx.connection.execute(insert(LeaseRow).values(name=name, owner=name, until=until))
        for owner, seen in (("lives", NOW - SOON), ("dead", NOW - 2 * LEASE)):
            await tx.connection.execute(
                insert(WorkerRow).values(owner=owner, roles=[], place="here", version="1", started_at=NOW - HOUR, seen_at=seen)
            )
        await tx.connection.execute(update(AccountRow).values(lease_until=NOW + SOON, blocked_until=NOW + SOON))
        await tx.connection.execute(update(FeedRow).values(owner="lives", lease_until=NOW + SOON, due_at=NOW + SOON))
        await tx.connection.execute(update(LaneRow).values(due_at=NOW + SOON))
    return world


def some(time: datetime | None) -> datetime:
    """One that is there."""
    assert time is not None
    return time


async def times(database: SqlDatabase) -> dict[str, datetime | None]:
    """What stands in the database."""
    async with database.read() as tx:
        ask = tx.connection.execute
        found: dict[str, datetime | None] = {name: until for name, until in await ask(select(LeaseRow.name, LeaseRow.until))}  # noqa: C416
        found |= {owner: seen for owner, seen in await ask(select(WorkerRow.owner, WorkerRow.seen_at))}  # noqa: C416
        for name, column in {
            "account": AccountRow.lease_until,
            "blocked": AccountRow.blocked_until,
            "feed": FeedRow.lease_until,
            "feed due": FeedRow.due_at,
            "lane due": LaneRow.due_at,
        }.items():
            found[name] = (await ask(select(column))).scalar_one()
        return found


NOTICED = timedelta(seconds=3)
"""So much later another process notices the jump, which then changes next to nothing."""


async def test_forward_a_lease_that_was_good_gets_its_term_anew(database: SqlDatabase) -> None:
    """One that was not does not; and who lives, lives."""
    await lay_out(database)
    after = NOW + HOUR
    for moment in (NOW, NOW + NOTICED):
        await database.leap(moment, moment + HOUR)
    found = await times(database)
    for name in ("good", "account", "feed"):
        assert after + LEASE <= some(found[name]) <= after + LEASE + NOTICED
    assert some(found["ended"]) <= after
    assert some(found["lives"]) >= after
    assert some(found["dead"]) <= after - LEASE


async def test_back_leases_are_as_good_as_they_were_until_all_have_noticed(database: SqlDatabase) -> None:
    """By the old clock, which others still go by; then no lease is longer than its term. One that had ended is no good again."""
    await lay_out(database)
    after = NOW - HOUR
    for moment in (NOW, NOW + NOTICED):
        await database.leap(moment, moment - HOUR)
    found = await times(database)
    assert {found[name] for name in ("good", "account", "feed")} == {NOW + SOON}
    assert some(found["ended"]) <= after + NOTICED
    assert some(found["dead"]) <= after + NOTICED - LEASE
    assert found["lives"] == NOW - SOON
    await database.catch_up(NOW, after, all_noticed=False)
    assert (await times(database))["account"] == NOW + SOON
    await database.catch_up(NOW, after, all_noticed=True)
    found = await times(database)
    assert {found[name] for name in ("good", "account", "feed")} == {after + LEASE}


async def test_after_a_jump_back_who_subscribed_before_hears_of_what_comes(database: SqlDatabase) -> None:
    """A subscription of a moment ago is not one of the future; nor is a mute."""
    world = await lay_out(database)
    newsroom = (await world.feed()).newsroom
    async with database.begin() as tx:
        desk = await tx.destinations.find(world.address())
        assert desk is not None
        await tx.destinations.subscribe(desk.id, None, by="test", now=NOW)
    await database.leap(NOW, NOW - HOUR)
    async with database.read() as tx:
        assert len(await tx.outbox.audience(newsroom.id, at=NOW - HOUR)) == 1


async def test_after_a_jump_back_nothing_waits_for_an_hour(database: SqlDatabase) -> None:
    """Feeds, lanes and a blocked account are tried at once, and all who wait for them are told."""
    await lay_out(database)
    heard: list[Hint] = []
    async with database.watch(heard.append):
        await database.leap(NOW, NOW - HOUR)
    found = await times(database)
    assert (found["feed due"], found["lane due"], found["blocked"]) == (NOW - HOUR,) * 3
    assert {Hint.LANES, Hint.FEEDS} <= set(heard)


async def test_what_was_on_its_way_by_the_old_clock_is_caught_up_with(database: SqlDatabase) -> None:
    """A poll that ended before the jump and is written down after it; what waits by the new clock is left to wait."""
    await lay_out(database)
    await database.leap(NOW, NOW - HOUR)
    async with database.begin() as tx:
        await tx.connection.execute(update(FeedRow).values(due_at=NOW - NOTICED))
        await tx.connection.execute(update(LaneRow).values(due_at=NOW - HOUR + SOON))
    now = NOW - HOUR + NOTICED
    await database.catch_up(NOW, now, all_noticed=False)
    found = await times(database)
    assert (found["feed due"], found["lane due"]) == (now, NOW - HOUR + SOON)


async def test_after_a_jump_forward_what_waits_is_due_by_itself(database: SqlDatabase) -> None:
    """Nothing needs to be changed."""
    await lay_out(database)
    await database.leap(NOW, NOW + HOUR)
    found = await times(database)
    assert (found["feed due"], found["lane due"], found["blocked"]) == (NOW + SOON,) * 3


async def test_whoever_has_not_noticed_the_jump_makes_no_lease_shorter(database: SqlDatabase) -> None:
    """The owner of an account renews by the old clock, and keeps what the new one gave it."""
    world = await lay_out(database)
    await database.leap(NOW, NOW + HOUR)
    account = await world.account()
    async with database.begin() as tx:
        assert await tx.outbox.own(account, world.owner, NOW + timedelta(seconds=1), LEASE)
        assert await tx.leases.take("good", "good", NOW + timedelta(seconds=1), LEASE)
        assert not await tx.outbox.own(account, "another", NOW + HOUR + SOON, LEASE)
        assert not await tx.leases.take("good", "another", NOW + HOUR + SOON, LEASE)
