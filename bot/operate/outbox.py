"""`pressevagt outbox`: how it stands, and what becomes of dead letters."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

import click

from bot import log
from bot.clock import TimeKeeper
from bot.domain.delivery import DeliveryId
from bot.domain.release import ReleaseId
from bot.errors import UserError
from bot.operate.opened import opened
from bot.ports import AccountHealth, DeadLetter, OutboxHealth


def show_outbox(env_file: Path | None) -> None:
    """Print how the outbox stands, in all and by account. Raises PressevagtError."""
    asyncio.run(_show(env_file))


def list_dead(env_file: Path | None, limit: int) -> None:
    """Print the newest dead letters. Raises PressevagtError."""
    asyncio.run(_list(env_file, limit))


def retry_dead(env_file: Path | None, ids: Collection[int] | None) -> None:
    """Owe dead letters anew; None: all of them. Raises PressevagtError."""
    done = asyncio.run(_retry(env_file, ids))
    _say(f"{len(done)} tried anew, as soon as a bot runs", ids, done)


def drop_dead(env_file: Path | None, ids: Collection[int] | None) -> None:
    """Let dead letters be; None: all of them. Raises PressevagtError."""
    done = asyncio.run(_drop(env_file, ids))
    _say(f"{len(done)} dropped", ids, done)


async def _show(env_file: Path | None) -> None:
    async with opened(env_file) as database, database.read() as tx:
        health, accounts = await tx.outbox.health(), await tx.outbox.by_account()
    for line in standing(health, accounts):
        click.echo(log.safe(line))


async def _list(env_file: Path | None, limit: int) -> None:
    async with opened(env_file) as database, database.read() as tx:
        letters = await tx.outbox.dead_letters(limit)
        about = [letter.release_id for letter in letters if letter.release_id is not None]
        titles = {release.id: release.content().title for release in await tx.releases.many(about)}
    for letter in letters:
        click.echo(log.safe(described(letter, titles)))
    if not letters:
        click.echo("nothing was given up")


async def _retry(env_file: Path | None, ids: Collection[int] | None) -> Sequence[int]:
    async with opened(env_file) as database:
        now = (await TimeKeeper(database).set()).now()
        async with database.begin() as tx:
            return await tx.outbox.retry(_deliveries(ids), now)


async def _drop(env_file: Path | None, ids: Collection[int] | None) -> Sequence[int]:
    async with opened(env_file) as database:
        now = (await TimeKeeper(database).set()).now()
        async with database.begin() as tx:
            return await tx.outbox.drop(_deliveries(ids), now)


def standing(health: OutboxHealth, accounts: Sequence[AccountHealth]) -> list[str]:
    """How the outbox stands, in lines."""
    lines = [
        f"pending    {health.pending}{_since(health.oldest_pending)}",
        f"held       {health.held}",
        f"dead       {health.dead}{'  (pressevagt outbox dead)' if health.dead else ''}",
        f"ambiguous  {health.ambiguous}",
        f"fan-outs   {health.cursors}",
    ]
    counted = [
        f"{each.platform}:{each.account}  pending {each.pending}, held {each.held}, dead {each.dead}{_since(each.oldest_pending)}"
        for each in accounts
        if each.pending or each.held or each.dead
    ]
    return [*lines, *counted]


def described(letter: DeadLetter, titles: dict[ReleaseId, str]) -> str:
    """A dead letter in one line: id, when, where, what, why."""
    when = _moment(letter.done_at) if letter.done_at else "-"
    where = f"{letter.destination.address} ({letter.destination.title})" if letter.destination.title else letter.destination.address
    about = f" {titles[letter.release_id]!r}" if letter.release_id in titles else ""
    return f"{letter.id}  {when}  {where}  {letter.kind}{about}: {letter.reason}"


def _say(said: str, ids: Collection[int] | None, done: Collection[int]) -> None:
    click.echo(said)
    others = sorted(set(ids or ()) - set(done))
    if others:
        named = ", ".join(map(str, others))
        raise UserError(f"no dead letter: {named}; `pressevagt outbox dead` lists those that there are")


def _deliveries(ids: Collection[int] | None) -> Collection[DeliveryId] | None:
    return None if ids is None else [DeliveryId(ident) for ident in ids]


def _since(moment: datetime | None) -> str:
    return f"  (oldest since {_moment(moment)})" if moment else ""


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%SZ}"
