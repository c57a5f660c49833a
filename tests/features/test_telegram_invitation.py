"""A journey on Telegram: all that a journalist on deadline needs of one invitation, from its alert on."""

from __future__ import annotations

from tests.fakes.telegram_api import Chat, Message, TelegramApi
from tests.features import harbour
from tests.features.telegram_desk import Start, labels, post, posts, subscribed, until


async def newest(chat: Chat, after: int) -> Message:
    """The bot's last message, once there are more than so many."""
    await until(lambda: len(posts(chat)) > after)
    return posts(chat)[-1]


def in_order(message: Message, *words: str) -> bool:
    """Whether a message says these one after the other."""
    places = [message.words.find(each) for each in words]
    return -1 not in places and places == sorted(places)


async def test_all_that_is_needed_of_an_invitation(on_telegram: Start, telegram: TelegramApi) -> None:
    """One alert for both languages, the embargo first; whom to call, and all else, on demand, by button and by reply."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        release = await harbour.invite(desk.bot, telegram.image())
        alert = await post(asta.chat, "Sundkajen")
        await desk.settled(alert)
        assert in_order(
            alert, "Presseinvitation", "⚠️ Klausuleret til", "Tid: 3. juni 2035", "Sted: Kaj 3", "Pressevagten", "Freja Holmsted"
        )
        assert [each.words for each in posts(asta.chat) if "Sund Quay" in each.words] == [], "the other language is no other alert"
        assert labels(alert) == ["Åbn", "Kontakt", "Dokumenter", "Dæmp", "Kalender", "English"]
        await asta.presses(alert, "English")
        english = await post(asta.chat, "The minister opens Sund Quay")
        assert "⚠️ Klausuleret til den 3. juni 2035 kl. 10.00." in english.words
        await asta.presses(alert, "Dokumenter")
        assert "https://havnen.example/plan.pdf" in (await post(asta.chat, "Plan over kajen")).links
        await asta.presses(alert, "Kalender")
        event = await until(lambda: next((each for each in posts(asta.chat) if each.document), None))
        assert event.document["file_name"].endswith(".ics")
        await asta.says("/kontakt", reply_to=alert)
        contact = await post(asta.chat, "nævnt i denne pressemeddelelse")
        assert in_order(contact, "Pressevagten", "+4533112233 (ikke SMS)", "presse@havnen.example", "Freja Holmsted, havnefoged")
        assert "Bo Berg" not in contact.words
        await asta.says("/kontakt havnen")
        known = await post(asta.chat, "Måske forældet")
        assert in_order(
            known, "Pressevagten", "Freja Holmsted", "Måske forældet", "Bo Berg", "fra »Sundkajen bygges af havneministeren«"
        )
        await asta.says(f"/release id:{release} pictures")
        assert in_order(await post(asta.chat, "Billede 1"), "Billede 1: Kajen set fra havnen", "Foto: Maja Lind")
        await asta.says(f"/release id:{release} related")
        assert "Sundkajen bygges af havneministeren" in (await post(asta.chat, "Tidligere om samme sag")).words
