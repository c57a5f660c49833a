"""An installation whose worker is a real process: started, stopped, killed, and looked into from outside."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bot.domain.subscription import ConversationKind
from storage.database import SqlDatabase
from storage.migrate import migrate
from tests.fakes.chat import ChatServer, HttpChatAdapter
from tests.fakes.feeds import Newsroom

_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Left:
    """What stands in the database while no worker runs.

    `says`: the title of every stored release, by link, in the order of storing. `in_hand`: the sends (destination, link of the
    release) that a worker had claimed and not settled. `pending` and `ambiguous` count deliveries, and sends whose outcome is not
    known.
    """

    says: dict[str, str]
    in_hand: frozenset[tuple[str, str]]
    pending: int
    ambiguous: int


@dataclass(slots=True)
class Installation:
    """A folder with a database, the newsroom and the chat on loopback that belong to it, and the worker's process."""

    folder: Path
    newsroom: Newsroom
    chat: ChatServer
    process: asyncio.subprocess.Process | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        # Nothing of the tester's own environment: the program takes unknown names with its prefix for mistakes.
        self.environment = {
            "HOME": str(self.folder),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "PRESSEVAGT_NEWSROOMS": self.newsroom.web.url(self.newsroom.path),
            "PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES": "127.0.0.1",
            "PRESSEVAGT_POLL_INTERVAL": "1",
            "PRESSEVAGT_HTTP_PORT": "0",
            "PRESSEVAGT_METRICS_PORT": "off",
            "PRESSEVAGT_LOG_FORMAT": "json",
            "PYTHONPATH": str(_ROOT),
        }

    @property
    def database(self) -> Path:
        """The database's file."""
        return self.folder / "pressevagt.db"

    @property
    def log(self) -> Path:
        """What the workers wrote to their standard error stream."""
        return self.folder / "worker.log"

    async def subscribe(self, conversations: Sequence[str]) -> None:
        """Have conversations subscribe to all that is offered, before any worker runs."""
        url, adapter, now = self.environment["DATABASE_URL"], HttpChatAdapter(self.chat.url), datetime.now(UTC)
        await migrate(url)
        database = SqlDatabase(url)
        async with database.begin() as tx:
            for conversation in conversations:
                here = await tx.destinations.ensure(
                    adapter.address(conversation),
                    kind=ConversationKind.GROUP,
                    title=conversation,
                    language="da",
                    timezone="Europe/Copenhagen",
                    now=now,
                )
                await tx.destinations.subscribe(here.id, None, by="test", now=now)
        await database.close()

    # The worker

    async def start(self) -> None:
        """Start the worker's process, without waiting for it to do anything."""
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "tests.faults.process", self.chat.url),
                env=self.environment,
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stderr=log,
            )

    @property
    def fetches(self) -> int:
        """How often the feed was asked for so far."""
        return len(self.newsroom.web.asked(self.newsroom.path))

    async def fetched(self, after: int, limit: float = 30.0) -> None:
        """Until the feed was asked for more than `after` times."""
        assert self.process is not None
        asked = asyncio.create_task(self._asked(after))
        ended = asyncio.create_task(self.process.wait())
        done, rest = await asyncio.wait({asked, ended}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        assert asked in done, f"the worker did not fetch; its last words:\n{self.last_words()}"

    async def _asked(self, after: int) -> None:
        while self.fetches <= after:
            await asyncio.sleep(0.001)

    async def kill(self) -> None:
        """SIGKILL."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM, limit: float = 15.0) -> int:
        """Ask the worker to stop; its exit code. Raises TimeoutError where it takes longer than `limit` seconds."""
        assert self.process is not None
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), limit)

    async def command(self, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
        """Run the `pressevagt` command on this installation: its exit code and what it wrote to its two streams."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "bot.cli", *arguments),
            env=self.environment,
            cwd=self.folder,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(stdin.encode()), 30)
        return process.returncode or 0, out.decode(), err.decode()

    def last_words(self, lines: int = 20) -> str:
        """The end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    # Looking in

    async def quiet(self, titles: set[str], limit: float = 60.0) -> Left:
        """Until these titles are stored and nothing is owed; what stands in the database then."""
        async with asyncio.timeout(limit):
            while (left := self.left()).pending or left.in_hand or not titles <= set(left.says.values()):
                await asyncio.sleep(0.05)
        return left

    def left(self) -> Left:
        """What stands in the database now."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)) as db:
            db.execute("BEGIN")  # one snapshot for all of it
            says = db.execute("SELECT s.url, s.title FROM release r JOIN statement s ON s.release_id = r.id ORDER BY r.id")
            in_hand = db.execute(
                "SELECT d.conversation, s.url FROM lane l JOIN destination d ON d.id = l.destination_id "
                "JOIN delivery y ON y.id = l.in_flight JOIN statement s ON s.release_id = y.release_id "
                "WHERE l.owner IS NOT NULL AND y.kind IN ('alert', 'follow_up')"
            )
            pending, ambiguous = db.execute(
                "SELECT coalesce(sum(state = 'pending'), 0), coalesce(sum(ambiguous), 0) FROM delivery"
            ).fetchone()
            return Left(dict(says.fetchall()), frozenset(in_hand.fetchall()), pending, ambiguous)
