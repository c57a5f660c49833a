"""Standard input that is kept back: commands in a pipe are answered after the play, not before there is anything to ask about."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from threading import Thread
from typing import TextIO

_AT_ONCE = 4096


class HeldInput:
    """A pipe in front of `source`: `stream` gives nothing until `let_go`, then what the source gives, to its end.

    A source of None (standard input was closed) is at its end.
    """

    def __init__(self, source: TextIO | None) -> None:
        self._source = None if source is None or source.closed else source.fileno()
        reading, self._writing = os.pipe()
        self.stream: TextIO = os.fdopen(reading, encoding="utf-8", errors="replace")

    def let_go(self) -> None:
        """Let it come; once."""
        # Not asyncio's own threads: their end would be waited for, and this one may wait for input that never comes.
        Thread(target=self._copy, name="stdin", daemon=True).start()

    def _copy(self) -> None:
        with suppress(OSError), os.fdopen(self._writing, "wb", buffering=0) as writing:
            while chunk := self._read():
                writing.write(chunk)

    def _read(self) -> bytes:
        if self._source is None:
            return b""
        select.select([self._source], [], [])  # whoever started us may have made it non-blocking
        return os.read(self._source, _AT_ONCE)
