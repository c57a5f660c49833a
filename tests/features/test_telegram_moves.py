"""Journeys on Telegram: groups that become supergroups, and topics that close, by long polling and by webhook."""

from __future__ import annotations

import pytest

from tests.fakes.telegram_api import TelegramApi
from tests.features.telegram_desk import Start, answered, count, post, posts, subscribed, until


@pytest.mark.parametrize("quietly", [False, True], ids=["told", "by the send"])
async def test_a_group_becomes_a_supergroup(on_telegram: Start, telegram: TelegramApi, quietly: bool) -> None:
    """Told by an update, or only by a refused send: the subscription goes along, no alert is lost or doubled, nobody greets."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    async with on_telegram() as desk:
        await subscribed(asta, group)
        bigger = await asta.migrates(group, quietly=quietly)
        await desk.publish(1, "Kajen åbner")
        await desk.settled(await post(bigger, "Kajen åbner"))
        await desk.publish(2, "Kajen lukker")
        await desk.settled(await post(bigger, "Kajen lukker"))
        assert [each.text.count("Kajen") for each in posts(bigger)] == [1, 1]
        await asta.says("/subscriptions", bigger)
        assert "Havnen" in (await until(lambda: posts(bigger)[2:]))[0].text


async def test_what_was_owed_to_a_group_moves_along(on_telegram: Start, telegram: TelegramApi) -> None:
    """Alerts that wait while the group moves come once, in the supergroup."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    async with on_telegram() as desk:
        await subscribed(asta, group)
        slow = telegram.fault("sendMessage", chat=group.id, retry_after=1)
        for number in (1, 2, 3):
            await desk.publish(number, f"Nyhed {number}")
        await until(lambda: slow.hits)
        bigger = await asta.migrates(group)
        for number in (1, 2, 3):
            await desk.settled(await post(bigger, f"Nyhed {number}"))
        assert [count(bigger, f"Nyhed {number}") for number in (1, 2, 3)] == [1, 1, 1]
        assert await desk.dead_letters() == []


async def test_a_slow_answer_in_the_group_brings_no_greeting(on_telegram: Start, telegram: TelegramApi) -> None:
    """That we come into the supergroup is told after that the group became it, though the group is busy."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    async with on_telegram() as desk:
        await subscribed(asta, group)
        slow = telegram.fault("sendMessage", chat=group.id, delay=1.0)
        await asta.says("/help", group)
        await until(lambda: slow.hits)
        bigger = await asta.migrates(group)
        await asta.says("/subscriptions", bigger)
        await post(bigger, "Havnen")
        await desk.publish(1, "Kajen åbner")
        await desk.settled(await post(bigger, "Kajen åbner"))
        assert len(posts(bigger)) == 2


@pytest.mark.parametrize("gone", ["closed", "deleted", "not found"])
async def test_a_topic_that_takes_nothing_sends_to_general(on_telegram: Start, telegram: TelegramApi, gone: str) -> None:
    """With a note; the administrator is told in private, once; nothing is paused, and the next alert tries the topic again."""
    asta = telegram.user("Asta", language="da", started=True)
    forum = telegram.supergroup("Forum", owner=asta, forum=True, bot=True)
    async with on_telegram() as desk:
        topic = await asta.opens_topic(forum, "Havnen")
        await subscribed(asta, forum, topic)
        if gone == "deleted":
            await asta.deletes_topic(forum, topic)
        topic.closed, topic.lost = gone == "closed", gone == "not found"
        await desk.publish(1, "Kajen åbner")
        alert = await post(forum, "Kajen åbner")
        assert alert.thread is None
        assert "Det var tiltænkt et emne, der er lukket eller slettet." in alert.text
        await post(asta.chat, "Det emne i Forum")
        await desk.publish(2, "Broen lukker")
        assert (await post(forum, "Broen lukker")).thread is None
        topic.closed = topic.lost = topic.deleted = False
        await desk.publish(3, "Broen åbner")
        again = await post(forum, "Broen åbner")
        assert again.thread == topic.id
        assert "tiltænkt" not in again.text
        await answered(asta)
        assert count(asta.chat, "Det emne i Forum") == 1
        assert not any(settled.pause for _, settled in desk.settlements)


async def test_answers_stay_in_their_topic(on_telegram: Start, telegram: TelegramApi) -> None:
    """What is subscribed to in one topic is no other topic's."""
    asta = telegram.user("Asta", language="da", started=True)
    forum = telegram.supergroup("Forum", owner=asta, forum=True, bot=True)
    async with on_telegram():
        one, other = await asta.opens_topic(forum, "Havnen"), await asta.opens_topic(forum, "Andet")
        await subscribed(asta, forum, one)
        await asta.says("/subscriptions", forum, thread=other)
        assert (await post(forum, "ingen abonnementer")).thread == other.id
        await asta.says("/subscriptions", forum, thread=one)
        await until(lambda: [each for each in posts(forum) if each.thread == one.id][1:])
