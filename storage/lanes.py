"""When a lane may be tried: what all who owe, settle and move deliveries agree on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists

from bot.domain.delivery import DeliveryState
from storage.models import DeliveryRow, DestinationRow, LaneRow

DIGESTED = "in a digest"
"""The reason of a delivery that was shown within a digest."""

PENDING = DeliveryRow.state == DeliveryState.PENDING

PAUSED = exists().where(DestinationRow.id == LaneRow.destination_id, DestinationRow.paused.is_not(None)).correlate(LaneRow)
"""Whether a lane's destination is paused; such a lane is never due."""


def due_unless_paused(when: ColumnElement[Any] | datetime) -> ColumnElement[Any]:
    """`when`, or nothing where the lane's destination is paused."""
    return case((PAUSED, None), else_=when)
