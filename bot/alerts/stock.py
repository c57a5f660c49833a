"""How many deliveries to have in hand at once."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from bot.ports import Pace

AHEAD = 0.15
"""Seconds of sending that are in hand beyond what is in flight: so long it takes to write outcomes down and to claim the next."""
MOST = 10
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
    def enough(self) -> float:
        """So many outcomes are worth writing down without waiting for more; the rest is sent meanwhile."""
        return self._at_once * (0.5 if self._limited else 2.5)

    def settled(self, count: int) -> None:
        """So many were just written down."""
        now = self._clock()
        self._rate = (self._rate + count / max(now - self._at, _SHORTEST)) / 2
        self._at = now
