"""How many deliveries to have in hand at once."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from bot.ports import Pace

AHEAD = 0.3
"""Seconds of sending that are in hand beyond what is in flight: it takes so long to write outcomes down and to claim the next."""
MOST = 16
"""Times what may be in flight, at most."""
_SHORTEST = 0.01


class Stock:
    """Has enough in hand that sends never wait for the database, by the rate of late.

    Where a platform answers at once that is far more than may be in flight, and few large transactions do for many deliveries.
    Where it takes its time it is hardly more: what is urgent waits behind little, and a crash leaves little in doubt. Where a rate
    is the limit, that is what sends wait for, and nothing is held ahead.
    """

    def __init__(self, pace: Pace, clock: Callable[[], float] = monotonic) -> None:
        self._at_once, self._limited, self._clock = pace.at_once, pace.per_second is not None, clock
        self._rate, self._at = 0.0, clock()

    @property
    def most(self) -> int:
        """So many may be in hand now."""
        if self._limited:
            return self._at_once
        ahead = max(int(self._rate * AHEAD), self._at_once)
        return self._at_once + min(ahead, self._at_once * (MOST - 1))

    @property
    def still_enough(self) -> int:
        """While more than so many wait to be sent, no more are claimed: few claims of many cost less."""
        return (self._at_once if self._limited else self.most - self._at_once) // 3

    @property
    def enough(self) -> int:
        """So many outcomes are written down without waiting for more; the rest is sent meanwhile."""
        return self.most // 2

    def begin(self) -> None:
        """Something is in hand again, where nothing was: a pause in what is owed says nothing of the platform."""
        self._at = self._clock()

    def settled(self, count: int) -> None:
        """So many were just written down."""
        now = self._clock()
        self._rate = (self._rate + count / max(now - self._at, _SHORTEST)) / 2
        self._at = now
