"""How long does a search take in a large archive? Beside SQL written by hand, in the same run.

    make bench-search
    python benchmarks/search_speed.py [--releases 100000 ...] [--folder FOLDER] [--engine sqlite] [--engine postgres] [--quick]

Of 100,000 releases and then of a million, unless told otherwise: the latter takes hours to build for both engines, and some 40 GB
The archive (`search_archive`) is built once and kept in the folder; without one, in a new folder that is deleted afterwards.
Measured is `tx.search.find` for the first page of five with its releases, transaction included. The SQL by hand runs on the same
connection and has its releases loaded in the same way; but it knows beforehand what ours has to find out, whether the words are
common, and of several ways to ask, the quickest counts. Index, order and limit are the same: newest first, one more than is ranked.
(SQL that leaves these out, since it knows that the hits are few, is quicker still on SQLite: FTS5 reads forwards in half the time.)
It is checked to find the same. Both ask different questions of each class, in several rounds, of which each question's quickest
counts, since the machine may be busy with something else. p50 and p95 are over the questions.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import search_archive
from press_text import LITTLE, MIDDLE, STEMS, Writer
from sqlalchemy import text

from bot.domain.newsroom import NewsroomId
from bot.domain.release import ReleaseId
from bot.ports import UNNARROWED, Found, Narrowing
from bot.text.query import Query, parse
from storage import search_postgres, search_sqlite
from storage.database import SqlDatabase
from storage.search import RANKED_AT_MOST
from storage.search_index import SCORE, Asked
from storage.search_marks import kept, place, release_at
from storage.search_rank import Hit, best
from tests.fakes.postgres import Process, _binaries

PAGE = 5
GOALS = {"sqlite": 50, "postgres": 100}
RATIO = 1.5


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and what it is kept to."""

    words: str
    newsrooms: tuple[NewsroomId, ...] | None = None
    narrowing: Narrowing = UNNARROWED

    @property
    def asked(self) -> Asked:
        """As the index is asked."""
        return Asked(parse(self.words), kept(self.newsrooms, self.narrowing), PAGE, 0)


@dataclass(slots=True)
class Timed:
    """A question with the seconds of its rounds, on either side."""

    question: Question
    hits: int = 0
    ours: list[float] = field(default_factory=list)
    by_hand: list[float] = field(default_factory=list)


# The questions -----------------------------------------------------------------------------------------------------------


def questions(count: int, of_class: int) -> Iterator[tuple[str, str, list[Question]]]:
    """Class, what it is kept to, and different questions."""
    chance = random.Random(7)  # noqa: S311
    month = timedelta(days=30)
    for name, words in _words(chance, count, of_class).items():
        yield name, "-", [Question(each) for each in words]
        yield name, "newsroom", [Question(each, (NewsroomId(1 + 9 * at),)) for at, each in enumerate(words)]
        since = [search_archive.NEWEST - month * chance.randint(2, 200) for _ in words]
        yield (
            name,
            "month",
            [Question(each, None, Narrowing(since=at, until=at + month)) for each, at in zip(words, since, strict=True)],
        )
        yield (
            name,
            "5 years",
            [Question(each, None, Narrowing(since=at, until=at + 60 * month)) for each, at in zip(words, since, strict=True)],
        )


def _words(chance: random.Random, count: int, of_class: int) -> dict[str, list[str]]:
    vocabulary = Writer(2026).vocabulary
    compounds = vocabulary[len(LITTLE) + len(MIDDLE) :]
    middling, rare = compounds[:3000], compounds[10_000:40_000]
    texts = [search_archive.titles(number, count) for number in range(min(of_class, -(-count // search_archive.CHUNK)))]
    titles = [title.split() for titles in texts for title in titles]
    return {
        "rare word": chance.sample(rare, of_class),
        "common word": chance.sample(LITTLE + MIDDLE, of_class),
        "two words": [" ".join(chance.sample(middling[:300] + MIDDLE, 2)) for _ in range(of_class)],
        "phrase": [
            f'"{" ".join(title[at : at + 2])}"' for title in chance.sample(titles, of_class) for at in (chance.randint(0, 3),)
        ],
        "prefix": [f"{stem}*" for stem in chance.sample(STEMS, of_class)],
    }


# By hand -----------------------------------------------------------------------------------------------------------------

Values = dict[str, Any]
_BELOW = RANKED_AT_MOST + 1


def sqlite_by_hand(question: Question, *, capped: bool) -> list[tuple[str, ...]]:
    """The quickest ways that we know with FTS5: statements of which the last brings the number of hits and a place in each row.

    Or, where they are to be ranked, all hits with what they are ranked by.
    """
    table = "release_search" if " " in question.words and question.words.startswith('"') else "release_search_words"
    first = "(SELECT row FROM release_search_place WHERE place >= :first ORDER BY place LIMIT 1)"
    last = "(SELECT row FROM release_search_place WHERE place <= :last ORDER BY place DESC LIMIT 1)"
    found = f"FROM {table} WHERE {table} MATCH :match AND {table}.rowid BETWEEN {first} AND {last}"
    if not capped:
        hits = f"WITH hits AS MATERIALIZED (SELECT rowid AS row {found} ORDER BY rowid DESC LIMIT {_BELOW})"
        said = "JOIN release_search_place USING (row) JOIN release_search ON release_search.rowid = hits.row"
        return [(f"{hits} SELECT place, ' ' || title || ' ', ' ' || body || ' ' FROM hits {said}",)]  # noqa: S608
    counted = f"(SELECT count(*) FROM (SELECT 1 {found} LIMIT {_BELOW}))"  # noqa: S608
    once = f"WITH hits AS MATERIALIZED (SELECT rowid AS row {found} ORDER BY rowid DESC LIMIT {_BELOW})"
    newest = f"(SELECT rowid AS row {found} ORDER BY rowid DESC LIMIT {PAGE})"
    return [
        (f"SELECT {counted}, place FROM {newest} JOIN release_search_place USING (row) ORDER BY row DESC",),  # noqa: S608
        (f"{once} SELECT (SELECT count(*) FROM hits), place FROM hits JOIN release_search_place USING (row) LIMIT {PAGE}",),  # noqa: S608
    ]


def postgres_by_hand(question: Question, *, capped: bool) -> list[tuple[str, ...]]:
    """The same with GIN: season by season, or all of them asked for at once."""
    del question
    settings = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)"
    within = "place + 0 BETWEEN :first AND :last"
    arrays = "CAST(:numbers AS bigint[]), CAST(:matches AS tsquery[]), CAST(:wanteds AS tsquery[])"
    seasons = f"unnest({arrays}) AS season(number, match, wanted)"
    at_once = f"SELECT place FROM release_search WHERE document @@ CAST(:match AS tsquery) AND {within}"  # noqa: S608
    newest = f"SELECT place FROM release_search WHERE document @@ season.match AND {within} ORDER BY place + 0 DESC"  # noqa: S608
    by_season = f"SELECT place FROM {seasons} CROSS JOIN LATERAL ({newest}) AS hits"  # noqa: S608
    if capped:
        counted = f"SELECT least({_BELOW}, (SELECT count(*) FROM hits)), place FROM hits ORDER BY place DESC LIMIT {PAGE}"  # noqa: S608
        return [(settings, f"WITH hits AS MATERIALIZED ({found}) {counted}") for found in (f"{by_season} LIMIT {_BELOW}", at_once)]
    said = f"JOIN release_search USING (place) JOIN {seasons} ON number = place >> {search_postgres.SEASON}"
    score = f"ts_rank('{{{1 / SCORE.title:.4f},0,0,1}}', document, wanted, 1)"
    age = f"({SCORE.least} + {1 - SCORE.least} / (1 + (max(place) OVER () - place) / {float(SCORE.half)}))"
    best = f"SELECT count(*) OVER (), place FROM hits {said} ORDER BY {score} * {age} DESC, place DESC LIMIT {PAGE}"  # noqa: S608
    return [(settings, f"WITH hits AS MATERIALIZED ({found}) {best}") for found in (by_season, at_once)]


def _values(engine: str, question: Question) -> Values:
    asked = question.asked
    values: Values = {"first": asked.kept.first, "last": asked.kept.last}
    if engine == "sqlite":
        return values | {"match": search_sqlite.match(asked)}
    seasons = _seasons(asked)
    matches, wanteds = (
        [said.replace("~", search_postgres.season(season << search_postgres.SEASON)) for season in seasons]
        for said in (search_postgres.match(asked), search_postgres.wanted(asked.query))
    )
    return values | {"numbers": seasons, "matches": matches, "wanteds": wanteds, "match": " | ".join(f"({one})" for one in matches)}


def _seasons(asked: Asked) -> list[int]:
    """Those that the archive has and that are asked for, the newest first."""
    oldest = place(search_archive.NEWEST - timedelta(days=365 * search_archive.YEARS), 0)
    first, last = max(asked.kept.first, oldest), min(asked.kept.last, place(search_archive.NEWEST, 1 << 29))
    return list(range(last >> search_postgres.SEASON, (first >> search_postgres.SEASON) - 1, -1))


# Measuring ---------------------------------------------------------------------------------------------------------------


async def measure(engine: str, url: str, asked: list[tuple[str, str, list[Question]]], rounds: int) -> None:
    """Ask everything, print a line for each class."""
    database = SqlDatabase(url)
    print(
        f"\n{engine:<10}{'class':<13}{'kept to':<10}{'hits':>14}{'p50 ms':>9}{'p95 ms':>9}{'by hand p50':>13}{'p95':>9}{'ratio':>7}"
    )
    missed: list[str] = []
    for name, to, all_of_class in asked:
        timed = [Timed(question) for question in all_of_class]
        for _ in range(rounds):
            for one in timed:
                await _once(engine, database, one)
        missed += _line(engine, name, to, timed)
    fixed: list[float] = []
    for _ in range(20):
        await _seconds(fixed, lambda: _loaded(database))
    print(f"{'':<10}of each, on both sides: the transaction and the page's releases, {1000 * statistics.median(fixed):.1f} ms")
    await database.close()
    print("every goal is met" if not missed else "\n".join(missed))


async def _once(engine: str, database: SqlDatabase, one: Timed) -> None:
    question = one.question
    found = await _seconds(one.ours, lambda: _find(database, question))
    one.hits = found.total
    ways = (sqlite_by_hand if engine == "sqlite" else postgres_by_hand)(question, capped=found.capped)
    values, took = _values(engine, question), list[float]()
    for way in ways:
        by_hand = await _seconds(took, lambda: _by_hand(database, question.asked.query, way, values))  # noqa: B023 - awaited here
        assert by_hand == found, f"{question}: ours {_said(found)}, by hand {_said(by_hand)}"
    one.by_hand.append(min(took))


def _said(found: Found) -> str:
    return f"{found.total}: {[release.id for release in found.releases]}"


async def _by_hand(database: SqlDatabase, query: Query, way: tuple[str, ...], values: Values) -> Found:
    async with database.read() as tx:
        for statement in way:
            asked = {name: value for name, value in values.items() if f":{name}" in statement}
            rows = (await tx.connection.execute(text(statement), asked)).all()
        if rows and len(rows[0]) == len(Hit._fields):
            total, places = len(rows), best([Hit(*row) for row in rows], query, SCORE)[:PAGE]
        else:
            total, places = rows[0][0] if rows else 0, [row[1] for row in rows]
        page = await tx.releases.many([release_at(place) for place in places]) if places else []
        return Found(page, total, capped=total > RANKED_AT_MOST)


async def _seconds(into: list[float], call: Callable[[], Awaitable[Found]]) -> Found:
    began = time.perf_counter()
    found = await call()
    into.append(time.perf_counter() - began)
    return found


async def _loaded(database: SqlDatabase) -> Found:
    async with database.read() as tx:
        return Found(await tx.releases.many([ReleaseId(ident) for ident in range(1, PAGE + 1)]), PAGE)


async def _find(database: SqlDatabase, question: Question) -> Found:
    async with database.read() as tx:
        query = parse(question.words)
        return await tx.search.find(query, newsrooms=question.newsrooms, narrowing=question.narrowing, limit=PAGE)


def _line(engine: str, name: str, to: str, timed: list[Timed]) -> list[str]:
    (p50, p95), (hand50, hand95) = (_percentiles([1000 * min(s) for s in side]) for side in _sides(timed))
    hits = sorted(one.hits for one in timed)
    between = f"{hits[0]}-{hits[-1] if hits[-1] < _BELOW else 'more'}"
    print(f"{'':<10}{name:<13}{to:<10}{between:>14}{p50:9.1f}{p95:9.1f}{hand50:13.1f}{hand95:9.1f}{p95 / hand95:7.2f}", flush=True)
    slow = [f"{name}, {to}: p95 {p95:.0f} ms, goal {GOALS[engine]}"] if p95 > GOALS[engine] else []
    return slow + ([f"{name}, {to}: {p95 / hand95:.2f} times by hand, goal {RATIO}"] if p95 > RATIO * hand95 else [])


def _sides(timed: list[Timed]) -> tuple[list[list[float]], list[list[float]]]:
    return [one.ours for one in timed], [one.by_hand for one in timed]


def _percentiles(values: list[float]) -> tuple[float, float]:
    return statistics.median(values), statistics.quantiles(values, n=20, method="inclusive")[-1]


@contextmanager
def archives(folder: Path, releases: int, engines: list[str]) -> Iterator[dict[str, str]]:
    """The addresses of the archives of this size, built where they are missing."""
    place = folder / str(releases)
    place.mkdir(parents=True, exist_ok=True)
    found: dict[str, str] = {}
    if "sqlite" in engines:
        if not (place / "search.db").exists():
            (place / "building.db").unlink(missing_ok=True)
            search_archive.build(place / "building.db", None, releases)
            (place / "building.db").rename(place / "search.db")
        found["sqlite"] = f"sqlite:///{place / 'search.db'}"
    if "postgres" not in engines:
        yield found
        return
    binaries = _binaries()
    assert binaries is not None, "no PostgreSQL to be had"
    server = Process(binaries, place / "postgres", settings=("shared_buffers=256MB", "max_wal_size=4GB"))
    built = server.folder / "built"
    if not built.exists():
        server.folder.mkdir()
        server.create()
    server.start()
    try:
        if not built.exists():
            search_archive.build(None, server.url, releases)
            built.touch()
        yield {**found, "postgres": server.url}
    finally:
        server.stop()


def main() -> None:
    """Read the command line, build, measure and print."""
    parser = argparse.ArgumentParser(description="The speed of the search in a large archive, beside SQL by hand.")
    parser.add_argument("--releases", type=int, action="append", help="in the archive; without it, 100,000 and then a million")
    parser.add_argument("--folder", type=Path, help="where the archive is kept; without it, it is built for this run alone")
    parser.add_argument("--engine", action="append", choices=list(GOALS), help="one alone")
    parser.add_argument("--questions", type=int, default=20, help="of each class")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="a small archive, few questions, one round")
    arguments = parser.parse_args()
    sizes, of_class, rounds = arguments.releases or [100_000, 1_000_000], arguments.questions, arguments.rounds
    if arguments.quick:
        sizes, of_class, rounds = [min(*sizes, 5000)], 5, 1
    for releases in sizes:
        asked = list(questions(releases, of_class))
        with tempfile.TemporaryDirectory() as scratch:
            folder = (arguments.folder or Path(scratch)).absolute()
            with archives(folder, releases, arguments.engine or list(GOALS)) as urls:
                print(f"{releases:,} releases, {of_class} questions of each class, load {os.getloadavg()[0]:.1f}")
                for engine, url in urls.items():
                    asyncio.run(measure(engine, url, asked, rounds))


if __name__ == "__main__":
    main()
