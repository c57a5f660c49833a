"""`pressevagt migrate-data`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import click

from bot import log
from bot.operate.progress import shown
from storage.portable.moving import Compared, move


def migrate_data(source: str, target: str, *, while_running: bool) -> bool:
    """Carry an installation over, and print both sides' rows; whether they are the same. Raises PressevagtError."""
    log.configure("warning", "text")
    with shown() as say:
        compared = asyncio.run(move(source, target, say, while_running=while_running))
    for line in _table(compared):
        click.echo(line)
    same = all(table.same for table in compared)
    click.echo(
        "everything is there: set DATABASE_URL to the new database, and keep the old one until all is well"
        if same
        else "NOT the same: something wrote in the source meanwhile; migrate into a new database, with no worker running"
    )
    return same


def _table(compared: Sequence[Compared]) -> list[str]:
    if not compared:
        return ["the rows were compared before, and were the same"]
    width = max(len(table.name) for table in compared)
    return [
        f"{table.name:<{width}}  {table.source:>9}  {table.target:>9}  {'same' if table.same else 'DIFFERENT'}"
        for table in compared
    ]
