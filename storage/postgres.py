"""Connections to a PostgreSQL server: none waits for ever, and one that broke is noticed before it is used."""

from __future__ import annotations

import asyncio
import os
import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from bot.errors import SettingsError

CONNECT_WITHIN = 10
"""Seconds in which a connection must be made."""
PATIENCE = 60.0
"""Seconds that a transaction may take in all: longer than any statement of it, so that only a silent network comes to it."""

_LIMITS = "-c statement_timeout=30s -c lock_timeout=10s -c idle_in_transaction_session_timeout=60s -c jit=off"
_KEEPALIVES = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 20_000}


def postgres_url(url: URL) -> URL:
    """The address with the driver that serves both the bot and its migrations; raises SettingsError for options unknown to it."""
    import psycopg  # not by whoever works on SQLite: it takes a tenth of a second
    from psycopg.conninfo import make_conninfo

    try:
        make_conninfo(**dict.fromkeys(url.query, ""))
    except psycopg.ProgrammingError as error:
        raise SettingsError(f"DATABASE_URL has an option that PostgreSQL does not know ({error})") from None
    return url.set(drivername="postgresql+psycopg")


def place(url: URL) -> str:
    """Where the database is, for people to read: without user and password."""
    host = url.host or url.query.get("host") or "this machine"
    name = url.database or url.username or "postgres"
    return f"{name} on {host if isinstance(host, str) else ', '.join(host)}{f':{url.port}' if url.port else ''}"


def connect_args(url: URL, *, limited: bool = True) -> dict[str, Any]:
    """What to say when connecting, beside the address, whose own words come first. `limited`: no statement takes long."""
    words: dict[str, Any] = {"connect_timeout": CONNECT_WITHIN, "application_name": "pressevagt", **_KEEPALIVES}
    words = {word: value for word, value in words.items() if word not in url.query}
    if limited:
        asked = url.query.get("options", "")
        words["options"] = f"{_LIMITS} {asked if isinstance(asked, str) else ' '.join(asked)}".strip()
    return words


def prepare(engine: Engine) -> None:
    """Have every connection looked at before it is used."""
    event.listen(engine, "checkout", _on_checkout)


def _on_checkout(connection: Any, _record: ConnectionPoolEntry, _proxy: PoolProxiedConnection) -> None:  # noqa: ANN401
    # A server that stops says so: there is something to read where nothing was asked. To look for that costs no statement.
    driver = connection.driver_connection
    if not driver.closed:
        poll = select.poll()
        poll.register(driver.fileno(), select.POLLIN)
        if not poll.poll(0):
            return
    raise DisconnectionError("the server closed the connection")


@contextmanager
def patience(connection: AsyncConnection) -> Iterator[None]:
    """Hang up where the block takes longer than `PATIENCE`: what waits in it for the server then fails, instead of for ever."""
    driver = connection.sync_connection.connection.driver_connection if connection.sync_connection else None
    hang_up = asyncio.get_running_loop().call_later(PATIENCE, shut, driver)
    try:
        yield
    finally:
        hang_up.cancel()


def shut(driver: Any) -> None:  # noqa: ANN401 - psycopg's connection, of either kind
    """Close a connection's socket beneath it."""
    with suppress(Exception), socket.socket(fileno=os.dup(driver.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
