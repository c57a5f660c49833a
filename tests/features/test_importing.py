"""Files on their way in: what /export sent is sent back with /import, on Telegram."""

from __future__ import annotations

from bot.domain.file import TAKEN
from bot.domain.options import DestinationOptions, Length
from bot.domain.subscription import Address
from tests.fakes.telegram_api import Chat, TelegramApi
from tests.features.telegram_desk import Start, TelegramDesk, post, until

OPML = b"""<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="2.0"><body><outline type="rss" text="K\xf8benhavns Havn" xmlUrl="https://havn.example/feed.xml"/></body></opml>
"""
TOO_LARGE = b'{"a": "' + b"x" * TAKEN + b'"}'


async def set_on_telegram(desk: TelegramDesk, chat: Chat) -> tuple[DestinationOptions | None, list[str]]:
    """How a chat is told, and what it subscribes to."""
    async with desk.bot.database.read() as tx:
        here = await tx.destinations.find(Address("telegram", desk.adapter.account, str(chat.id)))
        subscriptions = await tx.destinations.subscriptions(here.id) if here else []
    return here.options if here else None, [each.newsroom.name if each.newsroom else "*" for each in subscriptions]


async def test_telegram_what_is_exported_is_imported_elsewhere(on_telegram: Start, telegram: TelegramApi) -> None:
    """As a file with the command beside it, and as a file that the command replies to; whatever the file is called."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    async with on_telegram() as desk:
        await asta.says("/subscribe havnen")
        await post(asta.chat, "Abonnementet")
        await asta.says("/settings length:full")
        await post(asta.chat, "Gemt")
        await asta.says("/export")
        await until(lambda: len([each for each in asta.chat.posts if each.document]) == 2)
        exported, listed = (telegram.files.contents[each.document["file_id"]][1] for each in asta.chat.posts if each.document)
        await asta.sends("noget.bin", exported, f"/import@{telegram.bot.username}", group)
        await post(group, "Importeret:")
        options, newsrooms = await set_on_telegram(desk, group)
        assert (options and options.length, newsrooms) == (Length.FULL, ["Havnen"])
        birk = telegram.user("Birk", language="da", started=True)
        sent = await birk.sends("feeds.opml", listed)
        await birk.says("/import", reply_to=sent)
        await post(birk.chat, "Importeret:")
        assert (await set_on_telegram(desk, birk.chat))[1] == ["Havnen"]


async def test_telegram_says_what_is_wrong_with_a_file(on_telegram: Start, telegram: TelegramApi) -> None:
    """Too large by its size or by what comes, neither format, gone, not to be had; nothing is fetched for who may not import."""
    asta = telegram.user("Asta", language="da", started=True)
    gast = telegram.user("Gæst", language="da", started=True)
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    async with on_telegram():
        await asta.sends("stor.json", TOO_LARGE, "/import")
        await post(asta.chat, "Jeg tager højst 1 MB")
        await asta.sends("billede.json", b"\x89PNG\r\n\x1a\n", "/import")
        await post(asta.chat, "hverken JSON")
        await asta.sends("forkert.opml", b"<rss/>", "/import")
        await post(asta.chat, "ikke OPML")
        telegram.fault("getFile", status=500)
        await asta.sends("settings.json", b"{}", "/import")
        await post(asta.chat, "kan ikke hentes lige nu")
        asked = len(telegram.asked("getFile"))
        await asta.adds(gast, group)
        await gast.sends("settings.json", b"{}", "/import", group)
        await post(group, "kun den, der bestyrer")
        assert len(telegram.asked("getFile")) == asked
        latin = await asta.sends("feeds.opml", OPML)
        await asta.says("/import", reply_to=latin)
        await post(asta.chat, "Linje 2: »Københavns Havn« er ikke i kataloget")


async def test_a_file_that_is_larger_than_telegram_says_is_read_no_further(on_telegram: Start, telegram: TelegramApi) -> None:
    """Its size is what somebody says of it."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        sent = await asta.sends("settings.json", b"{}")
        telegram.files.contents[sent.document["file_id"]] = ("settings.json", TOO_LARGE)  # type: ignore[index]
        await asta.says("/import", reply_to=sent)
        await post(asta.chat, "Jeg tager højst 1 MB")
        assert await set_on_telegram(desk, asta.chat) == (None, [])
