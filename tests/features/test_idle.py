"""A bot that has nothing to do asks its database next to nothing."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import event

from bot.app import start
from bot.ports import Pace
from bot.roles import DISPATCH
from bot.settings import Settings
from tests.fakes.chat import ChatServer, HttpChatAdapter

SECONDS = 10.0
AT_MOST = 2.0
"""Statements a second and process (the outbox page of ARCHITECTURE.md)."""


class ManyAccounts(HttpChatAdapter):
    """A platform on which we have twenty accounts."""

    async def accounts(self) -> tuple[str, ...]:  # type: ignore[override]
        """All of them."""
        return tuple(f"bot-{number}" for number in range(20))


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_two_statements_a_second_are_enough(request: pytest.FixtureRequest, engine: str) -> None:
    """Twenty accounts owned, their leases renewed, the outbox looked at each second, other processes looked for."""
    url = request.getfixturevalue("database_url" if engine == "sqlite" else "postgres_url")
    settings = Settings.model_validate({"DATABASE_URL": url})
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        said.append(statement)

    async with ChatServer() as chat:
        adapter = ManyAccounts(chat.url, pace=Pace(at_once=1))
        only = {DISPATCH, "test"} if engine == "postgres" else None
        async with start(settings, [adapter], [], only=only, listen=False) as bot:
            async with asyncio.timeout(60):
                while bot.accounts[0].owned != [True] * 20:
                    await asyncio.sleep(0.05)
                await asyncio.sleep(2)  # what was to be done at the beginning is done
            event.listen(bot.database._engine.sync_engine, "before_cursor_execute", note)
            began = asyncio.get_running_loop().time()
            await asyncio.sleep(SECONDS)
            took = asyncio.get_running_loop().time() - began
            event.remove(bot.database._engine.sync_engine, "before_cursor_execute", note)
    ours = [statement for statement in said if engine == "postgres" or "feed" not in statement]
    assert len(ours) <= AT_MOST * took + 4, "\n".join(ours)  # four: the beats may fall into the time once more often
