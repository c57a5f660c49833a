"""What became of deliveries is written down for all accounts of a process together: one transaction serves many of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.alerts.administrators import PAUSED, tell_administrators
from bot.alerts.retry import LONGEST_PAUSE
from bot.domain.delivery import Delivery, DeliveryState, Settlement
from bot.gather import Gather
from bot.ports import Database

log = structlog.get_logger()

SETTLE_WITHIN = 0.05
"""Seconds over which outcomes are gathered, to be written down in one transaction."""
UNWRITTEN = "what became of it could not be written down"
"""The reason of what was written down bare."""
STOP_WITHIN = 15.0
"""Seconds that what is in here gets to be written down when its dispatcher stops."""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of a delivery, and the least time until the next may be sent to the same destination.

    `written` hears of it, and of what was written down with it for the same account: each with whether it counted still, or None
    for what could not be written down at all.
    """

    delivery: Delivery
    settlement: Settlement
    between: timedelta
    written: Callable[[Sequence[tuple[Line, bool | None]]], None]


class Ledger:
    """Writes lines down in groups, fenced by `owner`: what the dispatchers of a process share, however many accounts they have."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database, self._owner = database, owner
        self._lines = Gather(self._write, SETTLE_WITHIN, left_out=self._left_out)
        self._expected = 0
        self._open = 0
        self._writer: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Lines are written down while the block runs, and at its end those that are in here: for any number of dispatchers."""
        self._open += 1
        self._writer = self._writer or asyncio.create_task(self._lines.run())
        try:
            yield
        finally:
            await self._lines.drain(STOP_WITHIN)
            self._open -= 1
            if not self._open and self._writer:
                writer, self._writer = self._writer, None
                writer.cancel()
                await asyncio.gather(writer, return_exceptions=True)

    def expect(self, count: int) -> None:
        """So many lines are on their way: while there are any it is worth waiting for them."""
        self._expected += count

    def put(self, line: Line) -> None:
        """Have a line written down that was expected: soon, and at once where no other is on its way."""
        self._expected -= 1
        self._lines.put(line)
        if self._expected <= 0:
            self._lines.hurry()

    def hurry(self) -> None:
        """Have all that is in here written down without waiting for more."""
        self._lines.hurry()

    async def _write(self, lines: list[Line]) -> list[Line]:
        """Write lines down, and have it told; those that have to wait, because another has locked what they change."""
        async with self._database.begin() as tx:
            settled = [line.settlement for line in lines]
            counted = await tx.outbox.settle(self._owner, settled, [line.between for line in lines])
            for line, still_ours in zip(lines, counted, strict=True):
                if still_ours and line.settlement.pause is not None:
                    closed = await tx.destinations.of_conversation(line.delivery.destination.address)
                    await tell_administrators(tx, closed, PAUSED, line.settlement.at, line.settlement.pause)
        by_account: dict[Callable[..., None], list[tuple[Line, bool | None]]] = defaultdict(list)
        for line, still_ours in zip(lines, counted, strict=True):
            if still_ours is not None:
                by_account[line.written].append((line, still_ours))
        for written, told in by_account.items():
            try:
                written(told)
            except Exception:
                # It is written down already, and is not to be written again because somebody could not hear of it.
                log.exception("settlements_not_told", items=len(told))
        return [line for line, still_ours in zip(lines, counted, strict=True) if still_ours is None]

    def _left_out(self, line: Line) -> None:
        """What cannot be written down as it is, is written down bare, or its conversation would hear nothing more."""
        was = line.settlement
        waits = was.at + LONGEST_PAUSE if was.state is DeliveryState.PENDING else None
        bare = Settlement(
            was.delivery_id,
            was.destination_id,
            was.state,
            was.at,
            reason=UNWRITTEN,
            due_at=waits,
            digests=was.digests,
            held_until=was.held_until,
            payload=was.payload,
        )
        if was == bare:
            line.written([(line, None)])
        else:
            self._expected += 1
            self.put(replace(line, settlement=bare))
