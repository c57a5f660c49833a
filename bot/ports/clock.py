"""What time is it?"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time that decisions are made by; tests shift it."""

    def now(self) -> datetime:
        """Aware UTC, as the database's clock has it."""
        ...
