"""Hints that other processes gave, by PostgreSQL's LISTEN and NOTIFY."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Hint
from storage.postgres import CONNECT_WITHIN, connect_args, shut

if TYPE_CHECKING:
    from psycopg import AsyncConnection as Line

CHANNEL = "pressevagt"
LOOK_EVERY = 30.0
"""Seconds of silence after which the connection is asked whether it still stands."""
BACK_OFF = (0.1, 0.5, 1.0, 2.0, 5.0)
"""Seconds between tries to connect again; the last is repeated."""


async def notify(connection: AsyncConnection, sender: str, hints: Iterable[Hint]) -> None:
    """Have the hints told to all who listen once this transaction is committed."""
    said = f"{sender}:{','.join(sorted(each.value for each in hints))}"
    await connection.execute(select(func.pg_notify(CHANNEL, said)))


@asynccontextmanager
async def listening(url: URL, sender: str, tell: Callable[[Iterable[Hint]], None]) -> AsyncIterator[None]:
    """Pass on what others than the sender say, until the block ends.

    A connection that breaks is made anew; what was said meanwhile is lost, so all hints are told then.
    """
    tried = asyncio.Event()
    task = asyncio.create_task(_listen(url, sender, tell, tried))
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(tried.wait(), CONNECT_WITHIN)
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _listen(url: URL, sender: str, tell: Callable[[Iterable[Hint]], None], tried: asyncio.Event) -> None:
    import psycopg  # not by whoever works on SQLite

    failures = 0
    while True:
        try:
            async with await _connect(url) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                if tried.is_set():
                    tell(Hint)
                tried.set()
                failures = 0
                await _pass_on(connection, sender, tell)
        except (psycopg.Error, OSError):
            # The bot's own transactions say what is wrong with the database; hints are not worth a word of their own.
            tried.set()
            await asyncio.sleep(BACK_OFF[min(failures, len(BACK_OFF) - 1)])
            failures += 1


async def _connect(url: URL) -> Line[Any]:
    from psycopg import AsyncConnection as Line

    words: dict[str, Any] = {"host": url.host, "port": url.port, "user": url.username, "password": url.password}
    words |= {"dbname": url.database, **dict(url.query), **connect_args(url)}
    return await Line.connect(**{k: v for k, v in words.items() if v is not None}, autocommit=True)


async def _pass_on(connection: Line[Any], sender: str, tell: Callable[[Iterable[Hint]], None]) -> None:
    while True:
        async for heard in connection.notifies(timeout=LOOK_EVERY):
            who, _, names = heard.payload.partition(":")
            if who != sender:
                tell([hint for hint in Hint if hint.value in names.split(",")])
        hang_up = asyncio.get_running_loop().call_later(CONNECT_WITHIN, shut, connection)
        await connection.execute("SELECT 1")
        hang_up.cancel()
