"""Journeys on Telegram: the life of a chat, from letting us in to throwing us out, by long polling and by webhook."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.fakes.telegram_api import Chat, Person, TelegramApi
from tests.features.telegram_desk import Start, answered, count, labels, post, posts, subscribed, until

OUT = "kan ikke længere skrive i"
Act = Callable[[Person, Chat], Awaitable[None]]


async def kicks(asta: Person, chat: Chat) -> None:
    """Throw the bot out."""
    await asta.kicks_bot(chat)


async def deletes(asta: Person, chat: Chat) -> None:
    """Delete the chat."""
    await asta.deletes_chat(chat)


async def silences(asta: Person, chat: Chat) -> None:
    """Let nobody but administrators write."""
    await asta.restricts(chat, text=False)


async def forbids(asta: Person, chat: Chat) -> None:
    """Have Telegram refuse it by a word of its own."""
    await asta.restricts(chat, refusal="CHAT_WRITE_FORBIDDEN")


async def demotes(asta: Person, chat: Chat) -> None:
    """Take the right to post away."""
    await asta.demotes_bot(chat)


async def test_let_in_we_greet(on_telegram: Start, telegram: TelegramApi) -> None:
    """In a group with a short greeting and a button to subscribe; of a channel only whoever let us in is told."""
    asta = telegram.user("Asta", language="da", started=True)
    group, channel = telegram.group("Redaktionen", owner=asta), telegram.channel("Nyt", owner=asta)
    async with on_telegram() as desk:
        await asta.adds_bot(group)
        greeting = await post(group, "Pressevagt")
        assert "Abonner" in labels(greeting)
        await asta.presses(greeting, "Abonner")
        await post(group, "Abonnementet på")
        await asta.adds_bot(channel)
        await asta.presses(await post(asta.chat, "Hvad skal jeg gøre for Nyt?"), "Abonner")
        await post(asta.chat, "Abonnementet på")
        await desk.publish(1, "Kajen åbner")
        for chat in (group, channel):
            await post(chat, "Kajen åbner")
        assert len(posts(channel)) == 1


async def test_thrown_out_and_let_in_again(on_telegram: Start, telegram: TelegramApi) -> None:
    """The administrator is told, nothing comes while we are out, and alerts come again once we are back."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    async with on_telegram() as desk:
        await subscribed(asta, group)
        await asta.kicks_bot(group)
        await post(asta.chat, f"{OUT} Redaktionen")
        await desk.publish(1, "Kajen åbner")
        await asta.adds_bot(group)
        await until(lambda: count(group, "Pressevagt"))
        await desk.publish(2, "Kajen lukker")
        await post(group, "Kajen lukker")
        assert count(group, "Kajen åbner") == 0
        assert all(call.status == 200 for call in telegram.asked("sendMessage"))


async def test_blocked_and_unblocked(on_telegram: Start, telegram: TelegramApi) -> None:
    """Nothing is tried while we are blocked; with the person's next word it goes on."""
    asta, birk = (telegram.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    async with on_telegram() as desk:
        for person in (asta, birk):
            await subscribed(person)
        await asta.blocks_bot()
        await desk.rests(asta)
        await desk.publish(1, "Kajen åbner")
        await post(birk.chat, "Kajen åbner")
        await asta.starts()
        await post(asta.chat, "Pressevagt")
        await desk.publish(2, "Kajen lukker")
        await post(asta.chat, "Kajen lukker")
        assert count(asta.chat, "Kajen åbner") == 0


async def test_a_block_that_only_the_send_hears_of(on_telegram: Start, telegram: TelegramApi) -> None:
    """The update was lost: the alert that was refused waits for the person's return, and is not lost."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        asta.user.blocked = True
        await desk.publish(1, "Kajen åbner")
        await until(lambda: any(settled.pause for _, settled in desk.settlements))
        await asta.starts()
        await post(asta.chat, "Kajen åbner")
        assert await desk.dead_letters() == []


async def test_a_deactivated_account_is_left_alone(on_telegram: Start, telegram: TelegramApi) -> None:
    """One refusal is enough: later alerts are not tried, and others get theirs."""
    asta, birk = (telegram.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    async with on_telegram() as desk:
        for person in (asta, birk):
            await subscribed(person)
        await asta.deactivates()
        await desk.publish(1, "Kajen åbner")
        await until(lambda: any("user is deactivated" in (settled.pause or "") for _, settled in desk.settlements))
        await desk.publish(2, "Kajen lukker")
        await post(birk.chat, "Kajen lukker")
        refused = [call for call in telegram.asked("sendMessage") if call.status == 403]
        assert [call.description for call in refused] == ["Forbidden: user is deactivated"]


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("group", kicks),
        ("group", deletes),
        ("group", silences),
        ("supergroup", kicks),
        ("supergroup", deletes),
        ("supergroup", silences),
        ("supergroup", forbids),
        ("channel", kicks),
        ("channel", deletes),
        ("channel", demotes),
    ],
)
async def test_where_we_cannot_write_the_subscription_rests(on_telegram: Start, telegram: TelegramApi, kind: str, act: Act) -> None:
    """However it came about: the administrator is told in private, once, and what comes later is not even tried there."""
    asta, birk = (telegram.user(name, language="da", started=True) for name in ("Asta", "Birk"))
    chat = place(telegram, kind, asta)
    async with on_telegram() as desk:
        await asta.says("/subscribe havnen", chat) if kind != "channel" else await asta.says("/subscribe havnen @nytkanal")
        await post(asta.chat if kind == "channel" else chat, "Abonnementet på")
        await subscribed(birk)
        await act(asta, chat)
        await desk.publish(1, "Kajen åbner")
        await post(asta.chat, f"{OUT} Nyt")
        await desk.publish(2, "Kajen lukker")
        await post(birk.chat, "Kajen lukker")
        await answered(birk)
        tried = [call.params.get("text", "") for call in telegram.calls if call.params.get("chat_id") == str(chat.id)]
        assert not any("Kajen lukker" in text for text in tried)
        assert count(asta.chat, OUT) == 1
        assert await desk.dead_letters() == []


def place(telegram: TelegramApi, kind: str, owner: Person) -> Chat:
    """A chat called Nyt in which the bot is."""
    match kind:
        case "group":
            return telegram.group("Nyt", owner=owner, bot=True)
        case "supergroup":
            return telegram.supergroup("Nyt", owner=owner, bot=True)
        case _:
            return telegram.channel("Nyt", owner=owner, username="nytkanal", bot=True)


async def test_a_silenced_group_is_alerted_when_it_may_be(on_telegram: Start, telegram: TelegramApi) -> None:
    """What was owed waits, and comes when somebody's command shows that we may write again."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.supergroup("Redaktionen", owner=asta, bot=True)
    async with on_telegram() as desk:
        await subscribed(asta, group)
        await asta.restricts(group, text=False)
        await desk.publish(1, "Kajen åbner")
        await post(asta.chat, f"{OUT} Redaktionen")
        await asta.restricts(group)
        await asta.says("/help", group)
        await post(group, "Kajen åbner")


async def test_a_channel_that_lets_us_post_again(on_telegram: Start, telegram: TelegramApi) -> None:
    """The right to post comes back by an update: alerts go on without anybody's word."""
    asta = telegram.user("Asta", language="da", started=True)
    channel = telegram.channel("Nyt", owner=asta, username="nytkanal", bot=True)
    async with on_telegram() as desk:
        await asta.says("/subscribe havnen @nytkanal")
        await post(asta.chat, "Abonnementet på")
        await asta.demotes_bot(channel)
        await post(asta.chat, f"{OUT} Nyt")
        await asta.adds_bot(channel)
        await post(asta.chat, "Hvad skal jeg gøre for Nyt?")
        await desk.publish(1, "Kajen åbner")
        await post(channel, "Kajen åbner")


async def test_a_restart_forgets_nothing(on_telegram: Start, telegram: TelegramApi) -> None:
    """What happens to us while we are away is learnt when we come back; so is what people asked."""
    asta = telegram.user("Asta", language="da", started=True)
    group = telegram.group("Redaktionen", owner=asta, bot=True)
    async with on_telegram():
        await subscribed(asta, group)
    await asta.kicks_bot(group)
    await asta.says("/help")
    async with on_telegram() as desk:
        await post(asta.chat, "/soeg")
        await post(asta.chat, f"{OUT} Redaktionen")
        await desk.publish(1, "Kajen åbner")
        await subscribed(asta)
        await desk.publish(2, "Kajen lukker")
        await post(asta.chat, "Kajen lukker")
        assert count(group, "Kajen") == 0
