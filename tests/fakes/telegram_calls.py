"""Which calls a bot like ours may make, and what each may say: METHODS and TYPES, written from the Bot API 9.2 as data.

A line is `name:kind`, with `!` where the parameter is required. Kinds: int, str, bool, `id` (a whole number or @name), `file` (an
upload, an address or a file id), `[kind]` an array, and the names of TYPES. What TYPES does not list is any object.

The real server ignores parameters it does not know and reads "x" as the number 0; here both are mistakes, since the point of the
table is to find them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tests.fakes import telegram_errors as says
from tests.fakes.telegram_entities import link_or_reason
from tests.fakes.telegram_errors import ApiError, bad

_TARGET = "business_connection_id:str chat_id!:id message_thread_id:int direct_messages_topic_id:int"
_HOW = (
    "disable_notification:bool protect_content:bool allow_paid_broadcast:bool message_effect_id:str "
    "suggested_post_parameters:object reply_parameters:ReplyParameters reply_markup:ReplyMarkup"
)
_CAPTION = "caption:str parse_mode:str caption_entities:[MessageEntity] show_caption_above_media:bool"
_EDITED = "business_connection_id:str chat_id:id message_id:int inline_message_id:str reply_markup:InlineKeyboardMarkup"
_RESULT = "type!:str id!:str reply_markup:InlineKeyboardMarkup"

METHODS = {
    "getMe": "",
    "getUpdates": "offset:int limit:int timeout:int allowed_updates:[str]",
    "setWebhook": "url!:str certificate:file ip_address:str max_connections:int allowed_updates:[str] drop_pending_updates:bool "
    "secret_token:str",
    "deleteWebhook": "drop_pending_updates:bool",
    "getWebhookInfo": "",
    "setMyCommands": "commands!:[BotCommand] scope:BotCommandScope language_code:str",
    "deleteMyCommands": "scope:BotCommandScope language_code:str",
    "getMyCommands": "scope:BotCommandScope language_code:str",
    "setMyName": "name:str language_code:str",
    "getMyName": "language_code:str",
    "setMyDescription": "description:str language_code:str",
    "getMyDescription": "language_code:str",
    "setMyShortDescription": "short_description:str language_code:str",
    "getMyShortDescription": "language_code:str",
    "sendMessage": f"{_TARGET} text!:str parse_mode:str entities:[MessageEntity] link_preview_options:LinkPreviewOptions {_HOW}",
    "sendPhoto": f"{_TARGET} photo!:file {_CAPTION} has_spoiler:bool {_HOW}",
    "sendContact": f"{_TARGET} phone_number!:str first_name!:str last_name:str vcard:str {_HOW}",
    "sendDocument": f"{_TARGET} document!:file thumbnail:file caption:str parse_mode:str caption_entities:[MessageEntity] "
    f"disable_content_type_detection:bool {_HOW}",
    "sendMediaGroup": f"{_TARGET} media!:[InputMedia] disable_notification:bool protect_content:bool allow_paid_broadcast:bool "
    "message_effect_id:str reply_parameters:ReplyParameters",
    "editMessageText": f"{_EDITED} text!:str parse_mode:str entities:[MessageEntity] link_preview_options:LinkPreviewOptions",
    "editMessageCaption": f"{_EDITED} {_CAPTION}",
    "editMessageReplyMarkup": _EDITED,
    "editMessageMedia": f"{_EDITED} media!:InputMedia",
    "deleteMessage": "chat_id!:id message_id!:int",
    "answerCallbackQuery": "callback_query_id!:str text:str show_alert:bool url:str cache_time:int",
    "answerInlineQuery": "inline_query_id!:str results!:[InlineQueryResult] cache_time:int is_personal:bool next_offset:str "
    "button:InlineQueryResultsButton",
    "getChat": "chat_id!:id",
    "getChatMember": "chat_id!:id user_id!:int",
    "getChatAdministrators": "chat_id!:id",
    "leaveChat": "chat_id!:id",
    "getFile": "file_id!:str",
    "sendChatAction": "business_connection_id:str chat_id!:id message_thread_id:int action!:str",
}

TYPES = {
    "MessageEntity": "type!:str offset!:int length!:int url:str user:object language:str custom_emoji_id:str",
    "LinkPreviewOptions": "is_disabled:bool url:str prefer_small_media:bool prefer_large_media:bool show_above_text:bool",
    "ReplyParameters": "message_id!:int chat_id:id allow_sending_without_reply:bool quote:str quote_parse_mode:str "
    "quote_entities:[MessageEntity] quote_position:int checklist_task_id:int",
    "InlineKeyboardMarkup": "inline_keyboard!:[[InlineKeyboardButton]]",
    "InlineKeyboardButton": "text!:str url:str callback_data:str web_app:object login_url:object switch_inline_query:str "
    "switch_inline_query_current_chat:str switch_inline_query_chosen_chat:SwitchInlineQueryChosenChat copy_text:CopyTextButton "
    "callback_game:object pay:bool",
    "CopyTextButton": "text!:str",
    "SwitchInlineQueryChosenChat": "query:str allow_user_chats:bool allow_bot_chats:bool allow_group_chats:bool "
    "allow_channel_chats:bool",
    "ReplyKeyboardMarkup": "keyboard!:[[KeyboardButton]] is_persistent:bool resize_keyboard:bool one_time_keyboard:bool "
    "input_field_placeholder:str selective:bool",
    "KeyboardButton": "text!:str request_users:object request_chat:KeyboardButtonRequestChat request_contact:bool "
    "request_location:bool request_poll:object web_app:object",
    "KeyboardButtonRequestChat": "request_id!:int chat_is_channel!:bool chat_is_forum:bool chat_has_username:bool "
    "chat_is_created:bool user_administrator_rights:ChatAdministratorRights bot_administrator_rights:ChatAdministratorRights "
    "bot_is_member:bool request_title:bool request_username:bool request_photo:bool",
    "ChatAdministratorRights": "is_anonymous!:bool can_manage_chat!:bool can_delete_messages!:bool can_manage_video_chats!:bool "
    "can_restrict_members!:bool can_promote_members!:bool can_change_info!:bool can_invite_users!:bool can_post_stories!:bool "
    "can_edit_stories!:bool can_delete_stories!:bool can_post_messages:bool can_edit_messages:bool can_pin_messages:bool "
    "can_manage_topics:bool can_manage_direct_messages:bool",
    "ReplyKeyboardRemove": "remove_keyboard!:bool selective:bool",
    "ForceReply": "force_reply!:bool input_field_placeholder:str selective:bool",
    "BotCommand": "command!:str description!:str",
    "BotCommandScope": "type!:str chat_id:id user_id:int",
    "InputMediaPhoto": f"type!:str media!:str has_spoiler:bool {_CAPTION}",
    "InputMediaDocument": "type!:str media!:str thumbnail:str caption:str parse_mode:str caption_entities:[MessageEntity] "
    "disable_content_type_detection:bool",
    "InlineQueryResultArticle": f"{_RESULT} title!:str input_message_content!:InputTextMessageContent url:str description:str "
    "thumbnail_url:str thumbnail_width:int thumbnail_height:int",
    "InlineQueryResultPhoto": f"{_RESULT} photo_url!:str thumbnail_url!:str photo_width:int photo_height:int title:str "
    f"description:str input_message_content:InputTextMessageContent {_CAPTION}",
    "InputTextMessageContent": "message_text!:str parse_mode:str entities:[MessageEntity] link_preview_options:LinkPreviewOptions",
    "InlineQueryResultsButton": "text!:str web_app:object start_parameter:str",
}

# What the server says where a required parameter is missing or empty.
_MISSING = {
    "chat_id": says.NO_CHAT_ID,
    "text": says.TEXT_EMPTY,
    "photo": says.NO_PHOTO,
    "document": says.NO_DOCUMENT,
    "message_id": says.NO_MESSAGE_ID,
    "action": says.WRONG_ACTION,
}
_MAY_BE_EMPTY = {("setWebhook", "url"), ("setMyCommands", "commands"), ("answerInlineQuery", "results")}
_UNIONS = {
    "ReplyMarkup": {
        "inline_keyboard": "InlineKeyboardMarkup",
        "keyboard": "ReplyKeyboardMarkup",
        "remove_keyboard": "ReplyKeyboardRemove",
        "force_reply": "ForceReply",
    },
    "InputMedia": {"photo": "InputMediaPhoto", "document": "InputMediaDocument"},
    "InlineQueryResult": {"article": "InlineQueryResultArticle", "photo": "InlineQueryResultPhoto"},
}
_WHOLE = re.compile(r"-?\d+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a multipart request."""

    name: str
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class _Field:
    kind: str
    required: bool


def _fields(line: str) -> dict[str, _Field]:
    pairs = (part.split(":", 1) for part in line.split())
    return {name.rstrip("!"): _Field(kind, name.endswith("!")) for name, kind in pairs}


_METHODS = {name.lower(): (name, _fields(line)) for name, line in METHODS.items()}
_TYPES = {name: _fields(line) for name, line in TYPES.items()}
_PURPOSES = frozenset(_TYPES["InlineKeyboardButton"]) - {"text"}
_REQUIRED = {key: tuple(name for name, field in fields.items() if field.required) for key, (_, fields) in _METHODS.items()}


class Violation(ApiError):
    """A call that breaks the table: refused with 400, and noted."""


def method_named(name: str) -> str | None:
    """The method as METHODS writes it; the server does not mind the case."""
    known = _METHODS.get(name.lower())
    return known[0] if known else None


def checked(method: str, given: Mapping[str, str], files: Mapping[str, Upload]) -> dict[str, Any]:
    """The parameters of a call, of their own types. Raises Violation (400)."""
    fields = _METHODS[method.lower()][1]
    params: dict[str, Any] = {}
    for name, raw in given.items():
        field = fields.get(name)
        if field is None:
            raise Violation(400, f'Bad Request: unknown parameter "{name}" (the real server ignores it)')
        params[name] = _value(name, field.kind, raw)
    params |= {name: upload for name, upload in files.items() if name in fields}
    for name in _REQUIRED[method.lower()]:
        if name not in params or (params[name] in ("", []) and (method, name) not in _MAY_BE_EMPTY):
            words = _MISSING.get(name) or says.PARAMETER_REQUIRED.format(name=name)
            raise Violation(400, f"Bad Request: {words}")
    return params


def _value(name: str, kind: str, raw: str) -> Any:
    if kind in ("str", "file"):
        return raw
    if kind == "id":
        return int(raw) if _WHOLE.fullmatch(raw) else raw
    return _decoded(name, kind, raw)


@lru_cache(maxsize=1024)
def _decoded(name: str, kind: str, raw: str) -> Any:
    """Kept: a fan-out sends the same keyboard a thousand times. What comes out is shared, so nobody changes it."""
    if kind == "bool" and raw in ("True", "False"):
        raw = raw.lower()
    try:
        value = json.loads(raw)
    except ValueError:
        raise Violation(400, f"Bad Request: {_no_json(name)}") from None
    if name == "reply_markup" and not isinstance(value, dict):
        raise Violation(400, f"Bad Request: {says.MARKUP_NO_OBJECT}")
    if problem := _misfit(kind, value, name):
        raise Violation(400, f"Bad Request: {problem}")
    return value


def _no_json(name: str) -> str:
    return says.MARKUP_NO_JSON if name == "reply_markup" else f"can't parse {name.replace('_', ' ')} JSON object"


def _misfit(kind: str, value: Any, where: str) -> str | None:
    """What is wrong with a value, or None."""
    if kind.startswith("["):
        if not isinstance(value, list):
            return f'field "{where}" must be an Array'
        return next((problem for item in value if (problem := _misfit(kind[1:-1], item, where))), None)
    simple = {"int": int, "str": str, "bool": bool, "object": dict}.get(kind)
    if simple:
        fits = isinstance(value, simple) and not (kind == "int" and isinstance(value, bool))
        return None if fits else f'field "{where}" must be of type {kind}'
    if kind == "id":
        return None if isinstance(value, int | str) else f'field "{where}" must be of type int or str'
    if not isinstance(value, dict):
        return f'field "{where}" must be an Object'
    return _object_misfit(kind, value, where)


def _object_misfit(kind: str, value: dict[str, Any], where: str) -> str | None:
    if kind in _UNIONS:
        chosen = _member(kind, value)
        if chosen is None:
            return f'field "{where}" is no {kind} that the fake knows'
        kind = chosen
    fields = _TYPES[kind]
    for name, item in value.items():
        if name not in fields:
            return f'unknown field "{name}" in {kind} (the real server ignores it)'
        if problem := _misfit(fields[name].kind, item, name):
            return problem
    missing = next((name for name, field in fields.items() if field.required and name not in value), None)
    return f'can\'t find field "{missing}" in {kind}' if missing else None


def _member(union: str, value: dict[str, Any]) -> str | None:
    kinds = _UNIONS[union]
    if union == "ReplyMarkup":
        return next((kind for key, kind in kinds.items() if key in value), None)
    return kinds.get(value.get("type", ""))


def check_buttons(markup: Mapping[str, Any] | None) -> None:
    """The rules of inline buttons beyond their types. Raises ApiError with Telegram's words."""
    for row in (markup or {}).get("inline_keyboard", ()):
        for button in row:
            if not _PURPOSES & set(button):
                raise bad(says.TEXT_BUTTON)
            if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= 64:
                raise bad(says.BUTTON_DATA)
            if "url" in button and isinstance(reason := link_or_reason(button["url"]), Exception):
                raise bad(says.BUTTON_URL.format(url=button["url"], reason=reason))
