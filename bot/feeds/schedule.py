"""When a feed is looked at again. Pure: chance comes in as a number."""

from __future__ import annotations

from datetime import datetime, timedelta

QUARTER = timedelta(minutes=15)
AFTER_QUARTER = timedelta(seconds=2)
"""Newsrooms schedule releases for a full quarter of an hour (about half of Udenrigsministeriet's): we look just after."""
QUARTER_SPREAD = timedelta(seconds=8)
LONGEST_BACK_OFF = timedelta(hours=1)
JITTER = 0.1


def next_poll(now: datetime, interval: timedelta, chance: float) -> datetime:
    """After a good poll: an interval on, or just after the quarter where that is sooner. `chance` in [0, 1) spreads the feeds."""
    regular = now + interval * (1 - JITTER * chance)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    quarters_gone = (now - AFTER_QUARTER - midnight) // QUARTER
    after_quarter = midnight + (quarters_gone + 1) * QUARTER + AFTER_QUARTER + QUARTER_SPREAD * chance
    return min(regular, after_quarter)


def next_try(now: datetime, interval: timedelta, failures: int, chance: float, retry_after: timedelta | None = None) -> datetime:
    """After a failed poll, the `failures`-th in a row: ever longer pauses up to an hour, never before the server's own wish."""
    pause = min(interval * 2 ** min(failures - 1, 20), max(LONGEST_BACK_OFF, interval))
    pause *= 1 - 2 * JITTER * (chance - 0.5)
    wait: timedelta = max(pause, retry_after or timedelta(0))
    return now + wait
