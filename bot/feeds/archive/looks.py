"""When a release's document is looked at, and when again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.ports import ARCHIVED

AFTER = (
    timedelta(0),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(minutes=60),
    timedelta(hours=6),
    timedelta(hours=24),
)
"""The looks at a new release, counted from when it was first seen: newsrooms edit what went out, and its feed does not show it."""
FIRST, LAST = 0, len(AFTER) - 1

_PAUSE = timedelta(seconds=10)
_TRIES = 4


@dataclass(frozen=True, slots=True)
class NextLook:
    """`stage` None: there is none."""

    stage: int | None
    due_at: datetime
    tries: int = 0


def after_look(stage: int, first_seen: datetime, now: datetime) -> NextLook:
    """The look that follows on one that came to something: the next that is not over yet."""
    if stage != ARCHIVED:
        for number, after in enumerate(AFTER):
            if first_seen + after > now:
                return NextLook(number, first_seen + after)
    return NextLook(None, now)


def after_failure(
    stage: int, tries: int, first_seen: datetime, now: datetime, *, wait: timedelta | None = None, for_good: bool = False
) -> NextLook:
    """The look that follows on one that failed: the same after a while, or the next where that comes sooner.

    `wait`: the server's own wish. `for_good`: the same look would fail again.
    """
    regular = after_look(stage, first_seen, now)
    again = now + max(_PAUSE * 4**tries, wait or timedelta(0))
    if for_good or tries + 1 >= _TRIES:
        later = regular.due_at if wait is None else max(regular.due_at, now + wait)
        return NextLook(regular.stage, later)
    if regular.stage is not None and regular.due_at <= again:
        return NextLook(regular.stage, again if wait else regular.due_at)
    return NextLook(stage, again, tries + 1)
