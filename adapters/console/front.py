"""The seam within the console: what the adapter needs of whatever shows its posts and hears its person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol

from adapters.console.look import Ink, Look
from adapters.console.transcript import Role, Shown

Take = Callable[[str, Shown | None], Awaitable[bool]]
"""Deals with one line that was typed, or with a command that was pressed on a post; False when the person wants to leave."""

Translate = Callable[..., str]
"""An English message in the language of the terminal, with the values that it names filled in: `t("Alert {number}", number=3)`."""


class Front(Protocol):
    """A way to show posts and hear lines. `show` and `redraw` return when it is done, and raise OSError when it cannot be."""

    async def run(self, take: Take) -> None:
        """Hear lines until the person leaves or `close` is called."""
        ...

    async def show(self, shown: Shown) -> None:
        """Show a new post."""
        ...

    async def redraw(self, shown: Shown, *, corrected: bool) -> None:
        """Show a post that changed: corrected by the newsroom, or turned over by a button."""
        ...

    def close(self) -> None:
        """Let `run` end."""
        ...


def ink_of(shown: Shown, *, plain: bool = False) -> Ink:
    """How a post is drawn."""
    look = Look.ALERT if shown.role is Role.ALERT else Look.REPLY
    return Ink(look, plain=plain, keys={command: key for key, command in shown.keys.items()}, fresh=shown.fresh)
