"""Files on their way: contacts and events as people get them."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.features.harbour import INVITATION
from tests.features.slack_desk import Start, desk_on, post, until


def shared(api: SlackApi, channel: Channel) -> list[tuple[str, bytes]]:
    """The files that stand in a channel, by name."""
    return [(each.name, each.body) for each in api.world.files.values() if channel.id in each.channels]


async def test_slack_shares_contacts_and_events_where_they_were_asked_for(desk: Start, api: SlackApi, asta: Person) -> None:
    """In a channel that the bot is in, for all who asked together; by a button in direct messages."""
    room = api.channel("redaktionen", creator=asta, bot=True)
    async with desk() as bot:
        ident = await bot.publish(1, "Kajen åbner", **INVITATION)
        await asta.mentions("kontakt havnen vcard", room)
        await until(lambda: shared(api, room))
        await asta.says(f"pm id:{ident}")
        await asta.presses(await post(asta.dm, "Kaj 3"), "Kalender")
        await until(lambda: shared(api, asta.dm))
    (contact,), (event,) = shared(api, room), shared(api, asta.dm)
    assert contact[0] == "havnen-pressevagten.vcf"
    assert b"TEL;TYPE=WORK,VOICE:+4533112233\r\n" in contact[1]
    assert event[0] == "havnen-kajen-aabner.ics"


async def test_slack_shares_in_private_where_the_bot_is_no_member(desk: Start, api: SlackApi, asta: Person) -> None:
    """Slash commands work in any channel, files do not."""
    room = api.channel("udenfor", creator=asta)
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        await asta.runs("/presse kontakt havnen vcard", room)
        await until(lambda: shared(api, asta.dm))
    assert shared(api, room) == []


async def test_an_app_that_may_send_no_files_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Installed before it asked for that: what helps is said to who asked, and the log has it for the operators."""
    scopes = ["app_mentions:read", "channels:read", "chat:write", "commands", "im:history", "im:write", "users:read"]
    async with SlackApi(scopes=scopes) as api:
        asta = api.user("Asta Holm", admin=True)
        with caplog.at_level(logging.WARNING):
            async with desk_on(api, tmp_path) as desk:
                await desk.publish(1, "Kajen åbner")
                await asta.says("kontakt havnen vcard")
                await post(asta.dm, "En administrator skal installere mig igen")
        assert any("slack took no file" in each.getMessage() and "missing_scope" in each.getMessage() for each in caplog.records)
        assert shared(api, asta.dm) == []
