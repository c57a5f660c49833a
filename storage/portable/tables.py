"""Which tables a database has, and their rows by primary key: of any schema that we ever had, on either engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import JSON, Column, Connection, DateTime, MetaData, Table, bindparam, func, inspect, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from storage.models import UtcDateTime

Row = dict[str, Any]
"""Values by column, as Python has them: aware UTC times, JSON values."""
Key = list[Any]
"""The values of a row's primary key: numbers and words."""

RECORD = "carried"
"""The table in which a migration of data notes how far it has come."""
_INDEX = "release_search"
"""Each engine has a search index of its own making, and tables beside it: it is made anew from the releases."""
_NOT_CARRIED = frozenset({"alembic_version", RECORD})


async def tables_of(connection: AsyncConnection) -> list[Table]:
    """What there is to carry, in an order in which a table comes after those that it refers to; the same order every time."""
    return await connection.run_sync(_tables)


def _tables(connection: Connection) -> list[Table]:
    looking, metadata = inspect(connection), MetaData()
    names = sorted(name for name in looking.get_table_names() if name not in _NOT_CARRIED and not name.startswith(_INDEX))
    behind = {name: sorted({key["referred_table"] for key in looking.get_foreign_keys(name)} - {name}) for name in names}
    found = []
    for name in TopologicalSorter(behind).static_order():
        keys = set(looking.get_pk_constraint(name)["constrained_columns"])
        columns = [Column(c["name"], _type(c["type"]), primary_key=c["name"] in keys) for c in looking.get_columns(name)]
        found.append(Table(name, metadata, *columns))
    return found


def _type(found: TypeEngine[Any]) -> TypeEngine[Any]:
    if isinstance(found, DateTime):
        return UtcDateTime()
    return JSON(none_as_null=True) if isinstance(found, JSON) else found


async def rows_of(connection: AsyncConnection, table: Table, after: Key | None, limit: int) -> list[Row]:
    """The next rows of a table, by its primary key."""
    columns = list(table.primary_key)
    query = select(table).order_by(*columns).limit(limit)
    if after is not None:
        values = [bindparam(None, value, type_=column.type) for column, value in zip(columns, after, strict=True)]
        query = query.where(tuple_(*columns) > tuple_(*values) if len(columns) > 1 else columns[0] > values[0])
    return [{name: _without_nul(value) for name, value in row.items()} for row in (await connection.execute(query)).mappings()]


def key_of(table: Table, row: Mapping[str, Any]) -> Key:
    """The primary key of a row."""
    return [row[column.name] for column in table.primary_key]


async def count_rows(connection: AsyncConnection, table: Table) -> int:
    """How many rows a table has."""
    return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def first_filled(connection: AsyncConnection, tables: Sequence[Table]) -> str | None:
    """The name of a table that has a row, if any has."""
    for table in tables:
        if (await connection.execute(select(1).select_from(table).limit(1))).first():
            return table.name
    return None


def _without_nul(value: Any) -> Any:  # noqa: ANN401 - whatever stands in a column
    """No text of PostgreSQL can hold the character NUL, and none needs to."""
    return value.replace("\0", "") if isinstance(value, str) else value
