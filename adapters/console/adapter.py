"""How do we connect? The chat in the terminal: a whole screen for a person, plain lines for a pipe."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from adapters.console.front import Front, Translate
from adapters.console.lines import LinesFront
from adapters.console.transcript import Role, Shown, Transcript
from bot.domain.card import Card, Element, Heading, Text, Tone
from bot.domain.delivery import Post, PostGone, RetryLater, SendOutcome, Sent
from bot.domain.prose import paragraphs
from bot.domain.subscription import Address, ConversationKind, Destination
from bot.ports import Actor, CommandCall, Desk, Menu, Pace, Reply

if TYPE_CHECKING:
    from adapters.console.complete import Suggest

PLATFORM = "console"
CONVERSATION = "terminal"
QUIT = frozenset({"/quit", "/exit", "/afslut"})

log = logging.getLogger(__name__)


class ConsoleAdapter:
    """One person at one terminal, who may be its `admin` or only its `reader`.

    `t` gives the terminal's own few words in the person's language; `history` is the file that keeps typed lines; `suggest`
    completes the last word of a line. `stdin` and `stdout` are the process's own unless given.
    """

    def __init__(
        self,
        account: str = "terminal",
        *,
        role: Literal["admin", "reader"] = "admin",
        language: str = "",
        t: Translate = str.format,
        history: Path | None = None,
        suggest: Suggest | None = None,
        stdin: TextIO | None = None,
        stdout: TextIO | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._account, self._role, self._language, self._t = account, role, language, t
        self._history, self._suggest = history, suggest
        self._stdin, self._stdout = stdin or sys.stdin, stdout or sys.stdout
        self._environ = environ
        self._session = secrets.token_hex(4)  # so that no reference of another run is taken for one of this run's posts
        self._transcript = Transcript()
        self._front: Front | None = None
        self._running: asyncio.Task[None] | None = None
        self._desk: Desk | None = None

    @property
    def platform(self) -> str:
        """The platform's name."""
        return PLATFORM

    @property
    def account(self) -> str:
        """The account's name, stable over restarts."""
        return self._account

    @property
    def pace(self) -> Pace:
        """One post after the other, without a limit on their number."""
        return Pace(at_once=1)

    @property
    def address(self) -> Address:
        """The one conversation there is."""
        return Address(PLATFORM, self._account, CONVERSATION)

    @property
    def actor(self) -> Actor:
        """The person at the keyboard."""
        return Actor(PLATFORM, self._account, self._role, self._role)

    @property
    def full_screen(self) -> bool:
        """Whether the whole screen is ours, so that nobody else may write to it (logs belong in a file then)."""
        capable = self._environ.get("TERM", "") not in ("", "dumb", "unknown")
        return capable and _is_terminal(self._stdin) and _is_terminal(self._stdout)

    # The bot's side -----------------------------------------------------------------------------------------------------

    @property
    def listens_alone(self) -> bool:
        """Each terminal is its own."""
        return False

    async def accounts(self) -> tuple[str]:
        """This terminal."""
        return (self._account,)

    def private(self, ident: str) -> Address | None:
        """Whoever sits at this terminal."""
        return self.address if ident == self._role else None

    @asynccontextmanager
    async def connect(self, desk: Desk) -> AsyncIterator[None]:
        """Show the chat until the block ends. Nothing ever happens to a terminal that the desk would want to know."""
        self._desk = desk
        self._front = await self._open(desk.menu)
        try:
            yield
        finally:
            self._front.close()

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[None]:
        """Take lines from the keyboard until the block ends."""
        self._running = asyncio.create_task(self._required().run(self._take), name="console")
        try:
            yield
        finally:
            self._required().close()
            await asyncio.gather(self._running, return_exceptions=True)

    async def run_until_quit(self) -> None:
        """Return when the person leaves: /quit, the end of the input, or nobody there to read. Raises what broke the chat."""
        if self._running is None:
            msg = "run_until_quit belongs inside the block of listen"
            raise RuntimeError(msg)
        await asyncio.shield(self._running)

    async def send(self, destination: Destination, card: Card, under: Post | None = None) -> SendOutcome:
        """Show an alert. `Sent` means that it was written and flushed, or stands in the full screen's pane."""
        del destination, under
        return await self._show(Role.ALERT, card)

    async def edit(self, post: Post, card: Card) -> SendOutcome:
        """Let a post of this session show another card; those of earlier sessions are gone."""
        session, _, number = post.reference.partition("-")
        shown = self._transcript.find(int(number)) if session == self._session and number.isdecimal() else None
        if shown is None:
            return PostGone("it stood in a terminal session that has ended, or too far up in this one")
        if (front := self._open_front()) is None:
            return RetryLater("the terminal is closed")
        self._transcript.change(shown, card)
        try:
            await front.redraw(shown, corrected=True)
        except OSError as error:
            return RetryLater(f"the terminal cannot be written to: {error}")
        return Sent(post.reference)

    async def may_manage(self, actor: Actor, address: Address) -> bool:
        """Whether the person at the keyboard is its admin."""
        del address
        return self._role == "admin" and actor.platform == PLATFORM

    async def link(self, address: Address, reference: str) -> str:
        """A terminal has no addresses."""
        del address, reference
        return ""

    async def say(self, card: Card) -> None:
        """Show a card of the program's own; nothing happens if nobody can see it."""
        await self._show(Role.NOTICE, card)

    async def notice(self, text: str) -> None:
        """Show a quiet line of the program's own, such as that the network cannot be reached."""
        await self.say(_words(text, Tone.QUIET))

    # The person's side --------------------------------------------------------------------------------------------------

    async def _take(self, line: str, pressed: Shown | None) -> bool:
        if line.casefold() in QUIT:
            return False
        if pressed is None:
            await self._show_own(Role.TYPED, _words(line))
        replaces, card = await self._ask(line)
        if pressed is not None and replaces:
            self._transcript.change(pressed, card)
            await self._required().redraw(pressed, corrected=False)
            return True
        if pressed is not None:
            await self._show_own(Role.TYPED, _words(line))
        await self._show_own(Role.REPLY, card)
        return True

    async def _ask(self, line: str) -> tuple[bool, Card]:
        assert self._desk is not None
        call = CommandCall(line, self.actor, self.address, ConversationKind.PRIVATE, title=self._account, language=self._language)
        try:
            reply = await self._desk.answer(call)
        except Exception:
            log.exception("no answer to a command in the terminal")
            return False, _words(self._t("That went wrong; the log says why."), Tone.WARNING)
        return reply.replaces, _with_files(reply)

    async def _show(self, role: Role, card: Card) -> SendOutcome:
        if self._open_front() is None:
            return RetryLater("the terminal is closed")
        try:
            return Sent(f"{self._session}-{(await self._show_own(role, card)).number}")
        except OSError as error:
            return RetryLater(f"the terminal cannot be written to: {error}")

    async def _show_own(self, role: Role, card: Card) -> Shown:
        shown = self._transcript.add(role, card)
        try:
            await self._required().show(shown)
        except OSError:
            self._transcript.remove(shown)
            raise
        return shown

    def _open_front(self) -> Front | None:
        return self._front if self._running is not None and not self._running.done() else None

    def _required(self) -> Front:
        assert self._front is not None
        return self._front

    async def _open(self, menu: Menu) -> Front:
        if not self.full_screen:
            return LinesFront(self._transcript, self._stdin, self._stdout, self._t)
        # prompt_toolkit is loaded only where a whole screen is drawn.
        from adapters.console.complete import CommandCompleter
        from adapters.console.screen import ScreenFront, terminal

        entries = [entry for entry in menu(self._language) if self._role == "admin" or not entry.for_managers]
        completer = CommandCompleter(entries, self._suggest, self._t)
        return ScreenFront(self._transcript, terminal(self._stdin, self._stdout), self._stdout, self._t, completer, self._history)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and not stream.closed and stream.isatty()


def _with_files(reply: Reply) -> Card:
    """The card, and what files there are in full: nothing is written where nobody asked for it to be written."""
    shown: list[Element] = []
    for file in reply.files:
        shown += [Heading(file.name), *(Text(block) for block in paragraphs(file.content.decode(errors="replace")))]
    return replace(reply.card, elements=(*reply.card.elements, *shown))


def _words(text: str, tone: Tone = Tone.PLAIN) -> Card:
    return Card(text, tuple(Text(block, tone) for block in paragraphs(text)))
