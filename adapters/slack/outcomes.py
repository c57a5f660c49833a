"""What went wrong? Slack's errors as outcomes, and what to try instead of a message that was refused. Pure.

The codes are those that Slack's reference lists for chat.postMessage and chat.update, and some more that the API is known to use.
What no line here knows was refused: it would be refused again, and a lane must not wait for it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.domain.delivery import (
    AccountBlocked,
    AccountGone,
    DestinationGone,
    PostGone,
    Refused,
    RetryLater,
    SendOutcome,
)


class Unreadable(SlackClientError):
    """An answer that is none of Slack's, such as a page of whatever stands in between."""


Fault = SlackClientError | aiohttp.ClientError | OSError
"""What a call of the SDK raises; a timeout is an OSError."""
FAULTS = (SlackClientError, aiohttp.ClientError, OSError)

_POLICY = "the channel's settings or the workspace's do not let the app post here; an administrator may allow it"
_DESTINATION_GONE = {
    "not_in_channel": "the app is not in the channel; invite it with /invite",
    "channel_not_found": "there is no such channel, or it is private and the app is not in it",
    "channel_is_archived": "the channel is archived",
    "is_archived": "the channel is archived",
    "is_inactive": "the channel is archived, frozen or deleted",
    "messages_tab_disabled": "the app takes no direct messages; its manifest can switch them on (App Home, Messages Tab)",
    "cannot_dm_bot": "it is a bot's, and bots do not write to each other",
    "user_not_found": "there is no such person here",
    "user_not_visible": "the app may not see this person",
    "user_disabled": "the person's account is closed",
    "user_is_restricted": "the person is a guest, whom the app may not write to",
    "user_is_ultra_restricted": "the person is a guest, whom the app may not write to",
    "no_permission": "the app may not post here; invite it with /invite",
    "access_denied": "the app may not post here",
    "posting_to_general_channel_denied": _POLICY,
    "channel_not_allowed": _POLICY,
}
_RESTRICTED = "restricted_action"
_ACCOUNT_GONE = {
    "account_inactive": "the workspace or the app's user in it is gone",
    "app_uninstalled": "the app was uninstalled",
    "invalid_auth": "Slack does not know the token",
    "not_authed": "there is no token",
    "team_not_found": "there is no such workspace",
    "token_expired": "the token has expired",
    "token_revoked": "the token was revoked",
}
_ACCOUNT_BLOCKED = {
    "accesslimited": "Slack may not be used from this network",
    "app_access_restricted": "the workspace restricts the app",
    "deprecated_endpoint": "Slack has closed the method",
    "enterprise_is_restricted": "the method cannot be called from an organisation",
    "message_limit_exceeded": "the workspace sends too many messages",
    "method_deprecated": "Slack has closed the method",
    "missing_scope": "the app lacks a permission; install it again from the manifest",
    "not_allowed_token_type": "the token is of the wrong sort; a bot token is needed",
    "org_login_required": "the workspace is being moved into an organisation",
    "team_access_not_granted": "the organisation has not let the app into this workspace",
    "team_added_to_org": "the workspace is being moved into an organisation",
    "two_factor_setup_required": "the app's user has to set up two factors",
}
BLOCKED_FOR = timedelta(minutes=15)
"""How long an account rests whose trouble somebody has to clear."""
_LATER = {
    "ekm_access_denied": timedelta(minutes=15),  # the keys of a channel may be taken away alone, so the account goes on
    "external_channel_migrating": timedelta(minutes=1),
    "streaming_state_conflict": timedelta(seconds=10),
    "request_timeout": None,
    "service_unavailable": None,
    "update_failed": None,
}
_PERHAPS = frozenset({"fatal_error", "internal_error"})
"""After these it may stand there all the same, as the reference says."""
_LIMITED = frozenset({"ratelimited", "rate_limited"})
_NO_POST = frozenset({"message_not_found"})
_NO_EDIT = frozenset({"cant_update_message", "edit_window_closed", "block_mismatch"})
_NO_THREAD = frozenset(
    {
        "cannot_reply_to_message",
        "invalid_thread_ts",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_locked",
        "thread_not_found",
    }
)
_BAD_FORM = frozenset(
    {
        "invalid_arguments",
        "invalid_attachments",
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
    }
)
_GATEWAY = frozenset({502, 504, 520, 522, 524})
"""Answers of what stands before the server, which may have taken the request all the same."""
_DEFAULT_WAIT = timedelta(seconds=1)


# What to try instead ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shape:
    """How a message is put.

    `thread` is empty for none; with `pictures` or not, with links that call or write (`calls`), in `blocks` or as text.
    """

    thread: str = ""
    pictures: bool = True
    calls: bool = True
    blocks: bool = True


def simpler(shape: Shape, error: SlackApiError) -> Shape | None:
    """How to put the message after this refusal; None where no form would be taken. Every step gives something up for good."""
    code = code_of(error)
    if shape.thread and code in _NO_THREAD:
        return replace(shape, thread="")
    if code not in _BAD_FORM or not shape.blocks:
        return None
    said = messages_of(error)
    if shape.pictures and any("image" in words for words in said):
        return replace(shape, pictures=False)
    if shape.calls and any("/url]" in words or "invalid_url" in words for words in said):
        return replace(shape, calls=False)
    return replace(shape, blocks=False)


def is_outside(error: Fault) -> bool:
    """Whether the app has to join the channel first."""
    return code_of(error) == "not_in_channel"


def is_no_edit(error: Fault) -> bool:
    """Whether the post stands, and cannot be changed any more."""
    return code_of(error) in _NO_EDIT


# What it comes to -------------------------------------------------------------------------------------------------------


def outcome_of(error: Fault) -> SendOutcome:
    """What an error of a send or an edit means; see `FloodWatch` for a limit (`is_limited`)."""
    match error:
        case SlackApiError():
            return _by_code(error)
        case Unreadable():
            return RetryLater(str(error), ambiguous=True)
        case SlackClientError():
            return Refused(type(error).__name__)
        case aiohttp.ClientConnectorError() | aiohttp.ConnectionTimeoutError():
            return RetryLater("no connection")
        case _:  # timed out, or reset: the request left
            return RetryLater(type(error).__name__, ambiguous=True)


def _by_code(error: SlackApiError) -> SendOutcome:
    code = code_of(error)
    if is_limited(error):
        return RetryLater("too fast", after_of(error))
    if not code:
        return _by_status(status_of(error))
    if code in _ACCOUNT_GONE:
        return AccountGone(f"{code}: {_ACCOUNT_GONE[code]}")
    if code in _ACCOUNT_BLOCKED:
        return AccountBlocked(BLOCKED_FOR, f"{code}: {_ACCOUNT_BLOCKED[code]}")
    return _of_one(code)


def _of_one(code: str) -> SendOutcome:
    """What concerns one conversation or one message."""
    if code in _DESTINATION_GONE or code.startswith(_RESTRICTED):
        return DestinationGone(f"{code}: {_DESTINATION_GONE.get(code, _POLICY)}")
    if code in _NO_POST or code in _NO_EDIT:
        return PostGone(code)
    if code in _LATER:
        return RetryLater(code, _LATER[code])
    return RetryLater(code, ambiguous=True) if code in _PERHAPS else Refused(code)


def _by_status(status: int) -> SendOutcome:
    """An answer without a code: Slack's servers, or something before them."""
    reason = f"the server answered {status}" if status else "the answer cannot be read"
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refused(reason)
    fine = status < HTTPStatus.BAD_REQUEST
    return RetryLater(reason, ambiguous=fine or status in _GATEWAY)


def is_limited(error: Fault) -> bool:
    """Whether Slack says that we are too fast."""
    return code_of(error) in _LIMITED or (isinstance(error, SlackApiError) and status_of(error) == HTTPStatus.TOO_MANY_REQUESTS)


def after_of(error: Fault) -> timedelta:
    """How long Slack wants to be left alone: its `Retry-After`, in seconds."""
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    said = str(headers.get("Retry-After", "")).strip()
    return timedelta(seconds=int(said)) if said.isascii() and said.isdigit() and len(said) < 8 else _DEFAULT_WAIT


def code_of(error: Fault) -> str:
    """Slack's word for what is wrong; empty where it said none."""
    code = _answer(error).get("error")
    return code if isinstance(code, str) else ""


def word_of(error: Fault) -> str:
    """What went wrong in a word, for a log: an error's own text may hold addresses and what people said."""
    return code_of(error) or type(error).__name__


def messages_of(error: Fault) -> list[str]:
    """What Slack says besides, a sentence each, with a pointer to what it is about."""
    answer = _answer(error)
    metadata = answer.get("response_metadata")
    said = [answer.get("errors"), metadata.get("messages") if isinstance(metadata, Mapping) else None]
    return [words for each in said if isinstance(each, list) for words in each if isinstance(words, str)]


def status_of(error: SlackApiError) -> int:
    """The HTTP status; 0 where it is not known."""
    response = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", None)
    return status if isinstance(status, int) else 0


def _answer(error: Fault) -> Mapping[str, Any]:
    """The answer's JSON. The SDK puts all sorts of things there: an answer of its own, aiohttp's, a string, nothing."""
    response = getattr(error, "response", None)
    data = response if isinstance(response, Mapping) else getattr(response, "data", None)
    return data if isinstance(data, Mapping) else {}


class FloodWatch:
    """Tells a limit of the whole workspace from that of one channel, which Slack's answer does not.

    Slack limits each method in a workspace, and posting in each channel besides. Where several channels at once are told to wait
    it is the workspace. Edits have a limit of their own, which must not hold posts back.
    """

    CHANNELS = 3
    _POST = "chat.postMessage"

    def __init__(self) -> None:
        self._until: OrderedDict[str, float] = OrderedDict()

    def outcome(self, method: str, channel: str, after: timedelta, now: float) -> RetryLater | AccountBlocked:
        """What being told to wait means, at a time in seconds of any clock that does not jump."""
        if method != self._POST:
            return RetryLater("too fast", after)
        self._until = OrderedDict((each, until) for each, until in self._until.items() if until > now and each != channel)
        self._until[channel] = now + after.total_seconds()
        if len(self._until) >= self.CHANNELS:
            return AccountBlocked(after, f"told to wait in {len(self._until)} channels at once")
        return RetryLater("too fast", after)
