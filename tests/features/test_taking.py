"""“I take it”: the button under an alert, and who it says has the story."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.domain.release import ReleaseId
from tests.fakes.feeds import Item, ago
from tests.features.conftest import Journey, Start
from tests.features.test_alerts import primed


async def until(holds: Callable[[], bool], limit: float = 10.0) -> None:
    """Until it holds."""
    async with asyncio.timeout(limit):
        while not holds():
            await asyncio.sleep(0.02)


async def alerted(journey: Journey, *desks: str) -> ReleaseId:
    """An alert stands in conversations."""
    journey.newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=2)))
    await primed(journey)
    journey.newsroom.publish(Item(2, "Havnen giver 40 mio. kr.", published=ago(minutes=2)))
    await journey.chat.wait_for(len(desks))
    async with journey.bot.database.read() as tx:
        (release,) = await tx.releases.latest([each.id for each in await tx.newsrooms.all()], limit=1)
    async with asyncio.timeout(10):
        while await kept(journey, release.id) < len(desks):
            await asyncio.sleep(0.02)
    return release.id


async def kept(journey: Journey, release: ReleaseId) -> int:
    """How many posts are written down that show a release."""
    async with journey.bot.database.read() as tx:
        destinations = await tx.forgetting.known("test")
        return sum([len(await tx.outbox.posts(each.id, release)) for each in destinations])


async def test_who_takes_a_story_stands_on_every_alert_that_shows_it(journey: Start) -> None:
    """Where conversations are linked; a correction keeps it, a restart too, and pressing again gives it back."""
    async with journey() as j:
        await j.subscribe("desk", "other", "quiet")
        await j.adapter.hear("/link other", conversation="desk")
        release = await alerted(j, "desk", "other", "quiet")
        said = await j.adapter.hear(f"/take {release}", who="boss")
        assert said.private
        for desk in ("desk", "other"):
            await until(lambda desk=desk: "boss har historien" in j.chat.posts(desk)[0].text)  # type: ignore[misc]
        j.newsroom.item(2).title = "Havnen giver 45 mio. kr."
        j.newsroom.serve()
        await until(lambda: all("45 mio" in j.chat.posts(desk)[0].text for desk in ("desk", "other", "quiet")))
        assert "boss har historien" in j.chat.posts("other")[0].text
        assert "har historien" not in j.chat.posts("quiet")[0].text
    async with journey() as j:
        taken = await j.adapter.hear(f"/take {release}", conversation="other", who="reader")
        assert "boss har historien" in taken.card.summary
        await j.adapter.hear(f"/take {release} over", conversation="other", who="reader")
        await until(lambda: "reader har historien" in j.chat.posts("desk")[0].text)
        await j.adapter.hear(f"/take {release}", who="reader")
        await until(lambda: all("har historien" not in j.chat.posts(desk)[0].text for desk in ("desk", "other")))
        posted = sum(len(j.chat.posts(desk)) for desk in ("desk", "other", "quiet"))
        assert posted == 6, "three alerts and three words on the correction: who takes it is an edit"


async def test_without_a_link_each_conversation_has_its_own(journey: Start) -> None:
    """A bot is in groups that have nothing to do with each other. After a link what each has stays until somebody takes it over."""
    async with journey() as j:
        await j.subscribe("desk", "other")
        for desk in ("desk", "other"):
            await j.adapter.hear("/settings takers:on", conversation=desk)
        release = await alerted(j, "desk", "other")
        for desk, who in (("desk", "boss"), ("other", "reader")):
            await j.adapter.hear(f"/take {release}", conversation=desk, who=who)
            await until(lambda desk=desk, who=who: f"{who} har historien" in j.chat.posts(desk)[0].text)  # type: ignore[misc]
        assert "reader" not in j.chat.posts("desk")[0].text
        await j.adapter.hear("/link other", conversation="desk")
        held = await j.adapter.hear(f"/take {release}", conversation="desk", who="reader")
        assert "boss har historien" in held.card.summary
        await j.adapter.hear(f"/take {release}", conversation="desk", who="boss")
        await until(lambda: "har historien" not in j.chat.posts("desk")[0].text)
        assert "reader har historien" in j.chat.posts("other")[0].text
        for _ in range(2):  # who presses twice does not let go of it
            over = await j.adapter.hear(f"/take {release} over", conversation="desk", who="boss")
            assert over.card.summary.startswith("Du har historien.")
        await until(lambda: all("boss har historien" in j.chat.posts(desk)[0].text for desk in ("desk", "other")))


async def test_where_corrections_are_ignored_the_alert_stays_as_it_was_read(journey: Start) -> None:
    """Who takes the story is shown all the same."""
    async with journey() as j:
        await j.subscribe("desk", "told")
        await j.adapter.hear("/settings takers:on corrections:ignore", conversation="desk")
        release = await alerted(j, "desk", "told")
        j.newsroom.item(2).title = "Havnen giver 45 mio. kr."
        j.newsroom.serve()
        await until(lambda: "45 mio" in j.chat.posts("told")[0].text)
        await j.adapter.hear(f"/take {release}", who="boss")
        await until(lambda: "boss har historien" in j.chat.posts("desk")[0].text)
        text = j.chat.posts("desk")[0].text
        assert "40 mio" in text
        assert "45 mio" not in text
        assert "RETTET" not in text


async def test_it_is_off_until_somebody_asks_for_it(journey: Start) -> None:
    """Nothing is taken where nobody would see it, nor what does not stand there."""
    async with journey() as j:
        await j.subscribe("desk")
        release = await alerted(j, "desk")
        assert "vises ikke her" in (await j.adapter.hear(f"/take {release}")).card.summary
        assert "Jeg tager den" not in j.chat.posts("desk")[0].text
        for line in (f"/take {release}", f"/take {release + 1}", "/take", "/take -1", "/take x over"):
            await j.adapter.hear(line, conversation="elsewhere")
        async with j.bot.database.read() as tx:
            assert await tx.takers.of([release]) == []
