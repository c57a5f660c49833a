"""The fake Bot API, asked by its SDK, and by plain HTTP where that hides something: limits and faults."""

from __future__ import annotations

import pytest
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from tests.fakes.telegram_api import Limits, Person, TelegramApi
from tests.fakes.telegram_bricks import Clock, bot_of, raw


async def test_one_message_a_second_to_a_chat() -> None:
    """A chat gets one message a second; a flood that goes on makes the wait longer; other chats are not held up."""
    clock = Clock()
    async with TelegramApi(limits=Limits(), clock=clock) as api, bot_of(api) as bot:
        first, other = api.user("Asta", started=True), api.user("Bo", started=True)
        await bot.send_message(first.id, "1")
        with pytest.raises(RetryAfter):
            await bot.send_message(first.id, "2")
        clock.now += 0.9
        with pytest.raises(RetryAfter):
            await bot.send_message(first.id, "2")
        await bot.send_message(other.id, "1")
        clock.now += 0.5
        with pytest.raises(RetryAfter):
            await bot.send_message(first.id, "2")
        clock.now += 1.0
        await bot.send_message(first.id, "2")

    assert [(refusal.scope, refusal.while_told_to_wait) for refusal in api.gate.refusals] == [
        ("chat", False),
        ("chat", True),
        ("chat", True),
    ]


async def test_the_account_and_group_limits() -> None:
    """30 a second over all, and 20 a minute to a group, whether sent or edited."""
    clock = Clock()
    async with TelegramApi(limits=Limits(), clock=clock) as api, bot_of(api) as bot:
        people = [api.user("Nogen", started=True) for _ in range(31)]
        for person in people[:30]:
            await bot.send_message(person.id, "x")
        status, answer = await raw(api, "sendMessage", {"chat_id": people[30].id, "text": "x"})
        assert (status, answer["parameters"]) == (429, {"retry_after": 1})
        assert answer["description"] == "Too Many Requests: retry after 1"

        group = api.group("Redaktionen", owner=people[0], bot=True)
        clock.now += 2
        sent = await bot.send_message(group.id, "0")
        for number in range(1, 20):
            clock.now += 1
            await bot.edit_message_text(str(number), group.id, sent.message_id)
        clock.now += 1
        status, answer = await raw(api, "sendMessage", {"chat_id": group.id, "text": "x"})
        assert (status, answer["parameters"]) == (429, {"retry_after": 40})
        clock.now += 40
        await bot.send_message(group.id, "x")


async def test_faults_before_and_after_the_call_was_taken(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A status, a broken connection, a silence and nonsense; the message stands only where the call was taken."""
    api.fault("sendMessage", status=502)
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(asta.id, "1")
    api.fault("sendMessage", reset=True)
    with pytest.raises(NetworkError):
        await bot.send_message(asta.id, "2")
    api.fault("sendMessage", reset=True, taken=True)
    with pytest.raises(NetworkError):
        await bot.send_message(asta.id, "3")
    silence = api.fault("sendMessage", hang=True, taken=True)
    with pytest.raises(TimedOut):
        await bot.send_message(asta.id, "4", read_timeout=0.2)
    api.fault("sendMessage", malformed=True)
    with pytest.raises(TelegramError, match="Invalid server response"):
        await bot.send_message(asta.id, "5")
    api.fault("sendMessage", delay=0.01)
    await bot.send_message(asta.id, "6")

    assert [message.text for message in api.sent] == ["3", "4", "6"]
    assert silence.hits == 1


async def test_faults_for_one_chat_and_the_account(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A flood wait can befall one chat or the account, and only sends and edits."""
    bo = api.user("Bo", started=True)
    api.fault("sendMessage", chat=bo.id, retry_after=30)
    await bot.send_message(asta.id, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(bo.id, "x")
    await bot.send_message(asta.id, "x")
    api.fault("sendMessage", retry_after=30)
    with pytest.raises(RetryAfter):
        await bot.send_message(asta.id, "x")
    assert await bot.get_chat(asta.id)
