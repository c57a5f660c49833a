"""How many deliveries are in hand: enough that sends never wait, and no more."""

from __future__ import annotations

from bot.alerts.stock import Stock
from bot.ports import Pace


class Watch:
    """A clock that is turned by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def after(rate: float, seconds: float = 2.0, *, pace: Pace | None = None) -> Stock:
    """The stock after so many seconds of settling at a rate, ten times a second."""
    watch = Watch()
    stock = Stock(pace or Pace(at_once=20), watch)
    for _ in range(int(seconds * 10)):
        watch.now += 0.1
        stock.settled(round(rate / 10))
    return stock


def test_at_first_as_much_again_as_may_be_in_flight() -> None:
    """Before anything is known of the platform."""
    assert Stock(Pace(at_once=20)).most == 40


def test_a_platform_that_takes_its_time_gets_little_more() -> None:
    """A hundred a second is Slack with 200 ms a message: what is urgent waits behind 30."""
    assert 45 <= after(100).most <= 50


def test_a_fast_platform_gets_what_it_takes_while_the_database_works() -> None:
    """Six hundred a second: 180 while outcomes are written down and the next are claimed; sixteen times the flight at most."""
    assert 195 <= after(600).most <= 200
    assert after(100_000).most == 320


def test_it_shrinks_again_when_the_platform_slows_down() -> None:
    """Within a few settlements, and after a pause at once nearly."""
    watch = Watch()
    stock = Stock(Pace(at_once=20), watch)
    for _ in range(20):
        watch.now += 0.05
        stock.settled(50)
    assert stock.most > 150
    for _ in range(4):
        watch.now += 5.0
        stock.settled(1)
    assert stock.most == 40


def test_where_the_pace_is_a_rate_nothing_is_held_ahead() -> None:
    """Sends wait for their turns there, not for the database."""
    stock = after(1000, pace=Pace(per_second=30, at_once=30))
    assert (stock.most, stock.enough, stock.still_enough) == (30, 15, 10)


def test_more_is_claimed_when_a_third_of_what_waits_is_left() -> None:
    """And half of what may be in hand is written down at once."""
    stock = after(100_000)
    assert (stock.most, stock.enough, stock.still_enough) == (320, 160, 100)


def test_a_pause_in_what_is_owed_says_nothing_of_the_platform() -> None:
    """The first of the next fan-out are sent as fast as the last of the one before."""
    watch = Watch()
    stock = Stock(Pace(at_once=20), watch)
    for _ in range(20):
        watch.now += 0.05
        stock.settled(50)
    watch.now += 3600.0
    stock.begin()
    watch.now += 0.05
    stock.settled(50)
    assert stock.most > 300
