"""What people get back: the router's answers to what they wrote, pressed and looked for, and a greeting where they let us in."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar, assert_never

from telegram import Bot, LinkPreviewOptions
from telegram.error import TelegramError

from adapters.telegram import inline
from adapters.telegram.buttons import is_key, start_link
from adapters.telegram.documents import Documents
from adapters.telegram.elsewhere import chat_card, chooser, directed, named
from adapters.telegram.heard import Happened, Heard, Pointed, Pressed, Queried, Said
from adapters.telegram.inbound import Me
from adapters.telegram.insist import at_once, insist
from adapters.telegram.managers import Managers
from adapters.telegram.render import CallCard, about_chat, call_cards
from adapters.telegram.sender import Sender
from bot.domain.card import Card, Text, Tone
from bot.domain.prose import paragraphs
from bot.domain.subscription import Address, ConversationKind
from bot.i18n import Texts, texts
from bot.ports import BotAdded, CommandCall, ConversationMoved, Desk, Reply
from bot.text.fold import fold

log = logging.getLogger(__name__)

T = TypeVar("T")

_CONTACTS = 2
_MOVED = 100
"""So many supergroups are remembered as having been groups a moment ago, where nobody needs a greeting."""
_CACHED = 30
"""Seconds that Telegram may show the same releases to the same words."""


class Commands:
    """What the menu tells of commands: `managing` are the names of those that configure, `contact` of the one that names contacts.

    `about` are those that can be about another chat, named after them. All folded. `ascii` as `names` in `text_of`.
    """

    def __init__(self) -> None:
        self.known: frozenset[str] = frozenset()
        self.managing: frozenset[str] = frozenset()
        self.about: frozenset[str] = frozenset()
        self.contact: frozenset[str] = frozenset()
        self.ascii: dict[str, str] = {}


class Replies:
    """Deals with one thing heard at a time. `me` is who we are; `command` finds the command behind a button's key."""

    def __init__(
        self,
        bot: Bot,
        sender: Sender,
        managers: Managers,
        documents: Documents,
        *,
        me: Me,
        commands: Commands,
        desk: Desk,
        command: Callable[[str], Awaitable[str | None]],
        speak: Callable[[str], Texts],
    ) -> None:
        self._bot, self._sender, self._managers, self._documents = bot, sender, managers, documents
        self._me, self._commands = me, commands
        self._desk, self._command, self._texts = desk, command, speak
        self._moved: deque[str] = deque(maxlen=_MOVED)

    async def deal_with(self, heard: Heard) -> None:
        """Answer it. Raises TelegramError where nothing could be said."""
        match heard:
            case Said():
                await self._said(heard)
            case Pressed():
                await self._pressed(heard)
            case Queried():
                await self._queried(heard)
            case Pointed():
                await self._pointed(heard)
            case Happened():
                await self._happened(heard)
            case _:
                assert_never(heard)

    # Written and pressed

    async def _said(self, said: Said) -> None:
        call = replace(said.call, attached=self._documents.attached(said.sent))
        reply_to = None if call.conversation_kind is ConversationKind.PRIVATE else said.message_id
        reply = await self._reply(call)
        await self._show(call, reply.card, reply_to)
        await self._hand_over(call, reply, reply_to)
        if call.text == "/start" and call.conversation_kind is ConversationKind.PRIVATE:
            await self._offer_chats(call)

    async def _pressed(self, pressed: Pressed) -> None:
        data = pressed.call.text
        command = await self._command(data) if is_key(data) else data
        if command is None:
            said = self._texts(pressed.call.language).t("This button is too old. Please write the command.")
            await self._acknowledge(pressed, text=said, show_alert=True)
            return
        call = replace(pressed.call, text=command)
        if call.conversation_kind is ConversationKind.CHANNEL and not await self._configures(call):
            # An answer in a channel would be read by all of it: this person gets it in private.
            await self._acknowledge(pressed, url=start_link(self._me.username, command))
            return
        await self._acknowledge(pressed)
        reply = await self._reply(call)
        if reply.replaces and pressed.message_id is not None:
            await self._replace(call, pressed.message_id, reply.card, is_photo=pressed.is_photo)
            return
        in_private = call.conversation_kind is ConversationKind.PRIVATE
        reply_to = None if in_private else pressed.message_id
        await self._show(call, reply.card, reply_to)
        await self._hand_over(call, reply, reply_to)

    async def _acknowledge(
        self, pressed: Pressed, *, text: str | None = None, show_alert: bool = False, url: str | None = None
    ) -> None:
        """Let the button stop turning; a press too old for that is answered all the same."""
        query = self._bot.answer_callback_query
        try:
            await at_once(lambda: query(pressed.query_id, text=text, show_alert=show_alert or None, url=url))
        except TelegramError as error:
            log.info("a press could not be acknowledged: %s", error)

    async def _configures(self, call: CommandCall) -> bool:
        if self._name(call.text) not in self._commands.managing:
            return False
        return await self._managers.include(call.address.conversation, call.actor.id)

    def _name(self, line: str) -> str:
        return fold(line.split(maxsplit=1)[0].lstrip("/").partition("@")[0]) if line.startswith("/") and line.strip("/ ") else ""

    async def _show(self, call: CommandCall, card: Card, reply_to: int | None) -> None:
        address, language = call.address, call.language
        await self._insist(lambda: self._sender.post(address, card, language, reply_to=reply_to, names=self._commands.ascii))
        if self._name(call.text) in self._commands.contact:
            for contact in call_cards(card)[:_CONTACTS]:
                await self._show_contact(address, contact, reply_to)

    async def _show_contact(self, address: Address, contact: CallCard, reply_to: int | None) -> None:
        """What it says stands in a message already, so a refusal is only logged."""
        try:
            await self._insist(partial(self._sender.call_card, address, contact, reply_to=reply_to))
        except TelegramError as error:
            log.info("no contact was sent to %s: %s", address, error)

    async def _hand_over(self, call: CommandCall, reply: Reply, reply_to: int | None) -> None:
        """Send the files of a reply; where Telegram refuses (a group may take none), say so."""
        try:
            for file in reply.files:
                await self._insist(partial(self._sender.file, call.address, file, reply_to=reply_to))
        except TelegramError as error:
            log.warning("no file was sent to %s: %s", call.address, error)
            said = self._texts(call.language).t("The file could not be sent here. Ask me for it in a private chat.")
            await self._show(call, _words(said, Tone.WARNING), reply_to)

    async def _replace(self, call: CommandCall, message_id: int, card: Card, *, is_photo: bool) -> None:
        await self._insist(
            lambda: self._sender.edit(call.address, message_id, card, call.language, is_photo=is_photo, names=self._commands.ascii)
        )

    async def _insist(self, say: Callable[[], Awaitable[T]]) -> T:
        """Say it in its turn. Only this chat waits."""

        async def in_turn() -> T:
            await self._desk.turn(self._me.account)
            return await say()

        return await insist(in_turn)

    # From a private chat about another

    async def _reply(self, call: CommandCall) -> Reply:
        """The router's answer; to a line that names another chat (`/subscribe um @kanal`) the answer for that chat."""
        about = named(call.text) if call.conversation_kind is ConversationKind.PRIVATE else None
        if about is None or not self._is_about(about[0]):
            return await self._desk.answer(call)
        line, chat = about
        there = await directed(self._bot, self._managers, replace(call, text=line), chat)
        if there is None:
            said = self._texts(call.language).t(
                "Only an administrator of {chat} can do that, and I must be a member there myself.", chat=chat
            )
            return Reply(_words(said, Tone.WARNING), private=True)
        reply = await self._desk.answer(there)
        return replace(reply, card=about_chat(reply.card, f"@{there.address.conversation}", chat, self._is_about))

    def _is_about(self, line: str) -> bool:
        """Whether a line may name another chat at its end: of a search these are words."""
        return self._name(line) in self._commands.about

    async def _pointed(self, pointed: Pointed) -> None:
        call = pointed.call
        card = chat_card(pointed.chat_id, pointed.title, self._texts(call.language))
        await self._insist(lambda: self._sender.post(call.address, card, call.language))

    async def _offer_chats(self, call: CommandCall) -> None:
        t = self._texts(call.language)
        said = t.t("For a channel or group of yours: choose it below, forward me a post from it, or end a command with its @name.")
        nothing = LinkPreviewOptions(is_disabled=True)
        send = self._bot.send_message
        await self._insist(lambda: send(call.address.conversation, said, reply_markup=chooser(t), link_preview_options=nothing))

    # Looked for, and what happens to us

    async def _queried(self, queried: Queried) -> None:
        reply = await self._desk.answer(queried.call)
        t = self._texts(queried.call.language)
        as_of = t.t("as of {time}", time=t.clock(datetime.now(UTC)))
        found = inline.results(reply.card, as_of, t.t("Open"))
        answer = self._bot.answer_inline_query
        try:
            await at_once(lambda: answer(queried.query_id, found, cache_time=_CACHED, is_personal=True))
        except TelegramError as error:
            log.info("an inline query could not be answered: %s", error)  # too late, most often: the next letter was typed

    async def _happened(self, happened: Happened) -> None:
        event = happened.event
        self._managers.forget(event.address.conversation)
        if isinstance(event, ConversationMoved):
            self._moved.append(event.conversation)
        await self._desk.on_event(event)
        if happened.greet and isinstance(event, BotAdded) and event.address.conversation not in self._moved:
            await self._greet(event)

    async def _greet(self, added: BotAdded) -> None:
        """Say in a group what we are for. Of a channel only whoever let us in is told, in private, if we know each other."""
        if added.actor is None:
            return
        if added.kind is ConversationKind.CHANNEL:
            private = Address(added.address.platform, added.address.account, added.actor.id)
            card = chat_card(int(added.address.conversation), added.title, self._texts(""))
            try:
                await self._sender.post(private, card)
            except TelegramError as error:
                log.info("nobody could be told that we were let into a channel: %s", error)
            return
        reply = await self._desk.answer(CommandCall("/start", added.actor, added.address, added.kind, added.title))
        await self._insist(lambda: self._sender.post(added.address, reply.card, names=self._commands.ascii))


def _words(text: str, tone: Tone = Tone.PLAIN) -> Card:
    return Card(text, tuple(Text(block, tone) for block in paragraphs(text)))


def speaker(language: str, timezone: str) -> Callable[[str], Texts]:
    """What is said to somebody of a language; `language` where we do not know theirs."""
    return lambda spoken: texts(spoken or language, timezone)
