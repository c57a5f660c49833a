"""What happens in the month, beside what newsrooms publish: corrections, faults, outages, people who ask, and who come and go."""

from __future__ import annotations

import asyncio
import heapq
import random
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle, islice

from bot.app import Bot
from bot.domain.subscription import ConversationKind
from bot.ports import BotAdded
from tests.fakes.chat import HttpChatAdapter
from tests.soak.chat import Chat
from tests.soak.newsrooms import UNREAD, WINDOW, Fault, Newsrooms
from tests.soak.plan import DAY, HOUR, Desk, Mode, Plan
from tests.soak.record import Record
from tests.soak.simulated import Simulated

MINUTE = timedelta(minutes=1)
_QUESTIONS = (
    "/latest",
    "/latest 5",
    "/search kajen",
    "/status",
    "/subscriptions",
    "/newsrooms",
    "/release 1",
    "/contact rum1",
    "/why 1",
)


@dataclass
class Life:
    """Everything outside the bot."""

    plan: Plan
    clock: Simulated
    record: Record
    newsrooms: Newsrooms
    chat: Chat
    bot: Bot
    adapter: HttpChatAdapter
    desks: list[Desk]
    asked: int = 0
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._chance = random.Random(self.plan.seed + 1)  # noqa: S311 - it only has to repeat
        self._moving: set[str] = set()
        self._faults = ((number, fault) for fault in cycle(Fault) for number in range(self.plan.feeds))

    async def settle_in(self) -> None:
        """Every destination has its subscriptions before anything happens."""
        now = self.clock.now()
        async with self.bot.database.begin() as tx:
            newsrooms = {newsroom.slug: newsroom.id for newsroom in await tx.newsrooms.all()}
            for desk in self.desks:
                here = await tx.destinations.ensure(
                    self.adapter.address(desk.name),
                    kind=ConversationKind.GROUP,
                    title=desk.name,
                    language="da",
                    timezone=desk.zone,
                    now=now,
                )
                await tx.destinations.set_options(here.id, desk.options)
                for feed in desk.feeds:
                    made, _ = await tx.destinations.subscribe(here.id, newsrooms[f"rum{feed}"], by="soak", now=now)
                    await tx.destinations.set_subscription_options(made.id, desk.wish)

    async def run(self) -> None:
        """Until the plan's end."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            for part in self._parts():
                group.create_task(part)

    def _parts(self) -> Sequence[Coroutine[None, None, None]]:
        return (
            self._publish(),
            self._every(3 * HOUR, self._take_down),
            self._every(HOUR, self._break_feeds),
            self._every(2 * DAY, self._outage, after=13 * HOUR),
            self._every(7 * HOUR, self._stumble),
            self._every(30 * MINUTE, self._ask),
            self._every(HOUR, self._change_mind),
            self._every(6 * HOUR, self._leave),
            self._every(DAY, self._move, after=9 * HOUR),
        )

    async def _every(
        self, apart: timedelta, happens: Callable[[], Coroutine[None, None, None]], *, after: timedelta = timedelta(0)
    ) -> None:
        """Something happens again and again, the last time a good while before the end."""
        moment = self.plan.start + (after or apart)
        while moment < self.plan.end - 12 * HOUR:
            await self.clock.sleep_until(moment)
            self._group.create_task(happens())
            moment += apart

    # Newsrooms

    async def _publish(self) -> None:
        for at, feed in heapq.merge(*(_of(feed, self.plan.publications(feed)) for feed in range(self.plan.feeds))):
            await self.clock.sleep_until(at)
            self.newsrooms.publish(feed, at)
            if self._chance.random() < 0.04:
                self.newsrooms.correct(self._chance.randrange(self.plan.feeds))

    async def _take_down(self) -> None:
        """A release that has stood for a while, so that it is known."""
        feed = self._chance.choice(self.newsrooms.feeds)
        if feed.fault is None and len(feed.items) == WINDOW:
            self.newsrooms.take_down(feed.number)

    async def _break_feeds(self) -> None:
        """One feed of a hundred is broken for up to three hours, each in its own way, and only when it was read well before."""
        for feed in self.newsrooms.feeds:
            feed.fault = None if self._chance.random() < 0.4 else feed.fault
        for number, fault in self._next_faults():
            feed = self.newsrooms.feeds[number]
            if feed.unread > UNREAD:
                continue
            feed.fault = fault
            for_so_long = min(3 * HOUR, 5 * DAY / self.plan.a_day(number))
            asyncio.get_running_loop().call_later(for_so_long.total_seconds(), _mend, feed)

    def _next_faults(self) -> Iterable[tuple[int, Fault]]:
        """In the first third of the time every feed has every fault once, so that what is counted of each levels off."""
        if self.clock.now() < self.plan.start + self.plan.days * DAY / 3:
            return islice(self._faults, max(1, self.plan.feeds // 45))
        numbers = self._chance.sample(range(self.plan.feeds), max(1, self.plan.feeds // 100))
        return [(number, self._chance.choice(list(Fault))) for number in numbers]

    # The chat

    async def _outage(self) -> None:
        self.record.put("down")
        self.chat.down = True
        await asyncio.sleep(20 * 60)
        self.chat.down = False
        self.record.put("up")

    async def _stumble(self) -> None:
        """The next calls meet a limit, a fault, and a line that breaks after the message was taken."""
        self.chat.faults.extend(("429", "429", "500", "hang-up"))

    # People

    async def _ask(self) -> None:
        await self._say(self._chance.choice(_QUESTIONS), self._chance.choice(self.desks).name)

    async def _change_mind(self) -> None:
        """Somebody subscribes to something else."""
        with self._mover() as desk:
            if desk is None:
                return
            for feed in desk.feeds[:1]:
                await self._say(f"/unsubscribe rum{feed}", desk.name)
                self.record.put("unsubscribed", to=desk.name, feed=feed)
                await asyncio.sleep(3600 * self._chance.randrange(1, 9))
                await self._say(f"/subscribe rum{feed}", desk.name)
                self.record.put("subscribed", to=desk.name, feed=feed)

    async def _leave(self) -> None:
        """A conversation throws the bot out, and takes it back in after some hours."""
        with self._mover() as desk:
            if desk is None:
                return
            self.record.put("away", to=desk.name)
            self.chat.away.add(desk.name)
            await asyncio.sleep(5 * 3600)
            self.chat.away.discard(desk.name)
            assert self.adapter.desk is not None
            await self.adapter.desk.on_event(BotAdded(self.adapter.address(desk.name), ConversationKind.GROUP, desk.name))
            self.record.put("back", to=desk.name)

    async def _move(self) -> None:
        """A conversation has another id from now on, as where a group becomes a supergroup."""
        here = self._chance.choice([desk for desk in self.desks if desk.mode is Mode.AT_ONCE and not desk.moves]).name
        for _ in range(self.plan.days):
            here = self.chat.moved.get(here, here)
        self.chat.moved[here] = f"{here}x"

    @contextmanager
    def _mover(self) -> Iterator[Desk | None]:
        """One of those that come and go, which nothing else happens to meanwhile; None where there is none."""
        free = [desk for desk in self.desks if desk.moves and desk.name not in self._moving]
        desk = self._chance.choice(free) if free else None
        self._moving.add(desk.name if desk else "")
        try:
            yield desk
        finally:
            self._moving.discard(desk.name if desk else "")

    async def _say(self, line: str, conversation: str) -> None:
        self.asked += 1
        reply = await self.adapter.hear(line, conversation=conversation)
        if not reply.card.elements:
            self.failed.append(line)


def _of(feed: int, moments: Iterator[datetime]) -> Iterator[tuple[datetime, int]]:
    return ((moment, feed) for moment in moments)


def _mend(feed: object) -> None:
    feed.fault = None  # type: ignore[attr-defined]
