"""Who wants what, how often newsrooms publish, and what goes wrong when: all by the size and a seed, so that it can be repeated."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

from bot.domain.options import AS_USUAL, EVERYTHING, DestinationOptions, Frequency, QuietHours, SubscriptionOptions

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PUSHED_OUT = 100
"""So many newer releases of its feed end what is kept of one (`storage.retention`)."""
_ZONES = ("Europe/Copenhagen", "Europe/Copenhagen", "Europe/Copenhagen", "Europe/London", "America/Nuuk", "Asia/Tokyo")


class Mode(StrEnum):
    """How a destination is told."""

    AT_ONCE = "at once"
    DAILY = "a digest every morning"
    QUIET = "at once, but not at night"


@dataclass(frozen=True, slots=True)
class Desk:
    """A destination: its conversation, how it is told, and the feeds that it follows. `moves`: it comes and goes."""

    name: str
    mode: Mode
    zone: str
    feeds: tuple[int, ...]
    moves: bool = False

    @property
    def options(self) -> DestinationOptions:
        """Its settings."""
        return DestinationOptions(quiet=QuietHours(time(22), time(7))) if self.mode is Mode.QUIET else AS_USUAL

    @property
    def wish(self) -> SubscriptionOptions:
        """Its subscriptions' settings."""
        return SubscriptionOptions(frequency=Frequency.DAILY) if self.mode is Mode.DAILY else EVERYTHING


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of it. `days` end at midnight UTC, a while after clocks in Europe were put back on 25 October 2026."""

    feeds: int = 500
    destinations: int = 2000
    days: int = 30
    seed: int = 2026

    @property
    def start(self) -> datetime:
        """When it begins, so that the change of the clocks lies in its last third."""
        return datetime(2026, 10, 27, tzinfo=UTC) - DAY * self.days if self.days < 20 else datetime(2026, 10, 4, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """When it ends."""
        return self.start + DAY * self.days

    @property
    def keep_days(self) -> int:
        """For how many days what was sent is kept: a quarter of the time, so that it goes and is seen to level off."""
        return max(1, self.days // 4)

    def a_day(self, feed: int) -> float:
        """How many releases a feed publishes in a day: a few so many that old ones are pushed out, most very few."""
        if self.is_lively(feed):
            return max(12.0, 1.5 * PUSHED_OUT / (self.days / 3))
        return 4.0 if feed % 10 == 1 else 0.25

    def is_lively(self, feed: int) -> bool:
        """Whether its releases are pushed out by others within a third of the time."""
        return feed % 25 == 0

    def desks(self) -> list[Desk]:
        """All destinations."""
        chance = random.Random(self.seed)  # noqa: S311 - it only has to repeat
        return [self._desk(number, chance) for number in range(self.destinations)]

    def _desk(self, number: int, chance: random.Random) -> Desk:
        mode = Mode.DAILY if number % 10 in (7, 8) else Mode.QUIET if number % 10 == 9 else Mode.AT_ONCE
        busy = [feed for feed in range(self.feeds) if self.a_day(feed) == 4.0]
        lively = [feed for feed in range(self.feeds) if self.is_lively(feed)]
        feeds = {chance.randrange(self.feeds) for _ in range(2)} if mode is Mode.AT_ONCE else set()
        feeds = {feed for feed in feeds if not self.is_lively(feed)}
        if mode is not Mode.AT_ONCE:
            # What comes within a day has room in one message.
            few = self.a_day(lively[0]) <= 12 and number % 20 < 10
            feeds.add(chance.choice(lively if few else busy))
        elif number % 10 == 0:
            feeds.add(chance.choice(lively))
        zone = _ZONES[number // 10 % len(_ZONES)] if mode is not Mode.AT_ONCE else _ZONES[0]
        return Desk(f"c{number}", mode, zone, tuple(sorted(feeds)), moves=mode is Mode.AT_ONCE and number % 20 == 3)

    def publications(self, feed: int) -> Iterator[datetime]:
        """When a feed publishes."""
        chance = random.Random(f"{self.seed} {feed}")  # noqa: S311
        apart = DAY / self.a_day(feed)
        moment = self.start + HOUR + apart * chance.random()
        while moment < self.end - 8 * HOUR:  # what comes last is to be told within the time
            yield moment.replace(microsecond=0)
            moment += apart * (0.5 + chance.random())
