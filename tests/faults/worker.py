"""One of the processes that poll and deliver: started, stopped, killed, and read from outside."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Worker:
    """A process with a log of its own."""

    process: asyncio.subprocess.Process
    log: Path
    roles: Sequence[str] = ()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def lives(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.returncode is None

    async def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        await self.process.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM, limit: float = 40.0) -> int:
        """Ask it to stop; its exit code. Raises TimeoutError where it takes longer than `limit` seconds."""
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), limit)

    def said(self, event: str) -> list[dict[str, Any]]:
        """The lines of its log that tell of an event."""
        lines = (json.loads(line) for line in self.words().splitlines() if line.startswith("{"))
        return [line for line in lines if line.get("event") == event]

    async def says(self, event: str, limit: float = 60.0) -> dict[str, Any]:
        """The first line that tells of an event, once it does."""
        async with asyncio.timeout(limit):
            while not (lines := self.said(event)):
                await asyncio.sleep(0.05)
        return lines[0]

    def words(self) -> str:
        """The whole log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def last_words(self, lines: int = 20) -> str:
        """The end of the log."""
        return "\n".join(self.words().splitlines()[-lines:])


async def start_worker(
    folder: Path, environment: Mapping[str, str], means: Mapping[str, Any], log: Path, roles: Sequence[str] = ()
) -> Worker:
    """Start a process, without waiting for it to do anything."""
    if roles:
        means = {**means, "only": list(roles)}
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.faults.process", json.dumps(means)),
            env=dict(environment),
            cwd=folder,
            stdin=asyncio.subprocess.DEVNULL,
            stderr=out,
        )
    return Worker(process, log, roles)
