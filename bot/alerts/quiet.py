"""What comes to be sent so late that its destination sleeps by then: after a downtime, a pause, or a platform that was down. Pure.

What comes out in quiet hours is held when it is owed (`bot.alerts.wants`); this is for what was owed before they began.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import assert_never

from bot.alerts.wants import Rule
from bot.alerts.when import held_until, hours_of, zone_of
from bot.domain.delivery import Delivery, DeliveryKind, More
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


def can_wait(delivery: Delivery, reason: str = "") -> bool:
    """Whether quiet hours hold it: not what operators are told, nor what is said of a post that stands, nor what is urgent.

    `reason`: why it is told, where that was decided just now; else its payload has it.
    """
    if Rule.URGENT in (reason, delivery.payload.get("why")):
        return False
    match delivery.kind:
        case DeliveryKind.ALERT | DeliveryKind.DIGEST | DeliveryKind.BROADCAST:
            return True
        case DeliveryKind.FOLLOW_UP:
            return delivery.payload.get("more") == More.WHOLE
        case DeliveryKind.NOTICE | DeliveryKind.CORRECTION:
            return False
        case _:
            assert_never(delivery.kind)
