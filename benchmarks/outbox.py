"""How fast is the outbox, and what does it cost while nothing happens? Beside two job queues on the same PostgreSQL server.

    make bench-outbox
    python benchmarks/outbox.py [--quick] [--rounds 3]

Rates: alerts that are owed already, to four accounts, through the real Dispatcher to an adapter that takes everything at once. The
first quarter, by which all processes are warm, is not timed; the rest is until the last is settled. An account is sent through by
one process at a time, so four accounts are work for four processes. The others do as many jobs that do nothing. The server is the
one of the tests: fresh, on this machine, without fsync, for all alike. Nobody logs what goes well. Medians over the rounds, with
all engines in turn within each.
Latency: from a commit, of another process on PostgreSQL, until the adapter is called: a little later than the claim.
Growth: the first deliveries of a backlog, by one process. Idle: statements that four accounts and one process send (ours), or
transactions (the others, as the server counts them).
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from multiprocessing import Pipe
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import owed
import psycopg
from crew import Tally, at_work, rate
from rivals import PgQueuer, Procrastinate, Rival
from sqlalchemy import event

from bot import log
from bot.clock import SystemClock
from bot.presence import Presence
from storage.database import SqlDatabase
from storage.migrate import migrate_now
from tests.fakes.postgres import Server, running

ACCOUNTS = tuple(f"account-{n}" for n in range(4))
PROCESSES = (1, 2, 4)
FASTER = 1.5
CLAIMED_WITHIN = 0.05
IDLE_AT_MOST = 2.0
OURS = "pressevagt, in order"
ENGINES = ("SQLite", "PostgreSQL")


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    destinations: int
    """Of each account."""
    each: int
    """Alerts, or jobs, for each destination."""
    slow_each: int
    """The same for whoever does fewer than a hundred a second."""
    rounds: int
    singles: int
    backlogs: Sequence[int]
    of_backlog: int
    idle: float


FULL = Size(250, 6, 2, 3, 300, (1_000, 10_000, 100_000, 1_000_000), 900, 10.0)
QUICK = Size(100, 6, 1, 1, 60, (1_000, 100_000), 900, 3.0)


@dataclass(frozen=True)
class Place:
    """Where databases are made: files of a folder, and a PostgreSQL server."""

    folder: Path
    server: Server
    numbers: Iterator[int]

    @contextmanager
    def empty(self, engine: str) -> Iterator[str]:
        """The address of a database of ours that is empty."""
        if engine == "PostgreSQL":
            with self.server.empty() as url:
                yield url
        else:
            url = f"sqlite:///{self.folder / f'{next(self.numbers)}.db'}"
            migrate_now(url)
            yield url


# Rates ------------------------------------------------------------------------------------------------------------------


def our_rate(url: str, processes: int, size: Size) -> float:
    """Deliveries a second."""
    asyncio.run(_owe(url, size))
    shares = [ACCOUNTS[n::processes] for n in range(processes)]
    return rate(len(ACCOUNTS) * size.destinations * size.each, [(owed.work, (url, share)) for share in shares])


async def _owe(url: str, size: Size) -> None:
    database = SqlDatabase(url)
    owing = owed.Owing(database)
    await owing.owe(await owing.fill(ACCOUNTS, size.destinations), size.each)
    await database.close()


def rival_rate(rival: Rival, server: Server, processes: int, size: Size) -> float:
    """Jobs a second."""
    destinations, each = len(ACCOUNTS) * size.destinations, size.slow_each if isinstance(rival, Procrastinate) else size.each
    with server.bare() as url:
        asyncio.run(rival.owe(url, destinations, each))
        with psycopg.connect(url, autocommit=True) as connection:
            members = [(rival.work, (url,))] * processes
            return rate(destinations * each, members, lambda: connection.execute(rival.unsettled).fetchone() is None)


def rates(place: Place, size: Size) -> list[str]:
    """Print the table of rates, and give the ratios."""
    rivals: list[Rival] = [PgQueuer(), PgQueuer(in_order=len(ACCOUNTS) * size.destinations), Procrastinate()]
    found: dict[tuple[str, str, int], list[float]] = defaultdict(list)
    for _ in range(size.rounds):
        with place.empty("SQLite") as url:
            found["SQLite", OURS, 1].append(our_rate(url, 1, size))
        for processes in PROCESSES:
            with place.empty("PostgreSQL") as url:
                found["PostgreSQL", OURS, processes].append(our_rate(url, processes, size))
            for rival in rivals:
                found["PostgreSQL", rival.name, processes].append(rival_rate(rival, place.server, processes, size))
    print(f"{'database':<12}{'engine':<26}{'processes':>9}{'a second':>10}   by round")
    for (engine, name, processes), each in found.items():
        print(f"{engine:<12}{name:<26}{processes:>9}{statistics.median(each):10.0f}   {' '.join(f'{one:.0f}' for one in each)}")
    names = [OURS, *(rival.name for rival in rivals)]
    return [_ratio({name: statistics.median(found["PostgreSQL", name, each]) for name in names}, each) for each in PROCESSES]


def _ratio(rate_of: dict[str, float], processes: int) -> str:
    ordered = max(value for name, value in rate_of.items() if name.endswith("in order") and name != OURS)
    any_order = max(value for name, value in rate_of.items() if name != OURS)
    against = f"{rate_of[OURS] / ordered:.2f} times the faster that keeps order (goal: at least {FASTER:g})"
    return f"{processes} processes: {against}, {rate_of[OURS] / any_order:.2f} times the faster of all"


# Latency ----------------------------------------------------------------------------------------------------------------


async def latencies(url: str, engine: str, singles: int) -> list[float]:
    """Seconds from a commit until the adapter is called, one alert after another."""
    database = SqlDatabase(url)
    owing = owed.Owing(database)
    places, release = await owing.fill(ACCOUNTS[:1], singles), await owing.release()
    heard, tell = Pipe(duplex=False)
    took: list[float] = []
    async with AsyncExitStack() as stack:
        if engine == "PostgreSQL":
            stack.enter_context(at_work(Tally(singles), [(owed.work, (url, ACCOUNTS[:1], tell))]))
        else:
            taker = owed.Taker(lambda _destination: tell.send(time.monotonic()))
            await stack.enter_async_context(owed.dispatching(database, ACCOUNTS[:1], taker))
        await asyncio.sleep(1.0)  # it owns the account now, and has looked and found nothing
        for place in places:
            await owing.owe_at_once([place], release)
            committed = time.monotonic()
            took.append(max(await asyncio.to_thread(heard.recv) - committed, 0.0))
            await asyncio.sleep(0.01)
    await database.close()
    return took


def latency(place: Place, size: Size) -> list[str]:
    """How long a commit waits for its claim, on each engine."""
    lines = []
    for engine in ENGINES:
        with place.empty(engine) as url:
            cuts = statistics.quantiles(asyncio.run(latencies(url, engine, size.singles)), n=100, method="inclusive")
        shown = f"p50 {cuts[49] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms"
        lines.append(f"{engine}, commit to claim, {size.singles} alerts: {shown} (goal: p99 below {CLAIMED_WITHIN * 1000:.0f} ms)")
    return lines


# Growth -----------------------------------------------------------------------------------------------------------------


def growth(place: Place, size: Size) -> list[str]:
    """What one delivery costs with more and more of them pending, on each engine."""
    lines = []
    for engine in ENGINES:
        cost = [1000 / _rate_in_backlog(place, engine, pending, size.of_backlog) for pending in size.backlogs]
        shown = ", ".join(f"{pending:,}: {each:.2f} ms" for pending, each in zip(size.backlogs, cost, strict=True))
        lines.append(
            f"{engine}, time of a delivery by how many are pending: {shown} (the last is {cost[-1] / cost[0]:.2f} times the first)"
        )
    return lines


def _rate_in_backlog(place: Place, engine: str, pending: int, deliveries: int) -> float:
    with place.empty(engine) as url:
        asyncio.run(_pile_up(url, pending))
        return rate(deliveries, [(owed.work, (url, [owed.BACKLOG]))])


async def _pile_up(url: str, pending: int) -> None:
    database = SqlDatabase(url)
    await owed.Owing(database).pile_up(pending)
    await database.close()


# Idle -------------------------------------------------------------------------------------------------------------------


def idle(place: Place, size: Size) -> list[str]:
    """What each says to the database while there is nothing to do."""
    lines = []
    for engine in ENGINES:
        with place.empty(engine) as url:
            said = asyncio.run(_statements(url, size.idle))
        lines.append(f"{engine}, idle: {said:.1f} statements a second (goal: at most {IDLE_AT_MOST:g})")
    for rival in (PgQueuer(), Procrastinate()):
        with place.server.bare() as url:
            asyncio.run(rival.owe(url, 1, 0))
            lines.append(f"{rival.name.partition(',')[0]}, idle: {_transactions(rival, url, size.idle):.1f} transactions a second")
    return lines


async def _statements(url: str, seconds: float) -> float:
    database = SqlDatabase(url)
    said = 0

    def note(*_: object) -> None:
        nonlocal said
        said += 1

    presence = Presence(database, SystemClock(), "idle", ["dispatch"], lambda _workers: None)
    async with owed.dispatching(database, ACCOUNTS, owed.Taker()):
        telling = asyncio.create_task(presence.run())
        await asyncio.sleep(2.0)
        event.listen(database._engine.sync_engine, "before_cursor_execute", note)  # noqa: SLF001
        await asyncio.sleep(seconds)
        found = said / seconds
        presence.stop()
        await telling
    await database.close()
    return found


def _transactions(rival: Rival, url: str, seconds: float) -> float:
    query = "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
    with at_work(Tally(1), [(rival.work, (url,))]), psycopg.connect(url, autocommit=True) as connection:
        counted: list[int] = []
        for wait in (3.0, seconds):
            time.sleep(wait)
            connection.execute("SELECT pg_stat_clear_snapshot()")
            counted += connection.execute(query).fetchone() or ()
        return (counted[1] - counted[0] - 2) / seconds


# All of it --------------------------------------------------------------------------------------------------------------


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description="Measure the outbox, beside two job queues on the same PostgreSQL server.")
    parser.add_argument("--quick", action="store_true", help="less of everything: under two minutes")
    parser.add_argument("--rounds", type=int)
    arguments = parser.parse_args()
    size = QUICK if arguments.quick else FULL
    size = replace(size, rounds=arguments.rounds or size.rounds)
    log.configure("error", "text")  # the others log nothing of a job that goes well
    print(f"{os.cpu_count()} cores; load before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder, running() as server:
        place = Place(Path(folder), server, count())
        lines = [*rates(place, size), *latency(place, size), *growth(place, size), *idle(place, size)]
    print(*lines, f"load after: {os.getloadavg()[0]:.1f}", sep="\n")


if __name__ == "__main__":
    main()
