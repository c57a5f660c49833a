"""The accounts that installed us, where the database keeps them."""

from __future__ import annotations

from bot.checks.line import CheckLine, ChecksInstalled
from bot.errors import PressevagtError
from bot.i18n import Texts
from storage.database import SqlDatabase
from storage.inspection import Schema, inspect


async def check_installed(url: str, adapter: ChecksInstalled, texts: Texts, *, offline: bool) -> list[CheckLine]:
    """The adapter's lines about them; none where the database cannot be read, of which its own check tells."""
    try:
        if (await inspect(url)).schema is not Schema.THIS:
            return []
    except PressevagtError:
        return []
    database = SqlDatabase(url)
    try:
        return [*await adapter.check_installed(database, texts, offline=offline)]
    finally:
        await database.close()
