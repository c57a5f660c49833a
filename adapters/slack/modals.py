"""Modals: what is asked for is shown in one, and what is pressed there leads on to the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from adapters.slack.answers import in_words
from adapters.slack.buttons import command_of, is_key
from adapters.slack.commands import Commands
from adapters.slack.forms import form_view
from adapters.slack.heard import Payload, Spot, Summoned, Used
from adapters.slack.screens import Screens
from adapters.slack.views import DEEPEST, SEARCH, Note, View, card_view, noted, search_view, searched, waiting_view
from bot.domain.card import Button, Card, Tone
from bot.i18n import Texts
from bot.ports import CommandCall, Desk, Reply

PATIENCE = 1.2
"""Seconds that an answer is waited for before a modal is opened all the same: its trigger is good for three."""

Understand = Callable[[CommandCall, Spot], Awaitable[CommandCall]]


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered to what. `waiting` is the modal that was opened meanwhile, empty for none."""

    call: CommandCall
    reply: Reply
    waiting: str = ""


class Modals:
    """Opens modals. `command` finds the command behind a key; `understand` adds what Slack and the database know of a call."""

    def __init__(
        self,
        screens: Screens,
        desk: Desk,
        commands: Commands,
        *,
        command: Callable[[str], Awaitable[str | None]],
        understand: Understand,
        speak: Callable[[str], Texts],
    ) -> None:
        self._screens, self._desk, self._commands = screens, desk, commands
        self._command, self.understood, self.texts = command, understand, speak

    # Answering ----------------------------------------------------------------------------------------------------------

    async def answered(self, call: CommandCall, spot: Spot, note: Note) -> Answered:
        """The answer to a call. Where it takes long a modal is opened that waits for it."""
        answering = asyncio.ensure_future(self._desk.answer(call))
        try:
            done, _ = await asyncio.wait({answering}, timeout=PATIENCE)
            waiting = "" if done else await self._open(call, spot, note, waiting_view(note, self.texts(call.language)))
            return Answered(call, await answering, waiting)
        finally:
            answering.cancel()

    async def show(self, answered: Answered, spot: Spot, note: Note) -> bool:
        """Show an answer in a modal, its form where it has one; whether it could be."""
        view = self.view(answered.call, answered.reply, note)
        if answered.waiting:
            return await self._screens.update(answered.call.address.account, answered.waiting, view)
        return bool(await self._open(answered.call, spot, note, view))

    def view(self, call: CommandCall, reply: Reply, note: Note) -> View:
        """An answer as a modal."""
        texts = self.texts(call.language)
        form = form_view(reply.form, replace(note, command=reply.form.command), texts, self._commands.typed) if reply.form else None
        return form or card_view(reply.card, note, texts, self._commands.typed)

    async def _open(self, call: CommandCall, spot: Spot, note: Note, view: View) -> str:
        if not spot.trigger_id:
            return ""
        return await self._screens.open(call.address.account, spot.trigger_id, view, on_top=note.depth > 1)

    # In a modal ---------------------------------------------------------------------------------------------------------

    async def used(self, used: Used, note: Note) -> Answered | None:
        """Something in a modal was pressed: show what it says, on top or, where it turns a page, in its place."""
        line = await self.line(used.action)
        if line == "":
            return None
        spot = note.spot(used.spot)
        call = await self.understood(note.call(line or "", used.me, used.actor, used.spot), spot)
        on_top = note.deeper() if note.depth < DEEPEST else replace(note, command="")
        answered = await self.answered(call, spot, on_top) if line else Answered(call, self.too_old(call))
        in_place = not answered.waiting and (answered.reply.replaces or note.depth >= DEEPEST)
        if in_place or not await self.show(answered, spot, on_top):
            view = self._in_place(answered, used.view, note)
            await self._screens.update(call.address.account, str(used.view.get("id") or ""), view)
        return answered

    def _in_place(self, answered: Answered, view: Payload, note: Note) -> View:
        if view.get("callback_id") != SEARCH:
            return self.view(answered.call, answered.reply, replace(note, command=""))
        return self.found(answered, note)

    def found(self, answered: Answered, note: Note) -> View:
        """What a search found, below the box."""
        return search_view(answered.reply.card, note, self.texts(answered.call.language), self._commands.typed)

    async def line(self, action: Payload) -> str | None:
        """The command line of what was used: None for a key that is not known, empty for what says nothing. Raises StorageError."""
        said = command_of(action) or searched(action)
        return await self._command(said) if is_key(said) else said

    async def note(self, view: Payload) -> Note:
        """What a view carries. Raises StorageError."""
        said = noted(view)
        return Note.read(await self._command(said) or "" if is_key(said) else said)

    async def value(self, key: str) -> str:
        """What is kept under a key; the key where nothing is. Raises StorageError."""
        return await self._command(key) or key

    def too_old(self, call: CommandCall) -> Reply:
        """What is said where a key is not known any more."""
        said = self.texts(call.language).t("This button is too old. Please write the command.")
        return Reply(in_words(said, Tone.WARNING), private=True)

    # The shortcut that is everywhere ------------------------------------------------------------------------------------

    async def summoned(self, summoned: Summoned) -> None:
        """Open the box to search by, with what else there is below it."""
        call = await self.understood(Note().call("", summoned.me, summoned.actor, summoned.spot), summoned.spot)
        texts = self.texts(call.language)
        await self._open(call, summoned.spot, Note(), search_view(_choices(texts), Note(), texts, self._commands.typed))


def _choices(texts: Texts) -> Card:
    buttons = (
        Button(texts.t("Latest"), "/latest"),
        Button(texts.t("Press contact"), "/contact"),
        Button(texts.t("All newsrooms"), "/newsrooms"),
        Button(texts.t("Help"), "/help"),
    )
    return in_words(texts.t("Or look at:"), Tone.QUIET, *buttons)
