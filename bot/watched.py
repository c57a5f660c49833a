"""A database whose failures are witnessed, whoever meets them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic

from bot.errors import DatabaseReadOnly, DiskFull, StorageError
from bot.happenings import DatabaseFailed, Witness
from bot.ports import Database, Hint, Transaction

REMEMBERED = 60.0
"""Seconds for which a database that could not be written counts as such: small changes may fit in where larger ones do not."""


class WatchedDatabase:
    """`bot.ports.Database` over another one: each StorageError that ends a transaction is told, and raised on."""

    def __init__(self, database: Database, witness: Witness) -> None:
        self._database, self._witness = database, witness
        self._unwritten: tuple[float, str] | None = None

    @property
    def unwritten(self) -> str:
        """Why something could not be written lately, though it can be read: no room, no right to. Else empty."""
        at, why = self._unwritten or (0.0, "")
        return why if why and monotonic() - at < REMEMBERED else ""

    def watch(self, on_hint: Callable[[Hint], None]) -> AbstractAsyncContextManager[None]:
        """See `bot.ports.Database.watch`."""
        return self._database.watch(on_hint)

    def begin(self) -> AbstractAsyncContextManager[Transaction]:
        """See `bot.ports.Database.begin`."""
        return self._told(self._database.begin())

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """See `bot.ports.Database.read`."""
        return self._told(self._database.read())

    def glance(self) -> AbstractAsyncContextManager[Transaction]:
        """See `bot.ports.Database.glance`."""
        return self._told(self._database.glance())

    @asynccontextmanager
    async def _told(self, transaction: AbstractAsyncContextManager[Transaction]) -> AsyncIterator[Transaction]:
        try:
            async with transaction as tx:
                yield tx
        except StorageError as error:
            self._witness(DatabaseFailed(type(error).__name__))
            if isinstance(error, DiskFull | DatabaseReadOnly):
                self._unwritten = monotonic(), str(error)
            raise
