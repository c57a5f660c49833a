"""The accounts of a platform: each has a budget, and a dispatcher where this process dispatches. They come and go while we run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

import structlog

from bot.alerts.dispatcher import Dispatcher
from bot.alerts.pace import Budget
from bot.errors import StorageError
from bot.happenings import Waited, Witness, nobody
from bot.ports import ChatAdapter

log = structlog.get_logger()

LOOK_EVERY = 5.0
"""Seconds after which the adapter is asked for its accounts again, if no hint comes sooner."""


class Accounts:
    """The accounts of one adapter. `dispatcher` makes one for an account and its budget; None: this process only answers."""

    def __init__(
        self, adapter: ChatAdapter, dispatcher: Callable[[str, Budget], Dispatcher] | None, *, witness: Witness = nobody
    ) -> None:
        self._adapter, self._make, self._witness = adapter, dispatcher, witness
        self._budgets: dict[str, Budget] = {}
        self._dispatchers: dict[str, Dispatcher] = {}
        self._look_again = asyncio.Event()
        self._stopping = False
        self._others = 0
        self._looked = False

    def share(self, others: int) -> None:
        """So many other processes answer people on this platform."""
        self._others = others
        for budget in self._budgets.values():
            budget.others = others

    async def turn(self, account: str) -> None:
        """Wait until an answer may be written through an account: see `bot.ports.Desk`."""
        started = monotonic()
        await self._budget(account).turn(ahead=True)
        self._witness(Waited(self.platform, is_answer=True, seconds=monotonic() - started))

    @property
    def platform(self) -> str:
        """Whose accounts these are."""
        return self._adapter.platform

    @property
    def dispatches(self) -> bool:
        """Whether this process sends what is owed."""
        return self._make is not None

    @property
    def owned(self) -> list[bool] | None:
        """For each account that we dispatch for, whether it is ours to send through; None before we looked which there are."""
        return [dispatcher.owns for dispatcher in self._dispatchers.values()] if self._looked else None

    def wake(self) -> None:
        """Something is owed."""
        for dispatcher in self._dispatchers.values():
            dispatcher.wake()

    def look(self) -> None:
        """An account came or went."""
        self._look_again.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns when what is in flight has settled."""
        self._stopping = True
        self._look_again.set()
        for dispatcher in self._dispatchers.values():
            dispatcher.stop()

    async def run(self) -> None:
        """Dispatch for every account there is, until `stop`."""
        if self._make is None:
            return
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                self._look_again.clear()
                await self._follow(group, self._make)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._look_again.wait(), LOOK_EVERY)

    async def _follow(self, group: asyncio.TaskGroup, make: Callable[[str, Budget], Dispatcher]) -> None:
        try:
            accounts = set(await self._adapter.accounts())
        except StorageError as error:
            log.error("accounts_unknown", platform=self._adapter.platform, error=str(error))
            return
        if self._stopping:
            return
        for account in accounts - self._dispatchers.keys():
            dispatcher = self._dispatchers[account] = make(account, self._budget(account))
            group.create_task(dispatcher.run())
        for account in self._dispatchers.keys() - accounts:
            self._dispatchers.pop(account).stop()
        self._looked = True

    def _budget(self, account: str) -> Budget:
        budget = self._budgets.get(account)
        if budget is None:
            budget = self._budgets[account] = Budget(self._adapter.pace)
            budget.owned, budget.others = self._make is not None, self._others
        return budget
