"""From a private chat about another: which channel or group is meant, who may speak for it, and ways to choose one."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

from telegram import Bot, ChatAdministratorRights, KeyboardButton, KeyboardButtonRequestChat, ReplyKeyboardMarkup
from telegram.constants import ChatType
from telegram.error import TelegramError

from adapters.telegram.insist import at_once
from adapters.telegram.managers import Managers
from bot.domain.card import Button, Card, Text
from bot.domain.prose import paragraphs
from bot.domain.subscription import ConversationKind
from bot.i18n import Texts
from bot.ports import CommandCall
from bot.text.shown import WORD_JOINER

log = logging.getLogger(__name__)

_NAMED = re.compile(r"(?P<line>/\S+(?:\s.*)?)(?<!,)\s(?P<chat>@(?:[A-Za-z]\w{3,31}|-?[0-9]{5,20}))", re.DOTALL)
_POSTING = ChatAdministratorRights(
    is_anonymous=False,
    can_manage_chat=False,
    can_delete_messages=False,
    can_manage_video_chats=False,
    can_restrict_members=False,
    can_promote_members=False,
    can_change_info=False,
    can_invite_users=False,
    can_post_stories=False,
    can_edit_stories=False,
    can_delete_stories=False,
    can_post_messages=True,
)
"""What we need in a channel, and nothing more."""


def named(text: str) -> tuple[str, str] | None:
    """The command and the chat of a line that is about another one: `/subscribe um @kanal`, or `@-100123` by its id.

    What follows a comma is one more of several people: `ping:@asta_b, @birk_c`.
    """
    found = _NAMED.fullmatch(text.replace(WORD_JOINER, "").strip())
    return (found["line"].strip(), found["chat"]) if found else None


async def directed(bot: Bot, managers: Managers, call: CommandCall, name: str) -> CommandCall | None:
    """The call as made in the chat of this name (`@kanal`, `@-100123`), by an administrator of it; None for anybody else."""
    ident = name.removeprefix("@") if name[1:].lstrip("-").isdigit() else name
    try:
        chat = await at_once(lambda: bot.get_chat(ident))
    except TelegramError as error:
        log.info("the chat %s is not known: %s", name, error)
        return None
    if chat.type == ChatType.PRIVATE or not await managers.include(str(chat.id), call.actor.id):
        return None
    kind = ConversationKind.CHANNEL if chat.type == ChatType.CHANNEL else ConversationKind.GROUP
    address = replace(call.address, conversation=str(chat.id), thread="")
    return replace(call, address=address, conversation_kind=kind, title=chat.title or "", reply_to="")


def chat_card(chat_id: int, title: str, texts: Texts) -> Card:
    """What can be done for a chat that somebody showed us."""
    said = texts.t("What shall I do for {chat}?", chat=title or str(chat_id))
    buttons = (
        Button(texts.t("Subscribe"), f"/subscribe @{chat_id}"),
        Button(texts.t("Subscriptions"), f"/subscriptions @{chat_id}"),
    )
    return Card(said, tuple(Text(block) for block in paragraphs(said)), (buttons,))


def chooser(texts: Texts) -> ReplyKeyboardMarkup:
    """A keyboard that lets somebody choose a channel or group of theirs, and lets us into it."""
    channel = KeyboardButtonRequestChat(
        1, chat_is_channel=True, user_administrator_rights=_POSTING, bot_administrator_rights=_POSTING, request_title=True
    )
    group = KeyboardButtonRequestChat(2, chat_is_channel=False, bot_is_member=True, request_title=True)
    row = [
        KeyboardButton(texts.t("Choose a channel"), request_chat=channel),
        KeyboardButton(texts.t("Choose a group"), request_chat=group),
    ]
    return ReplyKeyboardMarkup([row], resize_keyboard=True, one_time_keyboard=True)
