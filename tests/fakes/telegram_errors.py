"""Refusals in Telegram's own words.

Where the words come from. *Source*: read in the Bot API server (`telegram-bot-api/Client.cpp`) or in TDLib, which it runs.
*Seen*: quoted from the real server in several public issues or error tables. *Memory*: as remembered, not found in either.
Codes, prefixes and the small first letter follow `fail_query_with_error` (source): a message of the server such as TOPIC_CLOSED
keeps its capitals, a sentence loses its first.
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer `{"ok": false}`: HTTP status and `error_code` are the same; `parameters` are the ResponseParameters."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The answer as JSON."""
        answer: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


def bad(words: str, **parameters: int) -> ApiError:
    """400."""
    return ApiError(400, f"Bad Request: {words}", **parameters)


def forbidden(words: str) -> ApiError:
    """403."""
    return ApiError(403, f"Forbidden: {words}")


def conflict(words: str) -> ApiError:
    """409."""
    return ApiError(409, f"Conflict: {words}")


def too_many(seconds: int) -> ApiError:
    """429, with the whole seconds to wait."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


# Source
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply "
    "markup of the message"
)
QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
BLOCKED = "bot was blocked by the user"
DEACTIVATED = "user is deactivated"
KICKED = "bot was kicked from the {kind} chat"
NOT_A_MEMBER = "bot is not a member of the {kind} chat"
GROUP_DELETED = "the group chat was deleted"
UPGRADED = "group chat was upgraded to a supergroup chat"
NO_CHAT_ID = "chat_id is empty"
NOT_FOUND = "{what} not found"  # "message to edit", "message to be replied", "message to delete" (the last from memory)
NO_THREAD = "message thread not found"
MARKUP_NO_JSON = "can't parse reply keyboard markup JSON object"
MARKUP_NO_OBJECT = "object expected as reply markup"
TEXT_BUTTON = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
CANNOT_PARSE = "can't parse entities: {reason}"
URL_FAILED = "failed to get HTTP URL content"
URL_NO_IMAGE = "wrong type of the web page content"
EMPTY_AFTER_PARSING = "text must be non-empty"
USER_NOT_FOUND = "user not found"
WRONG_ACTION = "wrong parameter action in request"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
OTHER_POLLER = "terminated by other getUpdates request; make sure that only one bot instance is running"
POLLER_LOST_TO_WEBHOOK = "terminated by setWebhook request"
BAD_WEBHOOK = "bad webhook: {reason}"
SECRET_TOO_LONG = "secret token is too long"
SECRET_UNALLOWED = "secret token contains unallowed characters"
# Seen
CHAT_NOT_FOUND = "chat not found"
STRANGER = "bot can't initiate conversation with a user"
CHANNEL_RIGHTS = "need administrator rights in the channel chat"
NO_TEXT_RIGHTS = "not enough rights to send text messages to the chat"
NO_PHOTO_RIGHTS = "not enough rights to send photos to the chat"
WRITE_FORBIDDEN = "CHAT_WRITE_FORBIDDEN"
TOPIC_CLOSED = "TOPIC_CLOSED"
TEXT_EMPTY = "message text is empty"
TEXT_TOO_LONG = "message is too long"
EDIT_TOO_LONG = "MESSAGE_TOO_LONG"  # what an edit answers instead
CAPTION_TOO_LONG_IN_EDIT = "MEDIA_CAPTION_TOO_LONG"
BUTTON_DATA = "BUTTON_DATA_INVALID"
BUTTON_URL = "inline keyboard button URL '{url}' is invalid: {reason}"
CANNOT_EDIT = "message can't be edited"
NO_TEXT_TO_EDIT = "there is no text in the message to edit"
NO_CAPTION_TO_EDIT = "there is no caption in the message to edit"
WRONG_FILE_ID = "wrong file_id or the file is temporarily unavailable"
FILE_TOO_BIG = "file is too big"
WRONG_FILE = "wrong file identifier/HTTP URL specified"
# Memory
CAPTION_TOO_LONG = "message caption is too long"
NO_DOCUMENT_RIGHTS = "not enough rights to send documents to the chat"
NO_CONTACT_RIGHTS = "not enough rights to send contacts to the chat"
CANNOT_DELETE = "message can't be deleted"
NO_MESSAGE_ID = "message identifier is not specified"
PARAMETER_REQUIRED = 'parameter "{name}" is required'
NO_PHOTO = "there is no photo in the request"
NO_DOCUMENT = "there is no document in the request"
BAD_IMAGE = "IMAGE_PROCESS_FAILED"
BAD_PHONE = "PHONE_NUMBER_INVALID"
MESSAGE_ID_INVALID = "MESSAGE_ID_INVALID"
COMMAND_INVALID = "BOT_COMMAND_INVALID"
COMMAND_DESCRIPTION = "BOT_COMMAND_DESCRIPTION_INVALID"
COMMANDS_TOO_MUCH = "BOT_COMMANDS_TOO_MUCH"
RESULTS_TOO_MUCH = "RESULTS_TOO_MUCH"
RESULT_ID_DUPLICATE = "RESULT_ID_DUPLICATE"
RESULT_ID_INVALID = "RESULT_ID_INVALID"
MEMBERS_HIDDEN = "member list is inaccessible"
NO_ADMINISTRATORS = "there are no administrators in the private chat"
PRIVATE_LEAVE = "chat member status can't be changed in private chats"
WEBHOOK_NOT_HTTPS = "An HTTPS URL must be provided for webhook"
ALBUM_SIZE = "media must contain 2-10 items"
