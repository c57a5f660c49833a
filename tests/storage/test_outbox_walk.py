"""The outbox under whatever comes in any order: its promises hold after every step, and in the end nothing is stuck."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.domain.delivery import (
    AccountBlocked,
    Delivery,
    DeliveryKind,
    DestinationGone,
    DestinationMoved,
    Refused,
    RetryLater,
    SendOutcome,
    Sent,
)
from bot.domain.subscription import DestinationId
from storage.database import SqlDatabase
from storage.migrate import migrate_now
from tests.fakes.postgres import Server
from tests.fakes.world import World

T = TypeVar("T")

CONVERSATIONS = st.sampled_from(["a", "b", "c"])
THREADS = st.sampled_from(["", "7"])
RELEASES = st.integers(0, 9)
OUTCOMES: st.SearchStrategy[SendOutcome] = st.sampled_from([
    Sent("1"),
    Sent("1"),
    RetryLater("x", ambiguous=True),
    Refused("x"),
    DestinationGone("kicked"),
    DestinationMoved("b"),
    DestinationMoved("d"),
    AccountBlocked(timedelta(seconds=5), "flood"),
])  # fmt: skip

Empty = Callable[[], AbstractContextManager[str]]
"""An empty database, by its address, for as long as a block runs."""


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Empty:
    """Empty databases on each engine in turn, one for each walk."""
    if request.param == "postgres":
        server: Server = request.getfixturevalue("postgres")
        return server.empty
    made = tmp_path / "made.db"
    migrate_now(f"sqlite:///{made}")

    @contextmanager
    def copied() -> Iterator[str]:
        file = Path(shutil.copy(made, tmp_path / "walk.db"))
        yield f"sqlite:///{file}"
        for left in tmp_path.glob("walk.db*"):
            left.unlink()

    return copied


class Walk(RuleBasedStateMachine):
    """Owes, claims, settles, pauses, moves, takes over, in any order; two owners take turns."""

    def __init__(self, empty: Empty) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.left = ExitStack()
        self.world = World(SqlDatabase(self.left.enter_context(empty())))
        self.in_hand: list[tuple[str, Delivery]] = []
        self.settled: list[tuple[str, Delivery]] = []

    def run(self, step: Coroutine[Any, Any, T]) -> T:
        """Run a step to its end."""
        return self.loop.run_until_complete(step)

    @initialize()
    def begin(self) -> None:
        """Ten releases, every other of them late, of two newsrooms."""

        async def make() -> None:
            slugs = ["havnen", "nabohavnen"]
            self.releases = [await self.world.release(f"Nyhed {n}", late=n > 2, slug=slugs[n % 2]) for n in range(10)]
            self.newsrooms = [(await self.world.feed(slug)).newsroom.id for slug in slugs]

        self.run(make())

    @rule(conversation=CONVERSATIONS, thread=THREADS, releases=st.lists(RELEASES, max_size=10))
    def owe(self, conversation: str, thread: str, releases: list[int]) -> None:
        """Alerts come, and what is late is folded."""

        async def step() -> None:
            desk = await self.world.desk(conversation, thread)
            await self.world.owe(desk, *(self.releases[n] for n in releases))
            async with self.world.database.begin() as tx:
                await tx.outbox.fold_late([desk], self.world.now)

        self.run(step())

    @rule(conversation=CONVERSATIONS, release=RELEASES, revision=st.integers(2, 4))
    def correct(self, conversation: str, release: int, revision: int) -> None:
        """A correction comes."""

        async def step() -> None:
            desk = await self.world.desk(conversation)
            await self.world.owe(desk, self.releases[release], kind=DeliveryKind.CORRECTION, revision=revision)

        self.run(step())

    @rule(limit=st.integers(0, 3))
    def claim(self, limit: int) -> None:
        """The owner takes what is due in hand: never two of one destination, each at the head of its queue."""

        async def step() -> None:
            await self.world.own()
            busy = {desk for (desk,) in await self.world.rows("SELECT destination_id FROM lane WHERE owner IS NOT NULL")}
            taken = await self.world.claim(limit)
            assert len(taken) <= limit
            assert not busy & {d.destination.id for d in taken}
            for delivery in taken:
                self.in_hand.append((self.world.owner, delivery))
                assert await self._head(delivery.destination.id) == delivery.id

        self.run(step())

    async def _head(self, desk: DestinationId) -> object:
        query = "SELECT id FROM delivery WHERE destination_id = :desk AND state = 'pending' ORDER BY priority, id LIMIT 1"
        return (await self.world.rows(query, desk=desk))[0][0]

    @rule(which=st.integers(0, 5), outcome=OUTCOMES)
    def settle(self, which: int, outcome: SendOutcome) -> None:
        """Something in hand comes back, perhaps long after another took over."""
        if self.in_hand:
            owner, delivery = self.in_hand.pop(which % len(self.in_hand))
            self.settled.append((owner, delivery))
            self.run(self.world.settle(delivery, outcome, owner=owner))

    @rule(which=st.integers(0, 5), outcome=OUTCOMES)
    def settle_again(self, which: int, outcome: SendOutcome) -> None:
        """An outcome is told of something that was settled before."""
        held = {delivery.id for _, delivery in self.in_hand}
        stale = [(owner, delivery) for owner, delivery in self.settled if delivery.id not in held]
        if stale:
            owner, delivery = stale[which % len(stale)]
            assert not self.run(self.world.settle(delivery, outcome, owner=owner))

    @rule(owner=st.sampled_from(["one", "two"]), stalled=st.booleans())
    def take_over(self, owner: str, stalled: bool) -> None:
        """The owner dies or stalls, and another takes the account."""
        if stalled:
            self.world.pass_time(seconds=21)
        self.run(self.world.own(owner, evict=True))
        if owner != self.world.owner and not stalled:
            self.in_hand.clear()
        self.world.owner = owner

    @rule()
    def give_back(self) -> None:
        """The owner stops."""

        async def step() -> None:
            account = await self.world.account()
            async with self.world.database.begin() as tx:
                await tx.outbox.disown(account, self.world.owner, self.world.now)

        self.run(step())

    @rule(conversation=CONVERSATIONS, thread=THREADS, closed=st.booleans())
    def pause_or_resume(self, conversation: str, thread: str, closed: bool) -> None:
        """A conversation is closed to us, or open again."""

        async def step() -> None:
            address = self.world.address(conversation, thread)
            async with self.world.database.begin() as tx:
                if closed:
                    await tx.destinations.pause(address, "kicked", self.world.now)
                else:
                    await tx.destinations.resume(address, self.world.now)

        self.run(step())

    @rule(conversation=CONVERSATIONS, newsroom=st.integers(0, 1))
    def subscribe_and_leave(self, conversation: str, newsroom: int) -> None:
        """Whoever leaves has its alerts dropped."""

        async def step() -> None:
            desk = await self.world.desk(conversation)
            subscription = await self.world.subscribe(desk, self.newsrooms[newsroom])
            async with self.world.database.begin() as tx:
                await tx.destinations.unsubscribe(subscription, self.world.now)

        self.run(step())

    @rule(old=CONVERSATIONS, new=st.sampled_from(["a", "b", "c", "d"]))
    def move(self, old: str, new: str) -> None:
        """A conversation has another id."""

        async def step() -> None:
            async with self.world.database.begin() as tx:
                await tx.destinations.move(self.world.address(old), new)

        self.run(step())

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        """Time goes by."""
        self.world.pass_time(seconds=seconds)

    @invariant()
    def promises(self) -> None:
        """No lane's count drifts, none is due without need, none in need is not due."""
        assert self.run(self.world.drifted()) == []

    def teardown(self) -> None:
        """In the end everything that is owed can be delivered: nothing is stuck."""
        self.run(self._deliver_the_rest())
        self.run(self.world.database.close())
        self.loop.close()
        self.left.close()

    async def _deliver_the_rest(self) -> None:
        self.world.pass_time(days=1)
        await self.world.own("last", evict=True)
        async with self.world.database.begin() as tx:
            for conversation in "abcd":
                await tx.destinations.resume(self.world.address(conversation), self.world.now)
        for _ in range(200):
            taken = await self.world.claim(50, owner="last")
            if not taken:
                break
            for delivery in taken:
                assert await self.world.settle(delivery, Sent("1"), owner="last")
        assert await self.world.rows("SELECT * FROM delivery WHERE state IN ('pending', 'held')") == []
        assert await self.world.drifted() == []


WALKS = settings(max_examples=10, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True)


def test_walk(empty: Empty) -> None:
    """On each engine the same holds."""

    class Here(Walk):
        """A walk over databases of this engine."""

        def __init__(self) -> None:
            super().__init__(empty)

    run_state_machine_as_test(Here, settings=WALKS)
