"""Rows of SQLite's search index: in the order of publication, whatever comes when."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bot.domain.newsroom import NewsroomId
from bot.text.query import parse
from storage import search
from storage.database import SqlDatabase
from storage.migrate import migrate
from storage.search_index import SCORE, Entry
from storage.search_marks import SECOND, place
from storage.search_rows import Gap, fitting
from storage.search_sqlite import SqliteIndex
from tests.fakes.world import NOW, World, item

_ROWS = st.integers(-(2**30), 2**30)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqlDatabase]:
    """An empty file."""
    url = f"sqlite:///{tmp_path / 'search.db'}"
    await migrate(url)
    database = SqlDatabase(url)
    yield database
    await database.close()


@given(st.lists(st.integers(-(2**62), 2**62), unique=True, max_size=20).map(sorted), _ROWS, st.none() | st.integers(1, 20))
def test_what_fits_stands_in_order_between_its_neighbours(places: list[int], before: int, room: int | None) -> None:
    """And all of it fits, as far as there is room."""
    after = None if room is None else before + room
    rows = fitting(Gap(one, before, after) for one in places)
    assert list(rows) == places[: len(rows)]
    assert list(rows.values()) == sorted(set(rows.values()))
    assert all(row > before and (after is None or row < after) for row in rows.values())
    assert rows or not places or room == 1
    assert len(rows) == len(places) or room is not None


def test_rows_follow_time_where_there_is_room() -> None:
    """Four seconds apart is one row apart: near rows take few bytes."""
    places = [second * SECOND for second in (0, 4, 400)]
    assert list(fitting(Gap(one, None, None) for one in places).values()) == [0, 1, 100]


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_of_arrival_gives_the_order_of_publication(database: SqlDatabase, seed: int) -> None:
    """Many of the same second, and later what stands between them: they make room, and none is lost or found twice."""
    chance = random.Random(seed)  # noqa: S311
    places = [place(NOW + timedelta(seconds=chance.choice((0, 0, 1, 2, 5, 60))), ident) for ident in range(1, 120)]
    chance.shuffle(places)
    async with database.begin() as tx:
        index = SqliteIndex(tx.connection, SCORE)
        while places:
            some, places = places[:7], places[7:]
            await index.write([Entry(one, ["every"], ["kaj"], ["kaj", "bro", str(one)]) for one in sorted(some)], anew=False)
        rows = (await tx.connection.execute(text("SELECT place, row FROM release_search_place ORDER BY place"))).all()
        assert [row for _, row in rows] == sorted({row for _, row in rows})
        assert len(rows) == 119
        for stored, row in rows:
            for table in ("release_search", "release_search_words"):
                found = await tx.connection.execute(text(f"SELECT rowid FROM {table} WHERE {table} MATCH '\"{stored}\"'"))  # noqa: S608
                assert list(found.scalars()) == [row], table


async def test_what_is_indexed_anew_is_found_by_its_new_words_alone(database: SqlDatabase) -> None:
    """Both tables forget the old words, of what was moved as well."""
    async with database.begin() as tx:
        index = SqliteIndex(tx.connection, SCORE)
        await index.write([Entry(at, ["every", "n1"], ["kaj"], ["bro"]) for at in (1, 2, 3)], anew=False)
        await index.write([Entry(at, ["every", "n2"], ["mole"], ["bro"]) for at in (2, 3, 4)], anew=True)
        for table in ("release_search", "release_search_words"):
            for word, count in (("kaj", 1), ("mole", 3), ("bro", 4), ("ka*", 1), ("§n1", 1), ("§n2", 3)):
                asked = text(f"SELECT count(*) FROM {table} WHERE {table} MATCH :word")  # noqa: S608
                quoted = f'"{word[:-1]}"*' if word.endswith("*") else f'"{word}"'
                assert (await tx.connection.execute(asked, {"word": quoted})).scalar_one() == count, (table, word)
            await tx.connection.execute(text(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')"))  # noqa: S608


async def test_phrases_and_words_find_within_the_same_newsrooms(database: SqlDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are looked up in different tables, of which each has the marks."""
    monkeypatch.setattr(search, "RANKED_AT_MOST", 1)
    world = World(database)
    for slug in ("havnen", "nabohavnen"):
        await world.add(*(item(str(n), "Den nye kaj", published=NOW + timedelta(minutes=n)) for n in range(3)), slug=slug)
    for words in ("kaj", '"nye kaj"'):
        async with database.read() as tx:
            found = await tx.search.find(parse(words), newsrooms=[NewsroomId(2)], limit=5)
        assert [release.newsroom.slug for release in found.releases] == ["nabohavnen"] * 3
