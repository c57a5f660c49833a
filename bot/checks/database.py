"""Is the database there, of this version, writable, and is there room?"""

from __future__ import annotations

from datetime import timedelta
from typing import NoReturn

from bot.checks.line import CheckLine
from bot.clock import SystemClock
from bot.domain.newsroom import Feed
from bot.errors import PressevagtError
from bot.i18n import Texts
from storage.database import SqlDatabase
from storage.inspection import Found, Schema, inspect

WHAT = "DATABASE_URL"
ROOM = 200 * 1024**2
"""Bytes: with less, a backup or a migration may find none."""
_MB = 1024**2


class _Undone(Exception):
    """Rolls the transaction back in which we tried to write."""


async def check_database(url: str, texts: Texts) -> tuple[list[CheckLine], list[Feed]]:
    """Its lines, and the feeds that it holds, where it can be read. Nothing is made, migrated or written for good."""
    try:
        found = await inspect(url)
    except PressevagtError as error:
        return [CheckLine(WHAT, str(error), texts.t("do as it says"))], []
    lines = [_schema(found, texts), *_room(found, texts)]
    if found.schema is not Schema.THIS:
        return lines, []
    database = SqlDatabase(url)
    try:
        return [*lines, await _writable(database, texts)], await _feeds(database)
    finally:
        await database.close()


def _schema(found: Found, texts: Texts) -> CheckLine:
    match found.schema:
        case Schema.NONE if not found.can_be_made:
            said = texts.t("{name} is not there, and cannot be made", name=found.place)
            return CheckLine(WHAT, said, texts.t("give this user the right to write its folder, or set another place"))
        case Schema.NONE:
            return CheckLine(WHAT, texts.t("{name} is not there yet; the first run makes it", name=found.place))
        case Schema.OLDER:
            said = texts.t(
                "{name} has schema {current}; the next run brings it to {newest} (back it up before)",
                name=found.place,
                current=found.current or "-",
                newest=found.newest,
            )
            return CheckLine(WHAT, said)
        case Schema.NEWER:
            said = texts.t("{name} was made by a newer version (schema {current})", name=found.place, current=found.current)
            return CheckLine(WHAT, said, texts.t("use that version of Pressevagt"))
        case Schema.THIS:
            return CheckLine(
                WHAT, texts.t("{name} answers, with this version's schema ({newest})", name=found.place, newest=found.newest)
            )


def _room(found: Found, texts: Texts) -> list[CheckLine]:
    if found.free is None:
        return []
    said = texts.t("{megabytes} MB are free on its disk", megabytes=texts.number(found.free // _MB))
    remedy = "" if found.free >= ROOM else texts.t("make room: at least {megabytes} MB", megabytes=texts.number(ROOM // _MB))
    return [CheckLine(WHAT, said, remedy)]


def _undo() -> NoReturn:
    raise _Undone


async def _writable(database: SqlDatabase, texts: Texts) -> CheckLine:
    now = SystemClock().now()
    try:
        async with database.begin() as tx:
            await tx.marks.set("check:writable", now + timedelta(minutes=1), now)
            _undo()
    except _Undone:
        return CheckLine(WHAT, texts.t("can be written (tried, and undone)"))
    except PressevagtError as error:
        return CheckLine(WHAT, str(error), texts.t("do as it says"))


async def _feeds(database: SqlDatabase) -> list[Feed]:
    async with database.read() as tx:
        return list(await tx.feeds.all())
