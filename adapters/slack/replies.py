"""What people get back: the router's answers to what they wrote and pressed, and a greeting where they let us in."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import assert_never

from adapters.slack.answers import Answers
from adapters.slack.buttons import is_key
from adapters.slack.channels import Channels
from adapters.slack.commands import Commands
from adapters.slack.heard import Changed, Happened, Heard, Pressed, Said, Spot, Uninstalled
from adapters.slack.people import People
from adapters.slack.workspaces import PLATFORM, Workspaces
from bot.domain.card import Card, Text, Tone
from bot.domain.prose import paragraphs
from bot.domain.subscription import Address, ConversationKind
from bot.errors import StorageError
from bot.i18n import Texts
from bot.ports import BotAdded, CommandCall, Desk, Reply

log = logging.getLogger(__name__)

ShowForm = Callable[[CommandCall, Spot, Reply], Awaitable[bool]]
"""Shows a reply's form; whether it could."""


class Replies:
    """Deals with one thing heard at a time. `command` finds the command behind a button's key.

    `show_form` is set by whoever can show forms; without it a reply that has one is said as a card.
    """

    def __init__(
        self,
        workspaces: Workspaces,
        people: People,
        channels: Channels,
        answers: Answers,
        *,
        commands: Commands,
        desk: Desk,
        command: Callable[[str], Awaitable[str | None]],
        uninstalled: Callable[[str], Awaitable[None]],
        speak: Callable[[str], Texts],
    ) -> None:
        self._workspaces, self._people, self._channels, self._answers = workspaces, people, channels, answers
        self._commands, self._desk, self._command = commands, desk, command
        self._uninstalled, self._texts = uninstalled, speak
        self.show_form: ShowForm | None = None

    async def deal_with(self, heard: Heard) -> None:
        """Answer it. Raises what is in FAULTS where nothing could be said."""
        match heard:
            case Said():
                await self._said(heard)
            case Pressed():
                await self._pressed(heard)
            case Happened():
                await self._happened(heard)
            case Changed():
                await self._changed(heard)
            case Uninstalled(account):
                await self._uninstalled(account)
            case _:
                assert_never(heard)

    # Written and pressed

    async def _said(self, said: Said) -> None:
        if said.spot.channel.startswith("D") and not said.spot.response_url:
            self._channels.learn(said.call.address.account, said.spot.user, said.spot.channel)
        call = await self.understood(said.call, said.spot)
        reply = await self._desk.answer(call)
        await self._show(call, said.spot, reply, private=said.quiet or reply.private)

    async def _pressed(self, pressed: Pressed) -> None:
        data = pressed.call.text
        command = await self._command(data) if is_key(data) else data
        call = await self.understood(replace(pressed.call, text=command or ""), pressed.spot)
        if command is None:
            said = self._texts(call.language).t("This button is too old. Please write the command.")
            await self._answers.say(call.address, pressed.spot, _words(said, Tone.WARNING), private=True)
            return
        reply = await self._desk.answer(call)
        if reply.replaces and pressed.reference:
            await self._answers.replace(call.address, pressed.spot, pressed.reference, reply.card, ephemeral=pressed.ephemeral)
            await self._settle_in(call, pressed.spot)
            return
        # What one person alone was shown leads on for that person alone.
        await self._show(call, pressed.spot, reply, private=pressed.ephemeral or reply.private)

    async def _show(self, call: CommandCall, spot: Spot, reply: Reply, *, private: bool) -> None:
        if reply.form and self.show_form and spot.trigger_id and await self.show_form(call, spot, reply):
            return
        await self._answers.say(call.address, spot, reply.card, private=private)
        await self._settle_in(call, spot)

    async def understood(self, call: CommandCall, spot: Spot) -> CommandCall:
        """The call with what Slack and the database know of it: the person's language, the channel's name, whose thread it is."""
        account = call.address.account
        person = await self._people.about(account, spot.user)
        call = replace(call, language=person.language)
        if call.conversation_kind is not ConversationKind.PRIVATE and not call.title and self._commands.manages(call.text):
            channel = await self._channels.about(account, call.address.conversation)
            call = replace(call, title=channel.title if channel else "")
        return await self._placed(call, spot)

    async def _placed(self, call: CommandCall, spot: Spot) -> CommandCall:
        """In a thread of an alert: a reply to that alert. In another: that thread is the conversation."""
        for reference in dict.fromkeys((call.reply_to, spot.thread)):
            if reference and await self._is_post(call.address, reference):
                return replace(call, reply_to=reference)
        return replace(call, address=replace(call.address, thread=spot.thread), reply_to="")

    async def _is_post(self, address: Address, reference: str) -> bool:
        try:
            async with self._desk.database.read() as tx:
                return await tx.outbox.post(address, reference) is not None
        except StorageError as error:
            log.warning("whether %s is an alert is not known: %s", reference, error)
            return False

    async def _settle_in(self, call: CommandCall, spot: Spot) -> None:
        """Whoever configures a channel that we are not in: join it, or tell them how to invite us."""
        if call.conversation_kind is ConversationKind.PRIVATE or not self._commands.manages(call.text):
            return
        account, here = call.address.account, call.address.conversation
        channel = await self._channels.about(account, here)
        if channel is not None and (channel.is_member or (channel.is_open and await self._channels.join(account, here))):
            return
        t = self._texts(call.language)
        installation = self._workspaces.find(account)
        handle = (installation and installation.handle) or "Pressevagten"
        said = t.t("I am not a member here, so alerts cannot come. Write here: /invite @{name}", name=handle)
        await self._answers.say(call.address, spot, _words(said, Tone.WARNING), private=True)

    # What happens to us

    async def _happened(self, happened: Happened) -> None:
        event = happened.event
        self._channels.forget(event.address.account, event.address.conversation)
        if not happened.ours and not await self._is_known(event.address):
            return  # of public channels Slack tells everything
        if isinstance(event, BotAdded) and not event.title:
            channel = await self._channels.about(event.address.account, event.address.conversation)
            event = replace(event, title=channel.title if channel else "")
        await self._desk.on_event(event)
        if happened.greet and isinstance(event, BotAdded) and event.actor is not None:
            reply = await self._desk.answer(CommandCall("/start", event.actor, event.address, event.kind, event.title))
            await self._answers.post(event.address, reply.card)

    async def _is_known(self, address: Address) -> bool:
        async with self._desk.database.read() as tx:
            return bool(await tx.destinations.of_conversation(address))

    async def _changed(self, changed: Changed) -> None:
        if changed.user:
            self._people.forget(changed.account, changed.user)
        if changed.channel:
            self._channels.forget(changed.account, changed.channel)
        if changed.title:
            await self._rename(Address(PLATFORM, changed.account, changed.channel), changed.title)

    async def _rename(self, address: Address, title: str) -> None:
        async with self._desk.database.begin() as tx:
            for each in await tx.destinations.of_conversation(address):
                await tx.destinations.ensure(
                    each.address,
                    kind=each.kind,
                    title=title,
                    language=each.language,
                    timezone=each.timezone,
                    now=datetime.now(UTC),
                )


def _words(text: str, tone: Tone = Tone.PLAIN) -> Card:
    return Card(text, tuple(Text(block, tone) for block in paragraphs(text)))
