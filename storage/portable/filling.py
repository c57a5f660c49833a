"""What follows once rows were written into a database from elsewhere: numbers that go on, and a search index of its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, Integer, Table, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.release import ReleaseId
from storage.dialects import is_sqlite
from storage.models import ReleaseRow
from storage.portable.tables import Row
from storage.releases import SqlReleases
from storage.search_index import index

_SEQUENCE = text("SELECT pg_get_serial_sequence(:table, :column)")
_GO_ON = text("SELECT setval(CAST(:sequence AS regclass), :last)")


async def insert_rows(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Write rows as they are."""
    if rows:
        await connection.execute(table.insert(), rows)


async def go_on_numbering(connection: AsyncConnection, tables: Sequence[Table]) -> None:
    """Have new rows numbered after those that were written with their numbers; SQLite sees to that itself."""
    if is_sqlite(connection):
        return
    for table in tables:
        for column in table.primary_key:
            if isinstance(column.type, BigInteger | Integer):
                named = {"table": f'"{table.name}"', "column": column.name}
                sequence = (await connection.execute(_SEQUENCE, named)).scalar_one()
                last = (await connection.execute(select(func.max(column)))).scalar_one()
                if sequence is not None and last is not None:
                    await connection.execute(_GO_ON, {"sequence": sequence, "last": last})
    await connection.execute(text("ANALYZE"))


async def index_releases(connection: AsyncConnection, after: int, limit: int) -> list[int]:
    """Make the next releases findable, in a database of this version's schema; their ids, none where all are through."""
    query = select(ReleaseRow.id).where(ReleaseRow.id > after).order_by(ReleaseRow.id).limit(limit)
    ids = list((await connection.execute(query)).scalars())
    if not ids:
        return []
    releases = await SqlReleases(connection).many([ReleaseId(ident) for ident in ids])
    await index(connection, [(release.id, release.versions) for release in releases], anew=True)
    return ids
