"""All the methods of the fake by name, and those that are not about messages."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.fakes import telegram_errors as says
from tests.fakes.telegram_access import Access, change_membership
from tests.fakes.telegram_calls import check_buttons
from tests.fakes.telegram_errors import bad
from tests.fakes.telegram_files import Files
from tests.fakes.telegram_messages import TEXT_LIMIT, Messages, Method, Params, caption, formatted_text
from tests.fakes.telegram_state import Chat, Json, Member
from tests.fakes.telegram_world import World

SENDS = frozenset({"sendMessage", "sendPhoto", "sendContact", "sendDocument", "sendMediaGroup"})
EDITS = frozenset({"editMessageText", "editMessageCaption", "editMessageReplyMarkup", "editMessageMedia"})
ACTIONS = {f"upload_{what}" for what in ("photo", "video", "voice", "document")} | {"typing", "record_video", "record_voice"}


@dataclass(slots=True)
class CallbackAnswer:
    """What answerCallbackQuery said. `after`: seconds since the press."""

    text: str
    alert: bool
    url: str
    after: float


@dataclass(slots=True)
class InlineAnswer:
    """What answerInlineQuery offered."""

    results: list[Json]
    button: Json | None
    cache_time: int
    personal: bool
    next_offset: str


@dataclass(slots=True)
class Question:
    """A callback or inline query that waits for the bot's answer; `answered` is called with each."""

    asked_at: float
    answered: Callable[[Any], None]
    answers: list[Any] = field(default_factory=list)


class Methods:
    """The methods: `methods["sendMessage"](params)` gives the result as JSON or an awaitable of it, or raises ApiError.

    `commands`: menus by scope and language, such as ("all_private_chats", "da") or ("chat:-100123", ""). `profile`: what setMyName
    and its like said, by ("name", language). `questions`: the queries asked, by id.
    """

    def __init__(self, world: World, files: Files) -> None:
        self.world = world
        self.access = Access(world)
        self.questions: dict[str, Question] = {}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        about_files: dict[str, Method] = {"getFile": lambda params: files.told(params["file_id"])}
        self._by_name = Messages(world, files).methods | self._about_the_bot() | self._about_chats() | about_files

    def __getitem__(self, name: str) -> Method:
        return self._by_name[name]

    # -- The bot itself

    def _about_the_bot(self) -> dict[str, Method]:
        updates = self.world.updates
        methods: dict[str, Method] = {
            "getMe": self._get_me,
            "getUpdates": updates.get,
            "setWebhook": _done(updates.set_webhook),
            "deleteWebhook": _done(updates.delete_webhook),
            "getWebhookInfo": lambda _: updates.info(),
            "setMyCommands": self._set_commands,
            "deleteMyCommands": self._delete_commands,
            "getMyCommands": lambda params: self.commands.get(self._scope(params), []),
            "answerCallbackQuery": self._answer_callback,
            "answerInlineQuery": self._answer_inline,
        }
        for what, title in (("name", "Name"), ("description", "Description"), ("short_description", "ShortDescription")):
            methods[f"setMy{title}"] = self._profile_setter(what)
            methods[f"getMy{title}"] = self._profile_getter(what)
        return methods

    def _get_me(self, _: Params) -> Json:
        return self.world.bot.json() | {
            "can_join_groups": True,
            "can_read_all_group_messages": not self.world.privacy,
            "supports_inline_queries": True,
            "can_connect_to_business": False,
            "has_main_web_app": False,
        }

    def _set_commands(self, params: Params) -> bool:
        commands = params["commands"]
        if len(commands) > 100:
            raise bad(says.COMMANDS_TOO_MUCH)
        for command in commands:
            if not re.fullmatch(r"/?[a-z0-9_]{1,32}", command["command"]):
                raise bad(says.COMMAND_INVALID)
            if not 1 <= len(command["description"].strip()) <= 256:
                raise bad(says.COMMAND_DESCRIPTION)
        self.commands[self._scope(params)] = [command | {"command": command["command"].lstrip("/")} for command in commands]
        return True

    def _delete_commands(self, params: Params) -> bool:
        self.commands.pop(self._scope(params), None)
        return True

    def _scope(self, params: Params) -> tuple[str, str]:
        scope = params.get("scope") or {"type": "default"}
        key = str(scope["type"])
        if "chat_id" in scope:
            key += f":{self.access.reach(scope['chat_id'], 'read').id}"
        if "user_id" in scope:
            key += f":{scope['user_id']}"
        return key, params.get("language_code", "")

    def _profile_setter(self, what: str) -> Method:
        def setter(params: Params) -> bool:
            self.profile[what, params.get("language_code", "")] = params.get(what, "")
            return True

        return setter

    def _profile_getter(self, what: str) -> Method:
        return lambda params: {what: self.profile.get((what, params.get("language_code", "")), "")}

    # -- Queries

    def _answer_callback(self, params: Params) -> bool:
        text, alert, url = params.get("text", ""), params.get("show_alert", False), params.get("url", "")
        return self._answer(params["callback_query_id"], lambda after: CallbackAnswer(text, alert, url, after))

    def _answer_inline(self, params: Params) -> bool:
        results = params["results"]
        if len(results) > 50:
            raise bad(says.RESULTS_TOO_MUCH)
        if len({result["id"] for result in results}) < len(results):
            raise bad(says.RESULT_ID_DUPLICATE)
        for result in results:
            _check_result(result)
        kept, personal = params.get("cache_time", 300), params.get("is_personal", False)
        answer = InlineAnswer(results, params.get("button"), kept, personal, params.get("next_offset", ""))
        return self._answer(params["inline_query_id"], lambda _: answer)

    def _answer(self, query_id: str, made: Callable[[float], Any]) -> bool:
        question = self.questions.get(query_id)
        if question is None:
            raise bad(says.QUERY_TOO_OLD)
        question.answers.append(made(time.monotonic() - question.asked_at))
        question.answered(question.answers[-1])
        return True

    # -- Chats

    def _about_chats(self) -> dict[str, Method]:
        return {
            "getChat": lambda params: self.access.reach(params["chat_id"], "read").full_json(),
            "getChatMember": self._get_member,
            "getChatAdministrators": self._get_administrators,
            "leaveChat": self._leave,
            "sendChatAction": self._send_action,
        }

    def _get_member(self, params: Params) -> Json:
        chat = self.access.reach(params["chat_id"], "read")
        self.access.check_members_shown(chat)
        user = self.world.users.get(params["user_id"])
        if user is None:
            raise bad(says.USER_NOT_FOUND)
        return (Member(user) if chat.user else chat.member(user)).json(chat.type)

    def _get_administrators(self, params: Params) -> list[Json]:
        chat: Chat = self.access.reach(params["chat_id"], "read")
        if chat.user:
            raise bad(says.NO_ADMINISTRATORS)
        self.access.check_members_shown(chat)
        admins = (member for member in chat.members.values() if member.is_admin)
        return [member.json(chat.type) for member in admins if not member.user.is_bot or member.user is self.world.bot]

    def _leave(self, params: Params) -> bool:
        chat = self.access.reach(params["chat_id"], "read")
        if chat.user:
            raise bad(says.PRIVATE_LEAVE)
        change_membership(self.world, chat, "left", self.world.bot.json())
        return True

    def _send_action(self, params: Params) -> bool:
        if params["action"] not in ACTIONS:
            raise bad(says.WRONG_ACTION)
        chat = self.access.reach(params["chat_id"], "write")
        self.access.may_send(chat, "can_send_messages")
        self.world.actions.append((chat.id, params["action"]))
        return True


def _done(change: Callable[[Params], Awaitable[None]]) -> Method:
    async def changed(params: Params) -> bool:
        await change(params)
        return True

    return changed


def _check_result(result: Json) -> None:
    if not 1 <= len(result["id"].encode()) <= 64:
        raise bad(says.RESULT_ID_INVALID)
    check_buttons(result.get("reply_markup"))
    if "input_message_content" not in result:
        caption(result)
    elif formatted_text(result["input_message_content"], "message_text", "entities").length > TEXT_LIMIT:
        raise bad(says.EDIT_TOO_LONG)
