"""What the search finds releases by: the tokens of all their versions, kept as the engine beneath keeps them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.newsroom import NewsroomId
from bot.domain.prose import plain
from bot.domain.release import Content, ReleaseId
from bot.text.detect import detect
from bot.text.query import Query
from bot.text.tokenise import tokens
from storage.dialects import is_sqlite
from storage.narrowing import Conditions
from storage.search_postgres import PostgresIndex
from storage.search_sqlite import SqliteIndex

TITLE_WEIGHT = 6.0
"""A word in the title counts as much as so many in the text."""


@dataclass(frozen=True, slots=True)
class Entry:
    """The tokens of a release: those of its versions one after the other."""

    release_id: ReleaseId
    newsroom_id: int
    title: Sequence[str]
    body: Sequence[str]


class SearchIndex(Protocol):
    """The index as one engine keeps it. `newsrooms`: within these alone; None: within all. `kept`: and within these conditions."""

    async def write(self, entries: Sequence[Entry], *, anew: bool) -> None:
        """Index releases; `anew`: they are indexed already and say something else now."""
        ...

    async def count(self, query: Query, newsrooms: Collection[NewsroomId] | None, kept: Conditions, cap: int) -> int:
        """How many releases the query finds, counted up to a cap."""
        ...

    async def by_rank(
        self, query: Query, newsrooms: Collection[NewsroomId] | None, kept: Conditions, limit: int, offset: int
    ) -> list[int]:
        """What is found, best first, equals newest first."""
        ...

    async def by_date(
        self, query: Query, newsrooms: Collection[NewsroomId] | None, kept: Conditions, limit: int, offset: int
    ) -> list[int]:
        """What is found, newest first."""
        ...


def search_index(connection: AsyncConnection) -> SearchIndex:
    """The index of the engine beneath."""
    return SqliteIndex(connection, TITLE_WEIGHT) if is_sqlite(connection) else PostgresIndex(connection, TITLE_WEIGHT)


async def index(
    connection: AsyncConnection, releases: Iterable[tuple[ReleaseId, int, Sequence[Content]]], *, anew: bool = False
) -> None:
    """Index releases (id, newsroom, versions); `anew`: they are indexed already and say something else now."""
    await search_index(connection).write([_entry(*release) for release in releases], anew=anew)


def _entry(release_id: ReleaseId, newsroom_id: int, versions: Sequence[Content]) -> Entry:
    found = [_tokens(version) for version in versions]
    title = [token for title, _ in found for token in title]
    return Entry(release_id, newsroom_id, title, [token for _, body in found for token in body])


def spoken(content: Content) -> str:
    """The language that a version is written in, as its text tells; empty where it does not."""
    return detect(f"{content.title}\n{content.lead}\n{plain(content.body)}", content.language)


def _tokens(content: Content) -> tuple[Sequence[str], Sequence[str]]:
    body = f"{content.lead}\n{plain(content.body)}"
    language = spoken(content)
    return tokens(content.title, language), tokens(body, language)
