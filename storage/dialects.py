"""What SQLite and PostgreSQL each say in their own way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Base


def is_sqlite(connection: AsyncConnection) -> bool:
    """Whether there is one writer at a time: then nothing has to be locked."""
    return connection.dialect.name == "sqlite"


def insert_into(connection: AsyncConnection, row: type[Base]) -> Any:  # noqa: ANN401 - each dialect has a class of its own
    """An insert that may say what to do on a conflict."""
    return (sqlite.insert if is_sqlite(connection) else postgresql.insert)(row)


def insert_or_ignore(connection: AsyncConnection, row: type[Base]) -> Any:  # noqa: ANN401 - each dialect has a class of its own
    """An insert that passes over rows which a unique constraint forbids; it waits for whoever is just writing the same."""
    return insert_into(connection, row).on_conflict_do_nothing()


async def one_at_a_time(connection: AsyncConnection, *what: object) -> None:
    """Until the end of this transaction no other does the same thing: for what no row stands for yet."""
    if not is_sqlite(connection):
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(repr(what), 0))))
