"""Urgent words on Slack: they come in quiet hours and call whom the admin named; nothing that a newsroom writes calls anybody."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from tests.fakes.slack_api import Channel, Person
from tests.features.slack_desk import SlackDesk, Start, post


async def at_night(desk: SlackDesk, asta: Person, room: Channel) -> None:
    """Have it be quiet hours in the channel now, whatever the clock shows."""
    now = desk.bot.clock.now().astimezone(ZoneInfo("Europe/Copenhagen"))
    start, end = now - timedelta(hours=2), now + timedelta(hours=2)
    act = await asta.runs(f"/presse settings quiet:{start:%H:%M}-{end:%H:%M}", room)
    assert "Der er ro nu" in (await act.answer()).words


async def test_urgent_words_break_the_night_and_call_whom_the_admin_named(either: Start, asta: Person, room: Channel) -> None:
    """What is not urgent waits, whatever it cries; it calls nobody when it comes, either."""
    async with either() as desk:
        await (await asta.runs("/presse subscribe havnen", room)).answer()
        said = await (await asta.runs("/presse abonnement havnen urgent:evakuer* ping:@here save:yes", room)).answer()
        assert "Gemt: " in said.words
        await at_night(desk, asta, room)
        calm = await desk.publish(1, "<!channel> @here Ny kaj <@U0EVIL>")
        await desk.publish(2, "Havnen evakueres <!everyone>")
        alert = await post(room, "Havnen evakueres")
        assert alert.pings == ["@here"]
        here = await desk.destination(room)
        assert here is not None
        async with desk.bot.database.read() as tx:
            (told,) = (await tx.outbox.story(here.id, calm)).told
        assert (told.state, told.payload["held"]) == ("held", "held_quiet")
        act = await asta.runs("/presse settings quiet:off", room)
        await act.answer()
        late = await post(room, "Ny kaj")
        assert late.pings == []


async def test_people_are_named_as_slack_writes_them_in_a_command(either: Start, asta: Person, birk: Person, room: Channel) -> None:
    """With their ids, since the manifest asks for that; and they are called."""
    async with either() as desk:
        await (await asta.runs("/presse subscribe havnen", room)).answer()
        line = f"/presse abonnement havnen urgent:evakuer* ping:<@{birk.id}|birk.lund> save:yes"
        assert "Gemt: " in (await (await asta.runs(line, room)).answer()).words
        await desk.publish(1, "Havnen evakueres")
        assert (await post(room, "Havnen evakueres")).pings == [birk.id]
