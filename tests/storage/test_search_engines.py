"""Search on SQLite and on PostgreSQL: the same questions to the same archive find the same."""

from __future__ import annotations

import random
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.newsroom import NewsroomId
from bot.domain.prose import paragraphs
from bot.domain.release import Content, ParsedRelease, ReleaseId
from bot.ports import Narrowing
from bot.text.query import Query, Row, Term, parse
from storage import search
from storage.database import SqlDatabase
from storage.migrate import migrate
from storage.search_index import Asked, Entry
from storage.search_marks import Kept
from storage.search_postgres import LAST_POSITION, document, match
from tests.fakes.world import NOW, World, item

QUESTIONS = """
havn / havnen / havne / kaj / kajen / kajer / bro / broen / broer / havnebro / færge / færgen / grøn / grønne / grønland
grønlandsk / "grønne havn" / "havn grønne" / "ny bro" / "ny bro over fjorden" / "over fjorden" / "fjorden over" / "det blå hus"
"blå hus åbner" / havn kaj / havn -kaj / -havn / -havn -kaj / havn ELLER kaj / havn OR "ny bro" / havn kaj ELLER færge -bro
"ny bro" -havn / ha* / h* / å* / "ny br*" / kaj* bro* / quay / the quay / harbour OR havn / 2026 / 20 / 1234567 / 10:41 / n1
n2 / every / @1 / pressevagten@um.dk / told/afgift / aa / å / abc-123 / ikke at finde / 'kaj' & | ! ( ) : <-> \\ / NEAR AND NOT
ord / "ord ord"
""".replace("\n", " / ").split(" / ")

_WORDS = [
    *("havn", "havnen", "havne", "kaj", "kajen", "bro", "broen", "havnebro", "færge", "færgen", "grøn", "grønne", "Grønland"),
    *("grønlandske", "fjorden", "over", "ny", "blå", "hus", "åbner", "told", "afgift", "n1", "n2", "every", "2026", "10:41"),
    *("abc-123", "O'Neill", "den", "det", "og", "ord"),
]


def archive() -> list[tuple[str, ParsedRelease]]:
    """Releases of three newsrooms, some in two languages, of words that come in every order."""
    chance = random.Random(2026)  # noqa: S311

    def words(count: int) -> str:
        return " ".join(chance.choices(_WORDS, k=count))

    made = []
    for number in range(60):
        slug = ("havnen", "nabohavnen", "fjorden")[number % 3]
        published = NOW - timedelta(minutes=number % 20)
        made.append((slug, item(str(number), words(4), lead=words(6), body=words(chance.randint(0, 40)), published=published)))
        if number % 7 == 0:
            english = "The new bridge over the harbour " * (number % 3 + 1)
            made.append((slug, item(str(number), f"The quay {number}", body=english, language="en", published=published)))
    return made


@pytest.fixture
async def both(tmp_path: Path, postgres_url: str) -> AsyncIterator[tuple[World, World]]:
    """The archive on SQLite and on PostgreSQL, under the same ids."""
    sqlite_url = f"sqlite:///{tmp_path / 'pressevagt.db'}"
    await migrate(sqlite_url)
    worlds = World(SqlDatabase(sqlite_url)), World(SqlDatabase(postgres_url))
    for world in worlds:
        for slug in ("havnen", "nabohavnen", "fjorden"):
            await world.add(*(one for where, one in archive() if where == slug), slug=slug)
    yield worlds
    for world in worlds:
        await world.database.close()


async def ask(world: World, query: Query, newsrooms: list[int] | None = None, limit: int = 100, offset: int = 0) -> list[ReleaseId]:
    """The ids found, in their order."""
    among = None if newsrooms is None else [NewsroomId(ident) for ident in newsrooms]
    async with world.database.read() as tx:
        page = await tx.search.find(query, newsrooms=among, limit=limit, offset=offset)
    return [release.id for release in page.releases]


@pytest.mark.parametrize("newsrooms", [None, [2], []])
async def test_many_questions_at_once_find_what_each_finds(both: tuple[World, World], newsrooms: list[int] | None) -> None:
    """Newest first, so many of each; of a question that asks nothing, nothing."""
    among = None if newsrooms is None else [NewsroomId(ident) for ident in newsrooms]
    earlier, queries = Narrowing(until=NOW - timedelta(minutes=3)), [parse(question) for question in QUESTIONS]
    for world in both:
        async with world.database.read() as tx:
            found = await tx.search.having(queries, newsrooms=among, limit=100, narrowing=earlier)
            few = await tx.search.having(queries, newsrooms=among, limit=3, narrowing=earlier)
            for query, having, newest in zip(queries, found, few, strict=True):
                alone = (await tx.search.find(query, newsrooms=among, limit=100, narrowing=earlier)).releases
                assert having == [each.id for each in sorted(alone, key=lambda each: (each.published, each.id), reverse=True)]
                assert newest == having[:3]
            assert await tx.search.having([], newsrooms=among, limit=3) == []
    assert any(found) == (newsrooms != [])


@pytest.mark.parametrize("newsrooms", [None, [2], [1, 3], []])
async def test_the_same_is_found(both: tuple[World, World], newsrooms: list[int] | None) -> None:
    """Words, phrases, beginnings, choices and what must not be in it, within newsrooms or not."""
    sqlite, postgres = both
    hits = 0
    for question in QUESTIONS:
        there = await ask(sqlite, parse(question), newsrooms)
        assert sorted(await ask(postgres, parse(question), newsrooms)) == sorted(there), question
        hits += bool(there)
    assert hits > (len(QUESTIONS) // 2 if newsrooms != [] else -1)


async def test_what_is_too_much_to_rank_comes_in_the_same_order(both: tuple[World, World], monkeypatch: pytest.MonkeyPatch) -> None:
    """Newest first, equal times by id, page by page, of one season and of many."""
    monkeypatch.setattr(search, "RANKED_AT_MOST", 3)
    for world in both:
        await world.add(*(item(f"y{n}", "Kaj og havn", published=NOW - timedelta(days=n * n)) for n in range(60)))
    sqlite, postgres = both
    for question in ("havn", "kaj*", "-told", "bro færge", '"kaj og havn"'):
        for newsrooms in (None, [1, 2]):
            pages = [await ask(sqlite, parse(question), newsrooms, 5, offset) for offset in (0, 5, 10, 100)]
            assert pages == [await ask(postgres, parse(question), newsrooms, 5, offset) for offset in (0, 5, 10, 100)], question
            shown = [place for page in pages for place in [await _published(sqlite, one) for one in page]]
            assert shown == sorted(shown, reverse=True), question


async def _published(world: World, release_id: ReleaseId) -> tuple[str, int]:
    return str((await world.rows("SELECT published FROM release WHERE id = :id", id=release_id))[0][0]), release_id


@pytest.mark.parametrize("cap", [500, 3])
async def test_releases_of_any_time_are_found(both: tuple[World, World], monkeypatch: pytest.MonkeyPatch, cap: int) -> None:
    """Of long before 1970, of the edges of what a season holds, and of years to come."""
    monkeypatch.setattr(search, "RANKED_AT_MOST", cap)
    edge = datetime.fromtimestamp(90 * 2**24, UTC)
    moments = [datetime(1, 1, 1, tzinfo=UTC), datetime(1950, 5, 5, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), edge]
    moments += [edge - timedelta(seconds=1), datetime(2100, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)]
    for world in both:
        await world.add(*(item(f"m{n}", "Muldvarpen", published=moment) for n, moment in enumerate(moments)))
        for question in ("muldvarp", '"muldvarpen"', "muldvarp*"):
            async with world.database.read() as tx:
                found = await tx.search.find(parse(question), limit=100)
            assert (len(found.releases), found.total) == (7, min(7, cap + 1))
            assert cap > 3 or [each.published for each in found.releases] == sorted(moments, reverse=True)


async def test_the_best_is_the_best_on_both(both: tuple[World, World]) -> None:
    """Who has the word in the title comes before who has it in the text, and equals come newest first."""
    for world in both:
        await world.add(
            item("t1", "Fyrtårnet", published=NOW),
            item("t2", "Fyrtårnet", published=NOW + timedelta(minutes=1)),
            item("b1", "Møde", body="Om fyrtårnet.", published=NOW + timedelta(minutes=2)),
        )
    first, second = [[(await world.rows(_TITLES, id=one))[0][0] for one in await ask(world, parse("fyrtårnet"))] for world in both]
    assert first == second == ["t2", "t1", "b1"]


async def test_of_equals_the_newer_comes_first_and_the_much_better_before_both(both: tuple[World, World]) -> None:
    """Age takes from relevance what two years are worth; a title of ten years ago still comes before a mention of today."""
    text = "Møde om trafik og veje i kommunen, hvor borgere og virksomheder drøfter planer for det kommende år."
    for world in both:
        await world.add(
            item("mention", "Møde", body=f"{text} Til sidst nævnes vandværket.", published=NOW),
            item("old mention", "Møde", body=f"{text} Til sidst nævnes vandværket.", published=NOW - timedelta(days=400)),
            item("old title", "Vandværket", lead="Vandværket åbner.", published=NOW - timedelta(days=3650)),
        )
    for world in both:
        found = [(await world.rows(_TITLES, id=one))[0][0] for one in await ask(world, parse("vandværket"))]
        assert found == ["old title", "mention", "old mention"]


@pytest.mark.parametrize("cap", [500, 3])
async def test_dates_keep_to_a_time(both: tuple[World, World], monkeypatch: pytest.MonkeyPatch, cap: int) -> None:
    """From the first moment to before the last, of hits that are ranked and of too many to rank, alike on both engines."""
    monkeypatch.setattr(search, "RANKED_AT_MOST", cap)
    for world in both:
        async with world.database.read() as tx:
            everything = (await tx.search.find(parse("havn"), limit=100)).releases
            for first, last in ((0, 1), (3, 9), (5, 5), (0, 60), (30, 60)):
                since, until = NOW - timedelta(minutes=last), NOW - timedelta(minutes=first)
                found = await tx.search.find(parse("havn"), narrowing=Narrowing(since=since, until=until), limit=100)
                expected = {each.id for each in everything if since <= each.published < until}
                assert {each.id for each in found.releases} == expected, (first, last)
                assert found.total == min(len(expected), cap + 1)


_TITLES = "SELECT external_id FROM release WHERE id = :id"


_TOKENS = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=8)
_ROWS = st.builds(
    Row, st.lists(_TOKENS | st.sampled_from(["havn", "kaj", "x" * 3000]), min_size=1, max_size=3).map(tuple), st.booleans()
)
_TERMS = st.builds(Term, st.lists(_ROWS, min_size=1, max_size=2).map(tuple))
_QUERIES = st.builds(
    Query,
    st.lists(st.lists(_TERMS, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple),
    st.lists(_TERMS, max_size=2).map(tuple),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=_QUERIES)
async def test_any_query_is_understood_by_both(both: tuple[World, World], query: Query) -> None:
    """Tokens of any alphabet and length."""
    sqlite, postgres = both
    assert sorted(await ask(postgres, query)) == sorted(await ask(sqlite, query))


# What PostgreSQL cannot hold


async def test_a_release_of_any_size_is_stored_and_found(postgres_url: str) -> None:
    """A text longer than PostgreSQL counts, one with more different words than it holds, and a word longer than it takes."""
    database = SqlDatabase(postgres_url)
    world = World(database)
    long = item("1", "Lang", body="kaj " * 20_000 + "ny bro")
    rich = item("2", "Rig", body=" ".join(f"ord{n}" for n in range(200_000)))
    wide = item("3", "Bred", body="æ" * 5_000 + " " + "kaj" * 2_000)
    added = await world.add(long, rich, wide)
    for question, found in (("bro", "1"), ("ord7", "2"), ("æ" * 5_000, "3"), ("lang", "1")):
        assert added[found] in await ask(world, parse(question)), question[:9]
    await database.close()


def test_positions_end_where_postgres_stops_counting() -> None:
    """Words beyond are there, without a place."""
    made = document(Entry(1, ["n7"], ["kaj"], ["x"] * LAST_POSITION + ["bro", "o'neill\\"]))
    assert made.startswith("'200@n7' '200#3d56' '200kaj':1A '200x':9,10,")
    assert made.endswith(" '200bro' '200o''neill\\\\'")


def test_words_side_by_side_leave_a_pair() -> None:
    """By which a phrase is looked up; none between title and text, none of the other forms of words behind the text."""
    made = document(Entry(1, [], ["ny", "kaj"], ["ny", "kaj", "bro", "1edlaamretfe", "0kobenhavn"]))
    pairs = re.findall(r"'200#(\w+)'", made)
    assert len(pairs) == 3  # ny kaj, kaj bro, and bro beside the first of the other forms
    for phrase, there in (
        ('"ny kaj"', True),
        ('"kaj bro"', True),
        ('"ny kaj bro"', True),
        ('"bro kaj"', False),
        ('"kaj ny"', False),
    ):
        asked = re.findall(r"'~#(\w+)'", match(Asked(parse(phrase), Kept(), 5, 0)))
        assert (set(asked) <= set(pairs)) == there, phrase
    assert "#" not in match(Asked(parse('"ny br*"'), Kept(), 5, 0))


async def test_a_nul_in_a_text_is_left_out(postgres_url: str) -> None:
    """PostgreSQL has no place for it; what stands beside a backslash is not mistaken for one."""
    database = SqlDatabase(postgres_url)
    world = World(database)
    odd = Content("Ny\0 kaj", lead="a\0b \\u0000 \\\0c", body=paragraphs("d\0e"), language="da", url="https://havnen.example/\0")
    added = await world.add(replace(item("1", "x"), content=odd))
    async with database.read() as tx:
        stored = await tx.releases.get(added["1"])
        assert await tx.newsrooms.contacts((await tx.newsrooms.all())[0].id) == []
    assert stored is not None
    content = stored.content("da")
    assert (content.title, content.lead, content.url) == ("Ny kaj", "ab \\u0000 \\c", "https://havnen.example/")
    await database.close()
