"""`pressevagt backup` and `pressevagt restore`."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from bot import log
from bot.operate.progress import shown
from bot.settings import load
from storage.portable.keeping import back_up, restore


def make_backup(env_file: Path | None, file: Path, *, force: bool, portable: bool) -> None:
    """Write the installation into a file, and say what is in it. Raises PressevagtError."""
    settings = load(env_file)
    log.configure("warning", settings.log_format)
    with shown() as say:
        kept = asyncio.run(back_up(settings.database_url.get_secret_value(), file, say, force=force, portable=portable))
    size = file.stat().st_size
    click.echo(f"{file}: {kept.rows} rows, schema {kept.schema}, {size / 1e6:.1f} MB; read back, and the same")


def restore_backup(env_file: Path | None, file: Path) -> None:
    """Put a file in the place of the installation. Raises PressevagtError."""
    settings = load(env_file)
    log.configure("warning", settings.log_format)
    with shown() as say:
        kept = asyncio.run(restore(settings.database_url.get_secret_value(), file, say))
    click.echo(f"restored from {file}: {kept.rows} rows, of schema {kept.schema}")
    if kept.former:
        click.echo(f"the former database is kept as {kept.former}; remove it once all is well")
