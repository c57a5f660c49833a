"""The installation's database, for commands that work beside a bot: it is there, and of this version."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot import log
from bot.errors import StorageError
from bot.settings import load
from storage.database import SqlDatabase
from storage.inspection import Schema, inspect


@asynccontextmanager
async def opened(env_file: Path | None) -> AsyncIterator[SqlDatabase]:
    """The database, which is neither made nor migrated. Raises SettingsError and StorageError."""
    settings = load(env_file)
    log.configure("warning", settings.log_format)
    url = settings.database_url.get_secret_value()
    await there(url)
    database = SqlDatabase(url)
    try:
        yield database
    finally:
        await database.close()


async def there(url: str) -> None:
    """Make sure that a database is there, and of this version. Raises SettingsError and StorageError."""
    found = await inspect(url)
    match found.schema:
        case Schema.NONE:
            raise StorageError(f"{found.place} is not there yet: the first `pressevagt run` makes it; check DATABASE_URL")
        case Schema.OLDER:
            raise StorageError(
                f"{found.place} is of an older version; `pressevagt run` brings it up to this one (back it up before)"
            )
        case Schema.NEWER:
            raise StorageError(f"{found.place} was made by a newer version of Pressevagt; use that version")
