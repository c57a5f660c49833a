"""`pressevagt forget`: erase all that is kept of a person or of a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import click

from bot import log
from bot.domain.subscription import Destination, DestinationId
from bot.errors import UserError
from bot.operate.opened import opened
from bot.ports import Database, Forgotten, Transaction

_BATCH = 200
_WORDS = {
    "destinations": ("conversation", "conversations"),
    "subscriptions": ("subscription", "subscriptions"),
    "deliveries": ("delivery", "deliveries"),
    "posts": ("message's id", "messages' ids"),
    "changes": ("change", "changes"),
    "lists": ("line of a list", "lines of lists"),
    "stories": ("story taken", "stories taken"),
}


def forget(env_file: Path | None, who: str, *, sure: bool) -> None:
    """Erase a person (`platform:id`) or a conversation (its address), and say what was erased. Raises PressevagtError."""
    asyncio.run(_forget(env_file, who, sure=sure))


async def _forget(env_file: Path | None, who: str, *, sure: bool) -> None:
    if ":" not in who:
        raise UserError(f"{who!r} names nobody; write a person as telegram:123, or a conversation's address as /status has it")
    async with opened(env_file) as database:
        async with database.read() as tx:
            found = await conversations(tx, who)
            if not found and who.count(":") > 1:
                raise UserError(f"nothing is kept of {who!r}; write the address as /status and the log have it")
            theirs = await tx.forgetting.contents([each.id for each in found])
        for each in found:
            click.echo(log.safe(f"{each.address}{f' ({each.title})' if each.title else ''}"))
        click.echo(_counted("kept of it", theirs))
        if not sure:
            click.confirm("Erase that, and the name and id beside everything else? It cannot be undone", abort=True)
        async with database.begin() as tx:
            beside = await tx.forgetting.person(who)
            await tx.forgetting.destinations(found)
        await clear(database, [each.id for each in found])
    click.echo(_counted("erased", theirs))
    click.echo(_counted("erased beside that", beside))


async def conversations(tx: Transaction, who: str) -> Sequence[Destination]:
    """The conversations that are meant: those of an address with their threads, or the private ones of a person."""
    known = await tx.forgetting.known(who.partition(":")[0])
    meant = [each for each in known if str(each.address) == who or str(each.address).startswith(f"{who}:")]
    # `platform:account` is no conversation: nobody means all of them.
    meant = [each for each in meant if who.count(":") > 1]
    return meant or await tx.forgetting.private_of(who)


async def clear(database: Database, husks: Sequence[DestinationId]) -> None:
    """Take away what is left of forgotten conversations, a few rows at a time."""
    for husk in husks:
        done = False
        while not done:
            async with database.begin() as tx:
                done = await tx.forgetting.clear(husk, _BATCH)


def _counted(what: str, found: Forgotten) -> str:
    counts = {field.name: getattr(found, field.name) for field in fields(found)}
    said = [f"{count} {_WORDS[name][count != 1]}" for name, count in counts.items() if count]
    return f"{what}: {', '.join(said) or 'nothing'}"
