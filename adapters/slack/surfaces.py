"""Where else than in messages do people meet us? In modals and in App Home: what they do there goes its way from here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import assert_never

from adapters.slack.answers import in_words
from adapters.slack.channels import Channels
from adapters.slack.commands import Commands
from adapters.slack.heard import HomeOpened, InView, Me, Payload, Said, Summoned, Used
from adapters.slack.home import Homes, Manages, Who
from adapters.slack.modals import Answered, Modals
from adapters.slack.people import People
from adapters.slack.replies import Replies
from adapters.slack.screens import Screens
from adapters.slack.sender import Keep
from adapters.slack.submissions import Submissions
from adapters.slack.views import Note
from adapters.slack.workspaces import Workspaces
from bot.domain.card import Button, Card, Tone
from bot.i18n import Texts
from bot.ports import CommandCall, Desk, Reply


class Surfaces:
    """Deals with what people do in views, and with shortcuts."""

    def __init__(self, modals: Modals, homes: Homes, replies: Replies, *, desk: Desk, commands: Commands) -> None:
        self._modals, self._homes, self._replies = modals, homes, replies
        self._desk, self._commands = desk, commands

    async def deal_with(self, heard: InView) -> None:
        """Answer it. Raises what is in FAULTS, and StorageError."""
        match heard:
            case HomeOpened():
                await self._homes.opened(heard)
            case Summoned():
                await self._modals.summoned(heard)
            case Used() if heard.view.get("type") == "home":
                await self._homes.used(heard)
            case Used():
                await self._in_modal(heard)
            case _:
                assert_never(heard)

    async def _in_modal(self, used: Used) -> None:
        note = await self._modals.note(used.view)
        answered = await self._modals.used(used, note)
        if answered:
            await self._replies.files.in_private(answered.call, note.spot(used.spot), answered.reply)
        if answered is None or answered.reply.form or not self._commands.manages(answered.call.text):
            return
        if note.home:
            await self._homes.renew(Who(used.me, used.actor, used.spot.user, note.looked_at))
        await self._replies.settle_in(answered.call, note.spot(used.spot))

    # Shortcuts on messages ----------------------------------------------------------------------------------------------

    async def of_message(self, said: Said, call: CommandCall) -> None:
        """Show whom to call about the release that a message shows, or links to, in a modal."""
        note = Note.of(call, said.spot)
        named = call if call.reply_to else await self._linked(call, said.links)
        if named is None:
            answered = Answered(call, Reply(_unknown(self._modals.texts(call.language)), private=True))
        else:
            answered = await self._modals.answered(named, said.spot, note)
        if not await self._modals.show(answered, said.spot, note):
            await self._replies.say(call, said.spot, replace(answered.reply, private=True))

    async def _linked(self, call: CommandCall, links: tuple[str, ...]) -> CommandCall | None:
        """The same about the release that the first of these addresses leads to, of those that lead to one."""
        known = await self._desk.linked(call, links) if links else {}
        return next((replace(call, text=f"{call.text} {link}") for link in links if link in known), None)


def _unknown(texts: Texts) -> Card:
    said = texts.t("This message shows no press release that I know of, and links to none.")
    return in_words(said, Tone.PLAIN, Button(texts.t("Press contact"), "/contact"), Button(texts.t("Latest"), "/latest"))


def open_surfaces(
    workspaces: Workspaces,
    people: People,
    channels: Channels,
    replies: Replies,
    *,
    desk: Desk,
    commands: Commands,
    keep: Keep,
    command: Callable[[str], Awaitable[str | None]],
    manages: Manages,
    speak: Callable[[str], Texts],
    me: Callable[[Payload], Awaitable[Me | None]],
) -> Submissions:
    """Have `replies` answer in modals and in App Home too; what answers modals that are sent."""
    screens = Screens(workspaces, keep)
    modals = Modals(screens, desk, commands, command=command, understand=replies.understood, speak=speak)
    homes = Homes(screens, modals, people, channels, desk=desk, commands=commands, manages=manages)
    homes.hand_over = replies.files.in_private
    replies.modals, replies.surfaces = modals, Surfaces(modals, homes, replies, desk=desk, commands=commands)
    return Submissions(modals, homes, replies, screens, desk=desk, commands=commands, me=me)
