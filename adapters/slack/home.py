"""App Home: what a channel and a person subscribe to, the latest, whom to call; what is pressed there acts."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from weakref import WeakValueDictionary

from adapters.slack.answers import in_words
from adapters.slack.channels import Channels
from adapters.slack.commands import Commands
from adapters.slack.files import HandOver
from adapters.slack.heard import HomeOpened, Me, Spot, Used, actor_of, address_of
from adapters.slack.managers import FRESH
from adapters.slack.modals import Answered, Modals
from adapters.slack.people import People
from adapters.slack.screens import Conflict, Screens
from adapters.slack.sheet import Sheet, channel_of, chooser, looked_at
from adapters.slack.views import Note, View, search_box
from bot.domain.card import Button, Card, Tone
from bot.domain.subscription import Address
from bot.i18n import Texts
from bot.ports import Actor, Desk

log = logging.getLogger(__name__)

HOME = "/home"
_SUBSCRIPTIONS, _FIXED, _NEWS = "subscriptions", "subscriptions fixed", "news"
"""What is asked of it, in words."""
_MOST = 2000

Manages = Callable[[Actor, Address], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Who:
    """Whose App Home it is. `looked_at`: the channel that it shows, empty for none."""

    me: Me
    actor: Actor
    user: str
    looked_at: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Them among all."""
        return self.me.account, self.user

    def note(self, channel: str = "", title: str = "") -> Note:
        """What is opened from it carries, about a channel or (empty) about themselves."""
        return Note(channel=channel, title=title, home=True, looked_at=self.looked_at)


@dataclass(frozen=True, slots=True)
class Said:
    """A card to be shown above all else, and the channel that its buttons are about.

    `found`: the search that it answers; it is shown in place of all else.
    """

    card: Card
    channel: str = ""
    found: str = ""


class Homes:
    """Publishes App Home. `manages` says who may configure a channel; nobody sees there what they cannot see in Slack."""

    def __init__(
        self,
        screens: Screens,
        modals: Modals,
        people: People,
        channels: Channels,
        *,
        desk: Desk,
        commands: Commands,
        manages: Manages,
    ) -> None:
        self._screens, self._modals, self._people, self._channels = screens, modals, people, channels
        self._desk, self._commands, self._manages = desk, commands, manages
        self._turns: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._hashes: OrderedDict[tuple[str, str], str] = OrderedDict()
        self.hand_over: HandOver | None = None

    async def opened(self, opened: HomeOpened) -> None:
        """Somebody looks at it: bring it up to date, unless that happened since they did."""
        note, user = await self._modals.note(opened.view), opened.spot.user
        person = await self._people.about(opened.me.account, user)
        # An event does not say which workspace of an organisation is the person's own.
        who = Who(opened.me, actor_of(opened.me, person.home, user), user, note.looked_at)
        async with self._turn(who):
            try:
                await self._publish(who, await self._made(who), str(opened.view.get("hash") or ""))
            except Conflict:
                log.debug("a newer view stands already")

    async def renew(self, who: Who, seen: str = "", said: Said | None = None) -> None:
        """Something changed: show it anew. `seen`: the hash of the view that it was changed from, empty where that is not known."""
        async with self._turn(who):
            try:
                await self._publish(who, await self._made(who, said), self._hashes.get(who.key) or seen)
            except Conflict:  # what another process shows there may be older than what was changed here
                await self._publish(who, await self._made(who, said), "")

    async def used(self, used: Used) -> None:
        """Something in it was pressed, chosen or written."""
        seen, note = str(used.view.get("hash") or ""), await self._modals.note(used.view)
        who = Who(used.me, used.actor, used.spot.user, note.looked_at)
        channel = looked_at(used.action)
        if channel is not None:
            await self.renew(replace(who, looked_at=channel), seen)
            return
        line = await self._modals.line(used.action)
        if line != "":
            await self._acted(who, used, note, line)

    # Acting -------------------------------------------------------------------------------------------------------------

    async def _acted(self, who: Who, used: Used, note: Note, line: str | None) -> None:
        seen, channel = str(used.view.get("hash") or ""), channel_of(used.action)
        title = await self._title(who, channel) if channel else ""
        if line == HOME or title is None:  # who may no longer see the channel is shown as much
            await self.renew(who, seen)
            return
        own = who.note(channel, title)
        spot = own.spot(used.spot)
        call = await self._modals.understood(own.call(line or "", who.me, who.actor, used.spot), spot)
        changes, finds = self._commands.manages(call.text), call.text.startswith("/search ") and _is_found(used, note)
        if line is None:
            await self.renew(who, seen, Said(self._modals.too_old(call).card))
        elif finds or (changes and not self._commands.may_ask(call.text)):
            await self._shown(who, seen, Answered(call, await self._desk.answer(call)), spot, own)
        else:
            await self._shown(who, seen, await self._modals.answered(call, spot, own), spot, own)

    async def _shown(self, who: Who, seen: str, answered: Answered, spot: Spot, own: Note) -> None:
        """A form in a modal; what was found, and that something was changed, in App Home; anything else in a modal."""
        line, reply = answered.call.text, answered.reply
        in_home = line.startswith("/search ") and not answered.waiting
        if in_home:
            await self.renew(who, seen, Said(reply.card, own.channel, found=line))
            return
        changes = self._commands.manages(line)
        if reply.form:
            self._commands.asked(line)
        shown = (reply.form or answered.waiting or not changes) and await self._modals.show(answered, spot, own)
        if not shown or (changes and not reply.form):
            await self.renew(who, seen, Said(reply.card, own.channel))
        if self.hand_over:
            await self.hand_over(answered.call, spot, reply)

    # Who sees what ------------------------------------------------------------------------------------------------------

    async def _title(self, who: Who, channel: str) -> str | None:
        """How a channel is called that the person may see; None for one that they may not, as far as Slack tells now."""
        account = who.me.account
        known = await self._channels.about(account, channel, FRESH)
        if known is None:
            return None
        person = await self._people.about(account, who.user)
        if known.is_open and not (person.is_guest or person.is_stranger):
            return known.title
        return known.title if await self._channels.has(account, channel, who.user, FRESH) else None

    # The page -----------------------------------------------------------------------------------------------------------

    async def _made(self, who: Who, said: Said | None = None) -> View:
        person = await self._people.about(who.me.account, who.user)
        texts = self._modals.texts(person.language)
        sheet = Sheet(self._commands, [search_box(texts)])
        if said and said.found:
            sheet.card(in_words(texts.t("What was found"), Tone.QUIET, Button(texts.t("Close the search"), HOME)), "")
            sheet.card(said.card, said.channel)
            return sheet.page(replace(who.note(), command=said.found))
        if said:
            sheet.card(said.card, said.channel)
        sheet.rule()
        await self._of_channel(who, sheet, texts, person.language)
        sheet.rule()
        for card in await self._parts(who, "", "", _SUBSCRIPTIONS, person.language):
            sheet.card(card, "")
        seen = who.looked_at if sheet.shows_channel else ""
        for card in await self._parts(who, seen, "", _NEWS, person.language):
            sheet.rule()
            sheet.card(card, seen)
        return sheet.page(who.note())

    async def _of_channel(self, who: Who, sheet: Sheet, texts: Texts, language: str) -> None:
        channel = who.looked_at
        title = await self._title(who, channel) if channel else None
        sheet.add(chooser(texts, channel if title is not None else ""))
        if title is not None:
            sheet.shows_channel = True
            may = await self._manages(who.actor, address_of(who.me, channel))
            for card in await self._parts(who, channel, title, _SUBSCRIPTIONS if may else _FIXED, language):
                sheet.card(card, channel)
        elif channel:
            said = texts.t("What this channel subscribes to is shown to those who are in it, once I am in it too.")
            sheet.card(in_words(said, Tone.QUIET), "")

    async def _parts(self, who: Who, channel: str, title: str, wanted: str, language: str) -> list[Card]:
        call = who.note(channel, title).call(f"{HOME} {wanted}", who.me, who.actor, Spot("", who.user))
        reply = await self._desk.answer(replace(call, language=language))
        return list(reply.parts) or [reply.card]

    async def _publish(self, who: Who, view: View, seen: str) -> None:
        self._hashes[who.key] = await self._screens.publish(who.me.account, who.user, view, seen)
        self._hashes.move_to_end(who.key)
        while len(self._hashes) > _MOST:
            self._hashes.popitem(last=False)

    def _turn(self, who: Who) -> asyncio.Lock:
        """One at a time, so that what is published last was also looked up last."""
        return self._turns.setdefault(who.key, asyncio.Lock())


def _is_found(used: Used, note: Note) -> bool:
    """Whether it is a search, or turns the pages of one."""
    return bool(note.command) or str(used.action.get("type")) == "plain_text_input"
