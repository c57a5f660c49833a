"""What comes to be sent so late that its destination sleeps by then: after a downtime, a pause, or a platform that was down. Pure.

What comes out in quiet hours is held when it is owed (`bot.alerts.wants`); this is for what was owed before they began.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.alerts.when import held_until, hours_of, zone_of
from bot.domain.delivery import Delivery
from bot.domain.options import Frequency

STILL_AWAKE = timedelta(minutes=10)
"""So long after quiet hours began, what was owed before is sent still: an alert of a minute to ten is told at ten."""


def asleep_until(delivery: Delivery, now: datetime) -> datetime | None:
    """When the quiet hours end that a delivery's destination has had for some minutes, aware UTC; None: it is told now."""
    how = delivery.destination.options
    if how.quiet is None:
        return None
    hours = hours_of(how, zone_of(delivery.destination.timezone))
    if held_until(now - STILL_AWAKE, hours, Frequency.AT_ONCE) is None:
        return None
    return held_until(now, hours, Frequency.AT_ONCE)
