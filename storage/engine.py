"""How a database is reached: its address and its engines, by which database it is."""

from __future__ import annotations

import json
import re

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SettingsError
from storage import postgres, sqlite

BUSY_TIMEOUT = 10.0
"""Seconds a connection waits for another's write before it gives up."""

_EXAMPLES = "sqlite:///path/to/file.db or postgresql://user:password@host/database"
_POSTGRES = {"postgres", "postgresql"}
_DRIVERS = {"sqlite", "sqlite+aiosqlite", "postgres", "postgresql", "postgresql+psycopg"}


def database_url(text: str) -> URL:
    """`DATABASE_URL` with its asynchronous driver; raises SettingsError for what is no database we keep things in."""
    try:
        url = make_url(text)
    except ArgumentError:
        message = f"DATABASE_URL is not a database address; it should look like {_EXAMPLES}"
        raise SettingsError(message) from None
    if url.drivername not in _DRIVERS:
        message = f"DATABASE_URL names {url.drivername}, which this version does not support; use {_EXAMPLES}"
        raise SettingsError(message)
    return postgres.postgres_url(url) if url.get_backend_name() in _POSTGRES else sqlite.sqlite_url(url)


def is_shared(url: URL) -> bool:
    """Whether several workers may use the database at once: SQLite has one writer, and one worker."""
    return url.get_backend_name() != "sqlite"


def name_of(url: URL) -> str:
    """The database as messages call it; no password is in it."""
    return f"the database {postgres.place(url) if is_shared(url) else url.database}"


_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def to_json(value: object) -> str:
    """A value as JSON, as every column of it is written."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # No text of PostgreSQL can hold the character NUL, and none needs to.
    return _NUL.sub(r"\1", text) if "\\u0000" in text else text


def async_engine(url: URL, *, limited: bool = True) -> AsyncEngine:
    """The engine that the bot works with; the folder of a file is made. `limited`: no statement of it takes long."""
    if is_shared(url):
        engine = create_async_engine(
            url,
            pool_size=5,
            max_overflow=5,
            pool_timeout=BUSY_TIMEOUT,
            isolation_level="READ COMMITTED",
            connect_args=postgres.connect_args(url, limited=limited),
            json_serializer=to_json,
        )
        postgres.prepare(engine.sync_engine)
        return engine
    sqlite.make_folder(url)
    connect_args = {"timeout": BUSY_TIMEOUT}
    engine = create_async_engine(url, pool_size=5, max_overflow=5, connect_args=connect_args, json_serializer=to_json)
    sqlite.prepare(engine.sync_engine)
    return engine


def sync_engine(url: URL) -> Engine:
    """An engine of the same making for migrations, which are no coroutines and may take their time."""
    if is_shared(url):
        return create_engine(url, connect_args=postgres.connect_args(url, limited=False), json_serializer=to_json)
    sqlite.make_folder(url)
    connect_args = {"timeout": BUSY_TIMEOUT}
    engine = create_engine(url.set(drivername="sqlite"), connect_args=connect_args, json_serializer=to_json)
    sqlite.prepare(engine)
    return engine
