"""Files on their way: contacts and events as people get them on Telegram and on Slack."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.prose import paragraphs
from bot.domain.release import Kind
from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.fakes.telegram_api import TelegramApi
from tests.features.slack_desk import Start as SlackStart
from tests.features.slack_desk import desk_on
from tests.features.slack_desk import post as slack_post
from tests.features.slack_desk import until as slack_until
from tests.features.telegram_desk import Start, post, until

INVITATION: dict[str, Any] = {
    "lead": "Havnen inviterer pressen.",
    "body": paragraphs("Tid: 3. juni 2035 kl. 10.00-11.00\nSted: Kaj 3"),
    "kind": Kind.INVITATION,
}


# Telegram ---------------------------------------------------------------------------------------------------------------


async def test_telegram_sends_contacts_and_events_as_documents(on_telegram: Start, telegram: TelegramApi) -> None:
    """By a button and by a command; nobody has to ask twice."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        ident = await desk.publish(1, "Kajen åbner", **INVITATION)
        await asta.says("/kontakt havnen")
        await asta.presses(await post(asta.chat, "presse@havnen.example"), "Gem kontakt")
        await until(lambda: [each for each in asta.chat.posts if each.document])
        await asta.says(f"/pm id:{ident}")
        await asta.presses(await post(asta.chat, "Kaj 3"), "Kalender")
        await until(lambda: len([each for each in asta.chat.posts if each.document]) == 2)
    sent = [each.document for each in asta.chat.posts if each.document]
    assert [each["file_name"] for each in sent] == ["havnen-pressevagten.vcf", "havnen-kajen-aabner.ics"]
    contents = [content for _, content in telegram.files.contents.values()]
    assert b"TEL;TYPE=WORK,VOICE:+4533112233\r\n" in contents[0]
    assert b"DTSTART:20350603T080000Z\r\n" in contents[1]


async def test_a_group_that_takes_no_documents_is_told_so(on_telegram: Start, telegram: TelegramApi) -> None:
    """What was asked for can be had in private."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    async with on_telegram() as desk:
        await desk.publish(1, "Kajen åbner")
        await asta.restricts(group, documents=False)
        await asta.says("/kontakt havnen vcard", group)
        await post(group, "Bed mig om den i en privat chat")
    assert not [each for each in group.posts if each.document]


# Slack ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """A Slack, on which no correct bot breaks a rule."""
    async with SlackApi() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def asta(api: SlackApi) -> Person:
    """An admin of the workspace."""
    return api.user("Asta Holm", admin=True)


@pytest.fixture
def slack(api: SlackApi, tmp_path: Path) -> SlackStart:
    """Start the bot by Socket Mode."""
    return partial(desk_on, api, tmp_path)


def shared(api: SlackApi, channel: Channel) -> list[tuple[str, bytes]]:
    """The files that stand in a channel, by name."""
    return [(each.name, each.body) for each in api.world.files.values() if channel.id in each.channels]


async def test_slack_shares_contacts_and_events_where_they_were_asked_for(slack: SlackStart, api: SlackApi, asta: Person) -> None:
    """In a channel that the bot is in, for all who asked together; by a button in direct messages."""
    room = api.channel("redaktionen", creator=asta, bot=True)
    async with slack() as desk:
        ident = await desk.publish(1, "Kajen åbner", **INVITATION)
        await asta.mentions("kontakt havnen vcard", room)
        await slack_until(lambda: shared(api, room))
        await asta.says(f"pm id:{ident}")
        await asta.presses(await slack_post(asta.dm, "Kaj 3"), "Kalender")
        await slack_until(lambda: shared(api, asta.dm))
    (contact,), (event,) = shared(api, room), shared(api, asta.dm)
    assert contact[0] == "havnen-pressevagten.vcf"
    assert b"TEL;TYPE=WORK,VOICE:+4533112233\r\n" in contact[1]
    assert event[0] == "havnen-kajen-aabner.ics"


async def test_slack_shares_in_private_where_the_bot_is_no_member(slack: SlackStart, api: SlackApi, asta: Person) -> None:
    """Slash commands work in any channel, files do not."""
    room = api.channel("udenfor", creator=asta)
    async with slack() as desk:
        await desk.publish(1, "Kajen åbner")
        await asta.runs("/presse kontakt havnen vcard", room)
        await slack_until(lambda: shared(api, asta.dm))
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
                await slack_post(asta.dm, "En administrator skal installere mig igen")
        assert any("slack took no file" in each.getMessage() and "missing_scope" in each.getMessage() for each in caplog.records)
        assert shared(api, asta.dm) == []
