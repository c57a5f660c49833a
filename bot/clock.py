"""The time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's time, put right by the database's (`offset`, measured at start): all processes decide by one clock."""

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self._offset = offset

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC) + self._offset
