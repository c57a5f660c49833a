"""The rows of SQLite's search index: small numbers in the order of the places (`storage.search_marks`).

FTS5 notes of every word by how much the row of each release is further than that of the one before: of places, which are far apart,
that takes seven bytes each time, of rows two or three. So rows are the places in steps of four seconds; those which are too close
take the next that is free, and where none is between its neighbours, these make room.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_STEP = 32
"""Bits of a place below its row: 2^2 seconds."""

_KNOWN = text("SELECT place, row FROM release_search_place WHERE place IN (SELECT value FROM json_each(:places))")
_BETWEEN = text(
    "SELECT value, (SELECT row FROM release_search_place WHERE place < value ORDER BY place DESC LIMIT 1), "
    "(SELECT row FROM release_search_place WHERE place > value ORDER BY place LIMIT 1) FROM json_each(:places) ORDER BY value"
)
_TAKE = text("INSERT INTO release_search_place (place, row) VALUES (:place, :row)")
_FROM = text("SELECT row FROM release_search_place WHERE row >= :row ORDER BY row LIMIT :limit")
WORDS = "marks || ' ' || title || ' ' || body"
"""What stands in a row of `release_search_words`: all of the other table's. FTS5 forgets it only if it is told it once more."""
_FORGET_WORDS = text(
    "INSERT INTO release_search_words (release_search_words, rowid, words) "  # noqa: S608 - ours
    f"SELECT 'delete', rowid, {WORDS} FROM release_search WHERE rowid = :row"
)
_FORGET = text("DELETE FROM release_search WHERE rowid = :row")
_UP = (
    _FORGET_WORDS,
    text("UPDATE release_search SET rowid = rowid + 1 WHERE rowid = :row"),
    text(
        "INSERT INTO release_search_words (rowid, words) "  # noqa: S608 - ours
        f"SELECT rowid, {WORDS} FROM release_search WHERE rowid = :row + 1"
    ),
    text("UPDATE release_search_place SET row = row + 1 WHERE row = :row"),
)
_MOVED_AT_ONCE = 1000


class Gap(NamedTuple):
    """A place without a row, and the rows before and after it."""

    place: int
    before: int | None
    after: int | None


class SearchRows:
    """Which row is whose."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._db = connection

    async def of(self, places: Sequence[int], *, anew: bool) -> dict[int, int]:
        """Empty rows for these places; `anew`: some have a row, of which what stands there is deleted."""
        known = await self._emptied(places) if anew else {}
        missing = sorted(set(places) - known.keys())
        while missing:
            found = await self._db.execute(_BETWEEN, {"places": json.dumps(missing)})
            taken = fitting(Gap(*row) for row in found)
            if taken:
                await self._db.execute(_TAKE, [{"place": place, "row": row} for place, row in taken.items()])
            known |= taken
            missing = missing[len(taken) :]
            if missing:
                await self._make_room(missing[0])
        return known

    async def _emptied(self, places: Sequence[int]) -> dict[int, int]:
        found = await self._db.execute(_KNOWN, {"places": json.dumps(list(places))})
        known: dict[int, int] = {place: row for place, row in found}  # noqa: C416 - rows are no tuples
        rows = [{"row": row} for row in known.values()]
        for statement in (_FORGET_WORDS, _FORGET) if rows else ():
            await self._db.execute(statement, rows)
        return known

    async def _make_room(self, place: int) -> None:
        """Move what stands right after the place by one, up to the next row that is free."""
        (gap,) = [Gap(*row) for row in await self._db.execute(_BETWEEN, {"places": json.dumps([place])})]
        first = at = gap.after or 0
        while taken := list((await self._db.execute(_FROM, {"row": at, "limit": _MOVED_AT_ONCE})).scalars()):
            run = sum(row == at + n for n, row in enumerate(taken))
            at += run
            if run < len(taken) or len(taken) < _MOVED_AT_ONCE:
                break
        for row in range(at - 1, first - 1, -1):
            for statement in _UP:
                await self._db.execute(statement, {"row": row})


def fitting(gaps: Iterable[Gap]) -> dict[int, int]:
    """Rows by place, in order, up to the first place that has none between its neighbours."""
    rows: dict[int, int] = {}
    last: int | None = None
    for gap in gaps:
        before = max((row for row in (last, gap.before) if row is not None), default=None)
        row = _between(gap.place >> _STEP, before, gap.after)
        if row is None:
            break
        rows[gap.place] = last = row
    return rows


def _between(row: int, before: int | None, after: int | None) -> int | None:
    """The row, or one as close to it as its neighbours let it be."""
    if after is not None:
        row = min(row, after - 1)
    if before is not None:
        row = max(row, before + 1)
    return None if after is not None and row >= after else row
