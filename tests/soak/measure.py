"""What a process and its database weigh at a moment when nothing is under way."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
import threading
from dataclasses import dataclass
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.pool import NullPool

from storage.database import SqlDatabase

_PAST = "release.feed_id IN (SELECT id FROM feed WHERE newsroom_id IN (SELECT id FROM newsroom WHERE slug IN ({slugs})))"


@dataclass(frozen=True, slots=True)
class Sample:
    """`memory` (resident), `file` and `wal` in bytes; `blocks` of memory that Python has in use.

    `rows` by table, and `lively`: deliveries of the feeds that publish much.
    """

    day: int
    memory: int
    blocks: int
    objects: int
    files: int
    tasks: int
    threads: int
    connections: int
    file: int
    wal: int
    rows: dict[str, int]
    lively: int
    took: float = 0.0

    @property
    def figures(self) -> dict[str, int]:
        """All of it by name."""
        named = {
            name: getattr(self, name) for name in ("memory", "blocks", "objects", "files", "tasks", "threads", "connections", "wal")
        }
        return named | {"lively": self.lively} | {f"rows of {table}": count for table, count in self.rows.items()}


class Scales:
    """Weighs this process and its database. `lively`: the slugs of newsrooms whose old deliveries are taken away in time."""

    def __init__(self, database: SqlDatabase, lively: list[str]) -> None:
        self._database = database
        self._lively = _PAST.format(slugs=", ".join(f"'{slug}'" for slug in lively))
        self._engine = _engine(database)
        self._tables = sorted(name for name in inspect(self._engine).get_table_names() if not name.startswith("release_search"))

    def weigh(self, day: int, took: float) -> Sample:
        """Now; garbage is collected and bounded caches are emptied before, and what is free is given back to the system.

        `took`: seconds since the last, by true time.
        """
        for each in gc.get_objects():
            if isinstance(each, _lru_cache_wrapper) and each.cache_parameters()["maxsize"] is not None:
                each.cache_clear()
        gc.collect()
        _give_back()
        rows, lively = self._rows()
        path = Path(self._database.url.database or "")
        pool: Any = self._database._engine.pool
        return Sample(
            day,
            memory=resident(),
            blocks=sys.getallocatedblocks(),
            objects=len(gc.get_objects()),
            files=len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0,
            tasks=len(asyncio.all_tasks()),
            threads=threading.active_count(),
            connections=pool.checkedin() + pool.checkedout(),
            file=_size(path),
            wal=_size(path.with_name(f"{path.name}-wal")),
            rows=rows,
            lively=lively,
            took=took,
        )

    def _rows(self) -> tuple[dict[str, int], int]:
        with self._engine.connect() as connection:
            rows = {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in self._tables}  # noqa: S608
            query = f"SELECT count(*) FROM delivery JOIN release ON release.id = delivery.release_id WHERE {self._lively}"  # noqa: S608
            return rows, connection.execute(text(query)).scalar_one()


def _engine(database: SqlDatabase) -> Engine:
    url = database.url if database.is_shared else database.url.set(drivername="sqlite")
    return create_engine(url, poolclass=NullPool)


def _give_back() -> None:
    """What the C library keeps for later is not in use: up to a third of what is resident, now more, now less."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:  # musl has none
        trim(0)


def resident() -> int:
    """Bytes of memory that this process has in hand; 0 where the system does not say."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
