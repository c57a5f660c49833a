"""Alerts that wait a moment for their release's document."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from bot.alerts.fanout import AT_ONCE, owe_alerts, work_off
from bot.domain.delivery import Sent
from bot.domain.release import ReleaseId
from bot.domain.subscription import ConversationKind
from bot.ports import GRACE
from storage.models import LaneRow
from tests.fakes.world import World


async def told(world: World, *, looks: bool = True) -> ReleaseId:
    """A release that everybody who subscribes is to be told of, its document to be looked at first."""
    release = await world.release()
    async with world.database.begin() as tx:
        if looks:
            await tx.lookups.add([release], 0, world.now)
        await owe_alerts(tx, (await tx.newsrooms.offered())[0].id, [(release, 1)], world.now, any_late=False)
    return release


async def hurry(world: World, release: ReleaseId) -> None:
    """The document has come."""
    async with world.database.begin() as tx:
        await tx.outbox.hurry(release, world.now)


async def is_out(world: World, release: ReleaseId) -> bool:
    """Whether an alert is out."""
    async with world.database.begin() as tx:
        return await tx.outbox.is_out(release)


async def test_an_alert_waits_two_seconds_and_no_longer(world: World) -> None:
    """If nobody says that the document has come."""
    desk = await world.desk()
    await world.subscribe(desk)
    await told(world)
    assert await world.claim() == []
    world.now += GRACE
    assert len(await world.claim()) == 1
    assert await world.drifted() == []


async def test_an_alert_goes_once_the_document_has_come(world: World) -> None:
    """At once, and to everybody."""
    for name in ("a", "b"):
        await world.subscribe(await world.desk(name))
    release = await told(world)
    assert not await is_out(world, release)
    await hurry(world, release)
    deliveries = await world.claim()
    assert len(deliveries) == 2
    assert await is_out(world, release)
    await world.settle(deliveries[0], Sent("1"))
    assert await is_out(world, release)
    assert await world.drifted() == []


async def test_what_has_no_document_does_not_wait(world: World) -> None:
    """Nor does what is owed besides."""
    desk = await world.desk()
    await world.subscribe(desk)
    await told(world, looks=False)
    assert len(await world.claim()) == 1


async def test_what_waits_for_something_else_is_not_hurried(world: World) -> None:
    """A lane that is to be tried again in a minute is tried in a minute."""
    desk = await world.desk()
    await world.subscribe(desk)
    release = await told(world)
    async with world.database.begin() as tx:
        await tx.connection.execute(update(LaneRow).values(due_at=world.now + timedelta(minutes=1)))
    await hurry(world, release)
    assert await world.claim() == []


async def test_a_large_audience_waits_too(world: World) -> None:
    """A fan-out that is worked off in chunks gives the document the same time."""
    async with world.database.begin() as tx:
        for number in range(AT_ONCE + 1):
            desk = (
                await tx.destinations.ensure(
                    world.address(str(number)),
                    kind=ConversationKind.GROUP,
                    title="",
                    language="da",
                    timezone="Europe/Copenhagen",
                    now=world.now,
                )
            ).id
            await tx.destinations.subscribe(desk, None, by="test", now=world.now)
    release = await told(world)
    async with world.database.begin() as tx:
        assert await work_off(tx, world.now)
    assert await world.claim() == []
    await hurry(world, release)
    assert len(await world.claim(limit=5)) == 5
