"""What a database is like, found out without making, migrating or changing it."""

from __future__ import annotations

import asyncio
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL

from storage.engine import database_url, is_shared, name_of, sync_engine
from storage.errors import storage_errors
from storage.postgres import place

SCRIPTS = "storage:migrations"


class Schema(Enum):
    """Which schema a database has, seen from this version."""

    NONE = auto()
    """There is no database yet, or an empty one."""
    OLDER = auto()
    """One that a migration brings up to this version's."""
    THIS = auto()
    NEWER = auto()
    """One that this version does not know."""


@dataclass(frozen=True, slots=True)
class Found:
    """A database: its place, its schema by the ids of migrations, and the bytes free on its disk (None: not ours to see).

    `can_be_made`: where there is none yet, whether this user may make it.
    """

    place: str
    schema: Schema
    current: str | None
    newest: str
    free: int | None = None
    can_be_made: bool = True


async def inspect(url: str) -> Found:
    """Look at a database. Raises SettingsError for what is no address of one, StorageError where it cannot be reached."""
    return await asyncio.to_thread(_inspect, database_url(url))


def _inspect(address: URL) -> Found:
    file = None if is_shared(address) else Path(address.database or "")
    if file is not None and not file.exists():
        folder = _nearest(file.parent)
        can_be_made = os.access(folder, os.W_OK | os.X_OK)
        return Found(_place(address), Schema.NONE, None, _newest(_scripts()), _free(folder), can_be_made)
    current, newest, schema = _schema(address)
    return Found(_place(address), schema, current, newest, _free(file.parent) if file else None)


def _place(address: URL) -> str:
    """Where it is, in no language: no user and no password are in it."""
    return place(address) if is_shared(address) else str(address.database)


def _schema(address: URL) -> tuple[str | None, str, Schema]:
    engine = sync_engine(address)
    try:
        with storage_errors(name_of(address)), engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    scripts = _scripts()
    newest = _newest(scripts)
    known = {script.revision for script in scripts.walk_revisions()}
    if current is None:
        return None, newest, Schema.NONE
    if current not in known:
        return current, newest, Schema.NEWER
    return current, newest, Schema.THIS if current == newest else Schema.OLDER


def _scripts() -> ScriptDirectory:
    settings = Config()
    settings.set_main_option("script_location", SCRIPTS)
    return ScriptDirectory.from_config(settings)


def _newest(scripts: ScriptDirectory) -> str:
    return str(scripts.get_current_head())


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next((each for each in (folder, *folder.absolute().parents) if each.is_dir()), Path("/"))


def _free(folder: Path) -> int | None:
    with suppress(OSError):
        return shutil.disk_usage(folder).free
    return None
