"""One contract suite: everything here goes through `bot.ports` as far as it can, so that any database can be put beneath."""

from __future__ import annotations

import pytest

from storage.database import SqlDatabase
from tests.fakes.world import World


@pytest.fixture
def world(database: SqlDatabase) -> World:
    """An empty installation."""
    return World(database)
