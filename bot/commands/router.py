"""The one way in: every command of every platform, typed or pressed, is answered by `Router.answer`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import Any

import structlog

from bot.cards import error_card
from bot.cards.words import rows
from bot.commands.attached import with_file
from bot.commands.choices import newsrooms, timezones
from bot.commands.command import Audience, Command
from bot.commands.context import Context, NearMiss, ShownList
from bot.commands.elsewhere import candidates, chosen
from bot.commands.line import LONGEST, Line, read_line
from bot.commands.linked import cards_of
from bot.commands.registry import COMMANDS
from bot.commands.suggest import find_command, no_command, unknown_command
from bot.domain.card import Button, Card
from bot.domain.form import Choice
from bot.domain.subscription import Address, ConversationKind, Destination
from bot.errors import DatabaseBusy, DatabaseReadOnly, DiskFull, StorageError, UserError
from bot.feeds.catalogue import Catalogue
from bot.happenings import Answered, Witness, nobody
from bot.i18n import N_, SUPPORTED, Texts, texts
from bot.log import lesser_fault
from bot.ports import Actor, Clock, CommandCall, Database, MenuEntry, Reply, Transaction
from bot.retention import Keep

log = structlog.get_logger()

MayManage = Callable[[Actor, Address], Awaitable[bool]]
Link = Callable[[Address, str], Awaitable[str]]
"""See `bot.ports.ChatAdapter.link`."""

_STORAGE_ERRORS: tuple[tuple[type[StorageError], str], ...] = (
    (DatabaseBusy, N_("The database is busy. What you asked for was not done; try again in a moment.")),
    (DiskFull, N_("There is no room left in the database. What you asked for was not done; the operators must make room.")),
    (DatabaseReadOnly, N_("The database cannot be written to. What you asked for was not done; the operators must see to it.")),
    (StorageError, N_("The database cannot be used at present. What you asked for was not done; try again later.")),
)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A call, understood as far as can be without its command."""

    call: CommandCall
    line: Line
    now: datetime
    destination: Destination | None
    texts: Texts
    is_operator: bool


class Router:
    """Answers commands.

    `operators` are people as `platform:id`; `language` and `timezone` the defaults of destinations; `may_manage` asks the platform
    whether somebody may configure a destination, `link` where a message of ours stands. `may_ask`: whether a feed may be read from
    an address. `witness` hears how each command went.
    `keep`: for how long what is kept.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        catalogue: Catalogue,
        *,
        operators: frozenset[str],
        language: str,
        timezone: str,
        may_manage: MayManage,
        may_ask: Callable[[str], bool],
        link: Link | None = None,
        witness: Witness = nobody,
        keep: Keep | None = None,
    ) -> None:
        self._database, self._clock, self._catalogue = database, clock, catalogue
        self._operators, self._language, self._timezone = operators, language, timezone
        self._may_manage, self._may_ask, self._link = may_manage, may_ask, link
        self._witness, self._keep_for = witness, keep or Keep()

    def menu(self, language: str) -> list[MenuEntry]:
        """The commands for a platform's menu, in a language; those of operators, and hidden ones, are left out."""
        reader = texts(self._spoken(language), self._timezone)
        shown = (command for command in COMMANDS if command.audience is not Audience.OPERATORS and not command.hidden)
        return [command.menu_entry(reader) for command in shown]

    async def choices(self, call: CommandCall, what: str, words: str) -> Sequence[Choice]:
        """See `bot.ports.Choices`. Nothing, where nothing of that kind can be looked for or the database cannot be read."""
        if what != "newsroom":
            return timezones(words) if what == "timezone" else []
        with lesser_fault("choices_not_found"):
            async with self._database.read() as tx:
                return await newsrooms(tx, self._catalogue, words, texts(self._spoken(call.language), self._timezone))
        return []

    async def linked(self, call: CommandCall, addresses: Sequence[str]) -> Mapping[str, Card]:
        """See `bot.ports.Linked`. Nothing, where the database cannot be read."""
        with lesser_fault("links_not_looked_up"):
            asked = await self._understand(call)
            async with self._database.read() as tx:
                return await cards_of(self._context(asked, tx), addresses)
        return {}

    async def answer(self, call: CommandCall) -> Reply:
        """What the bot says to a command. Never raises but for cancellation: what goes wrong is a reply too."""
        started = monotonic()
        reply, outcome = await self._replied(call)
        command = find_command(read_line(call.text).name, COMMANDS)
        # Words from outside are counted as no command: they must not become labels.
        self._witness(Answered(call.address.platform, command.name if command else None, outcome, monotonic() - started))
        return reply

    async def _replied(self, call: CommandCall) -> tuple[Reply, str]:
        """The reply, and how it went in the words of `bot.happenings.Answered`."""
        reader = texts(self._spoken(call.language), self._timezone)
        try:
            asked = await self._understand(call)
            reader = asked.texts
            await self._resume(asked)
            return await self._answer(asked), "done"
        except NearMiss as error:
            return Reply(error_card(str(error), buttons=error.buttons), private=True), "refused"
        except UserError as error:
            return Reply(error_card(str(error)), private=True), "refused"
        except StorageError as error:
            log.warning("command_without_database", error=str(error)[:500], platform=call.address.platform)
            message = next(message for kind, message in _STORAGE_ERRORS if isinstance(error, kind))
            return Reply(error_card(reader.t(message)), private=True), "no_database"
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("command_failed", reference=reference, platform=call.address.platform, length=len(call.text))
            said = reader.t("Sorry, that went wrong. The operators find it in the log under {reference}.", reference=reference)
            return Reply(error_card(said), private=True), "failed"

    async def _understand(self, call: CommandCall) -> _Asked:
        async with self._database.read() as tx:
            destination = await tx.destinations.find(call.address)
        language = destination.language if destination else self._spoken(call.language)
        timezone = destination.timezone if destination else self._timezone
        return _Asked(
            call=call,
            line=read_line(call.text),
            now=self._clock.now(),
            destination=destination,
            texts=texts(language, timezone),
            is_operator=str(call.actor) in self._operators,
        )

    async def _resume(self, asked: _Asked) -> None:
        """Where somebody writes to us we can be read again, whatever had stopped us from sending there."""
        if asked.destination is None or not asked.destination.paused:
            return
        with lesser_fault("destination_not_resumed"):
            async with self._database.begin() as tx:
                await tx.destinations.resume(asked.call.address, asked.now)

    async def _answer(self, asked: _Asked) -> Reply:
        line, reader = asked.line, asked.texts
        if line.too_long and not _takes_text(line):
            raise UserError(reader.t("That is too long: a command takes at most {limit} characters.", limit=LONGEST))
        command = self._command(asked)
        if not await self._permitted(command, asked):
            raise UserError(_refusal(command, reader))
        args = command.parse_args(line.rest, reader)
        if command.takes_file and asked.call.attached:
            asked = replace(asked, call=await with_file(asked.call, asked.call.attached, reader))
        words = command.elsewhere(args) if command.elsewhere else ""
        other = await self._elsewhere(words, command, asked) if words else None
        return await self._run(command, args, asked, other)

    def _command(self, asked: _Asked) -> Command[Any]:
        """The command that is meant. Raises NearMiss."""
        line, commands = asked.line, self._known_to(asked)
        if not line.text:
            name = "help" if line.slash else "start"
            return next(command for command in COMMANDS if command.name == name)
        found = find_command(line.name, COMMANDS)
        if found is not None:
            return found
        if line.slash:
            raise unknown_command(line.name, line.rest, commands, asked.texts)
        raise no_command(line, commands, asked.texts)

    def _known_to(self, asked: _Asked) -> list[Command[Any]]:
        return [command for command in COMMANDS if asked.is_operator or command.audience is not Audience.OPERATORS]

    async def _permitted(self, command: Command[Any], asked: _Asked) -> bool:
        """Whether the person may use the command here. No transaction is open while the platform is asked."""
        if asked.is_operator or command.audience is Audience.EVERYBODY:
            return True
        if command.audience is Audience.OPERATORS:
            return False
        if command.audience is Audience.MANAGERS_OF_GROUPS and asked.call.conversation_kind is ConversationKind.PRIVATE:
            return True
        return await self._may_manage(asked.call.actor, asked.call.address)

    async def _elsewhere(self, words: str, command: Command[Any], asked: _Asked) -> Destination:
        """Another conversation of this account that the person manages too. Raises NearMiss."""
        here, actor = asked.call.address, asked.call.actor
        async with self._database.read() as tx:
            known = await tx.destinations.of_account(here.platform, here.account)
        found = candidates(words, [each for each in known if each.address != here])
        managed = [each for each in found if asked.is_operator or await self._may_manage(actor, each.address)]
        return chosen(words, managed, lambda each: f"/{command.name} id:{each.id}", asked.texts)

    async def _run(self, command: Command[Any], args: object, asked: _Asked, other: Destination | None) -> Reply:
        async with self._database.begin() if command.writes else self._database.read() as tx:
            ctx = self._context(asked, tx)
            ctx.other = other
            reply = await command.run(ctx, args)
        if ctx.shown:
            await self._keep(ctx.shown, asked)
        return await self._linking(reply, ctx)

    async def _linking(self, reply: Reply, ctx: Context) -> Reply:
        """The reply with links to the messages that it speaks of. No transaction is open while the platform is asked."""
        link = self._link
        if link is None or not ctx.speaks_of:
            return reply
        urls = await asyncio.gather(*(link(post.address, post.reference) for _, post in ctx.speaks_of))
        buttons = [Button(label, url=url) for (label, _), url in zip(ctx.speaks_of, urls, strict=True) if url]
        return replace(reply, card=replace(reply.card, buttons=(*rows(*buttons), *reply.card.buttons)))

    def _context(self, asked: _Asked, tx: Transaction) -> Context:
        return Context(
            tx=tx,
            call=asked.call,
            now=asked.now,
            texts=asked.texts,
            destination=asked.destination,
            catalogue=self._catalogue,
            commands=self._known_to(asked),
            is_operator=asked.is_operator,
            timezone=self._timezone,
            may_ask=self._may_ask,
            page=asked.line.page,
            keep=self._keep_for,
        )

    async def _keep(self, shown: ShownList, asked: _Asked) -> None:
        """Write the list down. A database that cannot be written to spoils the numbers, not the answer."""
        with lesser_fault("list_not_kept"):
            async with self._database.begin() as tx:
                await tx.lists.keep(asked.call.actor, asked.call.address, shown.first, shown.release_ids, asked.now)

    def _spoken(self, language: str) -> str:
        code = language.replace("_", "-").partition("-")[0].lower()
        return code if code in SUPPORTED else self._language


def _takes_text(line: Line) -> bool:
    found = find_command(line.name, COMMANDS)
    return found is not None and found.takes_text


def _refusal(command: Command[Any], reader: Texts) -> str:
    if command.audience is Audience.OPERATORS:
        return reader.t("Only the operators of this bot can do that.")
    return reader.t("Only who manages this conversation can do that: an administrator of the group or channel, or an operator.")
