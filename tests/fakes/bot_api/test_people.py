"""The fake Bot API, asked by its SDK, and by plain HTTP where that hides something: what people do."""

from __future__ import annotations

import asyncio

import pytest
import telegram
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    ChatAdministratorRights,
    InlineQueryResultArticle,
    InputTextMessageContent,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
)
from telegram.error import BadRequest, Forbidden

from tests.fakes.telegram_api import Person, TelegramApi
from tests.fakes.telegram_bricks import HTML, button, updates


async def test_what_people_write_arrives(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Private messages, commands with their entities, deep links and edits reach the bot."""
    await asta.starts("um")
    said = await asta.says("/seneste 5")
    await asta.edits(said, "/seneste 6")

    start, command, edit = await updates(bot)
    assert start.message
    assert start.message.text == "/start um"
    assert start.message.from_user
    assert start.message.from_user.language_code == "da"
    assert command.message
    assert command.message.entities[0].type == "bot_command"
    assert edit.edited_message
    assert edit.edited_message.text == "/seneste 6"


async def test_privacy_in_groups(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A bot in privacy mode sees what is meant for it, and an administrator sees all."""
    desk = api.group("Redaktionen", owner=asta, bot=True)
    alert = await bot.send_message(desk.id, "varsel")
    stands = desk.messages[alert.message_id]
    await asta.says("snak", desk)
    await asta.says("/kontakt@en_anden_bot", desk)
    await asta.says("/kontakt", desk)
    await asta.says("tak", desk, reply_to=stands)
    await asta.says("@pressevagt_bot hjælp", desk)
    assert [update.message.text for update in await updates(bot) if update.message] == ["/kontakt", "tak", "@pressevagt_bot hjælp"]

    await asta.adds_bot(desk, admin=True)
    await asta.says("snak", desk)
    assert [update.message.text for update in await updates(bot) if update.message] == ["snak"]


async def test_who_writes_in_whose_name(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """An anonymous administrator writes as the group, somebody with a channel as the channel, and a channel posts as itself."""
    group = api.supergroup("Redaktionen", owner=asta, bot_is_admin=True)
    channel = api.channel("Nyt", owner=asta, username="nyt", bot=True)
    await asta.says("/abonner", group, anonymous=True)
    await asta.says("/abonner", group, as_channel=channel)
    post = await asta.says("opslag", channel)
    await asta.forwards(post)
    channel.linked = group
    await asta.says("opslag 2", channel)

    anonymous, as_channel, posted, forwarded, _, linked = await updates(bot)
    assert anonymous.message
    assert anonymous.message.sender_chat
    assert (anonymous.message.sender_chat.id, anonymous.message.from_user and anonymous.message.from_user.username) == (
        group.id,
        "GroupAnonymousBot",
    )
    assert as_channel.message
    assert as_channel.message.sender_chat
    assert as_channel.message.sender_chat.id == channel.id
    assert posted.channel_post
    assert posted.channel_post.from_user is None
    assert forwarded.message
    assert isinstance(forwarded.message.forward_origin, telegram.MessageOriginChannel)
    assert forwarded.message.forward_origin.chat.username == "nyt"
    assert linked.message
    assert linked.message.is_automatic_forward


async def test_buttons_are_pressed_and_answered(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A press waits for the bot's answer; a query nobody asked, and an unknown button, are refused."""
    await bot.send_message(asta.id, "varsel", reply_markup=button("Kontakt", callback_data="c:7"))
    press = asyncio.create_task(asta.presses(asta.chat.last, "Kontakt"))
    (got,) = await bot.get_updates(timeout=5)
    assert got.callback_query
    assert (got.callback_query.data, got.callback_query.message and got.callback_query.message.message_id) == (
        "c:7",
        asta.chat.last.id,
    )
    await got.callback_query.answer("Her er kontakten", show_alert=True)

    answer = await press
    assert (answer.text, answer.alert) == ("Her er kontakten", True)
    with pytest.raises(BadRequest, match="Query is too old"):
        await bot.answer_callback_query("77")
    with pytest.raises(LookupError):
        await asta.presses(asta.chat.last, "Slet")
    asta.patience = 0.01
    with pytest.raises(TimeoutError):
        await asta.presses(asta.chat.last, "c:7")


async def test_inline_mode(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A query gets offers, and a picked one stands in the chat and can be edited by its inline id."""
    asked = asyncio.create_task(asta.inline("sanktioner"))
    (got,) = await bot.get_updates(timeout=5)
    assert got.inline_query
    content = InputTextMessageContent("<b>Sanktioner</b> kl. 10.00", parse_mode=HTML)
    with pytest.raises(BadRequest, match="Result_id_duplicate"):
        await got.inline_query.answer([InlineQueryResultArticle("1", "Sanktioner", content)] * 2)
    await got.inline_query.answer([InlineQueryResultArticle("1", "Sanktioner", content)], cache_time=5, is_personal=True)

    offers = await asked
    assert (offers.results[0]["title"], offers.cache_time, offers.personal) == ("Sanktioner", 5, True)
    message = await asta.picks(offers.results[0], api.group("Andetsteds", owner=asta))
    assert (message.text, message.via, message.by_bot) == ("Sanktioner kl. 10.00", api.bot, False)
    assert await bot.edit_message_text("rettet", inline_message_id=message.inline_id) is True
    assert message.text == "rettet"


async def test_memberships_are_told(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Being added, promoted, thrown out, blocked and let in again are told by my_chat_member."""
    desk = api.group("Redaktionen", owner=asta)
    await asta.adds_bot(desk)
    await asta.adds_bot(desk, rights=["can_delete_messages"])
    await asta.kicks_bot(desk)
    await asta.blocks_bot()
    await asta.unblocks_bot()

    got = await updates(bot)
    changes = [update.my_chat_member for update in got if update.my_chat_member]
    assert [(change.old_chat_member.status, change.new_chat_member.status) for change in changes] == [
        ("left", "member"),
        ("member", "administrator"),
        ("administrator", "kicked"),
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert sum(bool(update.message and update.message.new_chat_members) for update in got) == 1


async def test_administrators(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """The bot learns who may configure, where it may know."""
    bo, chat = api.user("Bo"), api.supergroup("Redaktionen", owner=asta, bot=True)
    asta.promotes(bo, chat, anonymous=True)

    admins = await bot.get_chat_administrators(chat.id)
    assert {(admin.user.id, admin.status) for admin in admins} == {(asta.id, "creator"), (bo.id, "administrator")}
    assert (await bot.get_chat_member(chat.id, bo.id)).status == "administrator"
    assert (await bot.get_chat_member(chat.id, api.user("Cæcilie").id)).status == "left"
    channel = api.channel("Nyt", owner=asta, username="nyt")
    with pytest.raises(BadRequest, match="Member list is inaccessible"):
        await bot.get_chat_administrators(channel.id)
    with pytest.raises(BadRequest, match="There are no administrators in the private chat"):
        await bot.get_chat_administrators(asta.id)
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(chat.id, 5)


async def test_chats_are_looked_up(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A public chat is found by name by anybody, a private one only from inside."""
    api.channel("Nyt", owner=asta, username="nyt")
    closed = api.channel("Internt", owner=asta)

    assert (await bot.get_chat("@NYT")).title == "Nyt"
    assert (await bot.get_chat(asta.id)).username == "asta"
    with pytest.raises(Forbidden, match="bot is not a member of the channel chat"):
        await bot.get_chat(closed.id)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.get_chat("@findes_ikke")


async def test_a_chat_is_shared_by_a_button(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A `request_chat` button brings the chat's id, and the bot into the chat with the rights it asked for."""
    rights = ChatAdministratorRights(
        is_anonymous=False,
        can_manage_chat=True,
        can_delete_messages=False,
        can_manage_video_chats=False,
        can_restrict_members=False,
        can_promote_members=False,
        can_change_info=False,
        can_invite_users=False,
        can_post_stories=False,
        can_edit_stories=False,
        can_delete_stories=False,
        can_post_messages=True,
    )
    request = KeyboardButtonRequestChat(
        4, chat_is_channel=True, user_administrator_rights=rights, bot_administrator_rights=rights, request_title=True
    )
    await bot.send_message(asta.id, "Hvilken?", reply_markup=ReplyKeyboardMarkup([[KeyboardButton("Vælg", request_chat=request)]]))
    channel = api.channel("Nyt", owner=asta)
    await asta.shares(channel)

    place, shared = await updates(bot)
    assert place.my_chat_member
    assert place.my_chat_member.new_chat_member.status == "administrator"
    assert shared.message
    assert shared.message.chat_shared
    assert (shared.message.chat_shared.chat_id, shared.message.chat_shared.request_id) == (channel.id, 4)
    assert shared.message.chat_shared.title == "Nyt"
    with pytest.raises(LookupError):
        await asta.shares(api.group("Redaktionen", owner=asta))
    with pytest.raises(LookupError):
        await asta.shares(api.channel("Andres", owner=api.user("Bo")))


async def test_menus(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """The menu that somebody sees is that of the narrowest scope, in their language where there is one."""
    await bot.set_my_commands([BotCommand("latest", "Latest releases")])
    await bot.set_my_commands([BotCommand("seneste", "Seneste meddelelser")], BotCommandScopeAllPrivateChats(), "da")

    assert api.menu(asta) == ["seneste"]
    assert api.menu(api.user("Bob", language="en")) == ["latest"]
    assert api.menu(asta, api.group("Redaktionen", owner=asta)) == ["latest"]
    assert [command.command for command in await bot.get_my_commands()] == ["latest"]
    await bot.delete_my_commands(BotCommandScopeAllPrivateChats(), "da")
    assert api.menu(asta) == ["latest"]
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([("Nyt", "x")])


async def test_the_small_methods(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Leaving, typing and describing oneself."""
    desk = api.group("Redaktionen", owner=asta, bot=True)
    await bot.send_chat_action(desk.id, "typing")
    await bot.set_my_description("Pressens vagt", "da")
    await bot.leave_chat(desk.id)

    assert api.world.actions == [(desk.id, "typing")]
    assert (await bot.get_my_description("da")).description == "Pressens vagt"
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(desk.id, "x")
    with pytest.raises(BadRequest, match="Wrong parameter action in request"):
        await bot.send_chat_action(asta.id, "dancing")
