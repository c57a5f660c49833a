"""Full-text search: what is found, in which order, and that nothing a person types can break it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.release import Content
from bot.text.query import parse
from storage import search
from storage.database import SqlDatabase
from storage.migrate import migrate_now
from tests.fakes.world import NOW, World, item


async def found(world: World, words: str, *slugs: str) -> list[str]:
    """The titles found, best first."""
    newsrooms = [(await world.feed(slug)).newsroom.id for slug in slugs] or None
    async with world.database.read() as tx:
        page = await tx.search.find(parse(words), newsrooms=newsrooms, limit=50)
    assert page.total == len(page.releases)
    return [release.content("da").title for release in page.releases]


@pytest.fixture
async def archive(world: World) -> World:
    """Some releases of two newsrooms."""
    day = timedelta(days=1)
    await world.add(
        item("1", "Nye sanktioner mod Rusland", lead="EU er enige om sanktionerne.", published=NOW - 1 * day),
        item("1", "New sanctions on Russia", language="en", published=NOW - 1 * day),
        item("2", "Det blå hus åbner", body="Kongehuset indbyder til åbent hus.", published=NOW - 2 * day),
        item("3", "Møde i nævnet", body="Nævnet drøfter sanktioner og told.", published=NOW - 3 * day),
        item("4", "Grønlandske fiskere", published=NOW - 4 * day),
    )
    await world.add(item("1", "Havnen og sanktionerne", published=NOW - 5 * day), slug="nabohavnen")
    return world


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("grønland", ["Grønlandske fiskere"]),
        ('"blå hus"', ["Det blå hus åbner"]),
        ('"hus blå"', []),
        ("sanktioner told", ["Møde i nævnet"]),
        ("sanctions", ["Nye sanktioner mod Rusland"]),
        ("fiskere ELLER told", ["Grønlandske fiskere", "Møde i nævnet"]),
        ("findesikke", []),
        ("", []),
        ("   ", []),
    ],
)
async def test_words_phrases_and_choices(archive: World, words: str, titles: list[str]) -> None:
    """Words in any form, phrases as they stand, either of two, any language version; nothing asked finds nothing."""
    assert sorted(await found(archive, words)) == sorted(titles)


async def test_titles_count_more_than_bodies(archive: World) -> None:
    """Who has the word in the title comes before who has it in the text."""
    assert (await found(archive, "sanktioner"))[-1] == "Møde i nævnet"


async def test_what_must_not_be_in_it(archive: World) -> None:
    """A word to leave out, beside others or alone."""
    assert "Møde i nævnet" not in await found(archive, "sanktioner -told")
    assert len(await found(archive, "-sanktioner")) == 2


async def test_within_newsrooms(archive: World) -> None:
    """A search may be kept to some newsrooms; to none, it finds nothing."""
    assert await found(archive, "sanktioner", "nabohavnen") == ["Havnen og sanktionerne"]
    assert len(await found(archive, "sanktioner", "nabohavnen", "havnen")) == 3
    async with archive.database.read() as tx:
        assert (await tx.search.find(parse("sanktioner"), newsrooms=[], limit=5)).releases == []


async def test_pages_neither_repeat_nor_leave_out(archive: World) -> None:
    """The total is told on every page."""
    async with archive.database.read() as tx:
        pages = [await tx.search.find(parse("sanktioner"), limit=2, offset=offset) for offset in (0, 2)]
    assert [page.total for page in pages] == [3, 3]
    assert len({release.id for page in pages for release in page.releases}) == 3


async def test_a_correction_is_found_by_its_new_words_alone(world: World) -> None:
    """The index follows what the release says now, versions added later included."""
    added = await world.add(item("1", "Kajen åbner"))
    async with world.database.begin() as tx:
        await tx.releases.revise(added["1"], Content("Molen åbner", language="da"), now=NOW, correction=True)
        await tx.releases.add_version(added["1"], Content("The breakwater opens", language="en"))
    assert await found(world, "kajen") == []
    assert await found(world, "molen") == ["Molen åbner"]
    assert await found(world, "breakwater") == ["Molen åbner"]


async def test_too_many_hits_to_rank_come_newest_first(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a limit the total is a lower bound, and the newest are shown."""
    monkeypatch.setattr(search, "RANKED_AT_MOST", 3)
    await world.add(*(item(str(n), f"Kajen {n}", published=NOW + timedelta(minutes=n)) for n in range(6)))
    async with world.database.read() as tx:
        page = await tx.search.find(parse("kajen"), limit=2)
    assert (page.capped, page.total) == (True, 4)
    assert [release.content().title for release in page.releases] == ["Kajen 5", "Kajen 4"]


@pytest.fixture(scope="module")
def archive_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database for many questions."""
    folder: Path = tmp_path_factory.mktemp("search")
    url = f"sqlite:///{folder / 'search.db'}"
    migrate_now(url)
    return url


_SYNTAX = st.sampled_from(
    ['"', "'", "*", "(", ")", "-", "NEAR", "AND", "OR", "NOT", "title:", "{", "}", "^", "+", ":", ",", "\0", "å"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=80), st.lists(st.one_of(_SYNTAX, st.text(max_size=6)), max_size=30).map(" ".join)))
@example("ord " * 400)
@example('"' + "a b " * 300 + '"')
@example("-" * 50 + "a")
@example(" OR ".join(f"ord{n}" for n in range(200)))
@example("\ud800 told")
def test_whatever_is_typed_is_answered(archive_file: str, words: str) -> None:
    """Quotes, operators, NEAR, NUL and lone surrogates are words or nothing, never an error."""

    async def ask() -> None:
        database = SqlDatabase(archive_file)
        async with database.read() as tx:
            await tx.search.find(parse(words), limit=5)
        await database.close()

    asyncio.run(ask())
