"""What does a process do: poll, dispatch, listen on which platforms?"""

from __future__ import annotations

from collections.abc import Collection

from bot.errors import SettingsError

POLL, DISPATCH = "poll", "dispatch"
"""Roles of a process, beside the platforms that it listens on."""


def roles_of(only: Collection[str] | None, platforms: Collection[str], *, shared: bool, worker: bool) -> frozenset[str]:
    """What a process does on these platforms: all there is, or `only` some of it, where the database is `shared` by several.

    Without being a `worker` it polls nothing. Raises SettingsError.
    """
    if not worker:
        return frozenset({DISPATCH, *platforms})
    every = {POLL, DISPATCH, *platforms}
    if only is None:
        return frozenset(every)
    unknown = sorted(set(only) - every)
    if unknown:
        raise SettingsError(f"--only: {unknown[0]!r} is nothing this bot does; choose among {', '.join(sorted(every))}")
    if not shared:
        message = "--only shares the work out among several processes, which needs PostgreSQL: set DATABASE_URL=postgresql://..."
        raise SettingsError(message)
    return frozenset(only)
