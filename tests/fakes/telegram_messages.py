"""Sending, editing and deleting messages, with the refusals of the real server."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.fakes import telegram_errors as says
from tests.fakes.telegram_access import Access
from tests.fakes.telegram_calls import check_buttons
from tests.fakes.telegram_entities import Entity, Formatted, MarkupError, plain, settled
from tests.fakes.telegram_errors import bad, forbidden
from tests.fakes.telegram_files import Files
from tests.fakes.telegram_markup import parse_html
from tests.fakes.telegram_state import Chat, Json, Message
from tests.fakes.telegram_world import World

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
Params = dict[str, Any]
Method = Callable[[Params], Any]
_CONTENT = ("text", "entities", "caption", "caption_above", "photo", "document", "preview", "markup")
_PLAIN_KINDS = {"bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link", "blockquote"}


class Messages:
    """The methods that change messages, by name in `methods`."""

    def __init__(self, world: World, files: Files) -> None:
        self.world = world
        self.files = files
        self.access = Access(world)
        self.methods: dict[str, Method] = {
            "sendMessage": self._send_message,
            "sendPhoto": lambda params: self._send_file(params, "photo").json(),
            "sendDocument": lambda params: self._send_file(params, "document").json(),
            "sendContact": self._send_contact,
            "sendMediaGroup": self._send_media_group,
            "editMessageText": self._edit_text,
            "editMessageCaption": self._edit_caption,
            "editMessageReplyMarkup": lambda params: self._edit(params, _unchanged),
            "editMessageMedia": self._edit_media,
            "deleteMessage": self._delete,
        }

    # -- Sending

    def _send_message(self, params: Params) -> Json:
        formatted = formatted_text(params, "text", "entities")
        if formatted.length > TEXT_LIMIT:
            raise bad(says.TEXT_TOO_LONG)
        content = {"text": formatted.text, "entities": formatted.entities, "preview": params.get("link_preview_options")}
        return self._send(params, "can_send_messages", lambda: content).json()

    def _send_file(self, params: Params, kind: str) -> Message:
        content = caption(params)
        made = self.files.photo if kind == "photo" else self.files.document
        return self._send(params, f"can_send_{kind}s", lambda: content | {kind: made(params[kind])})

    def _send_contact(self, params: Params) -> Json:
        if not re.search(r"\d", params["phone_number"]):
            raise bad(says.BAD_PHONE)
        names = ("phone_number", "first_name", "last_name", "vcard")
        content = {"contact": {name: params[name] for name in names if params.get(name)}}
        return self._send(params, "can_send_contacts", lambda: content).json()

    def _send_media_group(self, params: Params) -> list[Json]:
        if not 2 <= len(params["media"]) <= 10:
            raise bad(says.ALBUM_SIZE)
        album = str(self.world.number())
        contents = [caption(media) | self.files.media(media, params) | {"album": album} for media in params["media"]]
        kinds = [f"can_send_{media['type']}s" for media in params["media"]]
        pairs = zip(kinds, contents, strict=True)
        return [self._send(params, kind, lambda content=content: content).json() for kind, content in pairs]  # type: ignore[misc]

    def _send(self, params: Params, permission: str, content: Callable[[], Json]) -> Message:
        markup = params.get("reply_markup")
        check_buttons(markup)
        chat = self.access.reach(params["chat_id"], "write")
        reply_to = self.access.replied_to(chat, params.get("reply_parameters"))
        in_topic, thread = self._place(chat, max(0, params.get("message_thread_id", 0)), reply_to)
        self.access.may_send(chat, permission)
        inline = markup if markup and "inline_keyboard" in markup else None
        message = self.world.post(
            chat,
            **content(),
            by_bot=True,
            sender=None if chat.type == "channel" else self.world.bot.json(),
            sender_chat=chat if chat.type == "channel" else None,
            reply_to=reply_to,
            thread=thread,
            in_topic=in_topic,
            markup=inline if inline and inline["inline_keyboard"] else None,
            reply_keyboard=None if inline else markup,
            silent=params.get("disable_notification", False),
            protected=params.get("protect_content", False),
        )
        self.world.sent.append(message)
        return message

    def _place(self, chat: Chat, thread: int, reply_to: Message | None) -> tuple[bool, int | None]:
        """Whether in a topic, and the thread. A reply goes where the message stands that it answers, also without being told."""
        if not thread and reply_to and reply_to.chat is chat and reply_to.in_topic:
            thread = reply_to.thread or 0
        if thread:
            self.access.check_thread(chat, thread)
            return True, thread
        if reply_to and chat.type == "supergroup" and not chat.is_forum:
            return False, reply_to.thread or reply_to.id
        self.access.check_general(chat)
        return False, None

    # -- Editing

    def _edit_text(self, params: Params) -> Json | bool:
        formatted = formatted_text(params, "text", "entities")
        if formatted.length > TEXT_LIMIT:
            raise bad(says.EDIT_TOO_LONG)

        def change(message: Message) -> None:
            if message.kind != "text":
                raise bad(says.NO_TEXT_TO_EDIT)
            message.text, message.entities = formatted.text, formatted.entities
            message.preview = params.get("link_preview_options")

        return self._edit(params, change)

    def _edit_caption(self, params: Params) -> Json | bool:
        content = caption(params, says.CAPTION_TOO_LONG_IN_EDIT)

        def change(message: Message) -> None:
            if message.kind not in ("photo", "document"):
                raise bad(says.NO_CAPTION_TO_EDIT)
            _set(message, content)

        return self._edit(params, change)

    def _edit_media(self, params: Params) -> Json | bool:
        media = params["media"]
        content = caption(media, says.CAPTION_TOO_LONG_IN_EDIT)

        def change(message: Message) -> None:
            nothing = {"text": "", "preview": None, "photo": None, "document": None}
            _set(message, nothing | content | self.files.media(media, params))

        return self._edit(params, change)

    def _edit(self, params: Params, change: Callable[[Message], None]) -> Json | bool:
        """An edit that says no keyboard takes the old one away."""
        markup = params.get("reply_markup")
        check_buttons(markup)
        message = self._to_edit(params)
        before = {name: getattr(message, name) for name in _CONTENT}
        change(message)
        message.markup = markup if markup and markup["inline_keyboard"] else None
        if before == {name: getattr(message, name) for name in _CONTENT}:
            raise bad(says.NOT_MODIFIED)
        message.edits += 1
        message.edit_date = int(self.world.post_clock())
        return True if message.inline_id else message.json()

    def _to_edit(self, params: Params) -> Message:
        if "chat_id" not in params:
            inline = self.world.inline_messages.get(params.get("inline_message_id", ""))
            if inline is None:
                raise bad(says.NO_MESSAGE_ID if "inline_message_id" not in params else says.MESSAGE_ID_INVALID)
            return inline
        chat = self.access.reach(params["chat_id"], "edit")
        message = chat.messages.get(params.get("message_id", 0))
        if message is None or message.deleted or not self.access.sees_messages(chat):
            raise bad(says.NOT_FOUND.format(what="message to edit"))
        if not message.by_bot or message.reply_keyboard or not self._may_edit_in(chat):
            raise bad(says.CANNOT_EDIT)
        if chat.user and chat.user.blocked:
            raise forbidden(says.BLOCKED)
        return message

    def _may_edit_in(self, chat: Chat) -> bool:
        me = self.access.me(chat)
        return chat.type != "channel" or me.may("can_post_messages") or me.may("can_edit_messages")

    def _delete(self, params: Params) -> bool:
        chat = self.access.reach(params["chat_id"], "write")
        message = chat.messages.get(params["message_id"])
        if message is None or message.deleted or not self.access.sees_messages(chat):
            raise bad(says.NOT_FOUND.format(what="message to delete"))
        if not message.by_bot and not self.access.me(chat).may("can_delete_messages"):
            raise bad(says.CANNOT_DELETE)
        message.deleted = True
        return True


def formatted_text(params: Params, name: str, entities: str, *, may_be_empty: bool = False) -> Formatted:
    """The text of a call as it will stand. Raises ApiError for markup that the server refuses, and for nothing but blanks."""
    text = params.get(name) or ""
    mode = params.get("parse_mode", "").lower()
    if mode not in ("", "html"):
        raise bad("unsupported parse_mode (the fake knows HTML alone)")
    try:
        if mode:
            formatted = parse_html(text)
        elif params.get(entities):
            formatted = settled(text, [_entity(entity) for entity in params[entities]])
        else:
            formatted = plain(text)
    except MarkupError as error:
        raise bad(says.CANNOT_PARSE.format(reason=error)) from None
    if not formatted.text and not may_be_empty:
        raise bad(says.EMPTY_AFTER_PARSING)
    return formatted


def caption(params: Params, too_long: str = says.CAPTION_TOO_LONG) -> Json:
    """What a call says of the caption, by a Message's names. Raises ApiError."""
    formatted = formatted_text(params, "caption", "caption_entities", may_be_empty=True)
    if formatted.length > CAPTION_LIMIT:
        raise bad(too_long)
    above = bool(formatted.text) and params.get("show_caption_above_media", False)
    return {"caption": formatted.text, "entities": formatted.entities, "caption_above": above}


def _entity(entity: Json) -> Entity:
    """Entities that a bot may give; what it says of the others, the server finds for itself."""
    return dict(entity) if entity["type"] in _PLAIN_KINDS else {name: entity[name] for name in ("type", "offset", "length")}


def _set(message: Message, content: Json) -> None:
    for name, value in content.items():
        setattr(message, name, value)


def _unchanged(_: Message) -> None:
    """An edit of the keyboard alone."""
