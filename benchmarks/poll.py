"""What does it cost to poll a thousand feeds? Beside the `reader` library, on the same server, in the same run.

    make bench-poll
    python benchmarks/poll.py [--feeds 1000] [--rounds 5]

Measured is the CPU of one cycle alone, all threads together, from the moment at which every feed is due to the moment at which
all is stored; not the start of a process, and not the server, which is a process of its own. Each side has its own process too.
Ours is the real Poller with the real Fetcher and the real database in a file; it also cleans texts, reads press contacts and
indexes for search, which reader (search left off) does not. The last lines are our CPU as a share of reader's.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import multiprocessing
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import newsroom_server

from bot import log
from bot.domain.newsroom import NewsroomEntry
from bot.feeds.fetching.fetch import Fetcher
from bot.feeds.poller import Poller
from storage.database import SqlDatabase
from storage.migrate import migrate

FIRST, UNCHANGED, CHANGED = "first load", "all 304", "1 % changed"
GOALS = {FIRST: 0.35, UNCHANGED: 0.15}
READER_WORKERS = 10
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a cycle cost, in seconds."""

    cpu: float
    wall: float


class StillClock:
    """Stands still while a cycle runs, so that no feed falls due twice in it."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 2, 10, 0, 30, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment of this cycle."""
        return self.time


# Our side ---------------------------------------------------------------------------------------------------------------


def ours(pipe: Connection, folder: str, url: str, feeds: int) -> None:
    """The bot's polling as a process: runs a cycle for each message on the pipe and answers with its cost."""
    log.configure("info", "text", file=Path(folder) / "ours.log")
    asyncio.run(_ours(pipe, Path(folder) / "ours.db", url, feeds))


async def _ours(pipe: Connection, path: Path, url: str, feeds: int) -> None:
    clock = StillClock()
    await migrate(f"sqlite:///{path}")
    database = SqlDatabase(f"sqlite:///{path}")
    async with database.begin() as tx:
        for number in range(feeds):
            entry = NewsroomEntry(f"newsroom-{number}", f"Newsroom {number}", f"{url}/feed/{number}", "DK", "da", "rss")
            await tx.newsrooms.ensure(entry, offered_by="settings", now=clock.time + HOUR)
    # A server on one host here stands for many hosts: politeness towards one would only measure waiting.
    async with Fetcher(allow=frozenset({"127.0.0.1"}), per_host=64) as fetcher:
        poller = Poller(database, fetcher, clock, interval=HOUR, owner="benchmark")
        running = asyncio.create_task(poller.run())
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as looking:
            cycles = 0
            while await asyncio.to_thread(pipe.recv):
                cycles += 1
                pipe.send(await _measured(lambda: _cycle(poller, clock, looking, cycles)))  # noqa: B023 - awaited here
        poller.stop()
        await running
    await database.close()


async def _cycle(poller: Poller, clock: StillClock, looking: sqlite3.Connection, cycles: int) -> None:
    clock.time += HOUR
    poller.wake()
    behind = "SELECT EXISTS (SELECT 1 FROM feed WHERE polls < ? OR owner IS NOT NULL)"
    began = time.monotonic()
    while looking.execute(behind, (cycles,)).fetchone()[0]:  # noqa: ASYNC110 - looking on, not taking part
        # Looking costs CPU that is counted as ours: the longer it takes, the more seldom.
        await asyncio.sleep(max(0.02, (time.monotonic() - began) / 50))


# The other side ---------------------------------------------------------------------------------------------------------


def theirs(pipe: Connection, folder: str, url: str, feeds: int) -> None:
    """The same for reader, used as its documentation says."""
    # What reader brings of feedparser looks for sgmllib where it used to be; feedparser's own copy of it is the same.
    sys.modules.setdefault("sgmllib", import_module("feedparser_sgmllib"))
    from reader import make_reader

    reader = make_reader(f"{folder}/theirs.db", search_enabled=False)
    for number in range(feeds):
        reader.add_feed(f"{url}/feed/{number}")

    async def cycle() -> None:
        # Not `scheduled`: its own schedule would leave out what it asked within the hour.
        reader.update_feeds(scheduled=False, workers=READER_WORKERS)

    while pipe.recv():
        pipe.send(asyncio.run(_measured(cycle)))
    reader.close()


async def _measured(cycle: Callable[[], Awaitable[None]]) -> Cost:
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    await cycle()
    return Cost(time.process_time() - cpu, time.perf_counter() - wall)


# Both -------------------------------------------------------------------------------------------------------------------


class Child:
    """A process on the other end of a pipe."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:  # noqa: ANN401 - whatever the target takes
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe()
        self.process = context.Process(target=target, args=(other, *arguments), daemon=True)
        self.process.start()
        other.close()

    def ask(self, question: object) -> Any:  # noqa: ANN401 - whatever it answers
        """Send, and wait for the answer."""
        self._pipe.send(question)
        return self._pipe.recv()

    def hear(self) -> Any:  # noqa: ANN401 - whatever it says
        """Wait for what it says by itself."""
        return self._pipe.recv()

    def end(self) -> None:
        """Let it end."""
        self._pipe.send(None)
        self.process.join(20)


def measure(feeds: int, rounds: int) -> dict[str, dict[str, list[Cost]]]:
    """The costs of every cycle, by what changed and by side."""
    costs: dict[str, dict[str, list[Cost]]] = {FIRST: {}, UNCHANGED: {}, CHANGED: {}}
    with tempfile.TemporaryDirectory() as folder:
        server = Child(newsroom_server.run, feeds)
        url, size = server.hear()
        print(f"{feeds} feeds of {newsroom_server.RELEASES} releases, {size / 1e6:.0f} MB; reader {version('reader')}")
        sides = {"pressevagt": Child(ours, folder, url, feeds), "reader": Child(theirs, folder, url, feeds)}
        for what in (FIRST, *[UNCHANGED, CHANGED] * rounds):
            if what == CHANGED:
                server.ask(0.01)
            for name, side in sides.items():
                costs[what].setdefault(name, []).append(side.ask(what))
        for child in (*sides.values(), server):
            child.end()
        _check(Path(folder), feeds, rounds)
    return costs


def _check(folder: Path, feeds: int, rounds: int) -> None:
    """Both must have stored the same."""
    wanted = feeds * newsroom_server.RELEASES + rounds * round(feeds * 0.01)
    for file, table in (("ours.db", "release"), ("theirs.db", "entries")):
        with closing(sqlite3.connect(folder / file)) as database:
            stored = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - one of the two above
            assert stored == wanted, f"{file} holds {stored} releases, not {wanted}"


def report(costs: dict[str, dict[str, list[Cost]]]) -> None:
    """Print the medians; the ratios last."""
    print(f"{'cycle':<14}{'side':<12}{'CPU s':>8}{'wall s':>8}   CPU of each round")
    ratios: list[str] = []
    for what, sides in costs.items():
        median = {name: statistics.median(cost.cpu for cost in rounds) for name, rounds in sides.items()}
        for name, rounds in sides.items():
            wall = statistics.median(cost.wall for cost in rounds)
            print(f"{what:<14}{name:<12}{median[name]:8.3f}{wall:8.3f}   {' '.join(f'{cost.cpu:.2f}' for cost in rounds)}")
        goal = f" (goal: at most {GOALS[what]})" if what in GOALS else ""
        ratios.append(f"{what}: {median['pressevagt'] / median['reader']:.3f} of reader's CPU{goal}")
    print(*ratios, sep="\n")


def main() -> None:
    """Read the command line, measure and print."""
    parser = argparse.ArgumentParser(description="Poll many feeds, beside the reader library.")
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5, help="cycles in which nothing changed, and in which 1 %% did")
    arguments = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, 4096), hard), hard))
    report(measure(arguments.feeds, arguments.rounds))


if __name__ == "__main__":
    main()
