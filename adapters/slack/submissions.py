"""Modals that are sent: answered in the acknowledgement where there is time, and on the screen afterwards where there is not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

from adapters.slack.answers import in_words
from adapters.slack.buttons import is_key
from adapters.slack.commands import Commands
from adapters.slack.forms import completed, errors, filled_in, refilled
from adapters.slack.heard import Me, Payload, Spot, actor_of, id_of
from adapters.slack.home import Homes, Said, Who
from adapters.slack.modals import Answered, Modals
from adapters.slack.outcomes import FAULTS, word_of
from adapters.slack.render import blocks_of
from adapters.slack.replies import Replies
from adapters.slack.screens import Screens
from adapters.slack.views import SEARCH, Note, View, card_view, sought, waiting_view
from bot.domain.card import Card, Text, Tone
from bot.errors import StorageError
from bot.ports import Actor, CommandCall, Desk, Reply
from bot.tasks import finish

log = logging.getLogger(__name__)

WITHIN = 1.5
"""Seconds before a modal that was sent is told to wait: Slack gives three, of which the way takes some."""
_ABOVE = 20
_ROOM = 4000


@dataclass(frozen=True, slots=True)
class Sent:
    """A modal that was sent, and what became of it.

    `wrong` by block: the modal stays as it is. `stays`: it shows this from now on. With neither it is done with. `said`: what was
    answered stands there, so that it need not be said.
    """

    me: Me
    actor: Actor
    spot: Spot
    note: Note
    answered: Answered
    wrong: dict[str, str]
    stays: View | None = None
    said: bool = False


class Submissions:
    """Answers modals that are sent. `me` tells whose workspace a payload is of."""

    def __init__(
        self,
        modals: Modals,
        homes: Homes,
        replies: Replies,
        screens: Screens,
        *,
        desk: Desk,
        commands: Commands,
        me: Callable[[Payload], Awaitable[Me | None]],
    ) -> None:
        self._modals, self._homes, self._replies, self._screens = modals, homes, replies, screens
        self._desk, self._commands, self._me = desk, commands, me
        self._tasks: set[asyncio.Task[Any]] = set()

    async def submitted(self, payload: Payload) -> dict[str, Any]:
        """What the acknowledgement says; empty closes the modal."""
        sending = self._begun(self._send(payload))
        await asyncio.wait({sending}, timeout=WITHIN)
        if not sending.done():
            self._begun(self._late(payload, sending))
            return _instead(waiting_view(Note(), self._modals.texts("")))
        sent = sending.result()
        if sent is None:
            return {}
        if sent.wrong:
            return {"response_action": "errors", "errors": sent.wrong}
        if sent.stays:
            if sent.said:
                self._begun(self._done(sent, shown=True))
            return _instead(sent.stays)
        self._begun(self._done(sent, shown=False))
        return {"response_action": "clear"} if sent.note.depth > 1 else {}

    async def drain(self, seconds: float) -> None:
        """Let what is in hand be finished, for so long."""
        await finish(self._tasks, seconds)

    def _begun(self, doing: Coroutine[Any, Any, Sent | None]) -> asyncio.Task[Sent | None]:
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # Sending ------------------------------------------------------------------------------------------------------------

    async def _send(self, payload: Payload) -> Sent | None:
        me = await self._asked(self._me(payload))
        if me is None:
            return None
        view, user = payload.get("view") or {}, payload.get("user") or {}
        actor = actor_of(me, str(user.get("team_id") or ""), id_of(user), str(user.get("name") or ""))
        spot = Spot("", id_of(user), trigger_id=str(payload.get("trigger_id") or ""))
        try:
            note = await self._asked(self._modals.note(view))
            line = await self._asked(self._line(view, note)) if note else None
            if note and line is not None:
                call = await self._modals.understood(note.call(line, me, actor, spot), note.spot(spot))
                return await self._settled(Sent(me, actor, spot, note, Answered(call, await self._desk.answer(call)), {}), view)
        except Exception:
            log.exception("a form that was sent could not be dealt with")
        call = Note().call("", me, actor, spot)
        failed = self._failed(call)
        return Sent(me, actor, spot, Note(), Answered(call, failed), {}, View(refilled(view, {}, blocks_of(failed.card))))

    async def _asked(self, asking: Awaitable[Any]) -> Any:  # noqa: ANN401 - whatever is asked for
        """What is asked for; None where the database or Slack does not answer."""
        try:
            return await asking
        except StorageError as error:
            log.warning("a form that was sent could not be read: %s", error)
        except FAULTS as error:
            log.warning("a form that was sent could not be read: %s", word_of(error))
        return None

    async def _line(self, view: Payload, note: Note) -> str:
        if view.get("callback_id") == SEARCH:
            return f"/search {sought(view)}"
        filled = {name: [await self._meant(value) for value in values] for name, values in filled_in(view).items()}
        return completed(note.command, view, filled)

    async def _meant(self, value: str) -> str:
        return await self._modals.value(value) if is_key(value) else value

    async def _settled(self, sent: Sent, view: Payload) -> Sent:
        """With what becomes of the modal; what that needs is kept."""
        reply, call = sent.answered.reply, sent.answered.call
        wrong = errors(view, reply.faults)
        if wrong and len(wrong) == len(reply.faults):
            return replace(sent, wrong=wrong)
        stays = self._stays(sent, view)
        if stays:
            await self._asked(self._screens.keep(stays.kept))
        if reply.form:
            self._commands.asked(call.text)
        return replace(sent, stays=stays, said=bool(stays) and _is_done(reply))

    def _stays(self, sent: Sent, view: Payload) -> View | None:
        reply, call = sent.answered.reply, sent.answered.call
        if view.get("callback_id") == SEARCH:
            return self._modals.found(sent.answered, sent.note)
        if reply.faults:
            return View(refilled(view, reply.faults))
        if reply.form or reply.replaces:
            return self._modals.view(call, reply, replace(sent.note, command=""))
        if reply.private and _warns(reply.card):
            return View(refilled(view, {}, blocks_of(reply.card, most=_ABOVE, room=_ROOM, names=self._commands.typed)))
        return None

    # Afterwards ---------------------------------------------------------------------------------------------------------

    async def _late(self, payload: Payload, sending: asyncio.Task[Sent | None]) -> None:
        """It was told to wait: have it show what came of it."""
        sent = await sending
        if sent is None:
            return
        view, texts = payload.get("view") or {}, self._modals.texts(sent.answered.call.language)
        reply = sent.answered.reply
        if sent.wrong:
            stays = View(refilled(view, reply.faults))
        else:
            stays = sent.stays or card_view(reply.card, replace(sent.note, command=""), texts, self._commands.typed)
        shown = await self._screens.update(sent.me.account, str(view.get("id") or ""), stays)
        if not shown or sent.said or not (sent.wrong or sent.stays):
            await self._done(sent, shown=shown)

    async def _done(self, sent: Sent, *, shown: bool) -> None:
        """Say what was answered, where it was asked for. `shown`: the person has seen it."""
        call, reply = sent.answered.call, sent.answered.reply
        spot = sent.note.spot(sent.spot)
        try:
            if sent.note.home:
                who = Who(sent.me, sent.actor, sent.spot.user, sent.note.looked_at)
                await self._homes.renew(who, said=None if shown else Said(reply.card, sent.note.channel))
            elif not (shown and (reply.private or sent.said)):
                await self._replies.say(call, spot, reply)
            await self._replies.settle_in(call, spot)
        except FAULTS as error:
            log.warning("a form could not be answered: %s", word_of(error))
        except StorageError as error:
            log.warning("a form could not be answered: %s", error)

    def _failed(self, call: CommandCall) -> Reply:
        texts = self._modals.texts(call.language)
        said = texts.t("The database cannot be used at present. What you asked for was not done; try again later.")
        return Reply(in_words(said, Tone.WARNING), private=True)


def _instead(view: View) -> dict[str, Any]:
    """The acknowledgement that puts a view in a modal's place; pictures are left out, as nobody hears if Slack cannot fetch one."""
    blocks = [block for block in view.said["blocks"] if block["type"] != "image"]
    return {"response_action": "update", "view": view.said | {"blocks": blocks}}


def _is_done(reply: Reply) -> bool:
    """Whether it says what was done, in the modal's place, rather than what is wrong or asked for."""
    return reply.replaces and not reply.faults and not reply.form


def _warns(card: Card) -> bool:
    return any(isinstance(element, Text) and element.tone is Tone.WARNING for element in card.elements)
