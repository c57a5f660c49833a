"""A row as a line of JSON, the same on every engine; and what tables are compared by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Table

from storage.engine import to_json
from storage.models import UtcDateTime
from storage.portable.tables import Row

_BITS = 128


def line_of(row: Mapping[str, Any]) -> str:
    """A row as JSON: its columns by name, times as `2026-11-20T11:00:00+00:00`."""
    return to_json({name: _plain(row[name]) for name in sorted(row)})


def row_of(table: Table, line: str) -> Row:
    """The inverse of `line_of`. Raises ValueError for what is no row."""
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("a line that is no row")  # noqa: TRY004 - whoever reads asks for one error
    times = [name for name in row if name in table.c and isinstance(table.c[name].type, UtcDateTime) and row[name] is not None]
    return row | {name: datetime.fromisoformat(row[name]) for name in times}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever stands in a column
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


@dataclass(slots=True)
class Tally:
    """What tables are compared by: how many rows, and the sum of the rows' hashes, which asks for no order.

    Engines sort words differently, so that the rows of a table come from each in an order of its own.
    """

    rows: int = 0
    _sum: int = 0

    def add(self, line: str) -> None:
        """Count a row."""
        self.rows += 1
        hashed = int.from_bytes(blake2b(line.encode(), digest_size=_BITS // 8).digest())
        self._sum = (self._sum + hashed) % (1 << _BITS)

    @property
    def digest(self) -> str:
        """The sum, as 32 hexadecimal digits."""
        return f"{self._sum:032x}"
