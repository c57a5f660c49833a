"""One contract suite: everything here runs on both engines, through `bot.ports` as far as it can.

What one of them alone knows (a file, a lock file, a second connection that writes at the same time) asks for `sqlite_url` or
`postgres_url`.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import SqlDatabase
from tests.fakes.world import World


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite database that is not there yet."""
    return f"sqlite:///{tmp_path / 'pressevagt.db'}"


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database on each engine in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def world(database: SqlDatabase) -> World:
    """An empty installation."""
    return World(database)
