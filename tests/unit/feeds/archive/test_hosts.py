"""How often a host is asked."""

from __future__ import annotations

from datetime import timedelta

from bot.feeds.archive.hosts import Hosts


class Time:
    """A clock that moves when somebody sleeps by it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """What it shows."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Let time go by."""
        self.slept.append(round(seconds, 3))
        self.now += seconds


async def test_requests_to_one_host_are_spaced() -> None:
    """Another host is not held up, and who comes late waits for nobody."""
    time = Time()
    hosts = Hosts(2.0, clock=time, sleep=time.sleep)
    for host in ("a", "b", "a", "a"):
        await hosts.turn(host)
    assert time.slept == [2.0, 2.0]
    time.now += 60
    await hosts.turn("a")
    assert time.slept == [2.0, 2.0]


async def test_a_host_may_ask_for_more_space() -> None:
    """Never for less."""
    time = Time()
    hosts = Hosts(2.0, clock=time, sleep=time.sleep)
    hosts.space("a", 10.0)
    hosts.space("b", 0.5)
    for host in ("a", "a", "b", "b"):
        await hosts.turn(host)
    assert time.slept == [10.0, 2.0]


def test_a_host_rests_for_as_long_as_it_wants() -> None:
    """The longer wish counts."""
    time = Time()
    hosts = Hosts(2.0, clock=time)
    hosts.rest("a", timedelta(seconds=30))
    hosts.rest("a", timedelta(seconds=5))
    assert (hosts.resting("a"), hosts.resting("b")) == (timedelta(seconds=30), None)
    time.now += 31
    assert hosts.resting("a") is None
