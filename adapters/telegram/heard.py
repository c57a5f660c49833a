"""What people say to us and what happens to us, once it is understood: `inbound` makes these, `replies` answers them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.ports import CommandCall, PlatformEvent


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as Telegram tells of it: by the id under which it is asked for, with its size in bytes (0 where that is not said)."""

    file_id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """A command that was written; we answer the message `message_id`. `sent`: a file that it is the caption of, or replies to."""

    call: CommandCall
    message_id: int
    sent: SentFile | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button under one of our messages; `call.text` is what it carried. Without `message_id` the message is out of reach."""

    call: CommandCall
    query_id: str
    message_id: int | None
    is_photo: bool = False


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened to us; `greet`: somebody let us into a group, who should hear what we are for."""

    event: PlatformEvent
    greet: bool = False


@dataclass(frozen=True, slots=True)
class Queried:
    """Somebody looks for releases to post, in any chat: `@bot words`."""

    call: CommandCall
    query_id: str


@dataclass(frozen=True, slots=True)
class Pointed:
    """Somebody shows us, in private, a channel or group that they mean to configure."""

    call: CommandCall
    chat_id: int
    title: str = ""


Heard = Said | Pressed | Happened | Queried | Pointed
