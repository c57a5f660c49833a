"""What follows on an alert: owed with the correction, after it in its lane; and what the readers of a post know of."""

from __future__ import annotations

import pytest

from bot.alerts import fanout
from bot.alerts.fanout import owe_corrections, work_off
from bot.alerts.retry import settlement
from bot.domain.delivery import Delivery, DeliveryKind, Post, PostGone, Sent
from bot.domain.release import Content, ReleaseId
from bot.domain.subscription import DestinationId
from tests.fakes.world import World


async def stands(world: World, count: int = 1) -> tuple[ReleaseId, list[DestinationId]]:
    """A release, and as many desks in which the alert about it stands."""
    release = await world.release()
    desks = [await world.desk(f"desk-{n}") for n in range(count)]
    for desk in desks:
        await world.owe(desk, release)
    for delivery in await world.claim(count):
        await world.settle(delivery, Sent(f"alert-{delivery.id}"))
    return release, desks


async def corrected(world: World, release: ReleaseId, revision: int = 2, *, tell: bool = True) -> None:
    """Owe a correction."""
    newsroom = (await world.feed()).newsroom.id
    async with world.database.begin() as tx:
        await owe_corrections(tx, newsroom, [(release, revision)], world.now, told={release} if tell else set())


async def dealt_out(world: World) -> None:
    """Work off what fan-outs there are."""
    for _ in range(10):
        async with world.database.begin() as tx:
            await work_off(tx, world.now)


async def shown(world: World, desk: DestinationId, release: ReleaseId) -> list[Post]:
    """The posts of a desk that show a release."""
    async with world.database.read() as tx:
        return await tx.outbox.posts(desk, release)


async def told(world: World, delivery: Delivery, release: ReleaseId, revision: int) -> None:
    """Settle a follow-up that was sent."""
    settled = settlement(delivery, Sent("follow-up"), world.now, told=((release, revision),))
    async with world.database.begin() as tx:
        assert await tx.outbox.settle(world.owner, [settled]) == [True]


@pytest.mark.parametrize("way", ["at once", "by cursor"])
async def test_a_follow_up_is_owed_with_the_correction_and_comes_after_it(
    world: World, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """At every desk where the alert stands, once however often it is owed; a quiet correction owes none."""
    if way == "by cursor":
        monkeypatch.setattr(fanout, "AT_ONCE", 2)
    release, desks = await stands(world, 5)
    for _ in range(2):
        await corrected(world, release)
        await dealt_out(world)
    for kind in (DeliveryKind.CORRECTION, DeliveryKind.FOLLOW_UP):
        deliveries = await world.claim()
        assert {(d.destination.id, d.kind, d.revision) for d in deliveries} == {(desk, kind, 2) for desk in desks}
        assert [d.payload for d in deliveries] == [{"more": "changes"}] * 5
        for delivery in deliveries:
            await world.settle(delivery, Sent(""), edited=(await shown(world, delivery.destination.id, release))[0].id)
    assert await world.claim() == []
    await corrected(world, release, 3, tell=False)
    await dealt_out(world)
    assert [(d.kind, d.payload) for d in await world.claim()] == [(DeliveryKind.CORRECTION, {})] * 5
    assert await world.drifted() == []


async def test_a_later_correction_goes_before_what_the_former_made_us_owe(world: World) -> None:
    """The post is right before anybody is told; a new alert goes before both."""
    release, (desk,) = await stands(world)
    await corrected(world, release, 2)
    await corrected(world, release, 3)
    await world.owe(desk, await world.release("Nyt"))
    order = []
    for _ in range(5):
        (delivery,) = await world.claim()
        order.append((delivery.kind.value, delivery.revision))
        await world.settle(delivery, Sent("new" if delivery.kind is DeliveryKind.ALERT else ""))
    assert order == [("alert", 1), ("correction", 2), ("correction", 3), ("follow_up", 2), ("follow_up", 3)]


async def test_an_edit_alone_tells_nobody(world: World) -> None:
    """The post shows the new revision; its readers know of the old one until a follow-up, no post of the release, was sent."""
    release, (desk,) = await stands(world)
    await corrected(world, release)
    (before,) = await shown(world, desk, release)
    (correction,) = await world.claim()
    await world.settle(correction, Sent(before.reference), shows=((release, 2),), edited=before.id)
    (post,) = await shown(world, desk, release)
    assert (post.shows, post.told) == (((release, 2),), ((release, 1),))
    (follow_up,) = await world.claim()
    await told(world, follow_up, release, 2)
    (post,) = await shown(world, desk, release)
    assert (post.reference, post.shows, post.told) == (before.reference, ((release, 2),), ((release, 2),))


async def test_a_follow_up_is_about_the_release_of_its_alert(world: World) -> None:
    """Though its post shows none; a message that is none of ours is about nothing."""
    release, (desk,) = await stands(world)
    await corrected(world, release)
    (alert,) = await shown(world, desk, release)
    (correction,) = await world.claim()
    await world.settle(correction, Sent(), edited=alert.id, shows=((release, 2),))
    (follow_up,) = await world.claim()
    await told(world, follow_up, release, 2)
    async with world.database.read() as tx:
        for reference, expected in ((alert.reference, [release]), ("follow-up", [release]), ("m-99", [])):
            assert await tx.outbox.about(alert.address, reference) == expected


async def test_a_post_that_is_gone_shows_nothing_any_more(world: World) -> None:
    """A later correction finds it nowhere; its reference can still be looked up."""
    release, (desk,) = await stands(world)
    await corrected(world, release)
    (before,) = await shown(world, desk, release)
    (correction,) = await world.claim()
    await world.settle(correction, PostGone("deleted"), edited=before.id)
    assert await shown(world, desk, release) == []
    async with world.database.read() as tx:
        post = await tx.outbox.post(before.address, before.reference)
    assert post is not None
    assert (post.id, post.shows, post.told) == (before.id, (), ())


async def test_a_quiet_correction_raises_the_revision_and_is_no_correction_to_readers(world: World) -> None:
    """What was said before is kept as with any other."""
    release = await world.release("Ny kaj")
    world.pass_time(minutes=1)
    async with world.database.begin() as tx:
        content = Content("NY KAJ", language="da")
        assert await tx.releases.revise(release, content, now=world.now, correction=True, quiet=True) == 2
        quiet = await tx.releases.get(release)
        assert await tx.releases.revise(release, Content("Nyt bolværk", language="da"), now=world.now, correction=True) == 3
        loud = await tx.releases.get(release)
        former = await tx.releases.revisions(release)
    assert quiet is not None
    assert loud is not None
    assert (quiet.revision, quiet.corrected_at, loud.revision, loud.corrected_at) == (2, None, 3, world.now)
    assert [(number, content.title) for number, content in former] == [(1, "Ny kaj"), (2, "NY KAJ")]
