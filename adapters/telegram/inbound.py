"""What did they say? An update of Telegram's as what it means to us: a command, a press, a query, something that happened. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from telegram import (
    CallbackQuery,
    Chat,
    ChatMember,
    ChatMemberRestricted,
    ChatMemberUpdated,
    InlineQuery,
    Message,
    MessageOriginChannel,
    Update,
    User,
)
from telegram.constants import ChatMemberStatus, ChatType

from adapters.telegram.buttons import started_with
from adapters.telegram.heard import Happened, Heard, Pointed, Pressed, Queried, Said, SentFile
from bot.domain.subscription import Address, ConversationKind
from bot.ports import Actor, BotAdded, BotRemoved, CommandCall, ConversationMoved
from bot.text.fold import fold

PLATFORM = "telegram"
UPDATES = ("message", "channel_post", "callback_query", "inline_query", "my_chat_member")
"""What we ask Telegram to tell us."""

_HERE = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
_COMMAND = re.compile(r"/(?P<name>[^\s@/]+)(?:@(?P<bot>\w+))?(?P<rest>(?:\s.*)?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Me:
    """Who we are: our id and name there, and by which names our commands go (folded)."""

    id: int
    username: str
    commands: Collection[str] = ()

    @property
    def account(self) -> str:
        """The account's name in addresses: the id, which stays when name and token change."""
        return str(self.id)


def read(update: Update, me: Me) -> Heard | None:
    """What an update means; None: nothing that concerns us."""
    if (message := update.message or update.channel_post) is not None:
        return _message(message, me)
    if update.callback_query is not None:
        return _press(update.callback_query, me)
    if update.inline_query is not None:
        return _query(update.inline_query, me)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, me)
    return None


def lane(update: Update) -> str:
    """What must be dealt with in order: the updates of one chat, or of one person's inline queries."""
    if update.inline_query is not None:
        return f"inline:{update.inline_query.from_user.id}"
    if update.message is not None and update.message.migrate_to_chat_id is not None:
        # With those of the new chat: that we came into it is told next, and nobody there needs a greeting.
        return str(update.message.migrate_to_chat_id)
    return str(update.effective_chat.id) if update.effective_chat else ""


# Messages ---------------------------------------------------------------------------------------------------------------


def _message(message: Message, me: Me) -> Heard | None:
    moved = _moved(message, me)
    if moved is not None:
        return moved
    if _is_no_persons(message):
        return None
    call = _call("", message, me)
    if call.conversation_kind is ConversationKind.PRIVATE and (pointed := _pointed(message, call)):
        return pointed
    text = addressed(message, me, call.conversation_kind)
    return Said(_call(text, message, me), message.message_id, _file(message)) if text is not None else None


def _file(message: Message) -> SentFile | None:
    """The file that a command comes with: its own, or that of the message it replies to."""
    replied = message.reply_to_message
    document = message.document or (replied.document if replied else None)
    return SentFile(document.file_id, document.file_name or "", document.file_size or 0) if document else None


def _is_no_persons(message: Message) -> bool:
    """Whether a machine wrote it: a bot, somebody's inline choice, a channel's post copied into its discussion group."""
    bot = message.from_user is not None and message.from_user.is_bot and message.sender_chat is None
    return bot or message.via_bot is not None or bool(message.is_automatic_forward)


def _moved(message: Message, me: Me) -> Happened | None:
    if message.migrate_to_chat_id is not None:
        return Happened(ConversationMoved(_address(message.chat.id, me), str(message.migrate_to_chat_id)))
    if message.migrate_from_chat_id is not None:
        return Happened(ConversationMoved(_address(message.migrate_from_chat_id, me), str(message.chat.id)))
    return None


def addressed(message: Message, me: Me, kind: ConversationKind) -> str | None:
    """The command line that a message says to us; None where it says nothing to us.

    In private everything; elsewhere commands that are ours, what mentions us, and what replies to us.
    """
    text = message.text or (message.caption if message.document else "") or ""
    if not text.strip():
        return None
    if text.startswith("/"):
        return _command(text, me, kind)
    if kind is ConversationKind.PRIVATE:
        return text
    mention = re.compile(rf"(?<!\w)@{re.escape(me.username)}\b", re.IGNORECASE)
    if mention.search(text):
        return mention.sub(" ", text, count=1).strip() or "/start"
    replied = message.reply_to_message
    return text if replied and replied.from_user and replied.from_user.id == me.id else None


def _command(text: str, me: Me, kind: ConversationKind) -> str | None:
    found = _COMMAND.fullmatch(text)
    if found is None:
        return text if kind is ConversationKind.PRIVATE else None
    name, bot, rest = found["name"], found["bot"], found["rest"]
    if bot and bot.casefold() != me.username.casefold():
        return None
    if not bot and kind is not ConversationKind.PRIVATE and me.commands and fold(name) not in me.commands:
        return None  # another bot's, most likely
    if name.casefold() == "start":
        return started_with(rest.strip())
    return f"/{name}{rest}"


def _pointed(message: Message, call: CommandCall) -> Pointed | None:
    if message.chat_shared is not None:
        return Pointed(call, message.chat_shared.chat_id, message.chat_shared.title or "")
    if isinstance(message.forward_origin, MessageOriginChannel):
        chat = message.forward_origin.chat
        return Pointed(call, chat.id, chat.title or "")
    return None


# Presses, queries, what happens to us -----------------------------------------------------------------------------------


def _press(query: CallbackQuery, me: Me) -> Pressed | None:
    message = query.message
    if message is None or query.data is None:
        return None
    actor = _person(query.from_user, me)
    if not isinstance(message, Message) or not message.is_accessible:
        return Pressed(_call_in(query.data, message.chat, actor, query.from_user, me), query.id, None)
    call = _call(query.data, message, me, actor=actor, speaker=query.from_user)
    return Pressed(call, query.id, message.message_id, bool(message.photo))


def _query(query: InlineQuery, me: Me) -> Queried:
    actor = _person(query.from_user, me)
    # A thread of its own, so that what is looked for in other chats does not count as the list that was shown in private.
    address = Address(PLATFORM, me.account, actor.id, "inline")
    text = f"/search {query.query}" if query.query.strip() else "/latest"
    return Queried(CommandCall(text, actor, address, language=query.from_user.language_code or ""), query.id)


def _membership(change: ChatMemberUpdated, me: Me) -> Happened | None:
    address, kind = _address(change.chat.id, me), _kind(change.chat)
    before, now = _may_write(change.old_chat_member, kind), _may_write(change.new_chat_member, kind)
    if now:
        actor = _person(change.from_user, me)
        added = BotAdded(address, kind, _title(change.chat), actor)
        return Happened(added, greet=not before and kind is not ConversationKind.PRIVATE)
    return Happened(BotRemoved(address, _why(change.new_chat_member, kind)))


def _may_write(member: ChatMember, kind: ConversationKind) -> bool:
    if isinstance(member, ChatMemberRestricted):
        return bool(member.is_member and member.can_send_messages)
    if kind is ConversationKind.CHANNEL:
        return member.status == ChatMemberStatus.OWNER or bool(getattr(member, "can_post_messages", None))
    return member.status in _HERE


def _why(member: ChatMember, kind: ConversationKind) -> str:
    if kind is ConversationKind.PRIVATE:
        return "blocked by the person"
    return (
        "kicked"
        if member.status == ChatMemberStatus.BANNED
        else "left"
        if member.status == ChatMemberStatus.LEFT
        else "no right to write"
    )


# Who and where ----------------------------------------------------------------------------------------------------------


def _call(text: str, message: Message, me: Me, *, actor: Actor | None = None, speaker: User | None = None) -> CommandCall:
    speaker = speaker or message.from_user
    call = _call_in(text, message.chat, actor or _author(message, me), speaker, me)
    thread = str(message.message_thread_id) if message.is_topic_message and message.message_thread_id else ""
    replied = message.reply_to_message
    ours = replied is not None and replied.from_user is not None and replied.from_user.id == me.id
    in_channel = replied is not None and call.conversation_kind is ConversationKind.CHANNEL
    return CommandCall(
        text=call.text,
        actor=call.actor,
        address=Address(PLATFORM, me.account, call.address.conversation, thread),
        conversation_kind=call.conversation_kind,
        title=call.title,
        language=call.language,
        reply_to=reference(replied.message_id, is_photo=bool(replied.photo)) if replied and (ours or in_channel) else "",
    )


def _call_in(text: str, chat: Chat, actor: Actor, speaker: User | None, me: Me) -> CommandCall:
    language = speaker.language_code or "" if speaker else ""
    return CommandCall(text, actor, _address(chat.id, me), _kind(chat), _title(chat), language)


def reference(message_id: int, *, is_photo: bool) -> str:
    """How a post is called: the message's number, with a `p` where it is a photo, whose caption is what can be edited."""
    return f"{message_id}p" if is_photo else str(message_id)


def message_link(address: Address, number: str) -> str:
    """The web address of a message of a supergroup or a channel, whose ids begin with -100; empty for one elsewhere."""
    within = address.conversation.removeprefix("-100")
    if within == address.conversation or not (within + number).isascii() or not (within.isdigit() and number.isdigit()):
        return ""
    return "/".join(filter(None, ("https://t.me/c", within, address.thread, number)))


def _author(message: Message, me: Me) -> Actor:
    """Who wrote it. As an anonymous administrator, or in a channel, that is the chat itself; as another channel, that channel."""
    if message.sender_chat is not None:
        return Actor(PLATFORM, me.account, str(message.sender_chat.id), message.sender_chat.title or "")
    if message.from_user is not None:
        return _person(message.from_user, me)
    return Actor(PLATFORM, me.account, str(message.chat.id), _title(message.chat))


def _person(user: User, me: Me) -> Actor:
    return Actor(PLATFORM, me.account, str(user.id), user.full_name)


def _address(chat_id: int, me: Me) -> Address:
    return Address(PLATFORM, me.account, str(chat_id))


def _kind(chat: Chat) -> ConversationKind:
    if chat.type == ChatType.PRIVATE:
        return ConversationKind.PRIVATE
    return ConversationKind.CHANNEL if chat.type == ChatType.CHANNEL else ConversationKind.GROUP


def _title(chat: Chat) -> str:
    return chat.title or chat.full_name or chat.username or ""
