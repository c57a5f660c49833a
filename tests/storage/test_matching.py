"""Filters against the search: what either engine finds of a release, a filter lets through, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.newsroom import Newsroom
from bot.domain.release import Kind, ParsedRelease, Release, ReleaseId
from bot.ports import Narrowing
from bot.text.matching import Filter, Fit, Said, fits, read
from storage.database import SqlDatabase
from storage.migrate import migrate
from tests.fakes.world import NOW, World, item
from tests.storage.test_search_engines import _QUERIES, _WORDS, QUESTIONS, archive

LABELS = ["", "kind:nyhed", "-kind:pm", "lang:da", "lang:en", "-lang:en", "lang:da,sv"]


@pytest.fixture
async def worlds(tmp_path: Path, postgres_url: str) -> AsyncIterator[list[World]]:
    """The same releases of every sort on SQLite and on PostgreSQL."""
    sqlite_url = f"sqlite:///{tmp_path / 'pressevagt.db'}"
    await migrate(sqlite_url)
    both = [World(SqlDatabase(sqlite_url)), World(SqlDatabase(postgres_url))]
    for world in both:
        await world.newsroom()
        await world.add(*_with_kinds())
    yield both
    for world in both:
        await world.database.close()


def _with_kinds() -> list[ParsedRelease]:
    found = []
    for number, (_, one) in enumerate(archive()):
        kind = (None, Kind.NEWS, Kind.PRESS_RELEASE)[number % 3]
        found.append(replace(one, content=replace(one.content, kind=kind)))
    written = item("w", "Regeringen indgår aftale om støtte til grønlandske havne", body="Det blå hus ved fjorden åbner igen.")
    return [*found, replace(written, published=NOW - timedelta(days=1))]


async def found_by(world: World, asked: Filter) -> set[ReleaseId]:
    """What the search finds for the same question."""
    narrowing = Narrowing(asked.kinds, asked.kinds_out, asked.languages, asked.languages_out)
    async with world.database.read() as tx:
        if asked.query.is_empty:
            newsrooms = [newsroom.id for newsroom in await tx.newsrooms.all()]
            return {each.id for each in await tx.releases.latest(newsrooms, limit=500, narrowing=narrowing)}
        return {each.id for each in (await tx.search.find(asked.query, limit=500, narrowing=narrowing)).releases}


async def let_through(world: World, asked: Filter) -> set[ReleaseId]:
    """What the filter lets through of all that is stored; what it cannot know counts as the search counts it."""
    async with world.database.read() as tx:
        newsrooms: list[Newsroom] = await tx.newsrooms.all()
        stored: list[Release] = await tx.releases.latest([newsroom.id for newsroom in newsrooms], limit=500)
    said = {each.id: Said(each.newsroom, each.versions) for each in stored}
    return {ident for ident, words in said.items() if _passes(fits(asked, words), asked, words)}


def _passes(fit: Fit, asked: Filter, said: Said) -> bool:
    """The search leaves out what has no kind where one is asked for, a filter does not decide."""
    without = (asked.kinds and not said.kinds) or (asked.languages and not said.languages)
    return fit is Fit.YES or (fit is Fit.UNKNOWN and not without)


async def test_a_filter_lets_through_what_the_search_finds(worlds: list[World]) -> None:
    """Every question of the search's own test, alone and with a kind or a language, on both engines."""
    hits = 0
    for question, kept_to in zip(QUESTIONS, cycle(LABELS), strict=False):
        for label in {"", kept_to}:
            asked = read(f"{question} {label}", "da")
            expected = await let_through(worlds[0], asked)
            for world in worlds:
                assert asked.is_empty or await found_by(world, asked) == expected, (question, label)
            hits += bool(expected)
    assert hits > len(QUESTIONS) // 2


_LINES = st.lists(
    st.sampled_from([*_WORDS, *(f"-{word}" for word in _WORDS[:6]), "OR", '"ny bro"', '"over fjorden', "kaj*", *LABELS]), max_size=5
).map(" ".join)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=_LINES.map(read) | _QUERIES.map(Filter))
async def test_any_filter_agrees_with_both_engines(worlds: list[World], asked: Filter) -> None:
    """Whatever words, phrases, minuses, choices and labels come together."""
    if not asked.is_empty:
        expected = await let_through(worlds[0], asked)
        assert [await found_by(world, asked) for world in worlds] == [expected, expected]
