"""The whole of the fake Telegram's state, and the numbers it gives out."""

from __future__ import annotations

import itertools
import time
from typing import Any

from tests.fakes import telegram_errors as says
from tests.fakes.telegram_errors import bad
from tests.fakes.telegram_state import Chat, Member, Message, User
from tests.fakes.telegram_updates import Updates


class World:
    """Everything there is.

    `sent`: what the bot posted, in order. `open_doors`: chats of unknown ids come into being when written to. `privacy`: the bot
    sees of groups only what is meant for it.
    """

    def __init__(self, bot: User) -> None:
        self.bot = bot
        self.updates = Updates()
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.by_name: dict[str, Chat] = {}
        self.sent: list[Message] = []
        self.actions: list[tuple[int, str]] = []
        self.inline_messages: dict[str, Message] = {}
        self.open_doors = False
        self.privacy = True
        self._numbers = itertools.count(1)
        self._box_ids = itertools.count(1)  # private chats and groups share the numbers of the account's message box
        self.post_clock = time.time

    def number(self) -> int:
        """A number not used before."""
        return next(self._numbers)

    def add_chat(self, chat: Chat) -> Chat:
        """A chat that is there from now on."""
        if chat.type in ("private", "group"):
            chat.ids = self._box_ids
        elif chat.is_forum:
            chat.ids = itertools.count(2)  # the first message tells of the chat itself, and 1 is also how General is known
        self.chats[chat.id] = chat
        if chat.username:
            self.by_name[chat.username.lower()] = chat
        return chat

    def chat(self, chat_id: int | str) -> Chat:
        """The chat of an id or @name. Raises ApiError: chat not found."""
        if isinstance(chat_id, str):
            chat = self.by_name.get(chat_id.removeprefix("@").lower()) if chat_id.startswith("@") else None
        else:
            chat = self.chats.get(chat_id) or (self._opened(chat_id) if self.open_doors else None)
        if chat is None or (chat.user and not chat.user.known):
            raise bad(says.CHAT_NOT_FOUND)
        return chat

    def _opened(self, chat_id: int) -> Chat:
        if chat_id > 0:
            user = User(chat_id, f"Person {chat_id}", known=True, started=True)
            self.users[chat_id] = user
            return self.add_chat(Chat(chat_id, "private", user=user))
        kind = "supergroup" if chat_id <= -1_000_000_000_000 else "group"
        return self.add_chat(Chat(chat_id, kind, title=f"Chat {chat_id}", members={self.bot.id: Member(self.bot)}))

    def post(self, chat: Chat, **content: Any) -> Message:
        """A new message in a chat."""
        message = Message(next(chat.ids), chat, int(self.post_clock()), time.monotonic(), **content)
        chat.messages[message.id] = message
        return message
