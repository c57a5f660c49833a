"""The fake Bot API, asked by its SDK, and by plain HTTP where that hides something: whom a message reaches."""

from __future__ import annotations

import pytest
from telegram import Bot, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.fakes.telegram_api import Person, TelegramApi
from tests.fakes.telegram_bricks import updates
from tests.fakes.telegram_files import PNG


async def test_private_chats_that_refuse(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A stranger, somebody who blocked the bot, somebody who is gone: each has words of its own."""
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(api.user("Ukendt").id, "x")
    bo = api.user("Bo")
    await bo.says("hej", api.group("Redaktionen", owner=asta, bot=True))
    with pytest.raises(Forbidden, match="bot can't initiate conversation with a user"):
        await bot.send_message(bo.id, "x")
    await asta.blocks_bot()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_message(asta.id, "x")
    await asta.starts()
    assert await bot.send_message(asta.id, "velkommen igen")
    await asta.deactivates()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(asta.id, "x")


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
async def test_chats_that_refuse(bot: Bot, api: TelegramApi, asta: Person, kind: str) -> None:
    """Where the bot is not, was thrown out of, or may not write, it is told so."""
    chat = getattr(api, kind)("Redaktionen", owner=asta)
    with pytest.raises(Forbidden, match=f"bot is not a member of the {kind} chat"):
        await bot.send_message(chat.id, "x")
    await asta.adds_bot(chat)
    assert await bot.send_message(chat.id, "x")
    await asta.restricts(chat, refusal="CHAT_WRITE_FORBIDDEN")
    with pytest.raises(BadRequest, match="Chat_write_forbidden"):
        await bot.send_message(chat.id, "x")
    await asta.kicks_bot(chat)
    with pytest.raises(Forbidden, match=f"bot was kicked from the {kind} chat"):
        await bot.send_message(chat.id, "x")


async def test_rights_to_write(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Members may be denied text or photos; a channel wants an administrator who may post."""
    desk = api.supergroup("Redaktionen", owner=asta, bot=True)
    await asta.restricts(desk, photos=False)
    with pytest.raises(BadRequest, match="Not enough rights to send photos to the chat"):
        await bot.send_photo(desk.id, PNG)
    await asta.restricts(desk, text=False)
    with pytest.raises(BadRequest, match="Not enough rights to send text messages to the chat"):
        await bot.send_message(desk.id, "x")
    await asta.adds_bot(desk, admin=True)
    assert await bot.send_message(desk.id, "x")

    channel = api.channel("Nyt", owner=asta, username="nyt", bot=True)
    post = await bot.send_message("@nyt", "x")
    assert (post.chat.id, post.from_user, post.sender_chat and post.sender_chat.id) == (channel.id, None, channel.id)
    await asta.demotes_bot(channel)
    with pytest.raises(BadRequest, match="Need administrator rights in the channel chat"):
        await bot.send_message("@nyt", "x")
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("y", channel.id, post.message_id)


async def test_a_group_becomes_a_supergroup(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """The old id answers with the new one, and two messages and a membership tell of it."""
    group = api.group("Redaktionen", owner=asta, bot=True)
    upgraded = await asta.migrates(group)

    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "x")
    assert moved.value.new_chat_id == upgraded.id
    to, place, came_from = await updates(bot)
    assert to.message
    assert (to.message.chat.id, to.message.migrate_to_chat_id) == (group.id, upgraded.id)
    assert place.my_chat_member
    assert (place.my_chat_member.chat.id, place.my_chat_member.new_chat_member.status) == (upgraded.id, "member")
    assert came_from.message
    assert (came_from.message.chat.id, came_from.message.migrate_from_chat_id) == (upgraded.id, group.id)
    assert await bot.send_message(upgraded.id, "x")


async def test_deleted_chats(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A deleted group says so; a deleted supergroup is as one the bot was thrown out of."""
    group, supergroup = api.group("A", owner=asta, bot=True), api.supergroup("B", owner=asta, bot=True)
    await asta.deletes_chat(group)
    await asta.deletes_chat(supergroup)

    with pytest.raises(Forbidden, match="the group chat was deleted"):
        await bot.send_message(group.id, "x")
    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        await bot.send_message(supergroup.id, "x")


async def test_topics(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Topics are written to by their number, save General; closed and lost ones refuse, replies find theirs."""
    forum = api.supergroup("Forum", owner=asta, forum=True, bot=True)
    topic = await asta.opens_topic(forum, "Udenrigs")
    posted = await bot.send_message(forum.id, "x", message_thread_id=topic.id)
    assert (posted.message_thread_id, posted.is_topic_message) == (topic.id, True)
    reply = await bot.send_message(forum.id, "y", reply_parameters=ReplyParameters(posted.message_id))
    assert reply.message_thread_id == topic.id
    general = await bot.send_message(forum.id, "z")
    assert (general.message_thread_id, general.is_topic_message) == (None, None)

    for thread in (1, 999):
        with pytest.raises(BadRequest, match="Message thread not found"):
            await bot.send_message(forum.id, "x", message_thread_id=thread)
    await asta.closes_topic(forum, topic)
    await asta.closes_topic(forum)
    for thread_or_none in (topic.id, None):
        with pytest.raises(BadRequest, match="Topic_closed"):
            await bot.send_message(forum.id, "x", message_thread_id=thread_or_none)
    await asta.reopens_topic(forum, topic)
    topic.lost = True
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=topic.id)
    topic.lost = False
    await asta.deletes_topic(forum, topic)
    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(forum.id, "x", message_thread_id=topic.id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("y", forum.id, posted.message_id)


async def test_threads_of_replies_are_no_topics(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """In an ordinary supergroup a reply carries a thread, which cannot be written to."""
    group = api.supergroup("Redaktionen", owner=asta, bot_is_admin=True)
    first = await asta.says("hvad?", group)
    second = await asta.says("svar", group, reply_to=first)
    assert (second.thread, second.in_topic) == (first.id, False)

    with pytest.raises(BadRequest, match="Message thread not found"):
        await bot.send_message(group.id, "x", message_thread_id=first.id)
