"""What is counted, in the form that Prometheus reads. Every label is one of a bounded set of words of ours; no person is in any."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from enum import StrEnum
from typing import assert_never

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from bot import __version__
from bot.alerts.retry import GIVEN_UP
from bot.domain.delivery import DeliveryState, Settlement
from bot.gauges import NEWSROOMS_AT_MOST, AsItStands, seconds_between
from bot.happenings import (
    Answered,
    DatabaseFailed,
    Fetched,
    Happening,
    Heard,
    Polled,
    Posted,
    Settled,
    Stored,
    Waited,
    Withdrawn,
)
from bot.standing import Standing

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_DELAYS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600, 4 * 3600, 12 * 3600)
"""Bounds in seconds, from what a machine needs to what an outage costs."""
_MOMENTS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Became(StrEnum):
    """What became of a try to deliver, as the metric of deliveries has it."""

    SENT = "sent"
    SKIPPED = "skipped"
    RETRIED = "retried"
    PAUSED = "paused"
    MOVED = "moved"
    BLOCKED = "blocked"
    """The whole account must wait."""
    PUT_OFF = "put_off"
    """It came to no try, for a reason that is ours."""
    REFUSED = "refused"
    GIVEN_UP = "given_up"


def became(settled: Settlement) -> Became:
    """What a settlement comes to."""
    match settled.state:
        case DeliveryState.SENT:
            return Became.SENT
        case DeliveryState.SKIPPED:
            return Became.SKIPPED
        case DeliveryState.DEAD:
            return Became.GIVEN_UP if settled.reason.startswith(GIVEN_UP) else Became.REFUSED
        case DeliveryState.PENDING | DeliveryState.HELD:
            return _still_owed(settled)
        case _:
            assert_never(settled.state)


def _still_owed(settled: Settlement) -> Became:
    if settled.pause is not None:
        return Became.PAUSED
    if settled.moved_to is not None:
        return Became.MOVED
    if settled.blocks_account:
        return Became.BLOCKED
    return Became.RETRIED if settled.counts_as_attempt else Became.PUT_OFF


class Metrics:
    """One bot's metrics, in a registry of their own. `witness` takes what happens; `page` shows it all."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._standing = AsItStands()
        registry.register(self._standing)
        self._newsrooms: set[str] = set()
        info = Gauge("pressevagt_build_info", "Always 1; the labels say what runs.", ["version", "python"], registry=registry)
        info.labels(__version__, platform.python_version()).set(1)
        self._count_feeds()
        self._count_sending()
        self._commands = self._histogram("command_seconds", "Answering a command.", _MOMENTS, "command", "outcome")
        self._updates = self._counter("updates", "Commands of people, and events that happen to us.", "platform", "what")
        self._failures = self._counter("database_errors", "Transactions that came to nothing.", "error")

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"pressevagt_{name}", what, labels, registry=self.registry)

    def _histogram(self, name: str, what: str, bounds: Iterable[float], *labels: str) -> Histogram:
        return Histogram(f"pressevagt_{name}", what, labels, buckets=tuple(bounds), registry=self.registry)

    def _count_feeds(self) -> None:
        self._polls = self._counter("polls", "Polls that came to their end.", "newsroom", "outcome")
        what = "Releases: new, silent (stored, and told to nobody), corrected, withdrawn."
        self._releases = self._counter("releases", what, "newsroom", "what")
        what = "From asking for a turn at a feed's host to its answer."
        self._fetches = self._histogram("feed_fetch_seconds", what, _MOMENTS)
        what = "From the publication of a release that is news to its being stored."
        self._seen = self._histogram("published_to_seen_seconds", what, _DELAYS)

    def _count_sending(self) -> None:
        what = "What became of deliveries, each try counted."
        self._deliveries = self._counter("deliveries", what, "platform", "kind", "outcome")
        what = "Sends that left and were not answered, so that they may stand."
        self._lost = self._counter("lost_answers", what, "platform")
        what = "From a release's being stored to each alert's standing."
        self._posted = self._histogram("seen_to_posted_seconds", what, _DELAYS, "platform")
        what = "From a release's publication to each alert's standing."
        self._whole = self._histogram("published_to_posted_seconds", what, _DELAYS, "platform")
        self._turns = self._histogram(
            "turn_wait_seconds", "Waiting for a turn in an account's rate.", _MOMENTS, "platform", "whose"
        )

    def witness(self, happening: Happening) -> None:
        """Count it."""
        match happening:
            case Fetched() | Polled() | Stored() | Withdrawn():
                self._of_feeds(happening)
            case Settled() | Posted() | Waited():
                self._of_sending(happening)
            case Answered(name, command, outcome, seconds):
                self._updates.labels(name, "command").inc()
                self._commands.labels(command or "unknown", outcome).observe(seconds)
            case Heard(name):
                self._updates.labels(name, "event").inc()
            case DatabaseFailed(error):
                self._failures.labels(error).inc()
            case _:
                assert_never(happening)

    def page(self, standing: Standing) -> bytes:
        """All metrics, with those that are read at this moment."""
        self._standing.standing = standing
        return generate_latest(self.registry)

    def _of_feeds(self, happening: Fetched | Polled | Stored | Withdrawn) -> None:
        match happening:
            case Fetched(seconds):
                self._fetches.observe(seconds)
            case Polled(newsroom, outcome):
                self._polls.labels(self._bounded(newsroom), outcome).inc()
            case Stored():
                self._stored(happening)
            case Withdrawn(newsroom):
                self._releases.labels(self._bounded(newsroom), "withdrawn").inc()

    def _of_sending(self, happening: Settled | Posted | Waited) -> None:
        match happening:
            case Settled():
                self._settled(happening)
            case Posted():
                self._alert(happening)
            case Waited(name, is_answer, seconds):
                self._turns.labels(name, "answer" if is_answer else "delivery").observe(seconds)

    def _bounded(self, newsroom: str) -> str:
        """The newsroom as a label; `other` once there are too many."""
        if newsroom not in self._newsrooms:
            if len(self._newsrooms) >= NEWSROOMS_AT_MOST:
                return "other"
            self._newsrooms.add(newsroom)
        return newsroom

    def _stored(self, stored: Stored) -> None:
        newsroom = self._bounded(stored.newsroom)
        for what, count in (("new", len(stored.told)), ("silent", stored.silent), ("corrected", stored.corrected)):
            if count:
                self._releases.labels(newsroom, what).inc(count)
        for delay in stored.told:
            if delay is not None:
                self._seen.observe(max(delay.total_seconds(), 0))

    def _settled(self, happening: Settled) -> None:
        delivery, settled = happening.delivery, happening.settlement
        name = delivery.destination.address.platform
        self._deliveries.labels(name, delivery.kind.value, became(settled).value).inc()
        if settled.ambiguous:
            self._lost.labels(name).inc()

    def _alert(self, posted: Posted) -> None:
        release = posted.release
        self._posted.labels(posted.platform).observe(seconds_between(release.first_seen, posted.at))
        if release.date_note is None:
            self._whole.labels(posted.platform).observe(seconds_between(release.published, posted.at))
