"""The worker as a process of its own: what `pressevagt run` composes, with the chat of the tests for a platform.

    python -m tests.faults.process '{"chat": "http://127.0.0.1:PORT", "only": ["poll"], "lease": 4.0}'

The settings come from the environment, as those of `pressevagt run` do. The argument holds what is for tests alone (`Means`), which
the program itself has no settings for. Runs until it is killed, or stops in good order on SIGTERM and SIGINT.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot import log
from bot.clock import machine_time
from bot.process import run, stop_asked
from bot.settings import Settings, load


@dataclass(frozen=True, slots=True)
class Means:
    """What is for tests alone.

    `chat`: where the ChatServer stands. `only`: the roles, as of `--only`. `lease`: seconds instead of the 20 that an account is
    leased for; all that hangs on it shrinks by as much. `patience`: seconds instead of the 60 after which a transaction gives a
    silent database up. `clock`: a file with the seconds that this machine's clock is ahead of the true time. `room`: a file with
    the number of pages that a SQLite database may have. `speed`: the clock goes so many times as fast. `fetch`: seconds instead of
    the 30 that a feed may take.
    """

    chat: str
    only: list[str] | None = None
    lease: float = 0.0
    patience: float = 0.0
    clock: str = ""
    room: str = ""
    speed: float = 1.0
    fetch: float = 0.0

    def apply(self) -> None:
        """Have the program go by it."""
        if self.lease:
            _shorten(self.lease / 20)
        if self.patience:
            _put("storage.postgres", PATIENCE=self.patience, CONNECT_WITHIN=2)
            _put("storage.listening", CONNECT_WITHIN=2, LOOK_EVERY=self.patience)
        if self.clock:
            _put("bot.clock", machine_time=lambda: machine_time() + timedelta(seconds=float(Path(self.clock).read_text())))
        if self.room:
            event.listen(Engine, "begin", _limit(Path(self.room)))
        if self.speed != 1:
            for module in ("bot.alerts.together", "bot.alerts.owning"):
                _put(module, LEASE=self.speed * timedelta(seconds=20))
        if self.fetch:
            from bot.feeds.fetching.fetch import Limits

            by = self.fetch / 30
            _put("bot.feeds.fetching.fetch", Limits=partial(Limits, connect=10 * by, read=20 * by, total=30 * by))


class Fast:
    """A clock that goes so many times as fast as ours."""

    def __init__(self, speed: float) -> None:
        self._speed, self._started, self._zero = speed, time.monotonic(), machine_time()

    def now(self) -> datetime:
        return self._zero + timedelta(seconds=(time.monotonic() - self._started) * self._speed)


def _shorten(by: float) -> None:
    """The terms of all leases, and what must be shorter than they are."""
    lease = timedelta(seconds=20 * by)
    _put("bot.alerts.together", LEASE=lease)
    _put("bot.alerts.owning", LEASE=lease)
    _put("bot.alerts.sending", SEND_LIMIT=10 * by)
    _put("bot.alerts.dispatcher", RENEW_EVERY=5 * by)
    _put("bot.presence", LEASE=lease, BEAT=5 * by)
    _put("bot.standing", LEASE=lease)
    _put("bot.feeds.poller", LEASE=6 * lease, RENEW_EVERY=30 * by)
    _put("bot.clock", LOOK_EVERY=10 * by)
    _put("storage.leap", LEASE=lease)


def _put(module: str, **values: Any) -> None:
    there = import_module(module)
    for name, value in values.items():
        assert hasattr(there, name), f"{module} has no {name}"
        setattr(there, name, value)


def _limit(file: Path) -> Any:
    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={int(file.read_text())}")

    return limit


async def work(settings: Settings, means: Means) -> None:
    """Poll and deliver until asked to stop."""
    # Not before the means are applied: some modules take a term from another by name.
    from bot.app import start
    from bot.feeds.catalogue import Catalogue
    from bot.offered import newsrooms_of
    from tests.fakes.chat import HttpChatAdapter

    asked = stop_asked()
    entries = newsrooms_of(settings, Catalogue.load())
    clock = Fast(means.speed) if means.speed != 1 else None
    async with start(settings, [HttpChatAdapter(means.chat)], entries, only=means.only, clock=clock):
        await asked.wait()


def main() -> None:
    """Read what is asked for and run."""
    means = Means(**json.loads(sys.argv[1]))
    means.apply()
    settings = load()
    log.configure(settings.log_level, settings.log_format)
    run(work(settings, means))


if __name__ == "__main__":
    main()
