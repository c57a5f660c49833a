"""What went wrong? Telegram's errors as outcomes, and what to try instead of a message that was refused. Pure.

Telegram names its reasons in words alone; the words below are those that its server is known to use.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import timedelta

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from adapters.telegram.request import NotSent, ServerFault
from bot.domain.delivery import (
    AccountBlocked,
    AccountGone,
    DestinationGone,
    DestinationMoved,
    Refused,
    RetryLater,
    SendOutcome,
)

_GONE = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "chat_id is empty",
    "group chat was deactivated",
    "group is deactivated",
    "user is deactivated",
    "input_user_deactivated",
    "user_is_blocked",
    "channel_private",
    "chat_write_forbidden",
    "chat_restricted",
    "chat_admin_required",
    "chat_send_plain_forbidden",
    "have no rights to send a message",
    "not enough rights to send text messages",
    "need administrator rights",
    "bot is not a member",
    "bot was kicked",
    "bot was blocked",
)
_TOPIC = ("message thread not found", "not a forum topic thread", "topic_closed", "topic_deleted", "topic_id_invalid")
_MARKUP = ("can't parse", "entities", "entity", "unsupported start tag")
_KEYBOARD = ("button", "keyboard", "reply markup", "reply_markup")
_REPLY = ("message to be replied not found", "replied message not found", "reply_message_id_invalid")
_NO_POST = ("message to edit not found", "message can't be edited", "message_id_invalid", "message identifier is not specified")
_WRONG_FORM = ("no text in the message to edit", "no caption in the message to edit")
_UNCHANGED = ("message is not modified", "message_not_modified")
_GATEWAY = frozenset({502, 504, 520, 522, 524})
"""Answers of what stands before the server, which may have taken the request all the same."""
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Form:
    """How a message is put: `photo` an address or file id, `thread` the topic, each empty for none; `html` and `buttons` or not."""

    photo: str = ""
    thread: str = ""
    html: bool = True
    buttons: bool = True
    reply_to: int | None = None


def simpler(form: Form, error: TelegramError) -> Form | None:
    """How to put the message after this refusal; None where no form would be taken. Every step gives something up for good."""
    if not isinstance(error, BadRequest):
        return None
    reason = error.message.casefold()
    if form.thread and _any(_TOPIC, reason):
        return replace(form, thread="", reply_to=None)
    if form.reply_to is not None and _any(_REPLY, reason):
        return replace(form, reply_to=None)
    if _any(_GONE, reason):
        return None
    if form.html and _any(_MARKUP, reason):
        return replace(form, html=False)
    if form.buttons and _any(_KEYBOARD, reason):
        return replace(form, buttons=False)
    # Whatever else is said of a photo: it cannot be fetched, is none, is too large, or may not be sent there.
    return replace(form, photo="") if form.photo else None


def outcome_of(error: TelegramError) -> SendOutcome:
    """What an error of a send or an edit means. A BadRequest is a NetworkError to the SDK, so it is looked for before."""
    reason = error.message[:_LONGEST]
    match error:
        case RetryAfter():
            return RetryLater("too fast", after_of(error))
        case ChatMigrated():
            return DestinationMoved(str(error.new_chat_id))
        case Forbidden():
            return DestinationGone(reason)
        case InvalidToken():
            return AccountGone("Telegram does not know the token")
        case BadRequest():
            return DestinationGone(reason) if _any(_GONE, reason.casefold()) else Refused(reason)
        case NetworkError():
            return _on_the_way(error, reason)
        case _:  # an answer that is no JSON, or an error that the SDK has no class for
            return RetryLater(reason, ambiguous=not isinstance(error, Conflict))


def _on_the_way(error: NetworkError, reason: str) -> SendOutcome:
    match error:
        case NotSent():
            return RetryLater(reason)
        case ServerFault():
            return RetryLater(reason, ambiguous=error.status in _GATEWAY)
        case _ if "too many requests" in reason.casefold():
            return RetryLater("too fast")
        case _ if "entity too large" in reason.casefold():
            return Refused(reason)
        case _:  # timed out, or reset: the request left
            return RetryLater(reason, ambiguous=True)


def after_of(error: RetryAfter) -> timedelta:
    """How long Telegram wants to be left alone."""
    after = error.retry_after
    return after if isinstance(after, timedelta) else timedelta(seconds=after)


def is_unchanged(error: TelegramError) -> bool:
    """Whether the post shows that already."""
    return isinstance(error, BadRequest) and _any(_UNCHANGED, error.message.casefold())


def is_no_post(error: TelegramError) -> bool:
    """Whether there is no such post any more, or none that we may edit."""
    return isinstance(error, BadRequest) and _any((*_NO_POST, *_WRONG_FORM), error.message.casefold())


def _any(words: tuple[str, ...], reason: str) -> bool:
    return any(word in reason for word in words)


class FloodWatch:
    """Tells a limit of the whole account from that of one chat, which Telegram's answer does not.

    Where several chats at once are told to wait, it is the account.
    """

    CHATS = 3

    def __init__(self) -> None:
        self._until: OrderedDict[str, float] = OrderedDict()

    def outcome(self, chat: str, after: timedelta, now: float) -> RetryLater | AccountBlocked:
        """What being told to wait means, at a time in seconds of any clock that does not jump."""
        self._until = OrderedDict((each, until) for each, until in self._until.items() if until > now and each != chat)
        self._until[chat] = now + after.total_seconds()
        if len(self._until) >= self.CHATS:
            return AccountBlocked(after, f"told to wait in {len(self._until)} chats at once")
        return RetryLater("too fast", after)
