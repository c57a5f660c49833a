"""An archive of plausible releases for the search to be measured on: built once, kept in a folder, on either engine.

The rows are made with the storage's own codecs and index entries, and written in bulk. A release has about 250 words, as frequent
as in real text; newsrooms are of different sizes; ids do not follow publication, since the archive fetches old releases late.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import psycopg
from press_text import Writer

from bot.domain.prose import paragraphs
from bot.domain.release import Content, Kind
from bot.text.matching import indexed, spoken
from storage.contents import content_to_json
from storage.migrate import migrate_now
from storage.search_index import Entry
from storage.search_marks import marks, place
from storage.search_postgres import document
from storage.search_rows import Gap, fitting
from storage.search_sqlite import said

NEWSROOMS = 200
NEWEST = datetime(2026, 11, 1, 9, tzinfo=UTC)
YEARS = 20
CHUNK = 1000
_WORDS = 243
_RELEASE = ("id", "newsroom_id", "feed_id", "external_id", "published", "first_seen", "revision", "late")
_STATEMENT = ("id", "release_id", "language", "source", "title", "url", "fingerprint", "content", "kind", "spoken", "stale")
_KINDS = (Kind.PRESS_RELEASE, Kind.PRESS_RELEASE, Kind.PRESS_RELEASE, Kind.NEWS, Kind.INVITATION, None)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of some releases."""

    releases: list[tuple[Any, ...]]
    statements: list[tuple[Any, ...]]
    entries: list[Entry]


@lru_cache(maxsize=1)
def _writer() -> Writer:
    return Writer(2026)


def _made(asked: tuple[int, int]) -> Chunk:
    """The releases of a number, oldest first; every process makes the same of it."""
    number, count = asked
    writer, chance = _writer(), random.Random(number)  # noqa: S311 - it only has to repeat
    writer.seed(number)
    apart = timedelta(days=365 * YEARS) / count
    chunk = Chunk([], [], [])
    for at in range(number * CHUNK, min(count, (number + 1) * CHUNK)):
        # Nine tenths were fetched backwards, the rest came as they were published.
        old = count * 9 // 10
        ident = old - at if at < old else at + 1
        newsroom, kind = 1 + int(NEWSROOMS * chance.random() ** 2), chance.choice(_KINDS)
        published = (NEWEST - apart * (count - 1 - at)).replace(microsecond=0)
        url = f"https://press.example.dk/{ident}"
        content = Content(writer.title(), body=paragraphs(" ".join(writer.words(_WORDS))), language="da", url=url, kind=kind)
        language, said = spoken(content), json.dumps(content_to_json(content), ensure_ascii=False)
        chunk.releases.append((ident, newsroom, newsroom, str(ident), published, published, 1, False))
        fingerprint = content.fingerprint
        statement = (ident, ident, "da", "feed", content.title, url, fingerprint, said, kind, language, False)
        chunk.statements.append(statement)
        chunk.entries.append(Entry(place(published, ident), marks(newsroom, [kind], [language]), *indexed([content])))
    return chunk


def titles(number: int, count: int) -> list[str]:
    """The titles of a chunk."""
    return [statement[4] for statement in _made((number, count)).statements]


def _chunks(count: int) -> Iterator[Chunk]:
    asked = [(number, count) for number in range(-(-count // CHUNK))]
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for done, chunk in enumerate(pool.imap(_made, asked, chunksize=1), 1):
            if done % 20 == 0 and sys.stderr.isatty():
                print(f"\r{done * CHUNK:,}", end="", file=sys.stderr)
            yield chunk


def build(file: Path | None, postgres: str | None, count: int) -> None:
    """Fill new databases with so many releases: a SQLite file, a PostgreSQL database, or both from the same."""
    sinks = ([_Sqlite(file)] if file else []) + ([_Postgres(postgres)] if postgres else [])
    for chunk in _chunks(count):
        for sink in sinks:
            sink.take(chunk)
    for sink in sinks:
        sink.end()


def _newsrooms() -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    for ident in range(1, NEWSROOMS + 1):
        slug = f"newsroom-{ident}"
        yield (ident, slug, slug, "DK", "da", "", NEWEST), (ident, ident, f"https://{slug}.example/feed", "active", 0, 0, 0)


_NEWSROOM = ("id", "slug", "name", "country", "language", "page_url", "created_at")
_FEED = ("id", "newsroom_id", "url", "state", "polls", "missing", "failures")


_SEARCH = "INSERT INTO release_search (rowid, marks, title, body) VALUES (:row, :marks, :title, :body)"
_SEARCH_WORDS = "INSERT INTO release_search_words (rowid, words) VALUES (:row, :marks || ' ' || :title || ' ' || :body)"


class _Sqlite:
    def __init__(self, file: Path) -> None:
        migrate_now(f"sqlite:///{file}")
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("BEGIN")
        self._last: int | None = None
        for newsroom, feed in _newsrooms():
            self._write("newsroom", _NEWSROOM, [newsroom])
            self._write("feed", _FEED, [feed])

    def take(self, chunk: Chunk) -> None:
        self._write("release", _RELEASE, chunk.releases)
        self._write("statement", _STATEMENT, chunk.statements)
        rows = fitting(Gap(entry.place, self._last, None) for entry in chunk.entries)
        self._last = max(rows.values())
        self._db.executemany("INSERT INTO release_search_place (place, row) VALUES (?, ?)", rows.items())
        entries = [{"row": rows[entry.place]} | said(entry) for entry in chunk.entries]
        for statement in (_SEARCH, _SEARCH_WORDS):
            self._db.executemany(statement, entries)

    def _write(self, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        asked = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608
        self._db.executemany(asked, [tuple(map(_sqlite_value, one)) for one in rows])

    def end(self) -> None:
        self._db.execute("COMMIT")
        self._db.close()


def _sqlite_value(value: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    return value.strftime("%Y-%m-%d %H:%M:%S.%f") if isinstance(value, datetime) else value


class _Postgres:
    def __init__(self, url: str) -> None:
        migrate_now(url)
        self._db = psycopg.connect(url)
        for newsroom, feed in _newsrooms():
            self._write("newsroom", _NEWSROOM, [newsroom])
            self._write("feed", _FEED, [feed])
        # Built at the end, as is the custom when much is loaded.
        self._db.execute("DROP INDEX ix_release_search_document")

    def take(self, chunk: Chunk) -> None:
        self._write("release", _RELEASE, chunk.releases)
        self._write("statement", _STATEMENT, chunk.statements)
        self._write("release_search", ("place", "document"), [(entry.place, document(entry)) for entry in chunk.entries])

    def _write(self, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        with closing(self._db.cursor()) as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for one in rows:
                copy.write_row(one)

    def end(self) -> None:
        self._db.execute("SET maintenance_work_mem = '512MB'")
        self._db.execute("CREATE INDEX ix_release_search_document ON release_search USING gin (document)")
        self._db.commit()
        self._db.autocommit = True
        self._db.execute("VACUUM ANALYZE")
        self._db.close()
