"""Journeys on Telegram: what goes wrong on the way, by long polling and by webhook."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from bot.domain.delivery import DeliveryState
from tests.fakes.telegram_api import Call, Person, TelegramApi
from tests.features.telegram_desk import Start, answered, count, post, posts, subscribed, until

REFUSED_FAULTS = {"500": {"status": 500}, "502": {"status": 502}, "page": {"malformed": True, "status": 502}}
LOST = {
    "reset": {"reset": True, "taken": True},
    "timeout": {"hang": True, "taken": True},
    "page": {"malformed": True, "taken": True},
}


COUNTED = 'pressevagt_lost_answers_total{platform="telegram"}'
DONE = (DeliveryState.SENT, DeliveryState.DEAD)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are given up sooner than in life."""
    monkeypatch.setattr("adapters.telegram.request.LIMIT", 2.0)


def sends(telegram: TelegramApi, person: Person) -> list[Call]:
    """What was written to somebody, or tried."""
    return [call for call in telegram.asked("sendMessage") if call.params["chat_id"] == str(person.id)]


@pytest.mark.parametrize("fault", REFUSED_FAULTS.values(), ids=REFUSED_FAULTS)
async def test_a_send_that_fails_is_tried_again_by_the_outbox_alone(
    on_telegram: Start, telegram: TelegramApi, fault: dict[str, Any]
) -> None:
    """Once, after the outbox's pause of a second: nobody else sends it again."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await desk.subscribe(asta)
        telegram.fault("sendMessage", **fault)
        await desk.publish(1, "Kajen åbner")
        alert = await post(asta.chat, "Kajen åbner")
        await desk.settled(alert)
        first, second = sends(telegram, asta)
        assert second.at - first.at > 0.9
        assert count(asta.chat, "Kajen åbner") == 1


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
async def test_a_lost_answer_is_counted(on_telegram: Start, telegram: TelegramApi, fault: dict[str, Any]) -> None:
    """Telegram has no idempotency key: the alert may stand twice, at most, and a metric says so."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram(metrics=True) as desk:
        await desk.subscribe(asta)
        assert COUNTED not in await desk.metrics()
        telegram.fault("sendMessage", **fault)
        await desk.publish(1, "Kajen åbner")
        await until(lambda: count(asta.chat, "Kajen åbner") == 2)
        await desk.settled(posts(asta.chat)[-1])
        await answered(asta)
        assert count(asta.chat, "Kajen åbner") == 2
        assert f"{COUNTED} 1.0" in await desk.metrics()


async def test_what_never_left_is_not_counted(on_telegram: Start, telegram: TelegramApi) -> None:
    """A server that says itself that it failed has not taken the message."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram(metrics=True) as desk:
        await desk.subscribe(asta)
        telegram.fault("sendMessage", status=500)
        await desk.publish(1, "Kajen åbner")
        await desk.settled(await post(asta.chat, "Kajen åbner"))
        assert COUNTED not in await desk.metrics()


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("fault", LOST.values(), ids=LOST)
async def test_an_answer_lost_on_the_way_is_said_once_more(
    on_telegram: Start, telegram: TelegramApi, fault: dict[str, Any]
) -> None:
    """Whoever asked is waiting: the same words twice are better than none."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram():
        telegram.fault("sendMessage", **fault)
        await asta.says("/newsrooms")
        await until(lambda: count(asta.chat, "Havnen") == 2)
        await answered(asta)
        assert count(asta.chat, "Havnen") == 2


async def test_an_answer_lost_twice_is_given_up(on_telegram: Start, telegram: TelegramApi) -> None:
    """It may stand there twice already; the next question is answered."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram():
        lost = telegram.fault("sendMessage", times=2, reset=True)
        await asta.says("/newsrooms")
        await until(lambda: lost.hits == 2)
        await answered(asta)
        assert count(asta.chat, "Havnen") == 0


async def test_an_answer_that_was_not_taken_is_said_again(on_telegram: Start, telegram: TelegramApi) -> None:
    """And stands there once."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram():
        telegram.fault("sendMessage", times=2, status=500)
        await asta.says("/newsrooms")
        await post(asta.chat, "Havnen")
        await answered(asta)
        assert count(asta.chat, "Havnen") == 1


@pytest.mark.parametrize("taken", [False, True])
async def test_a_page_that_turns_is_turned_at_last(on_telegram: Start, telegram: TelegramApi, taken: bool) -> None:
    """The press and the edit are lost on the way: both are tried again, neither is seen twice, and no message comes of it."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        for number in range(1, 8):
            await desk.publish(number, f"Nyhed {number}")
        await asta.says("/seneste")
        listed = await post(asta.chat, "Nyhed 7")
        before = len(posts(asta.chat))
        for method in ("answerCallbackQuery", "editMessageText"):
            telegram.fault(method, reset=True, taken=taken)
        await asta.presses(listed, "Flere ▸")
        await until(lambda: "Nyhed 1" in listed.text)
        await asta.says("/subscriptions")
        await until(lambda: len(posts(asta.chat)) > before)
        assert listed.edits == 1
        assert len(posts(asta.chat)) == before + 1


async def test_the_token_is_nowhere(
    on_telegram: Start, telegram: TelegramApi, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever goes wrong: not in the log of any library, in no reason of a dead letter, and in no metric."""
    caplog.set_level(logging.INFO)
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram(metrics=True) as desk:
        await subscribed(asta)
        faults: tuple[dict[str, Any], ...] = (
            {"status": 500},
            {"reset": True},
            {"malformed": True},
            {"status": 400, "description": "Bad Request: x"},
        )
        for number, fault in enumerate(faults, 1):
            for method in ("sendMessage", "getUpdates", "answerCallbackQuery", "getChat"):
                telegram.fault(method, **fault)
            await asta.says("/subscribe havnen @nytkanal")
            await desk.publish(number, f"Nyhed {number}")
        await until(lambda: sum(settled.state in DONE for _, settled in desk.settlements) >= len(faults))
        telegram.faults.waiting.clear()
        await answered(asta)
        page = await desk.metrics()
        letters = await desk.dead_letters()
    said = capsys.readouterr()
    for text in (caplog.text, said.out, said.err, page, *letters):
        assert telegram.token not in text
        assert telegram.token.partition(":")[2] not in text
    assert "pressevagt" in page
