"""What happened, a line each in a file: it grows there and not in the memory that is measured."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from tests.soak.simulated import Simulated


@dataclass
class Record:
    """Writes events as they happen, with the time of the clock."""

    path: Path
    clock: Simulated
    _file: TextIO = field(init=False)

    def __post_init__(self) -> None:
        self._file = self.path.open("w", encoding="utf-8")

    def put(self, what: str, **more: Any) -> None:
        """An event."""
        self._file.write(json.dumps({"at": self.clock.now().timestamp(), "what": what, **more}) + "\n")

    def close(self) -> None:
        """Nothing more comes."""
        self._file.close()


def events(path: Path) -> Iterator[tuple[datetime, dict[str, Any]]]:
    """What was written, in order."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            yield datetime.fromtimestamp(event["at"], UTC), event
