"""What people get back: the router's answers to what they wrote and pressed, and a greeting where they let us in."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, assert_never

from adapters.slack.answers import Answers, in_words
from adapters.slack.buttons import is_key
from adapters.slack.channels import Channels
from adapters.slack.commands import Commands
from adapters.slack.files import Files
from adapters.slack.heard import Changed, Happened, Heard, HomeOpened, Pressed, Said, Shared, Spot, Summoned, Uninstalled, Used
from adapters.slack.incoming import Incoming
from adapters.slack.modals import Answered, Modals
from adapters.slack.people import People
from adapters.slack.views import Note
from adapters.slack.workspaces import PLATFORM, Workspaces
from bot.domain.card import Tone
from bot.domain.subscription import Address, ConversationKind
from bot.errors import StorageError
from bot.i18n import Texts
from bot.ports import BotAdded, CommandCall, Desk, Reply

if TYPE_CHECKING:
    from adapters.slack.surfaces import Surfaces

log = logging.getLogger(__name__)

ShowLinks = Callable[[Shared], Awaitable[None]]
"""Shows what links lead to."""


class Replies:
    """Deals with one thing heard at a time. `command` finds the command behind a button's key.

    `modals`, `surfaces` and `show_links` are set where there are such. Without modals a reply that has a form is said as a card.
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
        self.files, self._incoming = Files(workspaces, channels, answers, speak), Incoming(workspaces)
        self.modals: Modals | None = None
        self.surfaces: Surfaces | None = None
        self.show_links: ShowLinks | None = None

    async def deal_with(self, heard: Heard) -> None:
        """Answer it. Raises what is in FAULTS where nothing could be said."""
        match heard:
            case Said():
                await self._said(heard)
            case Pressed():
                await self._pressed(heard)
            case HomeOpened() | Summoned() | Used():
                if self.surfaces:
                    await self.surfaces.deal_with(heard)
            case Happened():
                await self._happened(heard)
            case Changed():
                await self._changed(heard)
            case Uninstalled(account):
                await self._uninstalled(account)
            case Shared():
                if self.show_links:
                    await self.show_links(heard)
            case _:
                assert_never(heard)

    # Written and pressed

    async def _said(self, said: Said) -> None:
        if said.spot.channel.startswith("D") and not said.spot.response_url:
            self._channels.learn(said.call.address.account, said.spot.user, said.spot.channel)
        call = await self.understood(replace(said.call, attached=self._incoming.attached(said)), said.spot)
        if said.quiet and self.surfaces:
            await self.surfaces.of_message(said, call)
            return
        await self._show(await self._answered(call, said.spot), said.spot)

    async def _pressed(self, pressed: Pressed) -> None:
        data = pressed.call.text
        command = await self._command(data) if is_key(data) else data
        call = await self.understood(replace(pressed.call, text=command or ""), pressed.spot)
        if command is None:
            said = self._texts(call.language).t("This button is too old. Please write the command.")
            await self._answers.say(call.address, pressed.spot, in_words(said, Tone.WARNING), private=True)
            return
        answered = await self._answered(call, pressed.spot)
        reply = answered.reply
        if reply.replaces and pressed.reference:
            await self._answers.replace(call.address, pressed.spot, pressed.reference, reply.card, ephemeral=pressed.ephemeral)
            await self.settle_in(call, pressed.spot)
            if self.modals and answered.waiting:
                await self.modals.show(answered, pressed.spot, Note.of(call, pressed.spot))
            return
        # What one person alone was shown leads on for that person alone.
        await self._show(replace(answered, reply=replace(reply, private=pressed.ephemeral or reply.private)), pressed.spot)

    async def _answered(self, call: CommandCall, spot: Spot) -> Answered:
        if self.modals and spot.trigger_id and self._commands.may_ask(call.text):
            return await self.modals.answered(call, spot, Note.of(call, spot))
        return Answered(call, await self._desk.answer(call))

    async def _show(self, answered: Answered, spot: Spot) -> None:
        """In a modal what has a form, or was opened a modal for; as a message everything else, and what all are to see."""
        call, reply = answered.call, answered.reply
        if self.modals and (answered.waiting or (reply.form and spot.trigger_id)):
            shown = await self.modals.show(answered, spot, Note.of(call, spot))
            if reply.form:
                self._commands.asked(call.text)
            if shown and (reply.form or reply.private):
                await self.files.hand_over(call, spot, reply)
                return
        await self.say(call, spot, reply)
        await self.settle_in(call, spot)

    async def say(self, call: CommandCall, spot: Spot, reply: Reply) -> None:
        """Answer with a message. Raises what is in FAULTS where nothing could be said."""
        await self._answers.say(call.address, spot, reply.card, private=reply.private)
        await self.files.hand_over(call, spot, reply)

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

    async def settle_in(self, call: CommandCall, spot: Spot) -> None:
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
        await self._answers.say(call.address, spot, in_words(said, Tone.WARNING), private=True)

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
