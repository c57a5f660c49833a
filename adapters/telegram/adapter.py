"""How do we connect? One bot token on one Bot API server, by long polling or by a webhook."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot, Update
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from adapters.telegram.buttons import ascii_names, key_of
from adapters.telegram.check import check
from adapters.telegram.documents import Documents
from adapters.telegram.inbound import PLATFORM, UPDATES, Me, message_link, read
from adapters.telegram.inbox import Inbox
from adapters.telegram.managers import Managers
from adapters.telegram.menu import names_of, set_menu
from adapters.telegram.outcomes import FloodWatch, after_of, outcome_of
from adapters.telegram.replies import Commands, Replies, speaker
from adapters.telegram.request import AiohttpRequest
from adapters.telegram.sender import Sender
from adapters.telegram.settings import TelegramSettings
from adapters.telegram.updates import Polling, Take, webhook
from bot.checks.line import CheckLine
from bot.domain.card import Card
from bot.domain.delivery import Post, PostGone, SendOutcome, Sent
from bot.domain.subscription import Address, Destination
from bot.errors import SettingsError
from bot.i18n import SUPPORTED, Texts
from bot.ports import Actor, Desk, Menu, Pace, PlatformEvent, ThreadClosed
from bot.text.fold import fold

log = logging.getLogger(__name__)

PACE = Pace(per_second=30, reserved=5, between=timedelta(seconds=1), between_in_groups=timedelta(seconds=3), at_once=30)
"""Telegram's limits: about 30 messages a second in all, one in a chat, 20 a minute in a group."""
DRAIN = 10.0
_RETRY = 15.0


class TelegramAdapter:
    """A bot on Telegram. `language` and `timezone` are spoken where nothing else is known; `pace` is Telegram's unless given.

    Raises SettingsError where there is no token.
    """

    def __init__(
        self, settings: TelegramSettings, *, language: str = "da", timezone: str = "Europe/Copenhagen", pace: Pace = PACE
    ) -> None:
        if settings.telegram_bot_token is None:
            raise SettingsError("TELEGRAM_BOT_TOKEN is not set")
        token = settings.telegram_bot_token.get_secret_value()
        self._settings, self._pace = settings, pace
        self._texts = speaker(language, timezone)
        self._request = AiohttpRequest()
        root = settings.telegram_api_url
        self._bot = Bot(token, f"{root}/bot", f"{root}/file/bot", request=self._request, get_updates_request=self._request)
        self._me = Me(int(token.partition(":")[0]), "")
        self._commands = Commands()
        self._managers = Managers(self._bot)
        self._sender = Sender(self._bot, keep=self._keep, thread_gone=self._thread_gone, note=self._note)
        self._flood = FloodWatch()
        self._desk: Desk | None = None
        self._connected = False
        self._take: Take | None = None

    @property
    def platform(self) -> str:
        """The platform's name."""
        return PLATFORM

    @property
    def account(self) -> str:
        """The bot's id, which stays the same when its name or its token changes."""
        return self._me.account

    @property
    def pace(self) -> Pace:
        """How fast it may send."""
        return self._pace

    @property
    def listens_alone(self) -> bool:
        """By long polling only one may ask for updates; webhooks come to whoever they reach."""
        return not self._settings.telegram_webhook_url

    @property
    def connected(self) -> bool:
        """Whether Telegram knows us, and answered when it was last asked."""
        return self._connected and self._request.reached

    async def accounts(self) -> tuple[str]:
        """The one account of this token."""
        return (self.account,)

    def private(self, ident: str) -> Address | None:
        """A private chat has its person's id."""
        return Address(PLATFORM, self.account, ident) if ident.isascii() and ident.isdigit() else None

    def routes(self) -> list[web.RouteDef]:
        """What Telegram calls, with a webhook."""
        url, secret = self._settings.telegram_webhook_url, self._settings.telegram_webhook_secret
        return [webhook(urlsplit(url).path or "/", secret.get_secret_value(), lambda: self._take)] if url and secret else []

    async def check(self, texts: Texts, *, offline: bool) -> list[CheckLine]:
        """What would go wrong: see `bot.checks.line.Checks`."""
        return await check(self._settings, texts, offline=offline)

    # Connecting ---------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def connect(self, desk: Desk) -> AsyncIterator[None]:
        """Be able to send until the block ends. Raises SettingsError for a token that Telegram does not take.

        A server that cannot be reached is no reason not to start: it is tried until it answers.
        """
        self._desk = desk
        self._learn(desk.menu)
        await self._request.initialize()
        try:
            self._connected = await self._introduce()
            yield
        finally:
            await self._request.shutdown()

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[None]:
        """Take updates until the block ends. Raises SettingsError for a webhook that Telegram does not take."""
        desk = self._required()
        chosen = self._connected and await self._choose_way()
        listening = asyncio.create_task(self._listen(desk, chosen=chosen), name="telegram")
        try:
            yield
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            self._take = None

    def _required(self) -> Desk:
        assert self._desk is not None, "an adapter listens and sends while it is connected"
        return self._desk

    async def _introduce(self) -> bool:
        """Learn who we are; False if Telegram cannot be reached."""
        try:
            user = await self._bot.get_me()
        except InvalidToken:
            message = "TELEGRAM_BOT_TOKEN: Telegram does not know this token; BotFather shows the right one by /mybots"
            raise SettingsError(message) from None
        except TelegramError as error:
            log.warning("Telegram cannot be reached: %s", error)
            return False
        self._me = replace(self._me, id=user.id, username=user.username or "")
        log.info("connected to Telegram as @%s", self._me.username)
        return True

    async def _choose_way(self) -> bool:
        """Say how updates are to come; False if Telegram cannot be reached."""
        url, secret = self._settings.telegram_webhook_url, self._settings.telegram_webhook_secret
        try:
            if url and secret:
                await self._bot.set_webhook(url, allowed_updates=UPDATES, secret_token=secret.get_secret_value())
            else:
                await self._bot.delete_webhook()
        except BadRequest as error:
            message = f"TELEGRAM_WEBHOOK_URL: Telegram refuses it: {error}"
            raise SettingsError(message) from None
        except TelegramError as error:
            log.warning("Telegram cannot be reached: %s", error)
            return False
        return True

    async def _listen(self, desk: Desk, *, chosen: bool) -> None:
        while not chosen:
            await asyncio.sleep(_RETRY)
            chosen = await self._reached()
        replies = Replies(
            self._bot,
            self._sender,
            self._managers,
            Documents(self._bot, self._request, f"{self._bot.base_file_url}/"),
            me=self._me,
            commands=self._commands,
            desk=desk,
            command=self._command,
            speak=self._texts,
        )

        async def handle(update: Update) -> None:
            heard = read(update, self._me)
            if heard is not None:
                await replies.deal_with(heard)

        inbox = Inbox(self._bot, handle)
        setting = asyncio.create_task(self._set_menu(desk.menu))
        try:
            await self._take_updates(inbox.put)
        finally:
            setting.cancel()
            await asyncio.gather(setting, inbox.drain(DRAIN), return_exceptions=True)

    async def _reached(self) -> bool:
        try:
            self._connected = self._connected or await self._introduce()
            return self._connected and await self._choose_way()
        except SettingsError as error:
            log.error("Telegram does not take the settings: %s", error)
            return False

    async def _take_updates(self, take: Take) -> None:
        if self._settings.telegram_webhook_url:
            self._take = take
            await asyncio.Event().wait()
        polling = Polling(self._bot, self._request, take)
        try:
            await polling.run()
        finally:
            await polling.acknowledge()

    async def _set_menu(self, menu: Menu) -> None:
        while True:
            try:
                return await set_menu(self._bot, menu)
            except TelegramError as error:
                log.warning("the menu could not be set: %s", error)
                await asyncio.sleep(after_of(error).total_seconds() if isinstance(error, RetryAfter) else _RETRY)

    def _learn(self, menu: Menu) -> None:
        """Take from the menu by which names our commands go, in every language."""
        entries = [entry for language in SUPPORTED for entry in menu(language)]
        names = [names_of(entry) for entry in entries]
        self._commands.known = frozenset(fold(name) for each in names for name in each)
        self._commands.managing = frozenset(fold(n) for e in entries if e.for_managers for n in names_of(e))
        words = frozenset(fold(name) for each in names if "search" in each for name in each)
        self._commands.about = self._commands.known - words
        self._commands.contact = frozenset(fold(name) for each in names if "contact" in each for name in each)
        # The first language's menu has the say: there `søg` is `soeg`, in English it would be `search`.
        self._commands.ascii = {name: short for each in reversed(names) for name, short in ascii_names(each).items()}
        self._me = replace(self._me, commands=self._commands.known)

    # Sending ------------------------------------------------------------------------------------------------------------

    async def send(self, destination: Destination, card: Card, under: Post | None = None) -> SendOutcome:
        """Post an alert, with its picture where it has one. See `bot.ports.ChatAdapter.send`."""
        reply_to = _number(under) if under else None
        sending = self._sender.post(destination.address, card, destination.language, as_photo=True, reply_to=reply_to)
        return await self._outcome(destination.address, sending)

    async def edit(self, post: Post, card: Card) -> SendOutcome:
        """Correct a post in place; where that cannot be done, by a reply to it."""
        number = _number(post)
        if number is None:
            return PostGone(f"no post of Telegram's is called {post.reference!r}")
        is_photo = post.reference.endswith("p")
        return await self._outcome(post.address, self._sender.edit(post.address, number, card, is_photo=is_photo))

    async def may_manage(self, actor: Actor, address: Address) -> bool:
        """Whether the person administers the chat. In private it is theirs; who speaks as the chat itself is an administrator."""
        if actor.platform != PLATFORM:
            return False
        return actor.id == address.conversation or await self._managers.include(address.conversation, actor.id)

    async def link(self, address: Address, reference: str) -> str:
        """Where a message stands, for those who are in the supergroup or channel; others have no addresses.

        Telegram asks for no call: core.telegram.org/api/links#message-links.
        """
        return message_link(address, reference.removesuffix("p"))

    async def _outcome(self, address: Address, sending: Awaitable[str]) -> SendOutcome:
        try:
            return Sent(await sending)
        except RetryAfter as error:
            return self._flood.outcome(address.conversation, after_of(error), time.monotonic())
        except TelegramError as error:
            return outcome_of(error)

    def _note(self, language: str) -> str:
        return self._texts(language).t("This was meant for a topic that is closed or gone.")

    async def _thread_gone(self, address: Address, reason: str) -> None:
        event: PlatformEvent = ThreadClosed(address, reason)
        try:
            await self._required().on_event(event)
        except Exception:
            log.exception("a closed topic could not be reported")  # the message itself was sent

    # Long commands of buttons -------------------------------------------------------------------------------------------

    async def _keep(self, commands: Sequence[str]) -> None:
        if commands:
            async with self._required().database.begin() as tx:
                await tx.buttons.keep({key_of(command): command for command in commands}, datetime.now(UTC))

    async def _command(self, key: str) -> str | None:
        async with self._required().database.read() as tx:
            return await tx.buttons.command(key)


def _number(post: Post) -> int | None:
    """The number of the message; None where this is no post of Telegram's."""
    number = post.reference.removesuffix("p")
    return int(number) if number.isascii() and number.isdigit() else None
