"""What every test may ask for: a database of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.database import SqlDatabase
from storage.migrate import migrate
from tests.fakes.postgres import NoPostgres, Server, running


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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for all tests of this process; without one the test is skipped."""
    try:
        with running() as server:
            yield server
    except NoPostgres as error:
        pytest.skip(str(error))


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """The address of an empty PostgreSQL database of the newest schema."""
    with postgres.empty() as url:
        yield url
