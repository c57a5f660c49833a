"""What the search finds releases by: the tokens of all their versions, kept as the engine beneath keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.release import Content, ReleaseId
from bot.text.matching import indexed
from bot.text.query import Query
from storage.dialects import is_sqlite
from storage.search_marks import SECOND, Kept, marked
from storage.search_postgres import PostgresIndex
from storage.search_sqlite import SqliteIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """A release as it is indexed: place and marks (`storage.search_marks`), and the tokens of its versions one after the other."""

    place: int
    marks: Sequence[str]
    title: Sequence[str]
    body: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to the index, of which a page is wanted."""

    query: Query
    kept: Kept
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class Score:
    """How hits are ranked: relevance, times `least` + (1 - `least`) / (1 + age / `half`).

    Age counts in places from the newest hit. `title`: a word in the title counts as much as so many in the text.
    """

    title: float
    half: int
    least: float


SCORE = Score(title=6.0, half=2 * 365 * 24 * 3600 * SECOND, least=0.6)
"""Newer counts more: a journalist mostly asks for what goes on now. Age takes no more than two fifths, half of that in two years:
bm25 gives a title not quite twice what it gives a mention, and of old releases, too, the right one is to come before all that only
mention the word. Age counts from the newest hit rather than from now, so that pages hold together however late they are turned,
and a matter of long ago is ranked as it was then."""


class SearchIndex(Protocol):
    """The index as one engine keeps it."""

    async def write(self, entries: Sequence[Entry], *, anew: bool) -> None:
        """Index releases; `anew`: they are indexed already and say something else now."""
        ...

    async def find(self, asked: Asked, cap: int) -> tuple[int, list[int]]:
        """How many places there are, counted up to `cap` + 1, and those of the page.

        Best first, equals newest first, if there are no more than `cap`; else newest first.
        """
        ...

    async def newest(self, asked: Sequence[Asked]) -> list[list[int]]:
        """The places that each of several questions finds, newest first, in one statement; all are kept to the same."""
        ...


def search_index(connection: AsyncConnection) -> SearchIndex:
    """The index of the engine beneath."""
    return SqliteIndex(connection, SCORE) if is_sqlite(connection) else PostgresIndex(connection, SCORE)


async def index(
    connection: AsyncConnection, releases: Iterable[tuple[ReleaseId, Sequence[Content]]], *, anew: bool = False
) -> None:
    """Index releases (id, versions); `anew`: they are indexed already and say something else now."""
    versions = dict(releases)
    stored = await marked(connection, list(versions))
    entries = [Entry(*stored[release_id], *indexed(said)) for release_id, said in versions.items()]
    # In order, which SQLite takes at once; anything else it takes one by one.
    await search_index(connection).write(sorted(entries, key=lambda entry: entry.place), anew=anew)
