"""People who use the fake Telegram: they write, press buttons, ask inline, run groups and channels.

Each act reaches the bot as the updates that the real server sends of it.

That an upgraded group tells the bot of its place in the supergroup but not of its going from the group, and that a deleted
supergroup tells of both, is as public reports of the real server say.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable
from dataclasses import dataclass

from tests.fakes.telegram_access import change_membership
from tests.fakes.telegram_account import Account, copied, origin
from tests.fakes.telegram_calls import Upload
from tests.fakes.telegram_entities import plain
from tests.fakes.telegram_messages import formatted_text
from tests.fakes.telegram_methods import CallbackAnswer, InlineAnswer
from tests.fakes.telegram_state import (
    ADMIN_RIGHTS,
    ANONYMOUS_ADMIN,
    CHANNEL_RIGHTS,
    GROUP_RIGHTS,
    PERMISSIONS,
    Chat,
    Json,
    Member,
    Message,
    Topic,
)

ALL_RIGHTS = frozenset({*ADMIN_RIGHTS, *CHANNEL_RIGHTS, *GROUP_RIGHTS})
GENERAL = 1
SUPERGROUPS = -1_000_000_000_000


@dataclass(slots=True, eq=False)
class Person(Account):
    """Somebody with a Telegram account. `chat` is their private chat with the bot; `patience`: seconds they wait for an answer."""

    # -- Writing

    async def says(
        self,
        text: str,
        chat: Chat | None = None,
        *,
        reply_to: Message | None = None,
        thread: Topic | None = None,
        anonymous: bool = False,
        as_channel: Chat | None = None,
    ) -> Message:
        """Write, privately or in a chat. `anonymous`: as an anonymous administrator. `as_channel`: in a channel's name."""
        formatted = plain(text)
        content = {"text": formatted.text, "entities": formatted.entities}
        return self._posts(chat or self.chat, content, reply_to, thread, chat if anonymous else as_channel)

    async def sends(
        self, name: str, content: bytes, caption: str = "", chat: Chat | None = None, *, reply_to: Message | None = None
    ) -> Message:
        """Send a file as a document, privately or to a chat, with words beside it."""
        formatted = plain(caption)
        document = self.files.document(Upload(name, content, "application/octet-stream"))
        said = {"document": document, "caption": formatted.text, "entities": formatted.entities}
        return self._posts(chat or self.chat, said, reply_to, None, None)

    async def starts(self, payload: str = "") -> Message:
        """Press Start, or open a deep link."""
        return await self.says(f"/start {payload}".rstrip())

    async def forwards(self, post: Message, chat: Chat | None = None) -> Message:
        """Forward a post or a message, by default to the bot."""
        return self._posts(chat or self.chat, {**copied(post), "forward_origin": origin(post)}, None, None, None)

    async def edits(self, message: Message, text: str) -> Message:
        """Change a message of one's own."""
        formatted = plain(text)
        message.text, message.entities, message.edit_date = formatted.text, formatted.entities, int(time.time())
        self._tell("edited_channel_post" if message.chat.type == "channel" else "edited_message", message)
        return message

    # -- Buttons and inline mode

    async def presses(self, message: Message, button: str) -> CallbackAnswer:
        """Press an inline button, found by its text or data, and get the bot's answer. Raises LookupError, TimeoutError."""
        found = next((b for b in message.buttons if button in (b["text"], b.get("callback_data"))), None)
        if found is None or "callback_data" not in found:
            raise LookupError(f"no such button to press: {button!r} among {[b['text'] for b in message.buttons]}")
        query = {"from": self.user.json(), "chat_instance": str(message.chat.id), "data": found["callback_data"]}
        if message.inline_id:
            query["inline_message_id"] = message.inline_id
        else:
            query["message"] = message.json()
        self.user.known = True
        answer: CallbackAnswer = await self._asks("callback_query", query)
        return answer

    async def inline(self, text: str, offset: str = "", chat_type: str = "sender") -> InlineAnswer:
        """Type `@bot text` in some chat and see what is offered. Raises TimeoutError."""
        self.user.known = True
        query = {"from": self.user.json(), "query": text, "offset": offset, "chat_type": chat_type}
        answer: InlineAnswer = await self._asks("inline_query", query)
        return answer

    async def picks(self, result: Json, chat: Chat, *, feedback: bool = False) -> Message:
        """Post one of the offers in a chat. `feedback`: the bot is told (a setting at BotFather)."""
        said = result["input_message_content"]
        formatted = formatted_text(said, "message_text", "entities")
        inline_id = f"inline{self.world.number()}"
        content = {"text": formatted.text, "entities": formatted.entities, "preview": said.get("link_preview_options")}
        content |= {"via": self.world.bot, "markup": result.get("reply_markup"), "inline_id": inline_id}
        message = self._posts(chat, content, None, None, None)
        self.world.inline_messages[inline_id] = message
        if feedback:
            chosen = {"result_id": result["id"], "from": self.user.json(), "query": "", "inline_message_id": inline_id}
            self.world.updates.put("chosen_inline_result", chosen, self.id)
        return message

    # -- Life of a chat

    async def adds_bot(self, chat: Chat, *, admin: bool = False, rights: Iterable[str] | None = None) -> None:
        """Add the bot to a chat, or change its place there. `admin`: with all rights, or those of `rights`."""
        self.user.known = True
        came = not chat.member(self.world.bot).present
        granted = frozenset(rights) if rights is not None else ALL_RIGHTS
        admin = admin or rights is not None or chat.type == "channel"
        change_membership(
            self.world, chat, "administrator" if admin else "member", self.user.json(), granted if admin else frozenset()
        )
        if came and chat.type != "channel":
            self._serves(chat, {"new_chat_members": [self.world.bot.json()]})

    async def kicks_bot(self, chat: Chat) -> None:
        """Throw the bot out."""
        change_membership(self.world, chat, "kicked", self.user.json())

    async def demotes_bot(self, chat: Chat) -> None:
        """Take the bot's rights away (from a channel that means it can no longer post)."""
        change_membership(self.world, chat, "member", self.user.json())

    async def restricts(
        self, chat: Chat, *, text: bool = True, photos: bool = True, documents: bool = True, refusal: str = ""
    ) -> None:
        """Change what members may send. `refusal`: instead answer every sending with this 400, such as CHAT_WRITE_FORBIDDEN."""
        taken = {"can_send_messages": text, "can_send_photos": photos, "can_send_documents": documents}
        chat.permissions = frozenset(PERMISSIONS) - {name for name, allowed in taken.items() if not allowed}
        chat.refusal = refusal

    async def blocks_bot(self) -> None:
        """Block the bot."""
        self.user.blocked = True
        self._place_changes("member", "kicked")

    async def unblocks_bot(self) -> None:
        """Unblock it again."""
        self._unblocks()

    async def deactivates(self) -> None:
        """Delete the account."""
        self.user.deactivated = True

    async def migrates(self, group: Chat, *, quietly: bool = False) -> Chat:
        """Upgrade a group to a supergroup. `quietly`: the bot hears of it only when it writes to the old id."""
        upgraded = self.world.add_chat(
            Chat(SUPERGROUPS - 5_000 - self.world.number(), "supergroup", group.title, members=dict(group.members))
        )
        upgraded.upgraded_from, group.upgraded_to = group, upgraded
        me = group.members.pop(self.world.bot.id, None)
        if me is None or quietly:
            return upgraded
        self._serves(group, {"migrate_to_chat_id": upgraded.id})
        upgraded.members.pop(self.world.bot.id)
        change_membership(self.world, upgraded, me.status, self.user.json(), me.rights)
        self._serves(upgraded, {"migrate_from_chat_id": group.id}, ANONYMOUS_ADMIN, upgraded)
        return upgraded

    async def deletes_chat(self, chat: Chat) -> None:
        """Delete a group, supergroup or channel."""
        chat.gone = True
        places = [chat] if chat.type != "group" else []
        for place in (*places, *([chat.upgraded_from] if chat.upgraded_from else [])):
            change_membership(self.world, place, "left", self.user.json())

    def promotes(self, other: Person, chat: Chat, *, anonymous: bool = False) -> None:
        """Make somebody an administrator, whom the bot is not told of."""
        chat.members[other.id] = Member(other.user, "administrator", ALL_RIGHTS, anonymous=anonymous)

    def demotes(self, other: Person, chat: Chat) -> None:
        """Make an administrator an ordinary member."""
        chat.members[other.id] = Member(other.user)

    async def adds(self, other: Person, chat: Chat) -> None:
        """Add somebody to a chat."""
        chat.members[other.id] = Member(other.user)
        if chat.type != "channel" and chat.member(self.world.bot).present:
            self._serves(chat, {"new_chat_members": [other.user.json()]})

    async def shares(self, chat: Chat, button: str | None = None) -> Message:
        """Answer the bot's `request_chat` button with a chat; the bot is added if the button asks for it. Raises LookupError."""
        asked = self._request(button, chat)
        if not asked.get("chat_is_channel", False) == (chat.type == "channel"):
            raise LookupError(f"the button does not offer a {chat.type}")
        rights = asked.get("user_administrator_rights")
        if rights and not chat.member(self.user).is_admin:
            raise LookupError("the button offers only chats of an administrator")
        if not chat.member(self.world.bot).present:
            wanted = asked.get("bot_administrator_rights")
            if wanted:
                await self.adds_bot(chat, rights=[name for name, value in wanted.items() if value])
            elif asked.get("bot_is_member"):
                await self.adds_bot(chat)
        shared: Json = {"request_id": asked["request_id"], "chat_id": chat.id}
        shared |= {"title": chat.title} if asked.get("request_title") else {}
        shared |= {"username": chat.username} if asked.get("request_username") and chat.username else {}
        return self._posts(self.chat, {"service": {"chat_shared": shared}}, None, None, None)

    def _request(self, button: str | None, chat: Chat) -> Json:
        for message in reversed(self.chat.posts):
            rows = (message.reply_keyboard or {}).get("keyboard", ())
            offers = [b for b in itertools.chain.from_iterable(rows) if "request_chat" in b and button in (None, b["text"])]
            fitting = [b for b in offers if b["request_chat"]["chat_is_channel"] == (chat.type == "channel")]
            if offers:
                found: Json = (fitting or offers)[0]["request_chat"]
                return found
        raise LookupError("no button asks for a chat")

    # -- Topics

    async def opens_topic(self, chat: Chat, name: str) -> Topic:
        """A new topic; its id is that of the message that tells of it."""
        message = self.world.post(
            chat, sender=self.user.json(), service={"forum_topic_created": {"name": name, "icon_color": 7322096}}
        )
        topic = Topic(message.id, name)
        message.thread, message.in_topic = topic.id, True
        chat.topics[topic.id] = topic
        if self._bot_reads(message):
            self._tell("message", message)
        return topic

    async def closes_topic(self, chat: Chat, topic: Topic | None = None) -> None:
        """Close a topic, or General."""
        self._turns_topic(chat, topic, closed=True)

    async def reopens_topic(self, chat: Chat, topic: Topic | None = None) -> None:
        """Open a topic, or General, again."""
        self._turns_topic(chat, topic, closed=False)

    def _turns_topic(self, chat: Chat, topic: Topic | None, *, closed: bool) -> None:
        if topic:
            topic.closed = closed
        else:
            chat.general_closed = closed
        self._serves(chat, {"forum_topic_closed" if closed else "forum_topic_reopened": {}}, topic=topic)

    async def deletes_topic(self, chat: Chat, topic: Topic) -> None:
        """Delete a topic with its messages; the bot is told nothing."""
        topic.deleted = True
        for message in chat.messages.values():
            message.deleted = message.deleted or message.thread == topic.id

    async def deletes(self, message: Message) -> None:
        """Delete a message; the bot is told nothing."""
        message.deleted = True
