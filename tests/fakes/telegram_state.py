"""What the fake Telegram knows: users, chats, members, topics and messages, each saying itself as the Bot API's JSON."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

ANONYMOUS_ADMIN = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
AS_CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
FROM_TELEGRAM = {"id": 777000, "is_bot": False, "first_name": "Telegram"}

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)
CHANNEL_RIGHTS = ("can_post_messages", "can_edit_messages")
GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics")
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass(slots=True, eq=False)
class User:
    """Somebody. `known`: the bot has met them somewhere; `started`: they have written to the bot, so that it may write to them."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language: str = ""
    is_bot: bool = False
    known: bool = False
    started: bool = False
    blocked: bool = False
    deactivated: bool = False

    def json(self) -> Json:
        """A User."""
        said: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name, value in (("last_name", self.last_name), ("username", self.username), ("language_code", self.language)):
            if value:
                said[name] = value
        return said


@dataclass(slots=True, eq=False)
class Member:
    """Somebody in a chat.

    `status`: creator, administrator, member, restricted, left, kicked. `rights`: those an administrator has; `permissions`: those a
    restricted member still has.
    """

    user: User
    status: str = "member"
    rights: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset(PERMISSIONS)
    anonymous: bool = False

    @property
    def present(self) -> bool:
        """Whether they are in the chat."""
        return self.status not in ("left", "kicked")

    @property
    def is_admin(self) -> bool:
        """Whether they are an administrator or the owner."""
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        """Whether they have a right of administrators."""
        return self.status == "creator" or (self.status == "administrator" and right in self.rights)

    def json(self, kind: str) -> Json:
        """A ChatMember, in a chat of this kind."""
        said: Json = {"user": self.user.json(), "status": self.status}
        if self.is_admin:
            said["is_anonymous"] = self.anonymous
        if self.status == "administrator":
            rights = (*ADMIN_RIGHTS, *(CHANNEL_RIGHTS if kind == "channel" else GROUP_RIGHTS))
            said |= {"can_be_edited": False} | {right: right in self.rights for right in rights}
        elif self.status == "restricted":
            said |= {"is_member": True, "until_date": 0} | {right: right in self.permissions for right in PERMISSIONS}
        elif self.status == "kicked":
            said["until_date"] = 0
        return said


@dataclass(slots=True, eq=False)
class Topic:
    """A topic of a forum. `lost`: it lives, but the server no longer finds it for bots (as happens to old topics)."""

    id: int
    name: str
    closed: bool = False
    deleted: bool = False
    lost: bool = False


@dataclass(slots=True, eq=False)
class Message:
    """A message as it stands. Exactly one of text, photo, document, contact and service says what it is.

    `entities` are those of the text or the caption. `edits` counts its changes; `deleted`: it is gone. `thread` is set for topics
    (`in_topic`) and for threads of replies. `at`: seconds of the monotonic clock when it was posted.
    """

    id: int
    chat: Chat
    date: int
    at: float = 0.0
    sender: Json | None = None
    sender_chat: Chat | None = None
    by_bot: bool = False
    text: str = ""
    entities: tuple[Json, ...] = ()
    photo: Json | None = None
    document: Json | None = None
    contact: Json | None = None
    caption: str = ""
    caption_above: bool = False
    album: str = ""
    markup: Json | None = None
    reply_keyboard: Json | None = None
    thread: int | None = None
    in_topic: bool = False
    silent: bool = False
    protected: bool = False
    preview: Json | None = None
    reply_to: Message | None = None
    via: User | None = None
    inline_id: str = ""
    edit_date: int | None = None
    edits: int = 0
    deleted: bool = False
    forward_origin: Json | None = None
    automatic_forward: bool = False
    service: Json = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """text, photo, document, contact or service."""
        return next((kind for kind in ("photo", "document", "contact", "service") if getattr(self, kind)), "text")

    @property
    def words(self) -> str:
        """The text, or the caption."""
        return self.text or self.caption

    @property
    def buttons(self) -> list[Json]:
        """The inline buttons, row after row."""
        return [button for row in (self.markup or {}).get("inline_keyboard", ()) for button in row]

    @property
    def links(self) -> list[str]:
        """Where the text's links lead."""
        return [entity["url"] for entity in self.entities if entity["type"] == "text_link"]

    def json(self, *, nested: bool = False) -> Json:
        """A Message; a nested one (what another replies to) leaves out its own reply."""
        said: Json = {"message_id": self.id, "date": self.date, "chat": self.chat.json()}
        if self.sender:
            said["from"] = self.sender
        if self.sender_chat:
            said["sender_chat"] = self.sender_chat.json()
        if self.thread is not None:
            said["message_thread_id"] = self.thread
        if self.in_topic:
            said["is_topic_message"] = True
        if self.reply_to and not nested:
            said["reply_to_message"] = self.reply_to.json(nested=True)
        self._say_content(said)
        self._say_circumstances(said)
        return said

    def _say_content(self, said: Json) -> None:
        if self.text:
            said["text"] = self.text
            if self.entities:
                said["entities"] = list(self.entities)
            if self.preview:
                said["link_preview_options"] = self.preview
        for name in ("document", "contact"):
            if getattr(self, name):
                said[name] = getattr(self, name)
        if self.photo:
            said["photo"] = [self.photo]
        if self.caption:
            said["caption"] = self.caption
            if self.entities:
                said["caption_entities"] = list(self.entities)
        if self.markup:
            said["reply_markup"] = self.markup
        said.update(self.service)

    def _say_circumstances(self, said: Json) -> None:
        for name, value in (
            ("edit_date", self.edit_date),
            ("via_bot", self.via and self.via.json()),
            ("forward_origin", self.forward_origin),
            ("media_group_id", self.album),
            ("is_automatic_forward", self.automatic_forward),
            ("has_protected_content", self.protected),
            ("show_caption_above_media", self.caption_above),
        ):
            if value:
                said[name] = value


@dataclass(slots=True, eq=False)
class Chat:
    """A place to write. `type`: private, group, supergroup, channel. `permissions`: what members may do who are no administrators.

    `refusal`: the 400 the server answers to whatever is sent, such as CHAT_WRITE_FORBIDDEN. `upgraded_to`: the supergroup that came
    of this group; `gone`: deleted.
    """

    id: int
    type: str
    title: str = ""
    username: str = ""
    user: User | None = None
    is_forum: bool = False
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    permissions: frozenset[str] = frozenset(PERMISSIONS)
    general_closed: bool = False
    refusal: str = ""
    upgraded_to: Chat | None = None
    upgraded_from: Chat | None = None
    gone: bool = False
    linked: Chat | None = None
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _json: Json | None = None

    def json(self) -> Json:
        """A Chat. Shared between messages: nobody changes it."""
        if self._json is None:
            said: Json = {"id": self.id, "type": self.type}
            if self.user:
                said["first_name"] = self.user.first_name
                said |= {"last_name": self.user.last_name} if self.user.last_name else {}
            else:
                said["title"] = self.title
            if self.username:
                said["username"] = self.username
            if self.is_forum:
                said["is_forum"] = True
            self._json = said
        return self._json

    def full_json(self) -> Json:
        """A ChatFullInfo."""
        said = self.json() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": _NO_GIFTS}
        if self.type in ("group", "supergroup"):
            said["permissions"] = {right: right in self.permissions for right in PERMISSIONS}
        if self.username:
            said["active_usernames"] = [self.username]
        if self.linked:
            said["linked_chat_id"] = self.linked.id
        return said

    @property
    def posts(self) -> list[Message]:
        """What the bot posted here and what still stands, in order."""
        return [message for message in self.messages.values() if message.by_bot and not message.deleted]

    @property
    def last(self) -> Message:
        """The newest of the bot's messages here."""
        return self.posts[-1]

    def member(self, user: User) -> Member:
        """Somebody's place in this chat; "left" where they have none."""
        return self.members.get(user.id) or Member(user, "left")

    def admits(self, member: Member, permission: str) -> bool:
        """Whether a member may send something of a kind."""
        if member.is_admin:
            return True
        return permission in self.permissions and (member.status != "restricted" or permission in member.permissions)


_NO_GIFTS = {
    "unlimited_gifts": False,
    "limited_gifts": False,
    "unique_gifts": False,
    "premium_subscription": False,
    "gifts_from_channels": False,
}
