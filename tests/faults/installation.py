"""An installation whose workers are real processes, on either engine; what stands in its database is read from outside."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from bot.domain.subscription import ConversationKind
from storage.database import SqlDatabase
from storage.engine import database_url
from storage.migrate import migrate
from tests.fakes.chat import ChatServer, HttpChatAdapter
from tests.fakes.feeds import Newsroom
from tests.faults.worker import ROOT, Worker, start_worker

PATIENCE = 60.0
"""Seconds after which something will not happen any more: a machine may have a lot else to do."""
COMMAND_WITHIN = 100.0
"""Seconds that a command may take, on a machine that has a lot else to do."""
Send = tuple[str, str]
"""A destination, and the link of the release that it is to be told of."""


@dataclass(frozen=True, slots=True)
class Left:
    """What stands in the database.

    `says`: the title of every stored release, by link, in the order of storing. `hands`: the sends that each owner has claimed and
    not settled. `pending`, `dead` and `ambiguous` count deliveries, dead letters, and sends whose outcome is not known. `owner` is
    the account's; `owners` are the processes that told of themselves, by process id.
    """

    says: Mapping[str, str]
    hands: Mapping[str, frozenset[Send]]
    pending: int
    dead: int
    ambiguous: int
    owner: str | None
    owners: Mapping[int, str]

    @property
    def in_hand(self) -> frozenset[Send]:
        """The sends that anybody has claimed and not settled."""
        return frozenset().union(*self.hands.values())

    def in_hand_without(self, workers: Sequence[Worker]) -> frozenset[Send]:
        """Those of everybody else than these processes."""
        living = {self.owners.get(worker.pid) for worker in workers}
        return frozenset().union(*(sends for owner, sends in self.hands.items() if owner not in living))


@dataclass
class Installation:
    """A folder, the newsroom and the chat on loopback, and the processes that work between them.

    `url` is the database's; `means` is what a process gets beside its settings (see `tests.faults.process.Means`).
    """

    folder: Path
    newsroom: Newsroom
    chat: ChatServer
    url: str = ""
    means: dict[str, Any] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.url = self.url or f"sqlite:///{self.database}"
        self.means.setdefault("chat", self.chat.url)
        # Nothing of the tester's own environment: the program takes unknown names with its prefix for mistakes.
        self.environment = {
            "HOME": str(self.folder),
            "DATABASE_URL": self.url,
            "PRESSEVAGT_NEWSROOMS": self.newsroom.web.url(self.newsroom.path),
            "PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES": "127.0.0.1",
            "PRESSEVAGT_POLL_INTERVAL": "1",
            "PRESSEVAGT_HTTP_PORT": "0",
            "PRESSEVAGT_METRICS_PORT": "off",
            "PRESSEVAGT_LOG_FORMAT": "json",
            "PYTHONPATH": str(ROOT),
        }

    @property
    def database(self) -> Path:
        """The database's file, where it is one."""
        return self.folder / "pressevagt.db"

    async def subscribe(self, conversations: Sequence[str]) -> None:
        """Have conversations subscribe to all that is offered, before any worker runs."""
        adapter, now = HttpChatAdapter(self.chat.url), datetime.now(UTC)
        await migrate(self.url)
        database = SqlDatabase(self.url)
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

    # The workers

    async def start(self, *roles: str, **means: Any) -> Worker:
        """Start a process, without waiting for it to do anything."""
        log = self.folder / f"worker-{len(self.workers) + 1}.log"
        worker = await start_worker(self.folder, self.environment, {**self.means, **means}, log, roles)
        self.workers.append(worker)
        return worker

    @property
    def living(self) -> list[Worker]:
        """The processes that have not ended."""
        return [worker for worker in self.workers if worker.lives]

    async def end(self) -> None:
        """Kill all that live."""
        for worker in self.living:
            await worker.kill()

    def errors(self) -> list[str]:
        """The lines of the workers' logs that are errors."""
        lines = [line for worker in self.workers for line in worker.words().splitlines()]
        return [line for line in lines if '"level": "error"' in line or not line.startswith("{")]

    def last_words(self) -> str:
        """The ends of the logs of those that were started last."""
        return "\n\n".join(f"{worker.log.name}:\n{worker.last_words(6)[-2000:]}" for worker in self.workers[-4:])

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
        try:
            out, err = await asyncio.wait_for(process.communicate(stdin.encode()), COMMAND_WITHIN)
        finally:
            if process.returncode is None:
                process.kill()
        return process.returncode or 0, out.decode(), err.decode()

    @property
    def fetches(self) -> int:
        """How often the feed was asked for so far."""
        return len(self.newsroom.web.asked(self.newsroom.path))

    async def fetched(self, after: int, limit: float = PATIENCE) -> None:
        """Until the feed was asked for more than `after` times."""
        await self.until(lambda: self.fetches > after, limit, pause=0.001)

    async def until(self, happened: Callable[[], bool], limit: float = PATIENCE, pause: float = 0.02) -> None:
        """Until something has happened; raises AssertionError with the workers' last words after `limit` seconds."""
        try:
            async with asyncio.timeout(limit):
                while not happened():
                    await asyncio.sleep(pause)
        except TimeoutError:
            raise AssertionError(
                f"it did not happen within {limit:.0f} seconds; the last words were\n{self.last_words()}"
            ) from None

    def say(self, name: str, number: float) -> str:
        """Write a number into a file that workers read while they run; its path."""
        path = self.folder / name
        path.with_suffix(".new").write_text(f"{number:.0f}")
        path.with_suffix(".new").replace(path)  # so that nobody reads half of it
        return str(path)

    # Looking in

    async def quiet(self, titles: set[str], limit: float = PATIENCE) -> Left:
        """Until these titles are stored and nothing is owed; what stands in the database then."""
        found = [self.left()]

        def is_quiet() -> bool:
            left = found[0] = self.left()
            return not left.pending and not left.in_hand and titles <= set(left.says.values())

        await self.until(is_quiet, limit, pause=0.05)
        return found[0]

    def left(self) -> Left:
        """What stands in the database now, in one snapshot."""
        with self._engine.connect() as connection, connection.begin():
            return _left(connection)

    def ask(self, question: str) -> Any:
        """What the database answers to a question with one answer, or does."""
        with self._engine.begin() as connection:
            answer = connection.execute(text(question))
            return answer.scalar() if answer.returns_rows else None

    @cached_property
    def _engine(self) -> Engine:
        url = database_url(self.url)
        if url.get_backend_name() == "sqlite":
            return create_engine(url.set(drivername="sqlite"), poolclass=NullPool, connect_args={"timeout": 10})
        return create_engine(url, poolclass=NullPool, isolation_level="REPEATABLE READ", connect_args={"connect_timeout": 10})


def _left(connection: Connection) -> Left:
    def rows(question: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in connection.execute(text(question))]

    says = rows("SELECT s.url, s.title FROM release r JOIN statement s ON s.release_id = r.id ORDER BY r.id")
    in_hand = rows(
        "SELECT l.owner, d.conversation, s.url FROM lane l JOIN destination d ON d.id = l.destination_id "
        "JOIN delivery y ON y.id = l.in_flight JOIN statement s ON s.release_id = y.release_id "
        "WHERE l.owner IS NOT NULL AND y.kind IN ('alert', 'follow_up')"
    )
    hands: dict[str, set[Send]] = {}
    for owner, conversation, link in in_hand:
        hands.setdefault(owner, set()).add((conversation, link))
    ((pending, dead, ambiguous),) = rows(
        "SELECT coalesce(sum(CASE WHEN state = 'pending' THEN 1 ELSE 0 END), 0), "
        "coalesce(sum(CASE WHEN state = 'dead' THEN 1 ELSE 0 END), 0), coalesce(sum(ambiguous), 0) FROM delivery"
    )
    owners = {int(place.rpartition(":")[2]): owner for owner, place in rows("SELECT owner, place FROM worker")}
    return Left(
        dict(says),
        {owner: frozenset(sends) for owner, sends in hands.items()},
        int(pending),
        int(dead),
        int(ambiguous),
        next((owner for (owner,) in rows("SELECT owner FROM account WHERE name = 'bot'")), None),
        owners,
    )
