"""How events, commands and interactions reach the app: by Socket Mode or to its request URL, with Slack's patience and retries.

From docs.slack.dev/apis/events-api: three seconds to answer; events are tried again "nearly immediately", after a minute and after
five. Commands and interactions are tried once. Not verified: that an event waits a little where no socket is open, and that an
envelope whose connection goes away is sent again at once.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.fakes.slack_errors import Json
from tests.fakes.slack_world import World


@dataclass(slots=True)
class Answer:
    """What the app said to a delivery. `payload`: None, an object, or text. `after`: seconds."""

    payload: Any
    after: float
    status: int = 200


class Undelivered(Exception):
    """An attempt failed. `reason`: as X-Slack-Retry-Reason says it. `no_retry`: the app asked not to try again."""

    def __init__(self, reason: str, *, no_retry: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.no_retry = no_retry


@dataclass(slots=True, eq=False)
class Delivery:
    """Something on its way. `kind`: events_api, slash_commands, interactive. `failures`: why earlier attempts failed.

    `state`: travelling, waiting (for its next attempt), answered, lost.
    """

    kind: str
    payload: Json
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    failures: list[str] = field(default_factory=list)
    answer: Answer | None = None
    state: str = "travelling"

    @property
    def attempt(self) -> int:
        """0 at first, then the number of the retry."""
        return len(self.failures)

    @property
    def name(self) -> str:
        """What it is, such as app_mention, /presse or block_actions."""
        return str(self.payload.get("event", {}).get("type") or self.payload.get("command") or self.payload.get("type"))


class Road(Protocol):
    """One of the two ways."""

    async def carry(self, delivery: Delivery, patience: float) -> Answer:
        """One attempt. Raises Undelivered."""


class Deliveries:
    """All that was sent to the app.

    `patience`: seconds for an answer. `retry_waits`: seconds before each further attempt of an event.
    """

    def __init__(self, world: World, sockets: Road, http: Road) -> None:
        self.all: list[Delivery] = []
        self.patience = 3.0
        self.retry_waits: tuple[float, ...] = (0.0, 60.0, 300.0)
        self.request_url = ""
        self._world = world
        self._sockets, self._http = sockets, http
        self._tasks: set[asyncio.Task[None]] = set()

    def named(self, name: str) -> list[Delivery]:
        """The deliveries of a kind, such as app_mention or view_submission."""
        return [one for one in self.all if one.name == name]

    def send(self, payload: Json) -> Delivery:
        """An event goes its way."""
        delivery = self._new("events_api", payload)
        task = asyncio.create_task(self._persist(delivery))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return delivery

    async def ask(self, kind: str, payload: Json) -> Delivery:
        """A command or an interaction: one attempt; the delivery says how it went."""
        delivery = self._new(kind, payload)
        await self._attempt(delivery)
        if delivery.state != "answered":
            delivery.state = "lost"
        self._world.touch()
        return delivery

    async def again(self, delivery: Delivery, reason: str = "http_timeout") -> None:
        """Send an event once more though it was answered, as Slack does where the answer was lost on its way."""
        delivery.failures.append(reason)
        await self._attempt(delivery)

    async def settled(self, seconds: float = 10.0) -> None:
        """Wait until nothing is on its way; what waits for a later attempt does not count. Raises TimeoutError."""
        await self._world.until(lambda: all(one.state != "travelling" for one in self.all), seconds)

    async def close(self) -> None:
        """Give up what is on its way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _new(self, kind: str, payload: Json) -> Delivery:
        delivery = Delivery(kind, payload)
        self.all.append(delivery)
        self._world.touch()
        return delivery

    async def _persist(self, delivery: Delivery) -> None:
        for wait in (0.0, *self.retry_waits):
            if delivery.failures and wait:
                delivery.state = "waiting"
                self._world.touch()
                await asyncio.sleep(wait)
            delivery.state = "travelling"
            if await self._attempt(delivery):
                return
        delivery.state = "lost"
        self._world.touch()

    async def _attempt(self, delivery: Delivery) -> bool:
        """One attempt; whether it needs no other."""
        try:
            road = self._http if self.request_url else self._sockets
            delivery.answer = await road.carry(delivery, self.patience)
        except Undelivered as failed:
            delivery.failures.append(failed.reason)
            self._world.violated(f"{delivery.name} was not answered: {failed.reason}", delivery.payload)
            delivery.state = "lost" if failed.no_retry else delivery.state
            return failed.no_retry
        delivery.state = "answered"
        self._world.touch()
        return True
