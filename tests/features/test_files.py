"""Files on their way: contacts and events as people get them on Telegram."""

from __future__ import annotations

from tests.fakes.telegram_api import TelegramApi
from tests.features.harbour import INVITATION
from tests.features.telegram_desk import Start, post, until


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
