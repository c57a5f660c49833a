"""What is kept no longer is taken away: an hourly round, a few rows at a time, so that nobody waits for it.

One process at a time does it, by a lease. What goes, and when:

- what was sent, after `Keep.deliveries`, unless its release may still be corrected (`bot.ports.Retention.settled`);
- who changed what, who made a subscription that ended, and what operators did and told everybody, after `Keep.changes`;
- who took a story, and buttons that were not shown again, after `Keep.deliveries`; numbered lists after a day (they count for an
  hour); marks that have lapsed, and processes that are gone;
- all of an account that does not want us any more, after `GRACE`; and the husks of what was forgotten, at once.

Releases stay, and so does whatever is owed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

import structlog

from bot.domain.delivery import DeliveryId
from bot.domain.subscription import DestinationId
from bot.log import one_round
from bot.ports import Aged, Clock, Database, Transaction

log = structlog.get_logger()

ROUND = 3600.0
"""Seconds between two rounds."""
GRACE = timedelta(days=30)
"""So long an account may come back after it removed us, and finds everything as it was."""
BATCH = 100
"""Rows that are taken away in one transaction."""
_LOOK = 500
_PAUSE = 0.01
_LEASE = timedelta(seconds=60)
_NAME = "retention"
_FIRST = DeliveryId(0)


@dataclass(frozen=True, slots=True)
class Keep:
    """For how long what is kept."""

    deliveries: timedelta = timedelta(days=90)
    changes: timedelta = timedelta(days=365)
    lists: timedelta = timedelta(days=1)
    workers: timedelta = timedelta(days=7)
    accounts: timedelta = GRACE

    @classmethod
    def of(cls, days: int, changes_days: int) -> Keep:
        """As the settings have it."""
        return cls(timedelta(days=days), timedelta(days=changes_days))

    def before(self, now: datetime) -> dict[Aged, datetime]:
        """What of each kind is from before then goes."""
        return {
            Aged.CHANGES: now - self.changes,
            Aged.AUTHORS: now - self.changes,
            Aged.BUTTONS: now - self.deliveries,
            Aged.LISTS: now - self.lists,
            Aged.TAKERS: now - self.deliveries,
            Aged.MARKS: now,
            Aged.WORKERS: now - self.workers,
            Aged.DEEDS: now - self.changes,
        }


class Retention:
    """Makes a round every hour, and one at once where something was forgotten."""

    def __init__(self, database: Database, clock: Clock, owner: str, keep: Keep) -> None:
        self._database, self._clock, self._owner, self._keep = database, clock, owner, keep
        self._woken, self._stopping = asyncio.Event(), False
        self._leased = 0.0

    def wake(self) -> None:
        """Something was forgotten."""
        self._woken.set()

    def stop(self) -> None:
        """Take nothing more away, and let `run` return."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Until `stop`."""
        while not self._stopping:
            # Cleared before the round: what is forgotten during it is cleared away in the next.
            self._woken.clear()
            with one_round("retention_put_off"):
                await self.round()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), ROUND)

    async def round(self) -> dict[str, int]:
        """Take away what is kept no longer, if no other process is at it; how much of what. Raises StorageError."""
        self._leased = 0.0
        if not await self._has_turn():
            return {}
        now, removed = self._clock.now(), {}
        removed["destinations"] = await self._left(now - self._keep.accounts) + await self._husks()
        removed["deliveries"] = await self._deliveries(now - self._keep.deliveries)
        for what, before in self._keep.before(now).items():
            removed[what.value] = await self._sweep(what, before)
        found = {what: count for what, count in removed.items() if count}
        if found:
            log.info("retention", **found)
        async with self._database.begin() as tx:
            await tx.leases.release(self._owner, _NAME)
        return found

    async def _left(self, before: datetime) -> int:
        """Accounts that did not come back, with all their destinations; how many of these there were."""
        cleared = 0
        async with self._database.read() as tx:
            accounts = await tx.forgetting.left_accounts(before)
        for account in accounts:
            while not await self._in_turn(partial(_erase, account, before), otherwise=True):
                cleared += await self._husks()
            log.info("account_erased", account=account)
        return cleared

    async def _husks(self) -> int:
        async with self._database.read() as tx:
            husks = await tx.forgetting.husks()
        for husk in husks:
            while not await self._in_turn(partial(_clear, husk), otherwise=True):
                pass
        return len(husks)

    async def _deliveries(self, before: datetime) -> int:
        removed, last = 0, _FIRST
        while not self._stopping:
            async with self._database.read() as tx:
                gone, looked = await tx.retention.settled(before, last, _LOOK)
            for at in range(0, len(gone), BATCH):
                removed += await self._in_turn(partial(_remove, gone[at : at + BATCH]), otherwise=0)
            if looked is None:
                break
            last = looked
        return removed

    async def _sweep(self, what: Aged, before: datetime) -> int:
        removed = 0
        while count := await self._in_turn(partial(_sweep, what, before), otherwise=0):
            removed += count
            if count < BATCH:
                break
        return removed

    async def _in_turn(self, work: Callable[[Transaction], Awaitable[int]], *, otherwise: int) -> int:
        """A transaction of its own, then a pause in which others have theirs. Nothing, once we are stopped or lost the lease."""
        if self._stopping or not await self._has_turn():
            return otherwise
        async with self._database.begin() as tx:
            done = await work(tx)
        await asyncio.sleep(_PAUSE)
        return done

    async def _has_turn(self) -> bool:
        """Whether the lease is ours; it is renewed in good time."""
        if monotonic() - self._leased < _LEASE.total_seconds() / 3:
            return True
        async with self._database.begin() as tx:
            taken = await tx.leases.take(_NAME, self._owner, self._clock.now(), _LEASE)
        self._leased = monotonic() if taken else 0.0
        return taken


# One batch of each.


async def _erase(account: int, before: datetime, tx: Transaction) -> bool:
    return await tx.forgetting.account(account, before)


async def _clear(husk: DestinationId, tx: Transaction) -> bool:
    return await tx.forgetting.clear(husk, BATCH)


async def _remove(deliveries: Sequence[DeliveryId], tx: Transaction) -> int:
    return await tx.retention.remove(deliveries)


async def _sweep(what: Aged, before: datetime, tx: Transaction) -> int:
    return await tx.retention.sweep(what, before, BATCH)
