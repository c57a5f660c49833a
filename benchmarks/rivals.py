"""The other engines of the outbox benchmark, with jobs that do nothing, each set up for speed as its documentation has it.

pgqueuer: one connection a process (psycopg, autocommit), batches of `BATCH` jobs in place of 10. It knows no keys: what it can do
for the order within a destination is an entrypoint for each that runs one job at a time. Without that it does less than we do.
Procrastinate: a pool of connections a process, `AT_ONCE` jobs at once in place of 1; a lock for each destination keeps its order.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

import psycopg
from crew import Begin, Tally
from pgqueuer.core.qm import QueueManager
from pgqueuer.db import PsycopgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries
from procrastinate import App, PsycopgConnector

BATCH = 100
AT_ONCE = 30
_CHUNK = 1000


class Rival(Protocol):
    """An engine: its jobs, and a process that does them."""

    @property
    def name(self) -> str:
        """As the table shows it."""
        ...

    async def owe(self, url: str, destinations: int, each: int) -> None:
        """So many jobs for each of so many destinations, in a database that is empty."""
        ...

    async def work(self, begin: Begin, tally: Tally, url: str) -> None:
        """Do jobs until all are done."""
        ...

    @property
    def unsettled(self) -> str:
        """A query for one job of which it is not written down that it was done."""
        ...


@dataclass(frozen=True)
class PgQueuer:
    """`in_order`: an entrypoint for each of so many destinations; 0: one for all, in whatever order."""

    in_order: int = 0

    @property
    def name(self) -> str:
        """As the table shows it."""
        return "pgqueuer, in order" if self.in_order else "pgqueuer, no order"

    @property
    def unsettled(self) -> str:
        """See `Rival.unsettled`."""
        return "SELECT 1 FROM pgqueuer LIMIT 1"

    def _entrypoint(self, destination: int) -> str:
        return f"deliver-{destination}" if self.in_order else "deliver"

    async def owe(self, url: str, destinations: int, each: int) -> None:
        """See `Rival.owe`."""
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            queries = Queries(PsycopgDriver(connection))
            await queries.install()
            entrypoints = [self._entrypoint(destination) for _ in range(each) for destination in range(destinations)]
            for start in range(0, len(entrypoints), _CHUNK):
                some = entrypoints[start : start + _CHUNK]
                await queries.enqueue(some, [b"an alert"] * len(some), [0] * len(some))

    async def work(self, begin: Begin, tally: Tally, url: str) -> None:
        """See `Rival.work`."""
        logging.getLogger("pgqueuer").setLevel(logging.ERROR)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            manager = QueueManager(Queries(PsycopgDriver(connection)))

            async def deliver(_job: Job) -> None:
                tally.done()

            for destination in range(self.in_order or 1):
                manager.entrypoint(self._entrypoint(destination), concurrency_limit=1 if self.in_order else 0)(deliver)
            await begin()
            running = asyncio.create_task(manager.run(batch_size=BATCH, dequeue_timeout=timedelta(seconds=30)))
            await tally.through()
            manager.shutdown.set()
            await running


class Procrastinate:
    """With a lock for each destination."""

    name = "Procrastinate, in order"
    unsettled = "SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing') LIMIT 1"

    async def owe(self, url: str, destinations: int, each: int) -> None:
        """See `Rival.owe`."""
        app = App(connector=PsycopgConnector(conninfo=url))
        async with app.open_async():
            await app.schema_manager.apply_schema_async()
            for destination in range(destinations):
                deferrer = app.configure_task("deliver", lock=f"destination-{destination}", allow_unknown=True)
                await deferrer.batch_defer_async(*[{} for _ in range(each)])

    async def work(self, begin: Begin, tally: Tally, url: str) -> None:
        """See `Rival.work`."""
        logging.getLogger("procrastinate").setLevel(logging.ERROR)
        app = App(connector=PsycopgConnector(conninfo=url, min_size=4, max_size=10))

        @app.task(name="deliver")
        async def deliver() -> None:
            tally.done()

        async with app.open_async():
            await begin()
            running = asyncio.create_task(app.run_worker_async(concurrency=AT_ONCE, install_signal_handlers=False))
            await tally.through()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
