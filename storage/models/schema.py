"""What all tables are made of: kinds of columns, names of constraints, and the list that knows every table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Dialect, Integer, MetaData, Text, TypeDecorator, text
from sqlalchemy import DateTime as NaiveDateTime
from sqlalchemy.orm import DeclarativeBase


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so it is taken off on the way in and put back on the way out."""

    impl = NaiveDateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: D102
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a time without zone reached the database: {value!r}"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002, D102
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text. PostgreSQL's cannot hold the character NUL, and no text needs one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002, D102
        return value.replace("\0", "") if value and "\0" in value else value


# An INTEGER primary key is SQLite's rowid; elsewhere ids are 64 bits wide.
Id = BigInteger().with_variant(Integer, "sqlite")

NEVER_AGAIN = {"sqlite_autoincrement": True}
"""For tables whose ids are known outside of them: SQLite would give the id of the newest row, once it is gone, to the next."""


def only(condition: str) -> dict[str, Any]:
    """What makes an index one of those rows alone that meet a condition in SQL, on either engine."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, int: BigInteger, str: Words, bool: Boolean}  # noqa: RUF012
