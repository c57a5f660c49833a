"""What is asked for on the command line."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from tests.soak.plan import Plan


@dataclass(frozen=True, slots=True)
class Asked:
    """The size, where it is worked in (in a folder of its own, taken away afterwards), and where the picture goes.

    `slower`: leases last so many times longer than in earnest, and the outbox is looked at as seldom: a month has many seconds.
    """

    plan: Plan
    folder: Path | None
    out: Path
    postgres: bool
    slower: int


def arguments() -> Asked:
    """Of this process."""
    parser = argparse.ArgumentParser(prog="tests.soak", description="A simulated month of the bot's life.")
    full = Plan()
    parser.add_argument("--feeds", type=int, default=full.feeds)
    parser.add_argument("--destinations", type=int, default=full.destinations)
    parser.add_argument("--days", type=int, default=full.days)
    parser.add_argument("--postgres", action="store_true", help="on a PostgreSQL server rather than in a SQLite file")
    parser.add_argument("--folder", type=Path, help="where the database lies meanwhile; on a quick disk it takes half the time")
    parser.add_argument("--slower", type=int, default=12, help="how many times slower leases and ticks go")
    parser.add_argument("--out", type=Path, default=Path("dist"), help="where the picture and the figures go")
    said = parser.parse_args()
    return Asked(Plan(said.feeds, said.destinations, said.days), said.folder, said.out, said.postgres, said.slower)
