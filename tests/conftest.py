"""What every test may ask for: a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import SqlDatabase
from storage.migrate import migrate


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """The address of a database that is not there yet."""
    return f"sqlite:///{tmp_path / 'pressevagt.db'}"


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[SqlDatabase]:
    """An empty database of the newest schema."""
    await migrate(database_url)
    opened = SqlDatabase(database_url)
    yield opened
    await opened.close()
