"""The commands of buttons."""

from __future__ import annotations

from datetime import UTC, datetime

from storage.database import SqlDatabase

NOW = datetime(2026, 11, 20, 11, 1, tzinfo=UTC)


async def test_a_command_is_found_by_its_key(database: SqlDatabase) -> None:
    """Kept again it is the same one; an unknown key has none."""
    async with database.begin() as tx:
        await tx.buttons.keep({}, NOW)
        await tx.buttons.keep({"#1": "/search kajen", "#2": "/search havnen"}, NOW)
        await tx.buttons.keep({"#1": "/search kajen"}, NOW)
    async with database.read() as tx:
        assert await tx.buttons.command("#1") == "/search kajen"
        assert await tx.buttons.command("#3") is None
