"""What came of it: was everything told, once, in order and at its time, and does anything grow? Pure, over what was recorded."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from bot.alerts.when import moment_of
from tests.soak.measure import Sample
from tests.soak.plan import DAY, HOUR, Desk, Mode

FOUND_WITHIN = 6 * HOUR
"""A feed may be broken for three hours, and is then asked again within one."""
PROMPT = timedelta(minutes=5)
"""A digest is out by then, even where the chat stumbles."""

Release = tuple[int, int]


@dataclass
class Told:
    """What one destination was told: when and by which message it heard of each release, and when it came and went."""

    alerts: dict[Release, list[tuple[datetime, str, bool]]] = field(default_factory=lambda: defaultdict(list))
    changes: list[tuple[datetime, int | None, bool]] = field(default_factory=list)


@dataclass
class Findings:
    """What is wrong, and how much there was of what."""

    wrong: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, what: str, more: object = "") -> None:
        """Something is wrong."""
        self.counts[what] += 1
        if self.counts[what] <= 5:
            self.wrong.append(f"{what}: {more}")


def judge(desks: Sequence[Desk], happened: Iterable[tuple[datetime, dict[str, Any]]]) -> Findings:
    """Every release at every destination that wants it, once; in order; digests by the clock of the place."""
    found, told, outages = Findings(), defaultdict[str, Told](Told), _Outages()
    published: dict[int, list[datetime]] = {}
    at = datetime.min.replace(tzinfo=UTC)
    withdrawn: set[Release] = set()
    for at, event in happened:
        match event["what"]:
            case "published":
                published.setdefault(event["feed"], []).append(at)
            case "withdrawn":
                withdrawn.add((event["feed"], event["n"]))
            case "posted" if not event["under"]:
                for feed, n in event["shows"]:
                    told[event["to"].rstrip("x")].alerts[feed, n].append((at, event["id"], event["lost"]))
            case "unsubscribed" | "subscribed":
                told[event["to"]].changes.append((at, event["feed"], event["what"] == "subscribed"))
            case "away" | "back":
                told[event["to"]].changes.append((at, None, event["what"] == "back"))
            case "down" | "up":
                outages.times.append(at)
        found.counts[event["what"]] += 1
    for desk in desks:
        _Desk(desk, told[desk.name], found, outages, withdrawn, at).judge(published)
    return found


@dataclass
class _Outages:
    times: list[datetime] = field(default_factory=list)

    def lasted(self, since: datetime, until: datetime) -> timedelta:
        """How much longer something may have taken because the chat was down in between."""
        pairs = zip(self.times[::2], self.times[1::2], strict=False)
        return sum((up - down + PROMPT for down, up in pairs if down <= until and since <= up), timedelta(0))


@dataclass
class _Desk:
    desk: Desk
    told: Told
    found: Findings
    outages: _Outages
    withdrawn: Container[Release]
    """Whoever was to be told of them later need not be."""
    end: datetime

    def judge(self, published: Mapping[int, Sequence[datetime]]) -> None:
        for feed in self.desk.feeds:
            for number, at in enumerate(published.get(feed, ()), 21):  # twenty stood there before
                self._once((feed, number), at)
        self._order()
        for when in sorted({at for posts in self.told.alerts.values() for at, _, _ in posts}):
            self._at_its_time(when)
        if self.desk.mode is Mode.DAILY:
            self._one_a_day()

    def _once(self, release: Release, at: datetime) -> None:
        posts = self.told.alerts.get(release, [])
        heard = [message for _, message, lost in posts if not lost]
        self.found.counts["owed"] += 1
        if not posts and release not in self.withdrawn and not self._still_held(at) and self._wanted(release[0], at):
            self.found.add("lost", f"f{release[0]}-{release[1]} of {at} for {self.desk}")
        if len(heard) > 1 or len(posts) - len(heard) > 1:
            self.found.add("doubled", f"f{release[0]}-{release[1]} for {self.desk.name} by messages {posts}")
        self.found.counts["answers lost, and posted again"] += len(posts) > len(heard) and len(heard) == 1
        if posts and self.desk.mode is Mode.DAILY:
            self._due(release, at, posts[0][0])

    def _wanted(self, feed: int, at: datetime) -> bool:
        """Whether it was subscribed to, and there, all the while in which the release may have been found."""
        changes = [(when, on) for when, which, on in self.told.changes if which in (None, feed)]
        if any(at - HOUR < when < at + FOUND_WITHIN for when, _ in changes):
            return False
        subscribed = [on for when, which, on in self.told.changes if which == feed and when <= at]
        there = [on for when, which, on in self.told.changes if which is None and when <= at]
        return (not subscribed or subscribed[-1]) and (not there or there[-1])

    def _still_held(self, at: datetime) -> bool:
        """Whether it may be held back yet when all ends."""
        return self.desk.mode is not Mode.AT_ONCE and at > self.end - DAY - FOUND_WITHIN

    def _order(self) -> None:
        if self.desk.mode is not Mode.AT_ONCE:
            return
        first = sorted((posts[0][0], int(posts[0][1]), feed, n) for (feed, n), posts in self.told.alerts.items())
        last: dict[int, int] = {}
        for _, _, feed, n in first:
            if n < last.get(feed, 0):
                self.found.add("out of order", f"f{feed}-{n} after {last[feed]} for {self.desk.name}")
            last[feed] = max(n, last.get(feed, 0))

    def _at_its_time(self, when: datetime) -> None:
        local = when.astimezone(ZoneInfo(self.desk.zone))
        if self.desk.mode is Mode.DAILY:
            at = moment_of(local.date(), time(8), ZoneInfo(self.desk.zone))
            if not at <= when <= at + PROMPT + self.outages.lasted(at, when):
                self.found.add("a digest at another time than eight", f"{local} for {self.desk.name} in {self.desk.zone}")
        if self.desk.mode is Mode.QUIET and not time(7) <= local.time() < time(22, 0, 59):
            self.found.add("told at night", f"{local} for {self.desk.name} in {self.desk.zone}")

    def _one_a_day(self) -> None:
        zone = ZoneInfo(self.desk.zone)
        messages = {
            (message, at.astimezone(zone).date()) for posts in self.told.alerts.values() for at, message, lost in posts if not lost
        }
        self.found.counts["digests"] += len(messages)
        for day, count in Counter(day for _, day in messages).items():
            if count > 1:
                self.found.add("several digests in a day", f"{count} on {day} for {self.desk.name}")

    def _due(self, release: Release, at: datetime, told: datetime) -> None:
        """By the next eight o'clock after it was published, or after it was found at the latest."""
        zone = ZoneInfo(self.desk.zone)
        first, last = _next_eight(at, zone), _next_eight(at + FOUND_WITHIN, zone)
        if not first <= told <= last + PROMPT + self.outages.lasted(first, told):
            self.found.add("in the digest of another day", f"f{release[0]}-{release[1]} of {at}: {told} for {self.desk.name}")


def _next_eight(moment: datetime, zone: ZoneInfo) -> datetime:
    today = moment.astimezone(zone).date()
    eights = [moment_of(today + n * DAY, time(8), zone) for n in range(3)]
    return eights[bisect_right(eights, moment)]


# Growth -----------------------------------------------------------------------------------------------------------------

TOLERANCE = {
    "memory": (0.03, 8 * 2**20),
    "blocks": (0.02, 15_000),
    "objects": (0.02, 3000),
    "files": (0.0, 3),
    "tasks": (0.0, 3),
    "threads": (0.0, 2),
    "connections": (0.0, 2),
    "wal": (0.1, 4 * 2**20),
    "lively": (0.1, 50),
    "rows of audit": (0.1, 30),
    "rows of shown": (0.2, 60),
    "rows of lease": (0.0, 1),
    "rows of worker": (0.0, 1),
    "rows of mark": (0.0, 5),
    "rows of button": (0.2, 50),
    "rows of fan_out": (0.0, 1),
    "rows of lane": (0.0, 2),
}
"""How much more there may be of something in the last third than in the middle one: a share, or so much, whichever is more."""


@dataclass(frozen=True, slots=True)
class Growth:
    """The medians of the middle and the last third, and whether that is growth."""

    name: str
    middle: float
    last: float
    grows: bool


def growth(samples: Sequence[Sample]) -> list[Growth]:
    """How the last third of the days compares with the middle one."""
    third = len(samples) // 3
    middle, last = samples[third : len(samples) - third], samples[len(samples) - third :]
    found = []
    for name, (share, least) in TOLERANCE.items():
        before, after = (median(sample.figures.get(name, 0) for sample in some) for some in (middle, last))
        found.append(Growth(name, before, after, after - before > max(share * before, least)))
    return found
