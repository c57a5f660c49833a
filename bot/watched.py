"""A database whose failures are witnessed, whoever meets them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from bot.errors import StorageError
from bot.happenings import DatabaseFailed, Witness
from bot.ports import Database, Hint, Transaction


class WatchedDatabase:
    """`bot.ports.Database` over another one: each StorageError that ends a transaction is told, and raised on."""

    def __init__(self, database: Database, witness: Witness) -> None:
        self._database, self._witness = database, witness

    def watch(self, on_hint: Callable[[Hint], None]) -> AbstractAsyncContextManager[None]:
        """See `bot.ports.Database.watch`."""
        return self._database.watch(on_hint)

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """See `bot.ports.Database.begin`."""
        return self._told(self._database.begin())

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """See `bot.ports.Database.read`."""
        return self._told(self._database.read())

    @asynccontextmanager
    async def _told(self, transaction: AbstractAsyncContextManager[Transaction]) -> AsyncIterator[Transaction]:
        try:
            async with transaction as tx:
                yield tx
        except StorageError as error:
            self._witness(DatabaseFailed(type(error).__name__))
            raise
