"""How do we connect? One workspace by a token, or as many as install us; by Socket Mode, or called by Slack over HTTP."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta

from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow

from adapters.slack.answers import Answers
from adapters.slack.buttons import key_of
from adapters.slack.channels import Channels, is_person
from adapters.slack.check import check, check_installed
from adapters.slack.commands import Commands
from adapters.slack.hearing import Hearing
from adapters.slack.http import events_route
from adapters.slack.inbox import Inbox
from adapters.slack.installing import Installing
from adapters.slack.listeners import bolt, listeners, views
from adapters.slack.managers import Managers
from adapters.slack.oauth import oauth_flow, oauth_routes
from adapters.slack.offers import Offers
from adapters.slack.people import People
from adapters.slack.posting import Posting
from adapters.slack.replies import Replies
from adapters.slack.sender import Sender
from adapters.slack.settings import SlackSettings
from adapters.slack.socket import Socket, listening
from adapters.slack.surfaces import open_surfaces
from adapters.slack.unfurl import Unfurls
from adapters.slack.workspaces import PLATFORM, Sealer, Workspaces
from bot.checks.line import CheckLine
from bot.domain.card import Card
from bot.domain.delivery import Post, SendOutcome
from bot.domain.subscription import Address, Destination
from bot.errors import SettingsError
from bot.i18n import Texts, texts
from bot.ports import Actor, Database, Desk, Pace, PlatformEvent, ThreadClosed

log = logging.getLogger(__name__)

PACE = Pace(between=timedelta(seconds=1), at_once=20)
"""Slack's limits: one message a second in a channel; in all more than we send at once (docs.slack.dev/apis/web-api/rate-limits)."""
DRAIN = 10.0


class SlackAdapter:
    """The app on Slack. `language` and `timezone` are spoken where nothing else is known; `pace` is Slack's unless given.

    `public_url` and `secret_keys` are needed where several workspaces install it. Raises SettingsError where that is not all there.
    """

    def __init__(
        self,
        settings: SlackSettings,
        *,
        language: str = "da",
        timezone: str = "Europe/Copenhagen",
        public_url: str | None = None,
        secret_keys: Sequence[str] = (),
        pace: Pace = PACE,
    ) -> None:
        if not settings.on_slack:
            raise SettingsError("neither SLACK_BOT_TOKEN nor SLACK_CLIENT_ID is set")
        if settings.slack_client_id and not (public_url and secret_keys):
            raise SettingsError("SLACK_CLIENT_ID needs PRESSEVAGT_PUBLIC_URL and PRESSEVAGT_SECRET_KEY")
        self._settings, self._pace, self._public_url = settings, pace, public_url or ""
        self._language, self._timezone = language, timezone
        self._sealer = Sealer(secret_keys) if settings.slack_client_id else None
        self.workspaces = Workspaces(settings.slack_api_url, self._sealer)
        self.people = People(self.workspaces)
        self.channels = Channels(self.workspaces)
        self._managers = Managers(self.people, self.channels, everyone=settings.slack_who_manages == "everyone")
        self._sender = Sender(self.workspaces.client_for, keep=self._keep, thread_gone=self._thread_gone)
        self._posting = Posting(self.workspaces, self.channels, self._sender, uninstalled=self._uninstalled, speak=self.texts)
        self._desk: Desk | None = None
        self._app: AsyncApp | None = None
        self._flow: AsyncOAuthFlow | None = None
        self._sockets: Sequence[Socket] = ()
        self._installing: Installing | None = None

    @property
    def platform(self) -> str:
        """The platform's name."""
        return PLATFORM

    @property
    def pace(self) -> Pace:
        """How fast it may send."""
        return self._pace

    @property
    def listens_alone(self) -> bool:
        """Of several connections, and of several that are called, any may get what comes."""
        return False

    @property
    def connected(self) -> bool:
        """Whether Slack knows us, and can be reached: by Socket Mode over a connection that is open now, else when last asked."""
        introduced = self._installing is not None and self._installing.reached
        return introduced and (any(socket.is_open for socket in self._sockets) if self._sockets else self.workspaces.reached)

    async def accounts(self) -> Collection[str]:
        """The workspaces that installed us. Raises StorageError."""
        await self.workspaces.look()
        return self.workspaces.accounts()

    def private(self, ident: str) -> Address | None:
        """Where somebody is reached who is named by workspace and id (`T…/U…`)."""
        team, _, user = ident.partition("/")
        return Address(PLATFORM, team, user) if team.startswith("T") and is_person(user) and (team + user).isalnum() else None

    def routes(self) -> list[web.RouteDef]:
        """What Slack calls, and what those who install us visit."""
        found: list[web.RouteDef] = []
        secret = self._settings.slack_signing_secret
        if secret and not self._settings.slack_app_token:
            found.append(events_route(secret.get_secret_value(), lambda: self._app))
        if self._settings.slack_client_id:
            found += oauth_routes(lambda: self._flow, self.texts)
        return found

    async def check(self, texts: Texts, *, offline: bool) -> list[CheckLine]:
        """What would go wrong: see `bot.checks.line.Checks`."""
        return await check(self._settings, self._public_url, texts, offline=offline)

    async def check_installed(self, database: Database, texts: Texts, *, offline: bool) -> list[CheckLine]:
        """What would go wrong in the workspaces that installed us: see `bot.checks.line.ChecksInstalled`."""
        if self._sealer is None:
            return []
        return await check_installed(self._settings, self._sealer, self._public_url, database, texts, offline=offline)

    def texts(self, language: str = "") -> Texts:
        """What is said to somebody of a language; the settings' where we do not know theirs."""
        return texts(language or self._language, self._timezone)

    # Connecting ---------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def connect(self, desk: Desk) -> AsyncIterator[None]:
        """Be able to send until the block ends. Raises SettingsError for a token, or a key, that is not right.

        Slack out of reach is no reason not to start: it is tried until it answers.
        """
        self._desk = desk
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self.workspaces.close)
            await self.workspaces.open(desk.database)
            token = self._settings.slack_bot_token
            installing = self._installing = Installing(self.workspaces, desk.on_event)
            if token and not await installing.introduce(token.get_secret_value()):
                knocking = asyncio.create_task(installing.knock(token.get_secret_value()), name="slack")
                stack.push_async_callback(_ended, knocking)
            self._flow = self._make_flow(installing)
            try:
                yield
            finally:
                self._flow = None

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[None]:
        """Take what comes until the block ends. Raises SettingsError for a token that Slack does not take."""
        desk = self._required()
        commands = Commands(desk.menu)
        answers = Answers(self.workspaces, self.channels, self._sender, keep=self._keep, turn=desk.turn, names=commands.typed)
        replies = Replies(
            self.workspaces,
            self.people,
            self.channels,
            answers,
            commands=commands,
            desk=desk,
            command=self._command,
            uninstalled=self._uninstalled,
            speak=self.texts,
        )
        replies.show_links = Unfurls(self.workspaces, self.people, desk.linked, self._settings.unfurl_domains).show
        hearing = Hearing(self.workspaces, replies, commands, desk.database)
        inbox, offers = Inbox(hearing), Offers(desk, self.people, self._keep, hearing.me)
        submissions = open_surfaces(
            self.workspaces,
            self.people,
            self.channels,
            replies,
            desk=desk,
            commands=commands,
            keep=self._keep,
            command=self._command,
            manages=self._managers.include,
            speak=self.texts,
            me=hearing.me,
        )
        app = bolt(self.workspaces.client(), flow=self._flow)
        listeners(app, inbox.put)
        views(app, inbox.put, submissions.submitted, offers.options)
        async with AsyncExitStack() as stack:
            # Last in, first out: what comes is taken no longer, then what is in hand is finished.
            stack.push_async_callback(offers.close)
            stack.push_async_callback(submissions.drain, DRAIN)
            stack.push_async_callback(inbox.drain, DRAIN)
            if self._settings.slack_app_token:
                token = self._settings.slack_app_token.get_secret_value()
                self._sockets = await stack.enter_async_context(listening(app, token, self.workspaces.client()))
            self._app = app
            try:
                yield
            finally:
                self._app, self._sockets = None, ()

    def _required(self) -> Desk:
        assert self._desk is not None, "an adapter listens and sends while it is connected"
        return self._desk

    def _make_flow(self, installing: Installing) -> AsyncOAuthFlow | None:
        settings = self._settings
        if not (settings.slack_client_id and settings.slack_client_secret):
            return None
        return oauth_flow(
            self.workspaces.client(),
            settings.slack_api_url,
            self._public_url,
            client_id=settings.slack_client_id,
            client_secret=settings.slack_client_secret.get_secret_value(),
            database=self._database,
            installed=installing.granted,
            speak=self.texts,
        )

    def _database(self) -> Database:
        return self._required().database

    # Sending ------------------------------------------------------------------------------------------------------------

    async def send(self, destination: Destination, card: Card, under: Post | None = None) -> SendOutcome:
        """Post an alert. See `bot.ports.ChatAdapter.send`."""
        return await self._posting.send(destination.address, card, under.reference if under else "")

    async def edit(self, post: Post, card: Card) -> SendOutcome:
        """Correct a post in place; where that cannot be done any more, by a reply to it."""
        return await self._posting.edit(post.address, post.reference, card)

    async def may_manage(self, actor: Actor, address: Address) -> bool:
        """Whether the person may configure the conversation."""
        return actor.platform == address.platform == PLATFORM and await self._managers.include(actor, address)

    async def link(self, address: Address, reference: str) -> str:
        """Where a message stands, as Slack says; empty where it does not."""
        return await self._posting.link(address, reference)

    async def _thread_gone(self, address: Address, reason: str) -> None:
        event: PlatformEvent = ThreadClosed(address, reason)
        try:
            await self._required().on_event(event)
        except Exception:
            log.exception("a closed thread could not be reported")  # the message itself was sent

    async def _uninstalled(self, account: str) -> None:
        if self._installing is not None:
            await self._installing.uninstalled(account)

    # Long commands of buttons -------------------------------------------------------------------------------------------

    async def _keep(self, commands: Sequence[str]) -> None:
        if commands:
            async with self._required().database.begin() as tx:
                await tx.buttons.keep({key_of(command): command for command in commands}, datetime.now(UTC))

    async def _command(self, key: str) -> str | None:
        async with self._required().database.read() as tx:
            return await tx.buttons.command(key)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
