"""What updates mean."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update

from adapters.telegram.elsewhere import named
from adapters.telegram.heard import Happened, Pointed, Pressed, Queried, Said
from adapters.telegram.inbound import Me, lane, message_link, read
from bot.domain.subscription import Address, ConversationKind
from bot.ports import BotAdded, BotRemoved, ConversationMoved

ME = Me(42, "presse_bot", frozenset({"latest", "seneste", "subscribe", "contact", "soeg"}))
ASTA = {"id": 7, "is_bot": False, "first_name": "Asta", "last_name": "Holm", "language_code": "da"}
US = {"id": 42, "is_bot": True, "first_name": "Pressevagt", "username": "presse_bot"}
PRIVATE = {"id": 7, "type": "private", "first_name": "Asta"}
GROUP = {"id": -100, "type": "supergroup", "title": "Redaktionen"}
CHANNEL = {"id": -200, "type": "channel", "title": "Nyt"}


def heard(**update: Any) -> Any:
    """What an update means to us."""
    parsed = Update.de_json({"update_id": 1, **update}, None)
    return read(parsed, ME)


def message(text: str, chat: dict[str, Any] = PRIVATE, **more: Any) -> dict[str, Any]:
    """A message as Telegram sends it."""
    return {"message_id": 5, "date": 1, "chat": chat, "from": ASTA, "text": text, **more}


def line(text: str, chat: dict[str, Any] = PRIVATE, **more: Any) -> str | None:
    """The command line that a message is taken for."""
    found = heard(message=message(text, chat, **more))
    return found.call.text if isinstance(found, Said) else None


def test_a_private_message_is_a_command() -> None:
    """With who, where, and their language."""
    found = heard(message=message("seneste um"))
    assert isinstance(found, Said)
    assert found.message_id == 5
    call = found.call
    assert (call.text, call.actor.id, call.actor.name, call.language) == ("seneste um", "7", "Asta Holm", "da")
    assert call.address == Address("telegram", "42", "7")
    assert call.conversation_kind is ConversationKind.PRIVATE


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("/latest um 5", "/latest um 5"),
        ("/latest@presse_bot um", "/latest um"),
        ("/LATEST@Presse_Bot", "/LATEST"),
        ("/latest@other_bot um", None),
        ("/weather", None),
        ("/weather@presse_bot", "/weather"),
        ("/søg sanktioner", "/søg sanktioner"),
        ('/latest "københavns politi"\n5', '/latest "københavns politi"\n5'),
        ("hvad er klokken", None),
        ("@presse_bot kontakt um", "kontakt um"),
        ("hej @presse_bot", "hej"),
        ("@presse_bot", "/start"),
        ("@presse_bots kontakt", None),
    ],
)
def test_in_groups_only_what_is_said_to_us(text: str, taken: str | None) -> None:
    """Our commands, by whatever name; what mentions us; nothing of other bots."""
    assert line(text, GROUP) == taken


def test_a_reply_to_us_is_said_to_us() -> None:
    """And names the post, so that /contact means that release; a photo is named otherwise than a text."""
    ours = {"message_id": 3, "date": 1, "chat": GROUP, "from": US, "text": "Nye sanktioner"}
    found = heard(message=message("kontakt", GROUP, reply_to_message=ours))
    assert (found.call.text, found.call.reply_to) == ("kontakt", "3")
    photo = {**ours, "text": None, "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]}
    assert heard(message=message("/contact", GROUP, reply_to_message=photo)).call.reply_to == "3p"
    theirs = {**ours, "from": ASTA}
    assert line("kontakt", GROUP, reply_to_message=theirs) is None


def test_topics_and_threads_are_not_the_same() -> None:
    """A forum's topic is part of the address; the thread of replies in an ordinary group is not."""
    assert heard(message=message("/latest", GROUP, message_thread_id=9, is_topic_message=True)).call.address.thread == "9"
    assert heard(message=message("/latest", GROUP, message_thread_id=9)).call.address.thread == ""


def test_who_speaks() -> None:
    """An anonymous administrator speaks as the chat; somebody posting as a channel of theirs as that channel; bots not at all."""
    machine = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    anonymous = heard(message={**message("/latest", GROUP), "from": machine, "sender_chat": GROUP})
    assert anonymous.call.actor.id == anonymous.call.address.conversation == "-100"
    as_channel = heard(message={**message("/latest", GROUP), "from": machine, "sender_chat": CHANNEL})
    assert as_channel.call.actor.id == "-200"
    assert heard(message={**message("/latest", GROUP), "from": machine}) is None
    assert heard(message=message("/latest", GROUP, via_bot=US)) is None
    assert heard(message={**message("/subscribe", GROUP), "sender_chat": CHANNEL, "is_automatic_forward": True}) is None
    post = heard(channel_post={"message_id": 5, "date": 1, "chat": CHANNEL, "sender_chat": CHANNEL, "text": "/subscribe um"})
    assert (post.call.actor.id, post.call.conversation_kind) == ("-200", ConversationKind.CHANNEL)


def test_a_deep_link_greets_for_a_newsroom() -> None:
    """t.me/bot?start=um."""
    assert line("/start um") == "/start um"
    assert line("/start") == "/start"


def test_a_press_is_the_line_that_the_button_carries() -> None:
    """Together with the message that it stands under."""
    under = {"message_id": 3, "date": 1, "chat": GROUP, "from": US, "text": "x"}
    query = {"id": "9", "from": ASTA, "chat_instance": "1", "data": "/latest page:2"}
    found = heard(callback_query={**query, "message": under})
    assert isinstance(found, Pressed)
    assert (found.call.text, found.call.actor.id, found.message_id, found.is_photo) == ("/latest page:2", "7", 3, False)
    out_of_reach = heard(callback_query={**query, "message": {"message_id": 3, "date": 0, "chat": GROUP}})
    assert (out_of_reach.message_id, out_of_reach.call.address.conversation) == (None, "-100")


def test_an_inline_query_searches() -> None:
    """And without words it offers the latest."""
    found = heard(inline_query={"id": "9", "from": ASTA, "query": "sanktioner", "offset": ""})
    assert isinstance(found, Queried)
    assert found.call.text == "/search sanktioner"
    assert heard(inline_query={"id": "9", "from": ASTA, "query": " ", "offset": ""}).call.text == "/latest"


def member(status: str, **more: Any) -> dict[str, Any]:
    """Our place in a chat."""
    names = """can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members
        can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"""
    rights = dict.fromkeys(names.split(), False)
    return {"user": US, "status": status, "until_date": 0, **(rights if status == "administrator" else {}), **more}


def place(chat: dict[str, Any], before: dict[str, Any], now: dict[str, Any]) -> Any:
    """Our place changes."""
    return heard(my_chat_member={"chat": chat, "from": ASTA, "date": 1, "old_chat_member": before, "new_chat_member": now})


def test_what_happens_to_us() -> None:
    """Let in (greet, if it is not merely another right), thrown out, made silent."""
    added = place(GROUP, member("left"), member("member"))
    assert isinstance(added, Happened)
    assert isinstance(added.event, BotAdded)
    assert added.greet
    assert added.event.actor is not None
    promoted = place(GROUP, member("member"), member("administrator"))
    assert isinstance(promoted.event, BotAdded)
    assert not promoted.greet
    assert place(GROUP, member("member"), member("kicked")).event == BotRemoved(Address("telegram", "42", "-100"), "kicked")
    silenced = place(CHANNEL, member("administrator"), member("administrator", can_post_messages=False))
    assert silenced.event == BotRemoved(Address("telegram", "42", "-200"), "no right to write")
    demoted = place(CHANNEL, member("administrator", can_post_messages=True), member("member"))
    assert demoted.event == silenced.event
    let_in = place(CHANNEL, member("left"), member("administrator", can_post_messages=True))
    assert isinstance(let_in.event, BotAdded)
    assert place(PRIVATE, member("member"), member("kicked")).event.reason == "blocked by the person"
    assert not place(PRIVATE, member("kicked"), member("member")).greet


def test_a_group_moves() -> None:
    """Both messages that tell of it mean the same."""
    moved = ConversationMoved(Address("telegram", "42", "-5"), "-100")
    service = {"message_id": 5, "date": 1, "from": ASTA}
    assert heard(message={**service, "chat": {"id": -5, "type": "group", "title": "x"}, "migrate_to_chat_id": -100}).event == moved
    assert heard(message={**service, "chat": GROUP, "migrate_from_chat_id": -5}).event == moved


def test_a_channel_is_pointed_at() -> None:
    """By forwarding a post of it, or by choosing it."""
    origin = {"type": "channel", "date": 1, "chat": CHANNEL, "message_id": 1}
    found = heard(message=message("Nyt fra os", forward_origin=origin))
    assert isinstance(found, Pointed)
    assert (found.chat_id, found.title) == (-200, "Nyt")
    shared = {"message_id": 5, "date": 1, "chat": PRIVATE, "from": ASTA, "chat_shared": {"request_id": 1, "chat_id": -200}}
    assert heard(message=shared).chat_id == -200


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/subscribe um @kanalen", ("/subscribe um", "@kanalen")),
        ("/subscribe @-100123456", ("/subscribe", "@-100123456")),
        ("/subscribe um", None),
        ("/subscribe @x", None),
        ("um @kanalen", None),
        ("/settings quiet:22-07 @\u2060kanalen", ("/settings quiet:22-07", "@kanalen")),
        ("/subscription um ping:@asta_b, @birk_c", None),
    ],
)
def test_a_line_may_name_another_chat(text: str, found: tuple[str, str] | None) -> None:
    """By its name, or by its id from one of our own buttons."""
    assert named(text) == found


@pytest.mark.parametrize(
    ("conversation", "thread", "number", "link"),
    [
        ("-1001234567890", "", "45", "https://t.me/c/1234567890/45"),
        ("-1001234567890", "7", "45", "https://t.me/c/1234567890/7/45"),
        ("-4567", "", "45", ""),
        ("123", "", "45", ""),
        ("-100x/../y", "", "45", ""),
        ("-1001234567890", "", "x", ""),
    ],
)
def test_messages_of_supergroups_and_channels_have_addresses(conversation: str, thread: str, number: str, link: str) -> None:
    """Telegram's own form, with the topic where there is one; small groups and private chats have none."""
    assert message_link(Address("telegram", "1", conversation, thread), number) == link


def test_order_holds_within_a_chat() -> None:
    """Updates of one chat share a lane, which a group brings along when it moves; inline queries have their person's."""
    updates = [
        {"update_id": 1, "message": message("x", GROUP)},
        {"update_id": 2, "inline_query": {"id": "9", "from": ASTA, "query": "", "offset": ""}},
        {"update_id": 3, "message": message("", {"id": -5, "type": "group", "title": "x"}, migrate_to_chat_id=-100)},
    ]
    assert [lane(Update.de_json(update, None)) for update in updates] == ["-100", "inline:7", "-100"]
