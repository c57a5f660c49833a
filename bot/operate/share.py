"""`pressevagt export` and `pressevagt import`: newsrooms and everything that is set, for the whole installation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from bot import log
from bot.clock import TimeKeeper
from bot.commands.context import Context
from bot.commands.exchange import apply, conversation_of, differences, line_for
from bot.commands.record import recorded, state_of
from bot.domain.subscription import Address, Destination
from bot.errors import SettingsError, UserError
from bot.exchange import opml
from bot.exchange.document import LONGEST, Conversation, Document, NewsroomLine, at_line, line_of, read, write
from bot.feeds.catalogue import Catalogue, entry_for_address
from bot.feeds.fetching.guard import Guard
from bot.i18n import texts
from bot.operate.opened import opened
from bot.ports import Actor, CommandCall, Transaction
from bot.settings import Settings, load
from storage.engine import database_url
from storage.portable.keeping import new_file

_OPERATOR = "operator"
_WHO = Actor("cli", "", _OPERATOR, "pressevagt import")
"""Whom the record names. It is nobody that a platform could write to."""
_READER = texts("en", "UTC")


class _Rehearsed(Exception):
    """All of it was tried, and is rolled back."""


def export(env_file: Path | None, file: Path, destination: str | None, *, force: bool) -> None:
    """Write what is set into a file, as OPML where it ends so. Raises PressevagtError."""
    with new_file(database_url(load(env_file).database_url.get_secret_value()), file, force=force) as path:
        document = asyncio.run(_export(env_file, destination))
        path.write_text(_written(document, file), encoding="utf-8")
    said = _counted(len(document.newsrooms), "newsroom"), _counted(len(document.conversations), "conversation")
    click.echo(f"{file}: {', '.join(said)}")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _written(document: Document, file: Path) -> str:
    if file.suffix == ".opml":
        return opml.write("Pressevagt", [opml.Outline(each.name, each.feed, each.page) for each in document.newsrooms])
    return write(document, datetime.now().astimezone())


async def _export(env_file: Path | None, destination: str | None) -> Document:
    settings = load(env_file)
    async with opened(env_file) as database:
        now = (await TimeKeeper(database).set()).now()
        async with database.read() as tx:
            chosen = [each for each in await _conversations(tx) if destination is None or str(each.address) == destination]
            if destination is not None and not chosen:
                raise UserError(f"there is no conversation {destination!r}; write its address as /status and the log have it")
            conversations, spoken_of = [], set()
            for each in chosen:
                said = await conversation_of(_context(tx, settings, each.address, each, now), each)
                conversations.append(Conversation(said.settings, said.subscriptions, each.address, each.kind, each.title))
                spoken_of |= set(said.subscriptions)
            return Document(await _newsrooms(tx, settings, spoken_of, now, offered=destination is None), conversations)


async def _conversations(tx: Transaction) -> list[Destination]:
    found = [each for platform in await tx.forgetting.platforms() for each in await tx.forgetting.known(platform)]
    return sorted(found, key=lambda each: str(each.address))


async def _newsrooms(
    tx: Transaction, settings: Settings, spoken_of: set[str], now: datetime, *, offered: bool
) -> Sequence[NewsroomLine]:
    """Those that are subscribed to and, of the whole installation, those that operators offer (not the settings)."""
    by_operators = {each.id for each in await tx.newsrooms.offered(_OPERATOR)} if offered else set()
    ctx = _context(tx, settings, Address("", "", ""), None, now)
    lines = []
    for each in await tx.newsrooms.all():
        if each.id in by_operators or each.slug in spoken_of:
            said = await line_for(ctx, each)
            lines.append(NewsroomLine(said.slug, said.name, said.feed, said.page, offered=each.id in by_operators))
    return lines


def import_(env_file: Path | None, file: Path, *, dry_run: bool) -> None:
    """Take what a file says, all of it or nothing; OPML offers its newsrooms to everybody. Raises PressevagtError."""
    try:
        text = file.read_bytes()[: 4 * LONGEST].decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{file} cannot be read: {error}") from None
    if text.lstrip().startswith("<"):
        lines = [NewsroomLine(each.feed, each.name, each.feed, each.page, offered=True) for each in opml.read(text, _READER)]
        document = Document(lines, (), text)
    else:
        document = read(text, _READER)
    asyncio.run(_import(env_file, document, dry_run=dry_run))


async def _import(env_file: Path | None, document: Document, *, dry_run: bool) -> None:
    settings = load(env_file)
    async with opened(env_file) as database:
        now = (await TimeKeeper(database).set()).now()
        said: list[str] = []
        try:
            async with database.begin() as tx:
                said = [*await _offer(tx, document, now), *await _set(tx, settings, document, now)]
                _unless(dry_run)
        except _Rehearsed:
            pass
    for line in said or ["nothing is otherwise there"]:
        click.echo(log.safe(line))
    click.echo("tried, and nothing was changed" if dry_run else "imported")


def _unless(dry_run: bool) -> None:  # noqa: FBT001 - it reads as a sentence
    if dry_run:
        raise _Rehearsed


async def _offer(tx: Transaction, document: Document, now: datetime) -> list[str]:
    before, said = await tx.newsrooms.offered(), list[str]()
    followed = {feed.newsroom.id for feed in await tx.feeds.all()}
    for line in document.newsrooms:
        try:
            entry = Catalogue.load().get(line.slug) or entry_for_address(line.feed)
        except SettingsError as error:
            raise at_line(line_of(document.text, line.feed), str(error), _READER) from None
        if line.offered and not any(each.slug == entry.slug for each in before):
            newsroom = await tx.newsrooms.ensure(entry, offered_by=_OPERATOR, now=now)
            if newsroom.id not in followed:
                # Nobody followed it until now: what came out meanwhile is no news.
                await tx.feeds.wake(newsroom.id, now, prime=True)
            said.append(f"offered: {newsroom.name}")
    return said


async def _set(tx: Transaction, settings: Settings, document: Document, now: datetime) -> list[str]:
    said = []
    for conversation in document.conversations:
        if conversation.address is None:
            raise UserError("the file does not say whose settings these are; a manager reads it there with /import")
        found = await tx.destinations.find(conversation.address)
        ctx = _context(tx, settings, conversation.address, found, now, conversation)
        await ctx.ensure_destination()
        before = await state_of(ctx)
        async with recorded(ctx, "import"):
            await apply(ctx, conversation, document)
        said += [f"{conversation.address}: {line}" for line in await differences(ctx, before)]
    return said


def _context(
    tx: Transaction,
    settings: Settings,
    address: Address,
    destination: Destination | None,
    now: datetime,
    conversation: Conversation | None = None,
) -> Context:
    """As if an operator said it there."""
    said = conversation or Conversation()
    call = CommandCall("/import", _WHO, address, said.kind, said.title)
    reader = texts(destination.language, destination.timezone) if destination else texts(settings.language, settings.timezone)
    return Context(
        tx=tx,
        call=call,
        now=now,
        texts=reader,
        destination=destination,
        catalogue=Catalogue.load(),
        commands=(),
        is_operator=True,
        timezone=settings.timezone,
        may_ask=Guard(settings.allow_private_addresses).permits,
    )
