"""Whose an account is: one process at a time owns it, by a lease that must be renewed."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from bot.alerts.pace import Budget
from bot.alerts.together import LEASE, Lookout
from bot.ports import Clock, Database

log = structlog.get_logger()


class Ownership:
    """An account of a platform, as `owner` has it or not; the budget hears of it. Raises StorageError.

    `account_id` is 0 until it is known. `evict`: the former owner is known to be dead, so that its lease is not waited for.
    """

    def __init__(
        self,
        database: Database,
        lookout: Lookout,
        clock: Clock,
        budget: Budget,
        platform: str,
        account: str,
        *,
        owner: str,
        evict: bool,
    ) -> None:
        self._database, self._lookout, self._clock, self._budget = database, lookout, clock, budget
        self._platform, self._account, self._owner, self._evict = platform, account, owner, evict
        self._lease_until: datetime | None = None
        self.account_id = 0

    @property
    def is_ours(self) -> bool:
        """Whether the account was ours when we last asked; the lease may have run out since."""
        return self._lease_until is not None

    def lasts(self, seconds: float = 0.0) -> bool:
        """Whether what takes so long and starts now must end before the lease does."""
        return self._lease_until is not None and self._clock.now() + timedelta(seconds=seconds) < self._lease_until

    async def take_if_free(self) -> None:
        """Own the account, unless another does."""
        seen = await self._lookout.look(self.account_id) if self.account_id else None
        if seen is None or seen.is_free:
            await self._take()

    async def renew(self) -> None:
        """Have it for another while. Where another took it over, it is ours no longer."""
        renewed_at = await self._lookout.renew(self.account_id)
        if renewed_at is None:
            await self._take()
        else:
            self._lease_until = renewed_at + LEASE

    async def give_up(self) -> None:
        """Let others have it at once."""
        if self.account_id and self._lease_until:
            async with self._database.begin() as tx:
                await tx.outbox.disown(self.account_id, self._owner, self._clock.now())

    async def _take(self) -> None:
        now = self._clock.now()
        async with self._database.begin() as tx:
            if not self.account_id:
                self.account_id = await tx.outbox.register(self._platform, self._account)
            owned = await tx.outbox.own(self.account_id, self._owner, now, LEASE, evict=self._evict)
        self._evict = False
        if not owned and self._lease_until:
            log.warning("account_lost", platform=self._platform, account=self._account)
        self._lease_until = now + LEASE if owned else None
        self._budget.owned = owned
