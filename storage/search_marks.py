"""What the search index keeps of a release besides its words: its place in time, and the marks by which a search is narrowed.

A place is one number by which releases stand in the order in which they were published, and which holds the release's id too. The
index is kept by it, so that the newest hits, and those of some days, are found without looking at any others. It holds because
neither a release's id nor its publication time ever changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.ports import Narrowing
from storage.dialects import among
from storage.models import ReleaseRow, StatementRow

EVERY = "every"
"""A mark of all releases, so that "without this word" has something to be taken from."""
SECOND = 1 << 30
"""So many places does a second have: one for every id, up to a billion of them."""
_SECONDS = 1 << 33
"""Seconds before and after 1970, to the year 2242; what is said to be from further away counts as from there."""
_START = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
LOWEST, HIGHEST = -_SECONDS * SECOND, _SECONDS * SECOND - 1


def place(published: datetime, release_id: int) -> int:
    """Where a release stands: by the second of its publication, then by its id."""
    return _seconds(published) * SECOND + release_id % SECOND


def release_at(place: int) -> ReleaseId:
    """The release that stands there."""
    return ReleaseId(place % SECOND)


def _seconds(moment: datetime) -> int:
    return max(-_SECONDS, min((moment - _START) // timedelta(seconds=1), _SECONDS - 1))


@dataclass(frozen=True, slots=True)
class Kept:
    """What a search is kept to besides its words.

    Releases that bear a mark of each group of `among` and none of `without`, and stand at the places from `first` to `last`.
    """

    among: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    first: int = LOWEST
    last: int = HIGHEST


def kept(newsrooms: Collection[NewsroomId] | None, narrowing: Narrowing) -> Kept:
    """See `bot.ports.Search.find`; moments count to the second."""
    asked = [
        _marks("n", newsrooms or ()),
        _marks("k", narrowing.kinds),
        _marks("l", narrowing.languages),
    ]
    return Kept(
        tuple(filter(None, asked)),
        (*_marks("k", narrowing.kinds_out), *_marks("l", narrowing.languages_out)),
        LOWEST if narrowing.since is None else _from(narrowing.since),
        HIGHEST if narrowing.until is None else _from(narrowing.until) - 1,
    )


def _from(moment: datetime) -> int:
    return _seconds(moment + timedelta(seconds=1, microseconds=-1)) * SECOND


def _marks(sort: str, of: Iterable[object]) -> tuple[str, ...]:
    """Marks of a sort (newsroom, kind, language): letters and digits alone."""
    return tuple(f"{sort}{''.join(filter(str.isalnum, str(one)))}" for one in sorted(map(str, of)))


def marks(newsroom_id: int, kinds: Iterable[str | None], languages: Iterable[str]) -> tuple[str, ...]:
    """What a release bears."""
    return EVERY, *_marks("n", [newsroom_id]), *_marks("k", filter(None, set(kinds))), *_marks("l", filter(None, set(languages)))


async def marked(connection: AsyncConnection, release_ids: Sequence[int]) -> dict[int, tuple[int, tuple[str, ...]]]:
    """The place and the marks of stored releases, by id: what their statements are of, of every source."""
    ids = {"ids": release_ids}
    of = defaultdict[int, list[tuple[str | None, str]]](list)
    said = select(StatementRow.release_id, StatementRow.kind, StatementRow.spoken).where(among(StatementRow.release_id, "ids"))
    for release_id, kind, spoken in await connection.execute(said, ids):
        of[release_id].append((kind, spoken))
    stored = select(ReleaseRow.id, ReleaseRow.published, ReleaseRow.newsroom_id).where(among(ReleaseRow.id, "ids"))
    found = await connection.execute(stored, ids)
    return {
        ident: (place(published, ident), marks(newsroom_id, *(zip(*of[ident], strict=True) if of[ident] else ((), ()))))
        for ident, published, newsroom_id in found
    }
