"""One contract suite: everything here runs on both engines, through `bot.ports` as far as it can.

What one of them alone knows (a file, a lock file, a second connection that writes at the same time) asks for `sqlite_url` or
`postgres_url`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.database import SqlDatabase
from tests.fakes.world import World
from tests.storage.together import Pair


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'pressevagt.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database on each engine in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def pair(postgres_url: str) -> AsyncIterator[Pair]:
    """An empty installation, seen by two processes."""
    here, there = SqlDatabase(postgres_url), SqlDatabase(postgres_url)
    yield Pair(World(here), World(there))
    await here.close()
    await there.close()


@pytest.fixture
def world(database: SqlDatabase) -> World:
    """An empty installation."""
    return World(database)
