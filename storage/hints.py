"""What a transaction changed that somebody may wait for: said by the repositories, told once, after the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Hint

_KEY = "pressevagt_hints"


def begin_hints(connection: AsyncConnection) -> set[Hint]:
    """The hints of a transaction that begins: none yet."""
    hints: set[Hint] = set()
    connection.info[_KEY] = hints
    return hints


def hint(connection: AsyncConnection, changed: Hint) -> None:
    """This transaction changed something that somebody may wait for."""
    connection.info.setdefault(_KEY, set()).add(changed)


class Watchers:
    """Those in this process who want to hear of hints."""

    def __init__(self) -> None:
        self._watchers: list[Callable[[Hint], None]] = []

    @contextmanager
    def with_(self, on_hint: Callable[[Hint], None]) -> Iterator[None]:
        """One more of them, until the block ends."""
        self._watchers.append(on_hint)
        try:
            yield
        finally:
            self._watchers.remove(on_hint)

    def tell(self, hints: Iterable[Hint]) -> None:
        """Tell all of them."""
        for changed in hints:
            for on_hint in tuple(self._watchers):
                on_hint(changed)
