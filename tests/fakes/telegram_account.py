"""What an account on the fake Telegram does under its acts: messages come to stand, and the bot is told what it may know."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from tests.fakes.telegram_files import Files
from tests.fakes.telegram_methods import Methods, Question
from tests.fakes.telegram_state import ANONYMOUS_ADMIN, AS_CHANNEL, FROM_TELEGRAM, Chat, Json, Member, Message, Topic, User
from tests.fakes.telegram_world import World

GENERAL = 1


@dataclass(slots=True, eq=False)
class Account:
    """Somebody's account. `chat` is their private chat with the bot; `patience`: seconds they wait for an answer."""

    user: User
    chat: Chat
    world: World
    methods: Methods
    files: Files
    patience: float = 10.0

    @property
    def id(self) -> int:
        """The user id, which is also the id of the private chat."""
        return self.user.id

    def _posts(self, chat: Chat, content: Json, reply_to: Message | None, thread: Topic | None, name: Chat | None) -> Message:
        in_topic, thread_id = _thread_of(chat, reply_to, thread)
        message = self.world.post(
            chat, **content, **self._signed(chat, name), reply_to=reply_to, thread=thread_id, in_topic=in_topic
        )
        if chat is self.chat:
            self._opens_chat()
        if self._bot_reads(message):
            self._tell("channel_post" if chat.type == "channel" else "message", message)
        if chat.type == "channel" and chat.linked:
            self._forwarded_by_telegram(message, chat.linked)
        return message

    def _forwarded_by_telegram(self, post: Message, group: Chat) -> None:
        copy = self.world.post(
            group,
            **copied(post),
            forward_origin=origin(post),
            sender=FROM_TELEGRAM,
            sender_chat=post.chat,
            automatic_forward=True,
        )
        if self._bot_reads(copy):
            self._tell("message", copy)

    def _signed(self, chat: Chat, name: Chat | None) -> Json:
        if chat.type == "channel":
            return {"sender_chat": chat}
        if name is chat:
            return {"sender": ANONYMOUS_ADMIN, "sender_chat": chat}
        if name:
            return {"sender": AS_CHANNEL, "sender_chat": name}
        return {"sender": self.user.json()}

    def _opens_chat(self) -> None:
        if self.user.blocked:
            self._unblocks()
        self.user.known = self.user.started = True

    def _bot_reads(self, message: Message) -> bool:
        """Privacy mode: of groups a bot sees commands, replies to it, mentions and service messages, or all as administrator."""
        chat, me = message.chat, message.chat.member(self.world.bot)
        if chat.type == "private":
            return True
        if not me.present or chat.gone or chat.upgraded_to:
            return False
        self.user.known = True
        if chat.type == "channel" or me.is_admin or not self.world.privacy or message.service or message.via:
            return True
        if message.reply_to and message.reply_to.by_bot:
            return True
        # That it is the same with what stands beside a file is not verified.
        return _addressed(message.words, self.world.bot.username)

    def _tell(self, kind: str, message: Message) -> None:
        self.world.updates.put(kind, message.json(), message.chat.id)

    async def _asks(self, kind: str, query: Json) -> Any:
        query_id = str(4_000_000_000 + self.world.number())
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def heard(answer: object) -> None:
            if not answered.done():
                answered.set_result(answer)

        self.methods.questions[query_id] = Question(time.monotonic(), heard)
        self.world.updates.put(kind, {"id": query_id, **query}, self.id)
        return await asyncio.wait_for(answered, self.patience)

    def _serves(
        self, chat: Chat, service: Json, sender: Json | None = None, name: Chat | None = None, topic: Topic | None = None
    ) -> None:
        """A service message."""
        thread = topic.id if topic else None
        message = self.world.post(
            chat, sender=sender or self.user.json(), sender_chat=name, service=service, thread=thread, in_topic=topic is not None
        )
        self._tell("message", message)

    def _unblocks(self) -> None:
        self.user.blocked = False
        self._place_changes("kicked", "member")

    def _place_changes(self, before: str, after: str) -> None:
        update = {
            "chat": self.chat.json(),
            "from": self.user.json(),
            "date": int(time.time()),
            "old_chat_member": Member(self.world.bot, before).json("private"),
            "new_chat_member": Member(self.world.bot, after).json("private"),
        }
        self.world.updates.put("my_chat_member", update, self.chat.id)


def copied(message: Message) -> Json:
    """What a forward takes along, by a Message's names."""
    names: tuple[str, ...] = ("text", "entities", "photo", "document", "contact", "caption", "preview")
    return {name: getattr(message, name) for name in names}


def origin(message: Message) -> Json:
    """A MessageOrigin: where a message first stood."""
    if message.forward_origin:
        return message.forward_origin
    if message.chat.type == "channel":
        return {"type": "channel", "date": message.date, "chat": message.chat.json(), "message_id": message.id}
    if message.sender_chat:
        return {"type": "chat", "date": message.date, "sender_chat": message.sender_chat.json()}
    return {"type": "user", "date": message.date, "sender_user": message.sender}


def _thread_of(chat: Chat, reply_to: Message | None, topic: Topic | None) -> tuple[bool, int | None]:
    """Replies in an ordinary supergroup also have a thread, which is no topic and cannot be written to."""
    if topic and topic.id != GENERAL:
        return True, topic.id
    if reply_to is None:
        return False, None
    if chat.is_forum:
        return reply_to.in_topic, reply_to.thread if reply_to.in_topic else None
    return False, (reply_to.thread or reply_to.id) if chat.type == "supergroup" else None


def _addressed(text: str, name: str) -> bool:
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    if first.startswith("/"):
        _, at, to = first.partition("@")
        return not at or to.lower() == name.lower()
    return f"@{name}".lower() in text.lower()
