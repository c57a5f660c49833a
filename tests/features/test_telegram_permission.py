"""Journeys on Telegram: who may configure what, by long polling and by webhook."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.telegram_api import Chat, Person, TelegramApi
from tests.features.telegram_desk import Start, answered, count, post, posts, subscribed, until

REFUSED = "Det kan kun den, der bestyrer samtalen"


@pytest.fixture
def asta(telegram: TelegramApi) -> Person:
    """Who owns the chats."""
    return telegram.user("Asta", language="da", started=True)


@pytest.fixture
def birk(telegram: TelegramApi) -> Person:
    """Who owns none of them."""
    return telegram.user("Birk", language="da", started=True)


@pytest.fixture
async def group(telegram: TelegramApi, asta: Person, birk: Person) -> Chat:
    """A group of Asta's in which Birk is a member."""
    place = telegram.supergroup("Redaktionen", owner=asta, bot=True, bot_is_admin=True)
    await asta.adds(birk, place)
    return place


async def test_a_member_configures_nothing(on_telegram: Start, asta: Person, birk: Person, group: Chat) -> None:
    """Neither by a command nor by a button that stands there for an administrator; the answer is to them."""
    async with on_telegram():
        asked = await birk.says("/subscribe havnen", group)
        assert (await post(group, REFUSED)).reply_to is asked
        await asta.says("/start@pressevagt_bot", group)
        await birk.presses(await post(group, "Pressevagt"), "Abonner")
        await until(lambda: count(group, REFUSED) == 2)
        assert count(group, "Abonnementet på") == 0
        asked = await birk.says("/seneste", group)
        await until(lambda: posts(group)[-1].reply_to is asked)


async def test_who_posts_as_a_channel_is_no_administrator(
    on_telegram: Start, telegram: TelegramApi, birk: Person, asta: Person, group: Chat
) -> None:
    """Even of a channel of their own, where they are one; not even where an administrator does it."""
    own, hers = telegram.channel("Birks kanal", owner=birk), telegram.channel("Astas kanal", owner=asta)
    async with on_telegram():
        await birk.says("/subscribe havnen", group, as_channel=own)
        await until(lambda: count(group, REFUSED) == 1)
        await asta.says("/subscribe havnen", group, as_channel=hers)
        await until(lambda: count(group, REFUSED) == 2)


async def test_anonymous_administrators_configure(on_telegram: Start, asta: Person, group: Chat) -> None:
    """They speak as the group itself."""
    async with on_telegram():
        await asta.says("/subscribe havnen", group, anonymous=True)
        await post(group, "Abonnementet på Havnen")
        await asta.says("/unsubscribe havnen", group, anonymous=True)
        await post(group, "Afmeldt: Havnen")


async def test_administrators_come_and_go(
    on_telegram: Start, monkeypatch: pytest.MonkeyPatch, asta: Person, birk: Person, group: Chat
) -> None:
    """A new one is known with the first command, since a refusal asks again; a former one is forgotten after a while."""
    monkeypatch.setattr("adapters.telegram.managers.FRESH", 0.0)
    async with on_telegram():
        await birk.says("/subscribe havnen", group)
        await post(group, REFUSED)
        asta.promotes(birk, group)
        await birk.says("/subscribe havnen", group)
        done = await post(group, "Abonnementet på Havnen")
        asta.demotes(birk, group)
        monkeypatch.setattr("adapters.telegram.managers.BELIEVED", 0.0)
        await birk.presses(done, "Fortryd")
        await until(lambda: count(group, REFUSED) == 2)
        assert count(group, "Afmeldt") == 0


async def test_the_list_of_administrators_is_kept_for_a_while(
    on_telegram: Start, telegram: TelegramApi, asta: Person, group: Chat
) -> None:
    """Several commands of an administrator ask Telegram once."""
    async with on_telegram():
        await subscribed(asta, group)
        await asta.says("/mute 1h", group)
        await post(group, "dæmpet")
        assert len(telegram.asked("getChatAdministrators")) == 1


@pytest.mark.parametrize("fault", [{"reset": True}, {"status": 502}], ids=["broken", "gateway"])
async def test_a_question_lost_on_the_way_refuses_nobody(
    on_telegram: Start, telegram: TelegramApi, asta: Person, group: Chat, fault: dict[str, Any]
) -> None:
    """Who administers a chat is asked again before an administrator is turned away, and so is what chat a name means."""
    channel = telegram.channel("Nyt", owner=asta, username="nytkanal", bot=True)
    async with on_telegram() as desk:
        telegram.fault("getChatAdministrators", **fault)
        await subscribed(asta, group)
        for method in ("getChat", "getChatAdministrators"):
            telegram.fault(method, **fault)
        await asta.says("/subscribe havnen @nytkanal")
        await post(asta.chat, "Abonnementet på Havnen")
        await desk.publish(1, "Kajen åbner")
        await post(channel, "Kajen åbner")
        assert count(group, REFUSED) == 0


async def test_in_private_the_person_configures(on_telegram: Start, telegram: TelegramApi, birk: Person) -> None:
    """Without asking Telegram."""
    async with on_telegram():
        await subscribed(birk)
        assert telegram.asked("getChatAdministrators") == []


async def test_a_press_in_a_channel_answers_in_private(
    on_telegram: Start, telegram: TelegramApi, asta: Person, birk: Person
) -> None:
    """A reader who presses is led to the bot, and the channel's other readers see nothing; its administrator configures."""
    channel = telegram.channel("Nyt", owner=asta, bot=True)
    async with on_telegram() as desk:
        await subscribed(asta, channel)
        await desk.publish(1, "Kajen åbner")
        alert = await post(channel, "Kajen åbner")
        before = len(channel.posts)
        for button in ("Kontakt", "Dæmp"):
            answer = await birk.presses(alert, button)
            assert answer.url.startswith("https://t.me/pressevagt_bot?start=")
        answer = await birk.presses(alert, "Kontakt")
        await birk.starts(answer.url.partition("start=")[2])
        await post(birk.chat, "+4533112233")
        assert len(channel.posts) == before
        await asta.presses(alert, "Dæmp")
        await post(channel, "dæmpet")


async def test_a_channel_is_configured_by_its_name(on_telegram: Start, telegram: TelegramApi, asta: Person, birk: Person) -> None:
    """From a private chat, by its administrators; the answer and its buttons are about the channel."""
    channel = telegram.channel("Nyt", owner=asta, username="nytkanal", bot=True)
    async with on_telegram() as desk:
        await birk.says("/subscribe havnen @nytkanal")
        await post(birk.chat, "Det kan kun en administrator af @")
        await asta.says("/subscribe havnen @nytkanal")
        done = await post(asta.chat, "Abonnementet på Havnen")
        await desk.publish(1, "Kajen åbner")
        await post(channel, "Kajen åbner")
        await asta.presses(done, "Fortryd")
        await post(asta.chat, "Afmeldt: Havnen")
        await desk.publish(2, "Kajen lukker")
        await subscribed(birk)
        await desk.publish(3, "Broen lukker")
        await post(birk.chat, "Broen lukker")
        assert count(asta.chat, "Kajen") == count(asta.chat, "Broen") == 0
        assert count(channel, "Kajen lukker") == count(channel, "Broen lukker") == 0


async def test_what_a_channel_is_asked_stays_about_it(on_telegram: Start, telegram: TelegramApi, asta: Person) -> None:
    """Every button, and the lines to write as they stand; what became of a release there, and its settings as a file, too."""
    channel = telegram.channel("Nyt", owner=asta, username="nytkanal", bot=True)
    async with on_telegram() as desk:
        await asta.says("/abonner havnen @nytkanal")
        done = await post(asta.chat, "Abonnementet på Havnen")
        await desk.publish(1, "Kajen åbner")
        await desk.settled(await post(channel, "Kajen åbner"))
        await asta.presses(done, "Seneste")
        await post(asta.chat, "Seneste fra Havnen")
        await asta.says("/hvorfor 1 @nytkanal")
        why = await post(asta.chat, "Sendt hertil")
        await asta.presses(why, "Indstillinger")
        await asta.says("/abonnement havnen filter @nytkanal")
        asked = await post(asta.chat, "Skriv for eksempel")
        line = next(each for each in asked.text.splitlines() if each.startswith("/"))
        await asta.says(line.replace("sanktioner", "kajen"))
        tried = await post(asta.chat, "Det ville have fanget 1 pressemeddelelse")
        await asta.presses(tried, "Gem")
        await until(lambda: "Gemt: " in tried.text)
        await asta.says("/eksporter @nytkanal")
        document = await until(lambda: next((each.document for each in asta.chat.posts if each.document), None))
        assert b'"filter": "kajen ' in telegram.files.contents[document["file_id"]][1]


async def test_a_channel_is_configured_by_a_post_of_it(
    on_telegram: Start, telegram: TelegramApi, asta: Person, birk: Person
) -> None:
    """Anybody can forward a post; only an administrator's buttons do something."""
    channel = telegram.channel("Nyt", owner=asta, bot=True)
    written = await asta.says("God morgen", channel)
    async with on_telegram() as desk:
        for person in (birk, asta):
            await person.forwards(written)
            await person.presses(await post(person.chat, "Hvad skal jeg gøre for Nyt?"), "Abonner")
        await post(birk.chat, "Det kan kun en administrator af @")
        await post(asta.chat, "Abonnementet på Havnen")
        await desk.publish(1, "Kajen åbner")
        await post(channel, "Kajen åbner")


@pytest.mark.parametrize("kind", ["channel", "group"])
async def test_a_chat_is_configured_by_choosing_it(on_telegram: Start, telegram: TelegramApi, asta: Person, kind: str) -> None:
    """The keyboard's button lets somebody choose among their own and lets us in, with the right to post and no other."""
    chat = telegram.channel("Andet", owner=asta) if kind == "channel" else telegram.group("Andet", owner=asta)
    async with on_telegram() as desk:
        await asta.starts()
        await until(lambda: any(each.reply_keyboard for each in posts(asta.chat)))
        await asta.shares(chat)
        assert chat.member(telegram.bot).rights == ({"can_post_messages"} if kind == "channel" else set())
        await asta.presses(await post(asta.chat, "Hvad skal jeg gøre for Andet?"), "Abonner")
        await post(asta.chat, "Abonnementet på Havnen")
        await desk.publish(1, "Kajen åbner")
        await post(chat, "Kajen åbner")
        await answered(asta)
        assert count(asta.chat, "Kajen") == 0
