"""Messages on their way: a card becomes a photo or a text, and what Telegram refuses in one form is put more simply."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from telegram import Bot, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, TimedOut

from adapters.telegram.buttons import keyboard, long_commands
from adapters.telegram.inbound import reference
from adapters.telegram.markup import Runs, html, length, link, plain
from adapters.telegram.outcomes import Form, is_no_post, is_unchanged, simpler
from adapters.telegram.render import CAPTION, TEXT, CallCard, photo_of, rest_of, text_of
from bot.domain.card import Card, Text, Tone
from bot.domain.file import File
from bot.domain.prose import paragraphs
from bot.domain.subscription import Address

log = logging.getLogger(__name__)

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_PHOTOS = 500
LONGEST_CAPTION = 2 * CAPTION
"""A text of which less than half would be left under a picture is worth more than the picture."""

Keep = Callable[[Sequence[str]], Awaitable[None]]
ThreadGone = Callable[[Address, str], Awaitable[None]]


class Sender:
    """Posts and edits; raises TelegramError.

    `keep` writes long commands of buttons down; `thread_gone` hears of topics that took nothing; `note` says in a language that a
    message was meant for one. `names` as in `text_of`.
    """

    def __init__(self, bot: Bot, *, keep: Keep, thread_gone: ThreadGone, note: Callable[[str], str]) -> None:
        self._bot, self._keep, self._thread_gone, self._note = bot, keep, thread_gone, note
        self._photos = Photos()

    async def post(
        self,
        address: Address,
        card: Card,
        language: str = "",
        *,
        reply_to: int | None = None,
        as_photo: bool = False,
        names: Mapping[str, str] | None = None,
    ) -> str:
        """Post a card, as a photo where it has one and `as_photo`; the post's reference."""
        await self._keep(long_commands(card))
        photo = photo_of(card) if as_photo and length(text_of(card, names=names)) <= LONGEST_CAPTION else None
        form = Form(photo=self._photos.known(link(photo.url)) if photo else "", thread=address.thread, reply_to=reply_to)
        message = await self._post(address, card, form, language, names or {})
        if photo and message.photo:
            self._photos.keep(link(photo.url), message.photo[-1].file_id)
        return reference(message.message_id, is_photo=bool(message.photo))

    async def _post(self, address: Address, card: Card, form: Form, language: str, names: Mapping[str, str]) -> Message:
        refusal = ""
        while True:
            try:
                message = await self._send(address.conversation, self._noted(card, address, form, language), form, names)
                break
            except TimedOut:
                self._photos.drop(form.photo)  # fetching it may be what took so long
                raise
            except BadRequest as error:
                easier = simpler(form, error)
                if easier is None:
                    raise
                self._report(address, form, easier, error)
                form, refusal = easier, error.message
        if address.thread and not form.thread:
            await self._thread_gone(address, refusal)
        return message

    def _noted(self, card: Card, address: Address, form: Form, language: str) -> Card:
        if form.thread or not address.thread:
            return card
        said = Text(paragraphs(self._note(language))[0], Tone.QUIET)
        return replace(card, elements=(said, *card.elements))

    async def _send(self, chat: str, card: Card, form: Form, names: Mapping[str, str]) -> Message:
        common: dict[str, Any] = {
            "chat_id": chat,
            "message_thread_id": int(form.thread) if form.thread else None,
            "reply_parameters": _reply(form.reply_to),
            "reply_markup": _keyboard(card, form),
            "parse_mode": ParseMode.HTML if form.html else None,
            "disable_notification": card.silent or None,
        }
        if form.photo:
            return await self._bot.send_photo(photo=form.photo, caption=_put(text_of(card, CAPTION, names=names), form), **common)
        text = _put(text_of(card, TEXT, names=names), form)
        return await self._bot.send_message(text=text, link_preview_options=_NO_PREVIEW, **common)

    def _report(self, address: Address, form: Form, easier: Form, error: BadRequest) -> None:
        gave_up = [
            name for name in ("photo", "thread", "html", "buttons", "reply_to") if getattr(form, name) != getattr(easier, name)
        ]
        log.warning("telegram refused a message to %s: %s; sent without %s", address, error, ", ".join(gave_up))
        if "photo" in gave_up:
            self._photos.drop(form.photo)

    async def edit(
        self,
        address: Address,
        message_id: int,
        card: Card,
        language: str = "",
        *,
        is_photo: bool = False,
        names: Mapping[str, str] | None = None,
    ) -> str:
        """Have a post show another card; the reference of the post that now shows it: another one where it could not be edited."""
        await self._keep(long_commands(card))
        try:
            await self._edited(address, message_id, card, Form(), names or {}, is_photo=is_photo)
        except BadRequest as error:
            if is_no_post(error):
                return await self.post(address, card, language, reply_to=message_id, names=names)
            if not is_unchanged(error):
                raise
        if is_photo and (rest := rest_of(card, CAPTION, names=names)):
            await self.post(address, rest, language, reply_to=message_id, names=names)
        return reference(message_id, is_photo=is_photo)

    async def _edited(
        self, address: Address, message_id: int, card: Card, form: Form, names: Mapping[str, str], *, is_photo: bool
    ) -> None:
        text = _put(text_of(card, CAPTION if is_photo else TEXT, names=names), form)
        common: dict[str, Any] = {
            "chat_id": address.conversation,
            "message_id": message_id,
            "reply_markup": _keyboard(card, form),
            "parse_mode": ParseMode.HTML if form.html else None,
        }
        try:
            if is_photo:
                await self._bot.edit_message_caption(caption=text, **common)
            else:
                await self._bot.edit_message_text(text=text, link_preview_options=_NO_PREVIEW, **common)
        except BadRequest as error:
            easier = None if is_no_post(error) or is_unchanged(error) else simpler(form, error)
            if easier is None:
                raise
            self._report(address, form, easier, error)
            await self._edited(address, message_id, card, easier, names, is_photo=is_photo)

    async def call_card(self, address: Address, contact: CallCard, *, reply_to: int | None = None) -> None:
        """Send a contact to call or to keep."""
        await self._bot.send_contact(
            address.conversation,
            phone_number=contact.phone,
            first_name=contact.name,
            message_thread_id=int(address.thread) if address.thread else None,
            reply_parameters=_reply(reply_to),
        )

    async def file(self, address: Address, file: File, *, reply_to: int | None = None) -> None:
        """Send a file."""
        await self._bot.send_document(
            address.conversation,
            document=InputFile(file.content, filename=file.name),
            message_thread_id=int(address.thread) if address.thread else None,
            reply_parameters=_reply(reply_to),
            disable_content_type_detection=True,
        )


def _put(runs: Runs, form: Form) -> str:
    return html(runs) if form.html else plain(runs)


def _keyboard(card: Card, form: Form) -> InlineKeyboardMarkup | None:
    return keyboard(card) if form.buttons else None


def _reply(message_id: int | None) -> ReplyParameters | None:
    return None if message_id is None else ReplyParameters(message_id, allow_sending_without_reply=True)


class Photos:
    """What became of pictures: Telegram's own id of one that it has fetched, nothing for one that it could not."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, str] = OrderedDict()

    def known(self, url: str) -> str:
        """What to send for this address: a file id, the address itself, or nothing."""
        return self._known.get(url, url)

    def keep(self, url: str, file_id: str) -> None:
        """It was fetched."""
        self._put(url, file_id)

    def drop(self, sent: str) -> None:
        """It could not be fetched, or took too long: from now on its releases come as text."""
        if sent:
            self._put(next((url for url, known in self._known.items() if known == sent), sent), "")

    def _put(self, url: str, value: str) -> None:
        self._known[url] = value
        self._known.move_to_end(url)
        while len(self._known) > _PHOTOS:
            self._known.popitem(last=False)
