"""Whom the bot reaches and what it may do there: `check_chat_access` of the real server, and the rights behind it."""

from __future__ import annotations

from tests.fakes import telegram_errors as says
from tests.fakes.telegram_errors import ApiError, bad, forbidden
from tests.fakes.telegram_state import Chat, Json, Member, Message
from tests.fakes.telegram_world import World

_SEND_PERMISSION = {"can_send_contacts": "can_send_messages"}
_NO_RIGHTS = {
    "can_send_messages": says.NO_TEXT_RIGHTS,
    "can_send_photos": says.NO_PHOTO_RIGHTS,
    "can_send_documents": says.NO_DOCUMENT_RIGHTS,
    "can_send_contacts": says.NO_CONTACT_RIGHTS,
}


class Access:
    """What the bot may do where. Everything here raises ApiError with the server's words, in the order in which it asks."""

    def __init__(self, world: World) -> None:
        self.world = world

    def me(self, chat: Chat) -> Member:
        """The bot's place in a chat."""
        return chat.member(self.world.bot)

    def sees_messages(self, chat: Chat) -> bool:
        """Whether the bot can look a message up there."""
        return chat.type in ("private", "group") or self.me(chat).present

    def reach(self, chat_id: int | str, access: str) -> Chat:
        """The chat of an id or @name. `access`: read, edit or write."""
        chat = self.world.chat(chat_id)
        if chat.user:
            if chat.user.deactivated and access != "read":
                raise forbidden(says.DEACTIVATED)
            return chat
        if chat.type == "group" and access == "write" and (chat.upgraded_to or chat.gone):
            raise _group_gone(chat)
        self._check_membership(chat, access)
        return chat

    def _check_membership(self, chat: Chat, access: str) -> None:
        if chat.type == "group" and (access == "read" or chat.upgraded_to or chat.gone):
            return
        status = self.me(chat).status
        if status == "kicked" or chat.gone:
            raise forbidden(says.KICKED.format(kind=chat.type))
        if status == "left" and (access != "read" or not chat.username):
            raise forbidden(says.NOT_A_MEMBER.format(kind=chat.type))

    def may_send(self, chat: Chat, permission: str) -> None:
        """Whether the bot may send something of a kind."""
        if chat.refusal:
            raise bad(chat.refusal)
        if chat.user:
            if chat.user.blocked:
                raise forbidden(says.BLOCKED)
            if not chat.user.started:
                raise forbidden(says.STRANGER)
        elif chat.type == "channel":
            if not self.me(chat).may("can_post_messages"):
                raise bad(says.CHANNEL_RIGHTS)
        elif not chat.admits(self.me(chat), _SEND_PERMISSION.get(permission, permission)):
            raise bad(_NO_RIGHTS[permission])

    def replied_to(self, chat: Chat, reply: Json | None) -> Message | None:
        """The message that ReplyParameters name."""
        if not reply:
            return None
        where = self.reach(reply["chat_id"], "read") if "chat_id" in reply else chat
        message = where.messages.get(reply["message_id"])
        if message and not message.deleted:
            return message
        if reply.get("allow_sending_without_reply"):
            return None
        raise bad(says.NOT_FOUND.format(what="message to be replied"))

    def check_thread(self, chat: Chat, thread: int) -> None:
        """Whether a thread can be written to; General has the number 1 in clients, and cannot be named here (seen: PTB 4739)."""
        topic = chat.topics.get(thread) if chat.is_forum else None
        if topic is None or topic.deleted or topic.lost:
            raise bad(says.NO_THREAD)
        self._check_open(chat, closed=topic.closed)

    def check_general(self, chat: Chat) -> None:
        """Whether the General topic of a forum is open."""
        self._check_open(chat, closed=chat.is_forum and chat.general_closed)

    def _check_open(self, chat: Chat, *, closed: bool) -> None:
        if closed and not self.me(chat).may("can_manage_topics"):
            raise bad(says.TOPIC_CLOSED)

    def check_members_shown(self, chat: Chat) -> None:
        """Whether the bot may know who is in a chat."""
        if chat.type == "channel" and not self.me(chat).is_admin:
            raise bad(says.MEMBERS_HIDDEN)


def _group_gone(chat: Chat) -> ApiError:
    if chat.upgraded_to:
        return bad(says.UPGRADED, migrate_to_chat_id=chat.upgraded_to.id)
    return forbidden(says.GROUP_DELETED)


def change_membership(world: World, chat: Chat, status: str, by: Json, rights: frozenset[str] = frozenset()) -> None:
    """The bot's place in a chat changes, and it is told by my_chat_member."""
    before = chat.member(world.bot)
    after = Member(world.bot, status, rights)
    chat.members[world.bot.id] = after
    update = {
        "chat": chat.json(),
        "from": by,
        "date": int(world.post_clock()),
        "old_chat_member": before.json(chat.type),
        "new_chat_member": after.json(chat.type),
    }
    world.updates.put("my_chat_member", update, chat.id)
