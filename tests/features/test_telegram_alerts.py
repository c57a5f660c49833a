"""Journeys on Telegram: alerts as people see them, by long polling and by webhook."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

import pytest

from bot.domain.prose import paragraphs
from bot.domain.release import Document, Picture
from bot.i18n import texts
from tests.fakes.telegram_api import NO_IMAGE, UNREACHABLE, TelegramApi
from tests.fakes.telegram_entities import units
from tests.features.telegram_desk import Start, answered, count, labels, looks, post, posts, subscribed, until


async def test_somebody_subscribes_and_is_alerted(on_telegram: Start, telegram: TelegramApi) -> None:
    """From Start to the alert: what, who, when in local time, whom to call, and no preview of the link."""
    asta = telegram.user("Asta", language="da")
    async with on_telegram() as desk:
        await asta.starts()
        await asta.presses(await post(asta.chat, "Pressevagt"), "Abonner")
        await post(asta.chat, "Abonnementet på Havnen")
        number = await desk.publish(1, "Kajen åbner <igen>")
        alert = await post(asta.chat, "Kajen åbner")
        async with desk.bot.database.read() as tx:
            release = await tx.releases.get(number)
        assert release is not None
        when = texts("da", "Europe/Copenhagen").moment(release.published, None)
        here = release.published.astimezone(ZoneInfo("Europe/Copenhagen"))
        assert when.endswith(f" kl. {here.hour}.{here:%M}")
        assert alert.text.splitlines()[0] == f"Pressemeddelelse · Havnen · {when}"
        assert "Kajen åbner <igen>" in looks(alert, "bold")
        assert looks(alert, "text_link") == ["Kajen åbner <igen>"]
        assert alert.links == ["https://havnen.example/1"]
        assert "Skibe kan lægge til fra mandag." in alert.text
        assert "+4533112233 (ikke SMS) · presse@havnen.example" in alert.text
        assert alert.preview == {"is_disabled": True}
        assert not alert.silent


async def test_an_alerts_buttons_lead_on(on_telegram: Start, telegram: TelegramApi) -> None:
    """Open is a link, Contact sends a contact to call or keep, Documents lists the files."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        await desk.publish(1, "Kajen åbner", documents=(Document("https://havnen.example/kort.pdf", "Kort over kajen"),))
        alert = await post(asta.chat, "Kajen åbner")
        assert labels(alert) == ["Åbn", "Kontakt", "Dokumenter", "Dæmp"]
        assert alert.buttons[0]["url"] == "https://havnen.example/1"
        await asta.presses(alert, "Kontakt")
        sent = await until(lambda: next((each for each in posts(asta.chat) if each.contact), None))
        assert sent.contact == {"phone_number": "+4533112233", "first_name": "Pressevagten"}
        await asta.presses(alert, "Dokumenter")
        listed = await post(asta.chat, "Kort over kajen")
        assert "https://havnen.example/kort.pdf" in listed.links


async def test_every_kind_of_chat_is_alerted(on_telegram: Start, telegram: TelegramApi) -> None:
    """Group, supergroup, channel, each where its administrator subscribed; a topic in its topic."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    bigger = telegram.supergroup("Hele huset", owner=asta, bot=True)
    forum = telegram.supergroup("Forum", owner=asta, forum=True, bot=True)
    channel = telegram.channel("Nyt", owner=asta, bot=True)
    async with on_telegram() as desk:
        topic = await asta.opens_topic(forum, "Havnen")
        for chat in (group, bigger, channel):
            await subscribed(asta, chat)
        await subscribed(asta, forum, topic)
        await desk.publish(1, "Kajen åbner")
        for chat in (group, bigger, forum, channel):
            alert = await post(chat, "Kajen åbner")
            assert alert.thread == (topic.id if chat is forum else None)


async def test_a_release_with_a_picture_is_a_photo(on_telegram: Start, telegram: TelegramApi) -> None:
    """With a caption; whoever comes second gets the picture that Telegram has already."""
    asta, birk = (telegram.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    async with on_telegram() as desk:
        await subscribed(asta)
        await desk.publish(1, "Kajen åbner", pictures=(Picture(telegram.image(), "Kajen", "Foto: Havnen"),))
        alert = await post(asta.chat, "Kajen åbner")
        assert alert.kind == "photo"
        assert "Kajen – Foto: Havnen" in alert.caption
        assert "Skibe kan lægge til fra mandag." in alert.caption
        assert labels(alert) == ["Åbn", "Kontakt", "Dæmp"]
        await desk.settled(alert)
        await subscribed(birk)
        await desk.publish(2, "Kajen lukker", pictures=(Picture(telegram.image(), "Kajen"),))
        assert (await post(birk.chat, "Kajen lukker")).kind == "photo"
        sent = telegram.asked("sendPhoto")
        assert sent[0].params["photo"] == telegram.image()
        assert sent[-1].params["photo"] in telegram.files.contents


@pytest.mark.parametrize("fate", [UNREACHABLE, NO_IMAGE])
async def test_a_picture_that_cannot_be_had_costs_nothing(on_telegram: Start, telegram: TelegramApi, fate: str) -> None:
    """The alert comes as text, and the next one is not made to wait for the same picture."""
    asta = telegram.user("Asta", language="da", started=True)
    picture = Picture("https://havnen.example/mangler.jpg", "Kajen")
    telegram.files.addresses[picture.url] = fate
    async with on_telegram() as desk:
        await subscribed(asta)
        await desk.publish(1, "Kajen åbner", pictures=(picture,))
        assert (await post(asta.chat, "Kajen åbner")).kind == "text"
        await desk.publish(2, "Kajen lukker", pictures=(picture,))
        await post(asta.chat, "Kajen lukker")
        assert len(telegram.asked("sendPhoto")) == 1


async def test_a_caption_is_cut_at_a_word(on_telegram: Start, telegram: TelegramApi) -> None:
    """At 1,024 as Telegram counts, where an emoji is two; the title keeps its look and link, the contact stays."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        lead = "⛴🛳🚢🏗🌊 " * 100
        await desk.publish(1, "Kajen 🚢 åbner", lead=lead, pictures=(Picture(telegram.image(), "Kajen"),))
        alert = await post(asta.chat, "Kajen 🚢")
        assert 900 < units(alert.caption) <= 1024
        shown = alert.caption.partition("…")[0].splitlines()[-1]
        assert set(shown.split()) == {"⛴🛳🚢🏗🌊"}
        assert looks(alert, "text_link") == ["Kajen 🚢 åbner"]
        assert "+4533112233" in alert.caption


async def test_a_text_is_cut_at_a_word(on_telegram: Start, telegram: TelegramApi) -> None:
    """At 4,096; the contact below stays, and what is bold is whole words."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await desk.publish(1, "Kajen åbner", lead="", body=paragraphs("🚢🚢🚢🚢🚢 " * 900))
        await asta.says("/seneste")
        await post(asta.chat, "Kajen åbner")
        await asta.says("/release 1")
        whole = await post(asta.chat, "🚢🚢")
        assert 4000 < units(whole.text) <= 4096
        shown = whole.text.partition("…")[0].splitlines()[-1]
        assert set(shown.split()) == {"🚢🚢🚢🚢🚢"}
        assert {"Kajen åbner", "Pressekontakt"} <= set(looks(whole, "bold"))
        assert "+4533112233" in whole.text


async def test_markup_that_telegram_refuses_is_sent_as_plain_text(
    on_telegram: Start, telegram: TelegramApi, caplog: pytest.LogCaptureFixture
) -> None:
    """Once more, and logged."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        telegram.fault("sendMessage", status=400, description="Bad Request: can't parse entities: Unsupported start tag")
        with caplog.at_level(logging.WARNING, "adapters.telegram"):
            await desk.publish(1, "Kajen åbner")
            alert = await post(asta.chat, "Kajen åbner")
        assert looks(alert, "bold") == []
        assert "sent without html" in caplog.text


async def test_a_silent_subscription_makes_no_sound(on_telegram: Start, telegram: TelegramApi) -> None:
    """Neither do its corrections where they must be posted anew; answers to people do; the sound comes back when it is wished."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await asta.says("/abonner havnen lydløst")
        answer = await post(asta.chat, "Varslerne kommer uden lyd")
        release = await desk.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.chat, "40 mio.")
        await desk.settled(alert)
        await asta.deletes(alert)
        await desk.correct(release, title="Havnen får 45 mio.")
        correction = await post(asta.chat, "45 mio.")
        await asta.says("/abonner havnen med lyd")
        await post(asta.chat, "kommer fra nu af med lyd")
        await desk.publish(2, "Kajen åbner")
        heard = await post(asta.chat, "Kajen åbner")
        assert [each.silent for each in (answer, alert, correction, heard)] == [False, True, True, False]


async def test_an_alerts_button_mutes_its_newsroom(on_telegram: Start, telegram: TelegramApi) -> None:
    """What comes meanwhile is not sent, what stands is corrected, and the answer's button ends it."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await asta.says("/abonner alle")
        await post(asta.chat, "Abonnementet er oprettet")
        release = await desk.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.chat, "40 mio.")
        await desk.settled(alert)
        await asta.presses(alert, "Dæmp")
        muted = await post(asta.chat, "Havnen kommer her via abonnementet på alle nyhedsrum")
        await desk.publish(2, "Kajen åbner")
        await desk.correct(release, title="Havnen får 45 mio.")
        await until(lambda: "45 mio." in alert.text)
        await asta.presses(muted, "Fortryd")
        await post(asta.chat, "Ingen nyhedsrum er dæmpet her længere")
        await desk.publish(3, "Kajen lukker")
        await post(asta.chat, "Kajen lukker")
        await answered(asta)
        assert count(asta.chat, "Kajen åbner") == 0
