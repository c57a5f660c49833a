"""Journeys on Slack: what operators do for everybody, in a workspace or in all of them."""

from __future__ import annotations

from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.features.slack_desk import Start, post, until


async def test_a_platform_is_paused_and_what_waited_comes(
    desk: Start, api: SlackApi, asta: Person, birk: Person, room: Channel
) -> None:
    """Nothing is sent meanwhile, commands are answered, others may not; one press and it goes on, in order."""
    async with desk(PRESSEVAGT_OPERATORS=f"slack:{api.workspace.id}/{birk.id}") as bot:
        await bot.subscribe(asta, room)
        assert "Det kan kun bottens driftsansvarlige." in (await (await asta.runs("/presse pause slack", room)).answer()).words
        act = await birk.runs(f"/presse pause slack {api.workspace.id}", room)
        paused = await act.answer()
        assert f"Slack {api.workspace.id} er sat på pause" in paused.words
        assert paused.to is birk.user
        for number, title in enumerate(("Kajen åbner", "Kajen lukker")):
            await bot.publish(number, title)
        status = await (await birk.runs("/presse status", room)).answer()
        assert f"På pause: Slack {api.workspace.id}" in " ".join(status.words.split())
        assert not [one for one in room.posts if "Kajen" in one.words]
        await birk.presses(paused, f"Genoptag Slack {api.workspace.id}")
        await post(room, "Kajen lukker")
        titles = [title for one in room.posts for title in ("Kajen åbner", "Kajen lukker") if title in one.words]
        assert titles == ["Kajen åbner", "Kajen lukker"]


async def test_a_broadcast_reaches_everybody_once(desk: Start, api: SlackApi, asta: Person, birk: Person, room: Channel) -> None:
    """Shown first; as plain text that pings nobody; a second press sends nothing more."""
    async with desk(PRESSEVAGT_OPERATORS=f"slack:{api.workspace.id}/{birk.id}") as bot:
        await bot.subscribe(asta, room)
        await bot.subscribe(asta)
        act = await birk.runs("/presse fællesbesked Ingen varsler i nat <!channel> *nu*", room)
        shown = await act.answer()
        assert "Samtaler: 2 (Slack 2)" in " ".join(shown.words.split())
        assert not [one for one in room.posts if "Ingen varsler" in one.words]
        pressed = await birk.presses(shown, "Send til 2 samtaler")
        for where in (room, asta.dm):
            told = await post(where, "Ingen varsler i nat")
            assert "Fra bottens driftsansvarlige" in told.words
            assert told.pings == []
        await pressed.answer()
        again = await (await birk.runs("/presse broadcast send 1", room)).answer()
        assert "Fællesbesked 1" in again.words
        await until(lambda: len([one for one in asta.dm.posts if "Ingen varsler i nat" in one.words]) == 1)
        assert len([one for one in room.posts if "Ingen varsler i nat" in one.words]) == 1


async def test_a_newsroom_is_offered_from_a_workspace(desk: Start, api: SlackApi, birk: Person, room: Channel) -> None:
    """By the button of the answer it is taken back."""
    async with desk(PRESSEVAGT_OPERATORS=f"slack:{api.workspace.id}/{birk.id}") as bot:
        said = await (await birk.runs("/presse tilbyd https://broen.example/feed", room)).answer()
        assert "broen.example tilbydes nu til alle." in said.words
        async with bot.bot.database.read() as tx:
            assert "broen-example-feed" in [each.slug for each in await tx.newsrooms.offered("operator")]
        gone = await (await birk.presses(said, "Fortryd")).answer()
        assert "broen.example tilbydes ikke længere." in gone.words
        async with bot.bot.database.read() as tx:
            assert await tx.newsrooms.offered("operator") == []


async def test_a_number_that_an_operator_corrects_is_corrected_in_alerts(
    desk: Start, api: SlackApi, asta: Person, birk: Person, room: Channel
) -> None:
    """In the one that stands, without a message, and in the next; and back."""
    async with desk(PRESSEVAGT_OPERATORS=f"slack:{api.workspace.id}/{birk.id}") as bot:
        await bot.subscribe(asta, room)
        await bot.publish(1, "Kajen åbner")
        alert = await post(room, "Kajen åbner")
        await bot.settled(alert)
        assert "33 11 22 33" in alert.words
        said = await (await birk.runs("/presse pin havnen pressevagten, tlf. 33 99 88 77", room)).answer()
        assert "Varslerne om 1 pressemeddelelse fra det seneste døgn bliver rettet uden lyd." in said.words
        await until(lambda: "33 99 88 77" in alert.words)
        assert "33 11 22 33" not in alert.words
        assert "RETTET" not in alert.words
        await bot.publish(2, "Kajen lukker")
        later = await post(room, "Kajen lukker")
        assert "33 99 88 77" in later.words
        assert "33 11 22 33" not in later.words
        assert [one.words for one in room.posts if one.by_bot and "Kajen" not in one.words and "33 99 88 77" in one.words] == []
        await (await birk.runs("/presse unpin havnen", room)).answer()
        await until(lambda: "33 11 22 33" in alert.words)
        await until(lambda: "33 11 22 33" in later.words)
