"""Journeys on Telegram: what people there see, by long polling and by webhook."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.telegram.adapter import PACE
from bot.domain.release import Document, Picture
from bot.errors import SettingsError
from tests.fakes.telegram_api import Limits, TelegramApi
from tests.features.telegram_desk import FAST, SECRET, TelegramDesk, desk_on, post, posts, until

Start = Callable[..., AbstractAsyncContextManager[TelegramDesk]]


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    """A Telegram, on which no correct bot breaks a rule."""
    async with TelegramApi() as server:
        yield server
        assert server.violations == []


@pytest.fixture(params=["polling", "webhook"])
def either(request: pytest.FixtureRequest, api: TelegramApi, tmp_path: Path) -> Start:
    """Start the bot, by each way of getting updates in turn."""
    return partial(desk_on, api, tmp_path, webhook=request.param == "webhook")


@pytest.fixture
def desk(api: TelegramApi, tmp_path: Path) -> Start:
    """Start the bot by long polling."""
    return partial(desk_on, api, tmp_path)


# Alerts -----------------------------------------------------------------------------------------------------------------


async def test_somebody_subscribes_and_is_alerted(either: Start, api: TelegramApi) -> None:
    """From Start to the alert: what, who, when, whom to call, and buttons that lead on."""
    asta = api.user("Asta", language="da")
    async with either() as desk:
        await asta.starts()
        greeting = await post(asta.chat, "Pressevagt")
        await asta.presses(greeting, "Abonner")
        await post(asta.chat, "Abonnementet på Havnen")
        await desk.publish(1, "Kajen åbner <igen>")
        alert = await post(asta.chat, "Kajen åbner")
        assert "Kajen åbner <igen>" in alert.text
        assert "Pressemeddelelse · Havnen · " in alert.text
        assert "+4533112233 (ikke SMS) · presse@havnen.example" in alert.text
        assert alert.links == ["https://havnen.example/1"]
        assert alert.preview == {"is_disabled": True}
        assert [button["text"] for button in alert.buttons] == ["Åbn", "Kontakt", "Dæmp"]
        await asta.presses(alert, "Kontakt")
        contact = await until(lambda: next((each for each in posts(asta.chat) if each.contact), None))
        assert contact.contact["phone_number"] == "+4533112233"


async def test_groups_topics_and_channels_are_alerted(desk: Start, api: TelegramApi) -> None:
    """Each where its administrator subscribed, a topic in its topic."""
    asta = api.user("Asta", language="da", started=True)
    group = api.group("Redaktionen", owner=asta, bot=True)
    forum = api.supergroup("Forum", owner=asta, forum=True, bot=True)
    channel = api.channel("Nyt", owner=asta, bot=True)
    async with desk() as bot:
        topic = await asta.opens_topic(forum, "Havnen")
        await asta.says("/subscribe havnen", group)
        await asta.says("/subscribe havnen", forum, thread=topic)
        await asta.says("/subscribe havnen", channel)
        for chat in (group, forum, channel):
            await post(chat, "Abonnementet på Havnen")
        await bot.publish(1, "Kajen åbner")
        for chat in (group, forum, channel):
            alert = await post(chat, "Kajen åbner")
            assert alert.thread == (topic.id if chat is forum else None)


async def test_a_release_with_a_picture_is_a_photo(desk: Start, api: TelegramApi) -> None:
    """With a caption; the second chat gets the picture that Telegram has already; a correction changes the caption."""
    asta, birk = (api.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    async with desk() as bot:
        for person in (asta, birk):
            await person.says("/subscribe havnen")
            await post(person.chat, "Abonnementet på")
        release = await bot.publish(1, "Kajen åbner", pictures=(Picture(api.image(), "Kajen", "Foto: Havnen"),))
        alert = await post(asta.chat, "Kajen åbner")
        assert alert.kind == "photo"
        assert "Kajen – Foto: Havnen" in alert.caption
        await post(birk.chat, "Kajen åbner")
        await bot.correct(release, title="Kajen åbner i morgen")
        await until(lambda: "i morgen" in alert.caption)
        assert "RETTET kl." in alert.caption
        await until(lambda: alert.edits == 1)
        await asta.says("/contact", reply_to=alert)
        await until(lambda: any(each.contact for each in posts(asta.chat)))


async def test_a_picture_that_cannot_be_fetched_costs_nothing(desk: Start, api: TelegramApi) -> None:
    """The alert comes as text, and the next chat is not made to wait for the picture again."""
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen")
        await post(asta.chat, "Abonnementet på")
        await bot.publish(1, "Kajen åbner", pictures=(Picture("https://havnen.example/mangler.jpg"),))
        alert = await post(asta.chat, "Kajen åbner")
        assert alert.kind == "text"
        await bot.publish(2, "Kajen lukker", pictures=(Picture("https://havnen.example/mangler.jpg"),))
        await post(asta.chat, "Kajen lukker")
        assert len(api.asked("sendPhoto")) == 1


async def test_markup_that_telegram_refuses_is_sent_as_plain_text(
    desk: Start, api: TelegramApi, caplog: pytest.LogCaptureFixture
) -> None:
    """Once more, and logged."""
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen")
        await post(asta.chat, "Abonnementet på")
        await asyncio.sleep(0)
        api.fault("sendMessage", status=400, description="Bad Request: can't parse entities: Unsupported start tag")
        with caplog.at_level(logging.WARNING, "adapters.telegram"):
            await bot.publish(1, "Kajen åbner")
            alert = await post(asta.chat, "Kajen åbner")
        assert [entity for entity in alert.entities if entity["type"] == "bold"] == []
        assert "sent without html" in caplog.text


async def test_a_silent_subscription_makes_no_sound(desk: Start, api: TelegramApi) -> None:
    """Neither do its corrections where they must be posted anew; answers to people do; the sound comes back when it is wished."""
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await asta.says("/abonner havnen lydløst")
        answer = await post(asta.chat, "Varslerne kommer uden lyd")
        release = await bot.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.chat, "40 mio.")
        await asyncio.sleep(0.2)  # the alert is settled, or there is nothing yet to correct
        api.fault("editMessageText", status=400, description="Bad Request: message to edit not found")
        await bot.correct(release, title="Havnen får 45 mio.")
        correction = await post(asta.chat, "45 mio.")
        await asta.says("/abonner havnen med lyd")
        await post(asta.chat, "kommer fra nu af med lyd")
        await bot.publish(2, "Kajen åbner")
        heard = await post(asta.chat, "Kajen åbner")
        assert [each.silent for each in (answer, alert, correction, heard)] == [False, True, True, False]


async def test_an_alerts_button_mutes_its_newsroom(either: Start, api: TelegramApi) -> None:
    """What comes meanwhile is not sent, what stands is corrected, and the answer's button ends it."""
    asta = api.user("Asta", language="da", started=True)
    async with either() as bot:
        await asta.says("/abonner alle")
        await post(asta.chat, "Abonnementet er oprettet")
        release = await bot.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.chat, "40 mio.")
        await asta.presses(alert, "Dæmp")
        muted = await post(asta.chat, "Havnen kommer her via abonnementet på alle nyhedsrum")
        await bot.publish(2, "Kajen åbner")
        await bot.correct(release, title="Havnen får 45 mio.")
        await until(lambda: "45 mio." in alert.text)
        await asta.presses(muted, "Fortryd")
        await post(asta.chat, "Ingen nyhedsrum er dæmpet her længere")
        await bot.publish(3, "Kajen lukker")
        await post(asta.chat, "Kajen lukker")
        assert not [each for each in posts(asta.chat) if "Kajen åbner" in each.text]


# Corrections ------------------------------------------------------------------------------------------------------------


async def test_a_correction_edits_the_message(desk: Start, api: TelegramApi) -> None:
    """In place, marked with the time, without another message."""
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen")
        await post(asta.chat, "Abonnementet på")
        release = await bot.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.chat, "40 mio.")
        before = len(posts(asta.chat))
        await bot.correct(release, title="Havnen får 45 mio.")
        await until(lambda: "45 mio." in alert.text)
        assert alert.text.startswith("RETTET kl.")
        assert len(posts(asta.chat)) == before


@pytest.mark.parametrize("refusal", ["message to edit not found", "message can't be edited"])
async def test_what_cannot_be_edited_is_replied_to(desk: Start, api: TelegramApi, refusal: str) -> None:
    """The correction replies to the alert, and it is the reply that is corrected from then on."""
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen")
        await post(asta.chat, "Abonnementet på")
        release = await bot.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.chat, "40 mio.")
        await asyncio.sleep(0.2)  # the alert is settled, or there is nothing yet to correct
        api.fault("editMessageText", status=400, description=f"Bad Request: {refusal}")
        await bot.correct(release, title="Havnen får 45 mio.")
        reply = await post(asta.chat, "45 mio.")
        assert reply.reply_to is alert
        await asyncio.sleep(0.2)
        await bot.correct(release, title="Havnen får 50 mio.")
        await until(lambda: "50 mio." in reply.text)


async def test_a_caption_that_grows_too_long_is_shortened_and_the_rest_replied(desk: Start, api: TelegramApi) -> None:
    """1,024 characters; the lead stands whole in a reply."""
    asta = api.user("Asta", language="da", started=True)
    contacts = tuple(DESK_OF(n) for n in range(2))
    async with desk() as bot:
        await asta.says("/subscribe havnen")
        await post(asta.chat, "Abonnementet på")
        release = await bot.publish(1, "Kort", pictures=(Picture(api.image(), "Kajen"),), contacts=contacts)
        alert = await post(asta.chat, "Kort")
        await asyncio.sleep(0.2)
        await bot.correct(release, title="Lang " * 59, lead="Nyt ord her. " * 46)
        rest = await post(asta.chat, "Nyt ord her. " * 40)
        assert rest.reply_to is alert
        assert len(alert.caption) <= 1024
        assert "…" in alert.caption


def DESK_OF(number: int) -> Any:  # noqa: N802 - made like the constant beside it
    """A contact with a long function."""
    from bot.domain.contact import Contact, Phone

    return Contact(
        role=f"kommunikationsafdelingen for det store havneområde nummer {number}", phones=(Phone(f"+453311220{number}"),)
    )


# Commands ---------------------------------------------------------------------------------------------------------------


async def test_lists_are_paged_in_place_and_opened_by_number(either: Start, api: TelegramApi) -> None:
    """One message that turns its pages; a number opens the release; buttons still work after a restart."""
    asta = api.user("Asta", language="da", started=True)
    async with either() as desk:
        for number in range(1, 8):
            await desk.publish(number, f"Nyhed nummer {number}", documents=(Document("https://havnen.example/a.pdf", "Bilag"),))
        await asta.says("/seneste")
        listed = await post(asta.chat, "Nyhed nummer 7")
        assert [button["text"] for button in listed.buttons] == ["1", "2", "3", "4", "5", "Flere ▸"]
    async with either():
        await asta.presses(listed, "Flere ▸")
        await until(lambda: "Nyhed nummer 1" in listed.text)
        await asta.presses(listed, "6")
        await post(asta.chat, "Bilag")


async def test_a_long_command_survives_in_its_button(desk: Start, api: TelegramApi) -> None:
    """Words that do not fit into a button lie in the database; another process finds them there."""
    asta = api.user("Asta", language="da", started=True)
    words = "kajen åbner igen for skibe fra mandag morgen i den gamle havn ved byen"
    async with desk() as bot:
        for number in range(1, 8):
            await bot.publish(number, f"Nyhed {number}: {words}")
        await asta.says(f"/søg {words}")
        found = await post(asta.chat, "Nyhed 7")
    async with desk():
        await asta.presses(found, "Flere ▸")
        await until(lambda: "Nyhed 1:" in found.text)


async def test_a_reply_to_an_alert_is_about_it(desk: Start, api: TelegramApi) -> None:
    """`/contact` as a reply gives that release's contact, in a group as an answer to the person."""
    asta = api.user("Asta", language="da", started=True)
    group = api.group("Redaktionen", owner=asta, bot=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen", group)
        await post(group, "Abonnementet på")
        await bot.publish(1, "Kajen åbner")
        alert = await post(group, "Kajen åbner")
        await asyncio.sleep(0.2)
        asked = await asta.says("/contact@pressevagt_bot", group, reply_to=alert)
        answer = await until(lambda: next((each for each in posts(group) if each.reply_to is asked and each.text), None))
        assert "Kajen åbner" in answer.text
        assert "+4533112233" in answer.text


async def test_menus_by_language_and_place(desk: Start, api: TelegramApi) -> None:
    """Names that Telegram takes, in the reader's language; in groups what configures is shown to administrators alone."""
    asta, birk = api.user("Asta", language="da"), api.user("Birk", language="en")
    group = api.group("Redaktionen", owner=asta, bot=True)
    await asta.adds(birk, group)
    async with desk():
        await until(lambda: len(api.asked("setMyCommands")) == 9)
        assert {"seneste", "soeg", "kontakt", "abonner"} <= set(api.menu(asta))
        assert {"latest", "search", "subscribe"} <= set(api.menu(birk))
        assert "subscribe" not in api.menu(birk, group)
        assert "abonner" in api.menu(asta, group)


async def test_deep_links_and_ascii_names(desk: Start, api: TelegramApi) -> None:
    """A link greets for its newsroom; commands are named so that they can be tapped."""
    asta = api.user("Asta", language="da")
    async with desk():
        await asta.starts("havnen")
        greeting = await post(asta.chat, "Havnen")
        assert "/subscribe havnen" in [button.get("callback_data") for button in greeting.buttons]
        await asta.says("/help")
        help_ = await post(asta.chat, "/soeg")
        assert "/søg" not in help_.text


async def test_inline_mode_offers_releases(desk: Start, api: TelegramApi) -> None:
    """`@bot words` in any chat; what is posted says as of when."""
    asta = api.user("Asta", language="da")
    group = api.group("Et andet sted", owner=asta)
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        offered = await asta.inline("kajen")
        assert [result["title"] for result in offered.results] == ["Kajen åbner"]
        said = await asta.picks(offered.results[0], group)
        assert "pr. " in said.text or "as of" in said.text
        assert said.links == ["https://havnen.example/1"]
        assert [result["title"] for result in (await asta.inline("")).results] == ["Kajen åbner"]
        assert (await asta.inline("findes ikke her")).results == []


# Permission -------------------------------------------------------------------------------------------------------------


async def test_only_administrators_configure_a_group(desk: Start, api: TelegramApi) -> None:
    """Anonymous ones too; a member not, nor somebody posting as a channel of theirs; a new administrator at once."""
    asta, birk = (api.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    group = api.supergroup("Redaktionen", owner=asta, bot=True, bot_is_admin=True)
    own = api.channel("Birks kanal", owner=birk)
    await asta.adds(birk, group)
    async with desk():
        refused = "administrator"
        await birk.says("/subscribe havnen", group)
        first = await post(group, refused)
        await asta.says("/start@pressevagt_bot", group)
        greeting = await post(group, "Pressevagt")
        await birk.presses(greeting, "Abonner")
        await until(lambda: len([each for each in posts(group) if refused in each.text]) == 2)
        await birk.says("/subscribe havnen", group, as_channel=own)
        await until(lambda: len([each for each in posts(group) if refused in each.text]) == 3)
        asta.promotes(birk, group)
        await asyncio.sleep(2.1)  # a list this fresh is believed even to refuse somebody
        await birk.says("/subscribe havnen", group)
        await post(group, "Abonnementet på Havnen")
        await asta.says("/unsubscribe havnen", group, anonymous=True)
        await post(group, "Afmeldt: Havnen")
        assert first.reply_to is not None


async def test_a_press_in_a_channel_answers_in_private(desk: Start, api: TelegramApi) -> None:
    """A reader who presses Contact is led to the bot; the channel's other readers see nothing."""
    asta, birk = (api.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    channel = api.channel("Nyt", owner=asta, bot=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen", channel)
        await post(channel, "Abonnementet på")
        await bot.publish(1, "Kajen åbner")
        alert = await post(channel, "Kajen åbner")
        before = len(channel.posts)
        answer = await birk.presses(alert, "Kontakt")
        assert answer.url.startswith("https://t.me/pressevagt_bot?start=")
        assert len(channel.posts) == before
        await birk.starts(answer.url.partition("start=")[2])
        await post(birk.chat, "+4533112233")


async def test_a_channel_is_configured_from_private(desk: Start, api: TelegramApi) -> None:
    """By its name, by a forwarded post, by choosing it; only by its administrators."""
    asta, birk = (api.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    channel = api.channel("Nyt", owner=asta, username="nytkanal", bot=True)
    other = api.channel("Andet", owner=asta)
    async with desk() as bot:
        await birk.says("/subscribe havnen @nytkanal")
        await post(birk.chat, "administrator")
        await asta.says("/subscribe havnen @nytkanal")
        done = await post(asta.chat, "Abonnementet på Havnen")
        await bot.publish(1, "Kajen åbner")
        alert = await post(channel, "Kajen åbner")
        assert not any("Kajen" in each.words for each in posts(asta.chat))
        await asta.presses(done, "Fortryd")
        await post(asta.chat, "Afmeldt: Havnen")
        await asta.forwards(alert)
        await post(asta.chat, "Nyt")
        await asta.starts()
        await until(lambda: any(each.reply_keyboard for each in posts(asta.chat)))
        await asta.shares(other)
        chosen = await post(asta.chat, "Andet")
        await asta.presses(chosen, "Abonner")
        await until(lambda: sum("Abonnementet på" in each.words for each in posts(asta.chat)) == 2)


# Life of a chat ---------------------------------------------------------------------------------------------------------


async def test_let_in_thrown_out_and_let_in_again(either: Start, api: TelegramApi) -> None:
    """A greeting with a button; nothing while we are out, the administrator told; and alerts again once we are back."""
    asta = api.user("Asta", language="da", started=True)
    group = api.group("Redaktionen", owner=asta)
    async with either() as desk:
        await asta.adds_bot(group)
        greeting = await post(group, "Pressevagt")
        await asta.presses(greeting, "Abonner")
        await post(group, "Abonnementet på")
        await asta.kicks_bot(group)
        told = await post(asta.chat, "Redaktionen")
        assert "kan ikke længere skrive" in told.text
        await desk.publish(1, "Kajen åbner")
        await asta.adds_bot(group)
        await until(lambda: sum("Pressevagt" in each.words for each in posts(group)) == 2)
        await desk.publish(2, "Kajen lukker")
        await post(group, "Kajen lukker")


async def test_a_blocked_bot_hears_it_from_the_send(desk: Start, api: TelegramApi) -> None:
    """Where no update told: the subscription rests until the person writes again; nothing is lost."""
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen")
        await post(asta.chat, "Abonnementet på")
        api.fault("sendMessage", status=403, description="Forbidden: bot was blocked by the user")
        await bot.publish(1, "Kajen åbner")
        await until(lambda: any(call.status == 403 for call in api.asked("sendMessage")))
        await asyncio.sleep(0.3)
        await asta.says("/latest")
        await post(asta.chat, "Seneste")
        await until(lambda: any("+4533112233" in each.words for each in posts(asta.chat)))
        assert await bot.dead_letters() == []


@pytest.mark.parametrize("quietly", [False, True])
async def test_a_group_becomes_a_supergroup(desk: Start, api: TelegramApi, quietly: bool) -> None:
    """Told by an update or only by a refused send: the subscription goes along, no alert is lost or doubled."""
    asta = api.user("Asta", language="da", started=True)
    group = api.group("Redaktionen", owner=asta, bot=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen", group)
        await post(group, "Abonnementet på")
        bigger = await asta.migrates(group, quietly=quietly)
        if quietly:
            await asta.adds_bot(bigger)
        await asyncio.sleep(0.3)
        await bot.publish(1, "Kajen åbner")
        await post(bigger, "Kajen åbner")
        await asyncio.sleep(0.3)
        assert sum("Kajen åbner" in each.words for each in posts(bigger)) == 1
        assert quietly or len(posts(bigger)) == 1  # and no greeting to those who know us


async def test_a_closed_topic_sends_to_general(desk: Start, api: TelegramApi) -> None:
    """With a note; the administrator is told in private; the next alert tries the topic again."""
    asta = api.user("Asta", language="da", started=True)
    forum = api.supergroup("Forum", owner=asta, forum=True, bot=True)
    async with desk() as bot:
        topic = await asta.opens_topic(forum, "Havnen")
        await asta.says("/subscribe havnen", forum, thread=topic)
        await post(forum, "Abonnementet på")
        await asta.closes_topic(forum, topic)
        await bot.publish(1, "Kajen åbner")
        alert = await post(forum, "Kajen åbner")
        assert alert.thread is None
        assert "lukket" in alert.text
        assert "Forum" in (await post(asta.chat, "Det emne")).text
        await asta.reopens_topic(forum, topic)
        await bot.publish(2, "Kajen lukker")
        assert (await post(forum, "Kajen lukker")).thread == topic.id


# Limits and faults ------------------------------------------------------------------------------------------------------


async def test_the_limits_are_kept(tmp_path: Path) -> None:
    """A fan-out to 40 chats is refused nothing, and somebody who asks meanwhile is answered within a second."""
    async with TelegramApi(limits=Limits()) as api, desk_on(api, tmp_path, pace=PACE) as bot:
        people = [api.user(f"Person {n}", language="da", started=True) for n in range(40)]
        now = bot.bot.clock.now()
        async with bot.bot.database.begin() as tx:
            from bot.domain.subscription import Address, ConversationKind

            for person in people:
                here = await tx.destinations.ensure(
                    Address("telegram", bot.adapter.account, str(person.id)),
                    kind=ConversationKind.PRIVATE,
                    title="",
                    language="da",
                    timezone="Europe/Copenhagen",
                    now=now,
                )
                await tx.destinations.subscribe(here.id, None, by="test", now=now)
        await bot.publish(1, "Kajen åbner")
        asker = api.user("Spørger", language="da", started=True)
        await until(lambda: len(api.sent) > 3)
        await asker.says("/help")
        await until(lambda: posts(asker.chat), 1.0)
        await until(lambda: len(api.sent) >= 41, 10)
        assert api.gate.refusals == []


async def test_one_chat_told_to_wait_keeps_nobody_else_waiting(desk: Start, api: TelegramApi) -> None:
    """`retry_after` is honoured for that chat."""
    asta, birk = (api.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    async with desk() as bot:
        for person in (asta, birk):
            await person.says("/subscribe havnen")
            await post(person.chat, "Abonnementet på")
        api.fault("sendMessage", chat=asta.id, retry_after=1)
        await bot.publish(1, "Kajen åbner")
        quick = await post(birk.chat, "Kajen åbner")
        slow = await post(asta.chat, "Kajen åbner")
        assert slow.at - quick.at > 0.8
        assert not any(refusal.while_told_to_wait for refusal in api.gate.refusals[1:])


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 502}, {"reset": True}, {"malformed": True, "status": 502}])
async def test_a_send_that_fails_is_tried_again(desk: Start, api: TelegramApi, fault: dict[str, Any]) -> None:
    """By the outbox, once the pause is over."""
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen")
        await post(asta.chat, "Abonnementet på")
        api.fault("sendMessage", **fault)
        await bot.publish(1, "Kajen åbner")
        await post(asta.chat, "Kajen åbner")


async def test_a_lost_answer_is_counted(desk: Start, api: TelegramApi) -> None:
    """Telegram has no idempotency key: the message may stand twice, and the outbox knows."""
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen")
        await post(asta.chat, "Abonnementet på")
        api.fault("sendMessage", reset=True, taken=True)
        await bot.publish(1, "Kajen åbner")
        await until(lambda: sum("Kajen åbner" in each.words for each in posts(asta.chat)) == 2)
        await asyncio.sleep(0.2)
        async with bot.bot.database.read() as tx:
            assert (await tx.outbox.health()).ambiguous == 1


async def test_the_webhook_asks_for_its_secret(api: TelegramApi, tmp_path: Path) -> None:
    """Without it 403, whatever is said; with it and nonsense 400."""
    async with desk_on(api, tmp_path, webhook=True) as desk, aiohttp.ClientSession() as session:
        update = {"update_id": 1, "message": {}}
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}, {"X-Telegram-Bot-Api-Secret-Token": "ø"}):
            async with session.post(desk.webhook_url, json=update, headers=headers) as answer:
                assert answer.status == 403
        good = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with session.post(desk.webhook_url, data=b"{", headers=good) as answer:
            assert answer.status == 400
        async with session.post(desk.webhook_url, json=update, headers=good) as answer:
            assert answer.status == 200


async def test_a_wrong_token_is_said_at_once(api: TelegramApi, tmp_path: Path) -> None:
    """In one line that does not hold the token."""
    wrong = "110201543:" + "x" * 35
    with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN") as caught:
        async with desk_on(api, tmp_path, TELEGRAM_BOT_TOKEN=wrong):
            pass
    assert wrong not in str(caught.value)


async def test_the_token_is_nowhere_in_the_log(desk: Start, api: TelegramApi, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong, not even where everything is logged."""
    caplog.set_level(logging.INFO)
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen")
        await post(asta.chat, "Abonnementet på")
        for fault in ({"status": 500}, {"reset": True}, {"malformed": True}, {"status": 400, "description": "Bad Request: x"}):
            api.fault("sendMessage", **fault)
            api.fault("getUpdates", **fault)
        await bot.publish(1, "Kajen åbner")
        await asyncio.sleep(1.5)
    assert api.token not in caplog.text


async def test_a_takeover_is_quiet(api: TelegramApi, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """While the former process still polls, Telegram answers 409 for a moment; then updates come."""
    asta = api.user("Asta", language="da", started=True)
    api.fault("getUpdates", status=409, description="Conflict: terminated by other getUpdates request")
    async with desk_on(api, tmp_path, pace=FAST):
        await asta.says("/help")
        await post(asta.chat, "/soeg")
    assert "409" not in caplog.text
    assert "Conflict" not in caplog.text


async def test_a_silenced_group_waits_and_is_alerted_when_it_may_be(desk: Start, api: TelegramApi) -> None:
    """No right to write there: what was owed waits, and comes when a command shows that we may write again."""
    asta = api.user("Asta", language="da", started=True)
    group = api.supergroup("Redaktionen", owner=asta, bot=True)
    async with desk() as bot:
        await asta.says("/subscribe havnen", group)
        await post(group, "Abonnementet på")
        await asta.restricts(group, text=False)
        await bot.publish(1, "Kajen åbner")
        await post(asta.chat, "kan ikke længere skrive i Redaktionen")
        await asta.restricts(group)
        await asta.says("/latest", group)
        await until(lambda: sum("Kajen åbner" in each.words for each in posts(group)) == 2)


async def test_a_topic_subscription_configures_only_its_topic(desk: Start, api: TelegramApi) -> None:
    """Answers stay in the topic where they were asked for."""
    asta = api.user("Asta", language="da", started=True)
    forum = api.supergroup("Forum", owner=asta, forum=True, bot=True)
    async with desk():
        topic = await asta.opens_topic(forum, "Havnen")
        await asta.says("/subscriptions", forum, thread=topic)
        assert (await post(forum, "ingen abonnementer")).thread == topic.id


async def test_a_bot_that_starts_without_telegram_comes_in_later(
    api: TelegramApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that cannot be reached is no reason not to start: it is tried until it answers."""
    monkeypatch.setattr("adapters.telegram.adapter._RETRY", 0.05)
    asta = api.user("Asta", language="da", started=True)
    api.fault("getMe", times=2, status=502)
    async with desk_on(api, tmp_path):
        await asta.says("/help")
        await post(asta.chat, "/seneste")


# The command ------------------------------------------------------------------------------------------------------------


async def run(api: TelegramApi, folder: Path, token: str) -> asyncio.subprocess.Process:
    """`pressevagt run` in a process of its own, with nothing of this one's environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'run.db'}",
        "PRESSEVAGT_HTTP_PORT": "0",
        "PRESSEVAGT_NEWSROOMS": "http://127.0.0.1:9/feed",
        "TELEGRAM_BOT_TOKEN": token,
        "TELEGRAM_API_URL": api.url,
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "run"),
        env=environment,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_run_with_a_token_is_telegram_until_sigterm(api: TelegramApi, tmp_path: Path) -> None:
    """No chat in the terminal; SIGTERM ends it well, and what was answered is not answered again."""
    asta = api.user("Asta", language="da", started=True)
    process = await run(api, tmp_path, api.token)
    await asta.says("/help")
    await until(lambda: posts(asta.chat), 30)
    process.send_signal(signal.SIGTERM)
    _, log = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0, log.decode()
    assert api.token not in log.decode()
    assert not api.updates.pending


async def test_run_with_a_wrong_token_says_so_in_a_line(api: TelegramApi, tmp_path: Path) -> None:
    """And ends with 2."""
    process = await run(api, tmp_path, "110201543:" + "x" * 35)
    _, log = await asyncio.wait_for(process.communicate(), 30)
    lines = [line for line in log.decode().splitlines() if line.strip()]
    assert process.returncode == 2, log.decode()
    assert lines[-1].startswith("pressevagt: TELEGRAM_BOT_TOKEN")
    assert "Traceback" not in log.decode()
