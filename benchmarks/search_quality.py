"""How well does the search find what people mean?

    PRESSEVAGT_TEST_DATA=FOLDER python benchmarks/search_quality.py [--database URL] [--verbose]

Reads the captured feeds in the folder (or in its `samples`), stores what the feed parser makes of them in the database (a new
SQLite file; or the empty one that `--database` names), and asks every query of `search_queries.jsonl` as somebody in Copenhagen
would on Monday 24 August 2026.

The queries were written, and their releases marked, by reading every title and lead, before the analyser was changed for them. A
release is relevant if a reader would say that it is about what the words ask for, or speaks of it, in whatever inflection,
compound or spelling: not by another word for the same, nor by part of a name or of an office (`København` is no `havn`). Queries
that are `held_out` are reported on their own; nobody looked at their misses.

Recall is the share of the relevant that was found, precision the share of the found that is relevant, rank one divided by the place
of the first that is relevant (1.000: it came first); each is the mean over the queries of a class.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bot.domain.newsroom import Newsroom, NewsroomEntry, NewsroomId
from bot.domain.release import ParsedRelease
from bot.feeds.reading.parse import parse
from bot.ports import UNNARROWED, Narrowing
from bot.text.fold import fold
from bot.text.nearest import Exact, nearest
from bot.text.query import parse as parse_words
from bot.text.request import Request, understand
from storage.database import SqlDatabase
from storage.migrate import migrate

ASKED_AT = datetime(2026, 8, 24, 8, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Copenhagen")
_QUERIES = Path(__file__).with_name("search_queries.jsonl")
_FEEDS = {
    "dk_sundhedsministeriet.rss.xml": ("sundhedsministeriet", "DK", "da"),
    "europarl_press_releases.rss.xml": ("europarl", "EU", "en"),
    "gov_scot_news.rss.xml": ("scottish-government", "GB", "en"),
    "us_house_ruiz_press.rss.xml": ("ruiz", "US", "en"),
}
_VIA = re.compile(r"https?://via\.ritzau\.dk/(?:release|pressemeddelelse)/(\d+)")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A query, what it is an example of, and the addresses of the releases that it should find."""

    query: str
    of: str
    held_out: bool
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Result:
    """What a query found, best first, and how much there was to find."""

    labelled: Labelled
    listed: tuple[str, ...]

    @property
    def found(self) -> frozenset[str]:
        """What was found, in no order."""
        return frozenset(self.listed)

    @property
    def recall(self) -> float:
        """The share of the relevant that was found."""
        return len(self.found & self.labelled.relevant) / len(self.labelled.relevant)

    @property
    def precision(self) -> float | None:
        """The share of the found that is relevant; None where nothing was found."""
        return len(self.found & self.labelled.relevant) / len(self.found) if self.found else None

    @property
    def reciprocal_rank(self) -> float:
        """One divided by the place of the first that is relevant; 0 where none was found."""
        return next((1 / place for place, one in enumerate(self.listed, 1) if one in self.labelled.relevant), 0.0)


def address(url: str) -> str:
    """What an address is told by: a release on a Via page goes by its number, whatever the rest says."""
    via = _VIA.match(url)
    return f"via:{via[1]}" if via else re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/")


def read_queries(path: Path = _QUERIES) -> list[Labelled]:
    """The labelled queries."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Labelled(row["query"], row["class"], row.get("held_out", False), frozenset(map(address, row["relevant"]))) for row in rows
    ]


# The releases -------------------------------------------------------------------------------------------------------------


def read_newsrooms(folder: Path) -> dict[str, list[ParsedRelease]]:
    """Releases by the slug of their newsroom, as the feed parser reads them; none twice."""
    found: dict[str, dict[str, ParsedRelease]] = defaultdict(dict)
    for slug, language, region, body in _documents(folder):
        parsed = parse(
            body, url=f"https://{slug}.example/feed", content_type="", now=datetime.now(UTC), language=language, region=region
        )
        for release in parsed.releases:
            found[slug].setdefault(address(release.content.url), release)
    return {slug: list(releases.values()) for slug, releases in found.items()}


def _documents(folder: Path) -> Iterator[tuple[str, str, str, bytes]]:
    """Slug, language, region and document: those captured as JSON of another shape as JSON Feeds."""
    for name, (slug, region, language) in _FEEDS.items():
        yield slug, language, region, (folder / name).read_bytes()
    archive: dict[str, list[dict[str, object]]] = defaultdict(list)
    listing = json.loads((folder / "via_ritzau_um_pressroom.json").read_text(encoding="utf-8"))["release_listing"]["releases"]
    for release in listing:  # before the archive, which has some of them too, but does not know their kind
        version = release["versions"]["da"]
        url = f"https://via.ritzau.dk{version['url']}"
        archive["udenrigsministeriet"].append(
            _item(url, version["title"], version["metadescription"], release["date"]) | {"tags": [version["type"]]}
        )
    for item in json.loads((folder / "dk_ministries_archive_500.json").read_text(encoding="utf-8")):
        archive[_slug(item["source"])].append(_item(item["url"], item["title"], item["description"], item["published"]))
    for slug, items in archive.items():
        yield slug, "da", "DK", json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": slug, "items": items}).encode()


def _item(url: str, title: str, lead: str | None, published: str) -> dict[str, object]:
    return {"id": url, "url": url, "title": title, "summary": lead or "", "date_published": published}


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")


async def store(database: SqlDatabase, newsrooms: Mapping[str, Sequence[ParsedRelease]]) -> None:
    """Store the releases in an empty database."""
    for slug, releases in newsrooms.items():
        entry = NewsroomEntry(slug, slug, f"https://{slug}.example/feed", "DK", "da", "rss")
        async with database.begin() as tx:
            newsroom = await tx.newsrooms.ensure(entry, offered_by="settings", now=ASKED_AT)
            feed = (await tx.feeds.of(newsroom.id))[0]
            await tx.releases.add(feed, releases, now=ASKED_AT, late=())


# The questions ------------------------------------------------------------------------------------------------------------


async def ask(database: SqlDatabase, labelled: Labelled, newsrooms: Sequence[Newsroom]) -> Result:
    """What the search finds."""
    request = understand(labelled.query, ASKED_AT, ZONE)
    among = list(_meant(request, newsrooms)) if request.newsrooms else None
    narrowing = Narrowing(request.kinds, request.kinds_out, request.languages, request.languages_out, request.since, request.until)
    query = parse_words(request.words, ("da", "en"))
    async with database.read() as tx:
        if query.is_empty:
            everywhere = [newsroom.id for newsroom in newsrooms]
            releases = await tx.releases.latest(among or everywhere, limit=1000, narrowing=narrowing)
        elif narrowing == UNNARROWED:
            releases = (await tx.search.find(query, newsrooms=among, limit=1000)).releases
        else:
            releases = (await tx.search.find(query, newsrooms=among, limit=1000, narrowing=narrowing)).releases
    return Result(labelled, tuple(address(release.content().url) for release in releases))


def _meant(request: Request, newsrooms: Sequence[Newsroom]) -> Iterable[NewsroomId]:
    for asked in request.newsrooms:
        match nearest(asked.text, [(newsroom.id, (newsroom.slug,)) for newsroom in newsrooms]):
            case Exact(newsroom_id):
                yield newsroom_id
            case other:
                sys.exit(f"{asked.text}: {other}")


def report(results: Sequence[Result], *, verbose: bool) -> None:
    """Prints the figures by class, and both parts of the set."""
    for title, part in (
        ("seen", [r for r in results if not r.labelled.held_out]),
        ("held out", [r for r in results if r.labelled.held_out]),
    ):
        print(f"\n{title:<31}class  queries  recall  precision   rank")
        for name in dict.fromkeys(result.labelled.of for result in part):
            _line(name, [result for result in part if result.labelled.of == name])
        _line("all", part)
        for result in part if verbose and title == "seen" else ():
            missing, extra = result.labelled.relevant - result.found, result.found - result.labelled.relevant
            if missing or extra:
                print(f"  {result.labelled.query}: missing {sorted(missing)}, extra {sorted(extra)}")


def _line(name: str, results: Sequence[Result]) -> None:
    precise = [result.precision for result in results if result.precision is not None]
    print(
        f"{name:>36}  {len(results):7}  {mean(r.recall for r in results):6.3f}  {mean(precise) if precise else 0:9.3f}"
        f"  {mean(r.reciprocal_rank for r in results):5.3f}"
    )


async def measure(url: str, folder: Path, *, verbose: bool) -> None:
    """Fill the database, ask everything, print."""
    await migrate(url)
    database = SqlDatabase(url)
    try:
        newsrooms = read_newsrooms(folder)
        await store(database, newsrooms)
        async with database.read() as tx:
            stored = await tx.newsrooms.all()
        labelled = read_queries()
        known = {address(release.content.url) for releases in newsrooms.values() for release in releases}
        unknown = {one for each in labelled for one in each.relevant} - known
        if unknown:
            sys.exit(f"marked as relevant, but not in the samples: {sorted(unknown)}")
        print(f"{sum(map(len, newsrooms.values()))} releases of {len(newsrooms)} newsrooms, {url.partition(':')[0]}")
        report([await ask(database, each, stored) for each in labelled], verbose=verbose)
    finally:
        await database.close()


def main() -> None:
    """Reads the command line and prints the figures."""
    parser = argparse.ArgumentParser(description="Recall and precision of the search on a labelled set of queries.")
    parser.add_argument("--database", help="an empty database (default: a new SQLite file)")
    parser.add_argument(
        "--verbose", action="store_true", help="list what the queries that may be looked at missed and found too much"
    )
    arguments = parser.parse_args()
    folder = Path(os.environ.get("PRESSEVAGT_TEST_DATA") or sys.exit("PRESSEVAGT_TEST_DATA names no folder with captured feeds"))
    folder = folder / "samples" if (folder / "samples").is_dir() else folder
    with tempfile.TemporaryDirectory() as scratch:
        url = arguments.database or f"sqlite:///{scratch}/search.db"
        asyncio.run(measure(url, folder, verbose=arguments.verbose))


if __name__ == "__main__":
    main()
