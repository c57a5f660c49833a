"""Journeys on Telegram: corrections, by long polling and by webhook."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.contact import Contact, Phone
from bot.domain.delivery import DeliveryState
from bot.domain.release import Picture
from tests.fakes.telegram_api import TelegramApi
from tests.features.telegram_desk import Start, answered, count, labels, post, posts, subscribed, until


def photo(telegram: TelegramApi, *, wanted: bool) -> dict[str, Any]:
    """What a release has besides, so that its alert is a photo, or a text."""
    return {"pictures": (Picture(telegram.image(), "Kajen"),)} if wanted else {}


@pytest.mark.parametrize("as_photo", [False, True], ids=["text", "caption"])
async def test_a_correction_edits_the_message(on_telegram: Start, telegram: TelegramApi, as_photo: bool) -> None:
    """In place, marked with the time, with its buttons and its picture, without another message."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        release = await desk.publish(1, "Havnen får 40 mio.", **photo(telegram, wanted=as_photo))
        alert = await post(asta.chat, "40 mio.")
        await desk.settled(alert)
        await desk.correct(release, title="Havnen får 45 mio.")
        await until(lambda: "45 mio." in alert.words)
        await desk.settled(alert)
        assert alert.words.startswith("RETTET kl.")
        assert alert.kind == ("photo" if as_photo else "text")
        assert labels(alert) == ["Åbn", "Kontakt", "Dæmp"]
        await answered(asta)
        assert count(asta.chat, "mio.") == 1


async def test_an_old_alert_is_corrected_like_a_new_one(on_telegram: Start, telegram: TelegramApi) -> None:
    """There is no time after which a bot may not edit its own messages."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        release = await desk.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.chat, "40 mio.")
        await desk.settled(alert)
        alert.date -= int(timedelta(days=400).total_seconds())
        await desk.correct(release, title="Havnen får 45 mio.")
        await until(lambda: "45 mio." in alert.text)


async def test_an_edit_that_changes_nothing_is_done(on_telegram: Start, telegram: TelegramApi) -> None:
    """The answer to the edit was lost: the second one hears "message is not modified", and that is all."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        release = await desk.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.chat, "40 mio.")
        await desk.settled(alert)
        telegram.fault("editMessageText", reset=True, taken=True)
        await desk.correct(release, title="Havnen får 45 mio.")
        await until(lambda: alert.edits == 1)
        await desk.settled(alert)
        said = [call.description for call in telegram.asked("editMessageText")]
        assert said[0] == ""
        assert "message is not modified" in said[1]
        assert len(said) == 2
        assert count(asta.chat, "mio.") == 1
        assert desk.settlements[-1][1].state is DeliveryState.SENT


@pytest.mark.parametrize("as_photo", [False, True], ids=["text", "caption"])
@pytest.mark.parametrize("refusal", ["message to edit not found", "message can't be edited"])
async def test_what_cannot_be_edited_is_replied_to(on_telegram: Start, telegram: TelegramApi, refusal: str, as_photo: bool) -> None:
    """The correction replies to the alert, and it is the reply that is corrected from then on."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        release = await desk.publish(1, "Havnen får 40 mio.", **photo(telegram, wanted=as_photo))
        alert = await post(asta.chat, "40 mio.")
        await desk.settled(alert)
        telegram.fault("editMessageCaption" if as_photo else "editMessageText", status=400, description=f"Bad Request: {refusal}")
        await desk.correct(release, title="Havnen får 45 mio.")
        reply = await post(asta.chat, "45 mio.")
        assert reply.reply_to is alert
        assert reply.text.startswith("RETTET kl.")
        await desk.settled(reply)
        await desk.correct(release, title="Havnen får 50 mio.")
        await until(lambda: "50 mio." in reply.text)
        assert "40 mio." in alert.words


async def test_a_deleted_alert_is_corrected_anew(on_telegram: Start, telegram: TelegramApi) -> None:
    """There is nothing to reply to either: the correction stands by itself."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        release = await desk.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.chat, "40 mio.")
        await desk.settled(alert)
        await asta.deletes(alert)
        await desk.correct(release, title="Havnen får 45 mio.")
        anew = await post(asta.chat, "45 mio.")
        assert anew.reply_to is None


async def test_a_caption_that_grows_too_long_is_shortened_and_the_rest_replied(on_telegram: Start, telegram: TelegramApi) -> None:
    """1,024 characters; the reply goes on where the caption ends, and repeats nothing of it."""
    asta = telegram.user("Asta", language="da", started=True)
    contacts = tuple(
        Contact(role=f"kommunikationsafdelingen for det store havneområde nummer {n}", phones=(Phone(f"+453311220{n}"),))
        for n in range(2)
    )
    words = [f"ord{number}" for number in range(95)]
    async with on_telegram() as desk:
        await subscribed(asta)
        release = await desk.publish(1, "Kort", pictures=(Picture(telegram.image(), "Kajen"),), contacts=contacts)
        alert = await post(asta.chat, "Kort")
        await desk.settled(alert)
        await desk.correct(release, title="Lang " * 59, lead=" ".join(words))
        rest = await post(asta.chat, "ord94")
        assert rest.reply_to is alert
        assert len(alert.caption) <= 1024
        shown = alert.caption.partition("ord0")[2].partition("…")[0]
        assert rest.text.startswith("…")
        assert f"ord0{shown} {rest.text.removeprefix('…')}".split() == words
        assert "+4533112200" in alert.caption
        assert "+4533112200" not in rest.text


async def test_several_corrections_come_to_the_newest(on_telegram: Start, telegram: TelegramApi) -> None:
    """Whoever was told to wait shows in the end what the newsroom said last."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        release = await desk.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.chat, "40 mio.")
        await desk.settled(alert)
        telegram.fault("editMessageText", retry_after=1, chat=asta.id)
        for amount in (45, 50, 55):
            await desk.correct(release, title=f"Havnen får {amount} mio.")
        await until(lambda: "55 mio." in alert.text)
        await answered(asta)
        assert len([each for each in posts(asta.chat) if "mio." in each.text]) == 1
