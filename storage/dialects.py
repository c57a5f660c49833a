"""What SQLite and PostgreSQL each say in their own way."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.models import Base


def insert_or_ignore(connection: AsyncConnection, row: type[Base]) -> Any:  # noqa: ANN401 - each dialect has a class of its own
    """An insert that passes over rows which a unique constraint forbids."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    return insert(row).on_conflict_do_nothing()
