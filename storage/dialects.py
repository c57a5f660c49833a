"""What SQLite and PostgreSQL each say in their own way."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text, TypeDecorator, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import NullType, TypeEngine

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


class _Ids(TypeDecorator[Collection[int]]):
    """Ids sent along as one value."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else postgresql.ARRAY(BigInteger))

    def process_bind_param(self, value: Collection[int] | None, dialect: Dialect) -> Any:  # noqa: ANN401 - what the driver takes
        ids = [] if value is None else [int(ident) for ident in value]
        return json.dumps(ids) if dialect.name == "sqlite" else ids


class _Among(GenericFunction[Any]):
    """Whether a column is one of the ids that a parameter holds.

    Of no type: a truth value would be written as "... = 1" for SQLite, which then knows no index for it.
    """

    type = NullType()
    inherit_cache = True


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    column, ids = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{column} = ANY ({ids})"


@compiles(_Among, "sqlite")
def _in(element: _Among, compiler: SQLCompiler, **how: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    column, ids = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - a column of ours, and a parameter


def among(column: Any, name: str) -> _Among:  # noqa: ANN401 - a column of ids
    """The column is one of the ids of the parameter `name`.

    Unlike `column.in_(...)` it is the same statement for any number of them, which both drivers and PostgreSQL then keep prepared.
    """
    return _Among(column, bindparam(name, type_=_Ids()))
