"""Journeys on Telegram: how fast we may write, by long polling and by webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.telegram.adapter import PACE
from tests.fakes.telegram_api import Limits, TelegramApi
from tests.features.telegram_desk import Start, count, desk_on, post, posts, until


@pytest.fixture
async def strict() -> AsyncIterator[TelegramApi]:
    """A Telegram that keeps its limits."""
    async with TelegramApi(limits=Limits()) as server:
        yield server
        assert server.violations == []


@pytest.fixture(params=["polling", "webhook"])
def in_time(request: pytest.FixtureRequest, strict: TelegramApi, tmp_path: Path) -> Start:
    """Start the bot there, at the pace that it really has."""
    return partial(desk_on, strict, tmp_path, webhook=request.param == "webhook", pace=PACE)


async def test_a_fan_out_keeps_the_limits_and_starves_nobody(in_time: Start, strict: TelegramApi) -> None:
    """60 chats are alerted without one refusal; who asks meanwhile is answered before the last of them."""
    async with in_time() as desk:
        people = [strict.user(f"Person {n}", language="da", started=True) for n in range(60)]
        await desk.subscribe(*people)
        await desk.publish(1, "Kajen åbner")
        asker = strict.user("Spørger", language="da", started=True)
        await until(lambda: len(strict.sent) > 3)
        await asker.says("/help")
        answer = await post(asker.chat, "/soeg")
        await until(lambda: all(count(person.chat, "Kajen åbner") for person in people))
        assert strict.gate.refusals == []
        assert answer.at < strict.sent[-1].at
        assert len(strict.sent) == 61


async def test_one_chat_gets_a_message_a_second_and_a_group_twenty_a_minute(in_time: Start, strict: TelegramApi) -> None:
    """Two alerts at once come one after the other, in their order; in the group three seconds apart."""
    asta = strict.user("Asta", language="da", started=True)
    group = strict.group("Redaktionen", owner=asta, bot=True)
    async with in_time() as desk:
        await desk.subscribe(asta, group)
        for number in (1, 2):
            await desk.publish(number, f"Nyhed {number}")
        for chat, apart in ((asta.chat, 0.95), (group, 2.95)):
            await post(chat, "Nyhed 2")
            alerts = [each for each in posts(chat) if "Nyhed" in each.text]
            assert ["Nyhed 1" in each.text for each in alerts] == [True, False]
            assert all(later.at - earlier.at >= apart for earlier, later in pairwise(alerts))
        assert strict.gate.refusals == []


async def test_a_contact_comes_though_its_chat_just_got_an_answer(in_time: Start, strict: TelegramApi) -> None:
    """The second message within a second is told to wait, and comes when it may."""
    asta = strict.user("Asta", language="da", started=True)
    async with in_time() as desk:
        await desk.publish(1, "Kajen åbner")
        await asta.says("/contact havnen")
        contact = await until(lambda: next((each for each in posts(asta.chat) if each.contact), None))
        assert contact.contact["phone_number"] == "+4533112233"


async def test_one_chat_told_to_wait_keeps_nobody_else_waiting(on_telegram: Start, telegram: TelegramApi) -> None:
    """`retry_after` is honoured for that chat, and the chat is not asked again before."""
    asta, birk = (telegram.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    async with on_telegram() as desk:
        await desk.subscribe(asta, birk)
        telegram.fault("sendMessage", chat=asta.id, retry_after=2)
        await desk.publish(1, "Kajen åbner")
        quick = await post(birk.chat, "Kajen åbner")
        slow = await post(asta.chat, "Kajen åbner")
        assert slow.at - quick.at > 1.5
        assert len(telegram.gate.refusals) == 1
        assert await desk.dead_letters() == []


async def test_the_account_told_to_wait_waits_as_a_whole(on_telegram: Start, telegram: TelegramApi) -> None:
    """After a few refusals nothing is tried until the time is over; then everybody gets theirs, once."""
    people = [telegram.user(f"Person {n}", language="da", started=True) for n in range(12)]
    async with on_telegram() as desk:
        await desk.subscribe(*people)
        telegram.gate.hold(2)
        await desk.publish(1, "Kajen åbner")
        await until(lambda: len(telegram.gate.refusals) >= 3)
        late = telegram.user("For sent", language="da", started=True)
        await until(lambda: all(count(person.chat, "Kajen åbner") for person in people))
        assert [count(person.chat, "Kajen åbner") for person in people] == [1] * 12
        assert len(telegram.gate.refusals) <= 2 * len(people)
        assert posts(late.chat) == []


async def test_an_answer_told_to_wait_comes_later(on_telegram: Start, telegram: TelegramApi) -> None:
    """Somebody's question is not lost by a 429, and others are answered meanwhile."""
    asta, birk = (telegram.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    async with on_telegram():
        telegram.fault("sendMessage", chat=asta.id, retry_after=1)
        await asta.says("/help")
        await until(lambda: telegram.gate.refusals)
        await birk.says("/help")
        quick = await post(birk.chat, "/soeg")
        slow = await post(asta.chat, "/soeg")
        assert quick.at < slow.at
        assert len(telegram.gate.refusals) == 1
