"""What is sent so late that its destination sleeps."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from bot.alerts.quiet import asleep_until, can_wait
from bot.domain.delivery import Delivery, DeliveryId, DeliveryKind
from bot.domain.options import AS_USUAL, DestinationOptions, QuietHours
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId

NIGHTS = DestinationOptions(quiet=QuietHours(time(22), time(6)))
WEEKENDS = DestinationOptions(quiet=QuietHours(time(22), time(6), weekends=True))


def at(text: str) -> datetime:
    """A wall-clock time in Copenhagen as aware UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Copenhagen")).astimezone(UTC)


def delivery(
    options: DestinationOptions = AS_USUAL, *, kind: DeliveryKind = DeliveryKind.ALERT, payload: dict[str, str] | None = None
) -> Delivery:
    """One for a channel with these options."""
    address = Address("test", "bot", "desk")
    there = Destination(DestinationId(1), address, "", ConversationKind.CHANNEL, "da", "Europe/Copenhagen", options=options)
    return Delivery(DeliveryId(1), there, kind, at("2026-11-20T12:00"), 0, payload=payload or {})


# 20 November 2026 is a Friday; on 25 October, a Sunday, clocks show the hour after two o'clock twice.
@pytest.mark.parametrize(
    ("options", "now", "until"),
    [
        (AS_USUAL, "2026-11-20T23:00", None),
        (NIGHTS, "2026-11-20T21:59", None),
        (NIGHTS, "2026-11-20T22:09", None),
        (NIGHTS, "2026-11-20T22:10", "2026-11-21T06:00"),
        (NIGHTS, "2026-11-21T05:59", "2026-11-21T06:00"),
        (NIGHTS, "2026-11-21T06:00", None),
        (NIGHTS, "2026-10-25T02:30", "2026-10-25T06:00"),
        (WEEKENDS, "2026-11-20T22:10", "2026-11-23T06:00"),
    ],
)
def test_what_comes_late_waits_for_the_end_of_quiet_hours(options: DestinationOptions, now: str, until: str | None) -> None:
    """But not in their first ten minutes: what was owed before they began is on its way then."""
    assert asleep_until(delivery(options), at(now)) == (at(until) if until else None)


@pytest.mark.parametrize(
    ("kind", "payload", "reason", "waits"),
    [
        (DeliveryKind.ALERT, {}, "", True),
        (DeliveryKind.ALERT, {"why": "wanted"}, "matched", True),
        (DeliveryKind.ALERT, {"why": "urgent"}, "", False),
        (DeliveryKind.ALERT, {"why": "undecided"}, "urgent", False),
        (DeliveryKind.DIGEST, {}, "", True),
        (DeliveryKind.BROADCAST, {"broadcast": "1"}, "", True),
        (DeliveryKind.FOLLOW_UP, {"more": "whole"}, "", True),
        (DeliveryKind.FOLLOW_UP, {"more": "whole", "why": "urgent"}, "", False),
        (DeliveryKind.FOLLOW_UP, {"more": "changes"}, "", False),
        (DeliveryKind.CORRECTION, {}, "", False),
        (DeliveryKind.NOTICE, {"code": "feed_ended"}, "", False),
    ],
)
def test_what_is_worth_waking_somebody_for(kind: DeliveryKind, payload: dict[str, str], reason: str, *, waits: bool) -> None:
    """What has urgent words, what operators are told, and what was changed in a post that was read."""
    assert can_wait(delivery(kind=kind, payload=payload), reason) is waits
