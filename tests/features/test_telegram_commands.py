"""Journeys on Telegram: what people write, press and look for, by long polling and by webhook."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest

from bot.domain.release import Document, Picture
from tests.fakes.telegram_api import TelegramApi
from tests.features.telegram_desk import Start, answered, count, labels, post, posts, subscribed, until, written

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


async def test_menus_by_language_and_scope(on_telegram: Start, telegram: TelegramApi) -> None:
    """Names that Telegram takes, in the reader's language; in groups what configures is shown to administrators alone."""
    asta, birk = telegram.user("Asta", language="da"), telegram.user("Birk", language="en")
    jens = telegram.user("Jens", language="de")
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    await asta.adds(birk, group)
    async with on_telegram():
        await until(lambda: len(telegram.asked("setMyCommands")) == 9)
        assert {"seneste", "soeg", "kontakt", "abonner"} <= set(telegram.menu(asta))
        assert {"latest", "search", "subscribe"} <= set(telegram.menu(birk))
        assert telegram.menu(jens) == telegram.menu(asta)  # the installation's language, where theirs is not spoken
        assert "latest" in telegram.menu(birk, group)
        assert "subscribe" not in telegram.menu(birk, group)
        assert {"seneste", "abonner"} <= set(telegram.menu(asta, group))


async def test_lists_are_paged_in_place_and_opened_by_number(on_telegram: Start, telegram: TelegramApi) -> None:
    """One message that turns its pages; a number opens the release; buttons still work after a restart."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        for number in range(1, 8):
            await desk.publish(number, f"Nyhed nummer {number}", documents=(Document("https://havnen.example/a.pdf", "Bilag"),))
        await asta.says("/seneste")
        listed = await post(asta.chat, "Nyhed nummer 7")
        assert labels(listed) == ["1", "2", "3", "4", "5", "Flere ▸"]
    async with on_telegram():
        await asta.presses(listed, "Flere ▸")
        await until(lambda: "Nyhed nummer 1" in listed.text)
        await asta.presses(listed, "6")
        await post(asta.chat, "Bilag")


async def test_a_long_command_survives_in_its_button(on_telegram: Start, telegram: TelegramApi) -> None:
    """Words that do not fit into a button lie in the database; another process finds them there."""
    asta = telegram.user("Asta", language="da", started=True)
    words = "kajen åbner igen for skibe fra mandag morgen i den gamle havn ved byen"
    async with on_telegram() as desk:
        for number in range(1, 8):
            await desk.publish(number, f"Nyhed {number}: {words}")
        await asta.says(f"/søg {words}")
        found = await post(asta.chat, "Nyhed 7")
    async with on_telegram():
        await asta.presses(found, "Flere ▸")
        await until(lambda: "Nyhed 1:" in found.text)


async def test_a_button_answers_at_once(on_telegram: Start, telegram: TelegramApi) -> None:
    """The press is acknowledged before anything is written, however slow that is."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram():
        await asta.starts()
        greeting = await post(asta.chat, "Pressevagt")
        await answered(asta)
        slow = telegram.fault("sendMessage", delay=0.5)
        answer = await asta.presses(greeting, "Abonner")
        assert (answer.text, answer.url, slow.hits) == ("", "", 0)
        await post(asta.chat, "Abonnementet på")


async def test_a_button_that_lost_its_command_says_so(on_telegram: Start, telegram: TelegramApi) -> None:
    """Of another installation's database nothing is known here: the person is told what to do instead."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram():
        await asta.starts()
        greeting = await post(asta.chat, "Pressevagt")
        greeting.markup = {"inline_keyboard": [[{"text": "Flere", "callback_data": "#" + "0" * 32}]]}
        answer = await asta.presses(greeting, "Flere")
        assert answer.alert
        assert "for gammel" in answer.text


async def test_commands_in_groups_are_ours_or_nobodys(on_telegram: Start, telegram: TelegramApi) -> None:
    """`/cmd@bot` is answered as a reply; another bot's command, and one that we do not know, are left to others."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.supergroup("Redaktionen", owner=asta, bot=True, bot_is_admin=True)
    async with on_telegram() as desk:
        await desk.publish(1, "Kajen åbner")
        await asta.says("/seneste@en_anden_bot", group)
        await asta.says("/kogebog", group)
        await asta.says("Kajen åbner vist snart", group)
        asked = await asta.says("/Seneste@Pressevagt_Bot", group)
        mention = await asta.says("@pressevagt_bot /seneste", group)
        await until(lambda: len(posts(group)) >= 2)
        assert [each.reply_to for each in posts(group)] == [asked, mention]
        assert count(group, "Kajen åbner") == 2


async def test_quoted_arguments_are_one_phrase(on_telegram: Start, telegram: TelegramApi) -> None:
    """Also in the quotation marks that telephones write."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await desk.publish(1, "Nye sanktioner", lead="Skibe mod havnen.")
        await desk.publish(2, "Sanktioner er nye", lead="Skibe mod havnen.")
        for asked in ('/soeg "nye sanktioner"', "/soeg “nye sanktioner”"):
            before = len(posts(asta.chat))
            await asta.says(asked)
            found = (await written(asta.chat, before + 1))[-1]
            assert "Nye sanktioner" in found.text
            assert "Sanktioner er nye" not in found.text


async def test_deep_links_and_ascii_names(on_telegram: Start, telegram: TelegramApi) -> None:
    """`t.me/bot?start=havnen` greets for that newsroom; commands are named so that they can be tapped."""
    asta = telegram.user("Asta", language="da")
    async with on_telegram():
        await asta.starts("havnen")
        greeting = await post(asta.chat, "Havnen")
        assert "/subscribe havnen" in [button.get("callback_data") for button in greeting.buttons]
        await asta.says("/help")
        help_ = await post(asta.chat, "/soeg")
        assert "/søg" not in help_.text


@pytest.mark.parametrize("as_photo", [False, True], ids=["text", "photo"])
async def test_a_reply_to_an_alert_is_about_it(on_telegram: Start, telegram: TelegramApi, as_photo: bool) -> None:
    """`/contact` as a reply gives that release's contact, in words and to call, as an answer to the person."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    pictures = (Picture(telegram.image(), "Kajen"),) if as_photo else ()
    async with on_telegram() as desk:
        await subscribed(asta, group)
        await desk.publish(1, "Kajen åbner", pictures=pictures)
        alert = await post(group, "Kajen åbner")
        await desk.settled(alert)
        await desk.publish(2, "Kajen lukker", contacts=())
        await desk.settled(await post(group, "Kajen lukker"))
        asked = await asta.says("/contact@pressevagt_bot", group, reply_to=alert)
        contact = await until(lambda: next((each for each in posts(group) if each.contact), None))
        assert contact.contact["phone_number"] == "+4533112233"
        answer = next(each for each in posts(group) if each.text and each.reply_to is asked)
        assert "Kajen åbner" in answer.text
        assert "+4533112233" in answer.text
        assert contact.reply_to is asked


async def test_inline_mode_offers_releases(on_telegram: Start, telegram: TelegramApi) -> None:
    """`@bot words` in any chat; what is posted says as of when, is no alert, and is never corrected."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.group("Et andet sted", owner=asta)
    async with on_telegram() as desk:
        await subscribed(asta)
        release = await desk.publish(1, "Kajen åbner")
        alert = await post(asta.chat, "Kajen åbner")
        await desk.settled(alert)
        now = desk.bot.clock.now()
        offered = await asta.inline("kajen")
        assert [result["title"] for result in offered.results] == ["Kajen åbner"]
        assert offered.personal
        said = await asta.picks(offered.results[0], group)
        told = re.search(r"pr\. (?:kl\. )?(\d{1,2})[.:](\d\d)", said.text)
        assert told, said.text
        minutes = [int(told[1]) * 60 + int(told[2]) - (each.hour * 60 + each.minute) for each in [now.astimezone(COPENHAGEN)]]
        assert minutes[0] % (24 * 60) in (0, 1)
        assert said.links == ["https://havnen.example/1"]
        assert said.preview == {"is_disabled": True}
        assert [result["title"] for result in (await asta.inline("")).results] == ["Kajen åbner"]
        assert (await asta.inline("findes ikke her")).results == []
        before = said.text
        await desk.correct(release, title="Kajen lukker")
        await until(lambda: "Kajen lukker" in alert.text)
        await desk.settled(alert)
        assert (said.text, said.edits) == (before, 0)


async def test_what_was_looked_for_elsewhere_is_not_the_list_shown_here(on_telegram: Start, telegram: TelegramApi) -> None:
    """`/release 1` is the first of what stands in the chat, whatever was typed in another one since."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await desk.publish(1, "Kajen åbner")
        await desk.publish(2, "Broen lukker", lead="Biler kører udenom.")
        await asta.says("/seneste")
        await post(asta.chat, "Kajen åbner")
        assert len((await asta.inline("kajen")).results) == 1
        await asta.says("/release 1")
        await post(asta.chat, "Biler kører udenom.")
