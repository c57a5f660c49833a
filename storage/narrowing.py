"""What releases are kept to besides words and newsrooms, as conditions in SQL on the table `release`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, TextClause, bindparam, text

from bot.ports import Narrowing
from storage.models import UtcDateTime


@dataclass(frozen=True, slots=True)
class Conditions:
    """`sql` begins with AND, or is empty; `values` go with it."""

    sql: str
    values: dict[str, Any]
    binds: tuple[BindParameter[Any], ...]

    def text(self, statement: str) -> TextClause:
        """The statement with the conditions in place of `{kept}`."""
        return text(statement.format(kept=self.sql)).bindparams(*self.binds)


def conditions(narrowing: Narrowing) -> Conditions:
    """See `bot.ports.Narrowing`."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    binds: list[BindParameter[Any]] = []

    def among(column: str, name: str, wanted: Iterable[str], *, out: bool) -> None:
        if listed := sorted(str(one) for one in wanted):
            # The names are ours; what is asked for goes in as values.
            exists = f"EXISTS (SELECT 1 FROM statement WHERE statement.release_id = release.id AND statement.{column} IN :{name})"  # noqa: S608
            parts.append(f" AND {'NOT ' if out else ''}{exists}")
            values[name] = listed
            binds.append(bindparam(name, expanding=True))

    among("kind", "kinds", narrowing.kinds, out=False)
    among("kind", "kinds_out", narrowing.kinds_out, out=True)
    among("spoken", "languages", narrowing.languages, out=False)
    among("spoken", "languages_out", narrowing.languages_out, out=True)
    for name, moment, compared in (("since", narrowing.since, ">="), ("until", narrowing.until, "<")):
        if moment is not None:
            parts.append(f" AND release.published {compared} :{name}")
            values[name] = moment
            binds.append(bindparam(name, type_=UtcDateTime()))
    return Conditions("".join(parts), values, tuple(binds))
