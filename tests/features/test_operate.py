"""The operator's commands as they are typed: what they print, and their exit codes."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.domain.delivery import Refused
from bot.feeds.catalogue import Catalogue
from storage.database import SqlDatabase
from storage.migrate import migrate_now
from storage.worker_lock import worker_lock
from tests.fakes.world import World

Run = Callable[..., Result]


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database on each engine in turn."""
    return f"sqlite:///{tmp_path / 'pressevagt.db'}" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Types a command in an installation of its own."""
    monkeypatch.chdir(tmp_path)
    migrate_now(database_url)

    def typed(*words: str, url: str = database_url) -> Result:
        return CliRunner().invoke(main, words, env={"DATABASE_URL": url, "HOME": str(tmp_path)}, catch_exceptions=False)

    return typed


def prepared(url: str, step: Callable[[World], Awaitable[None]]) -> None:
    """Does something in the database."""

    async def work() -> None:
        database = SqlDatabase(url)
        await step(World(database))
        await database.close()

    asyncio.run(work())


async def two_refused(world: World) -> None:
    """Two alerts that a platform refused, one that it has still to take."""
    desk = await world.desk("Havnen\x1b[2J")
    await world.owe(desk, await world.release("Kajen lukker"), await world.release("Molen åbner"), await world.release())
    for reason in ("not allowed", "chat not found\nok"):
        (delivery,) = await world.claim(1)
        await world.settle(delivery, Refused(reason))


# The outbox


def test_how_the_outbox_stands(run: Run, database_url: str) -> None:
    """In all, and by account."""
    prepared(database_url, two_refused)
    said = run("outbox")
    assert said.exit_code == 0
    assert re.search(r"^pending +1 +\(oldest since 2026-11-20 11:00:00Z\)$", said.stdout, re.MULTILINE)
    assert re.search(r"^dead +2 +\(pressevagt outbox dead\)$", said.stdout, re.MULTILINE)
    assert re.search(r"^ambiguous +0$", said.stdout, re.MULTILINE)
    assert "test:bot  pending 1, held 0, dead 2" in said.stdout


def test_what_was_given_up(run: Run, database_url: str) -> None:
    """A line each, newest first: id, when, where, what, why; nothing from outside is obeyed."""
    assert run("outbox", "dead").stdout == "nothing was given up\n"
    prepared(database_url, two_refused)
    said = run("outbox", "dead")
    lines = said.stdout.splitlines()
    assert len(lines) == 2
    assert re.match(r"2  2026-11-20 11:00:00Z  test:bot:\S+ .*alert 'Molen åbner': chat not found\\nok$", lines[0])
    assert "\x1b" not in said.stdout
    assert len(run("outbox", "dead", "--limit", "1").stdout.splitlines()) == 1


def test_what_was_given_up_is_tried_anew(run: Run, database_url: str) -> None:
    """By its id, or all of it; an id that is none is named, with the remedy."""
    prepared(database_url, two_refused)
    said = run("outbox", "retry", "2", "77")
    assert (said.exit_code, said.stdout) == (2, "1 tried anew, as soon as a bot runs\n")
    assert "no dead letter: 77; `pressevagt outbox dead` lists" in said.stderr
    assert run("outbox", "retry", "--all").stdout.startswith("1 tried anew")
    assert "pending 3, held 0, dead 0" in run("outbox").stdout


def test_what_was_given_up_is_let_be(run: Run, database_url: str) -> None:
    """It is neither pending nor dead after that."""
    prepared(database_url, two_refused)
    assert run("outbox", "drop", "1").stdout == "1 dropped\n"
    assert run("outbox", "drop", "--all").stdout == "1 dropped\n"
    assert run("outbox", "dead").stdout == "nothing was given up\n"
    assert "pending 1, held 0, dead 0" in run("outbox").stdout


@pytest.mark.parametrize("words", [["retry"], ["drop"], ["retry", "1", "--all"], ["drop", "0"], ["retry", "9" * 30]])
def test_ids_or_all(run: Run, words: list[str]) -> None:
    """One of both, and ids that may be some."""
    assert run("outbox", *words).exit_code == 2


@pytest.mark.parametrize("command", ["outbox", "status"])
def test_where_there_is_no_installation(run: Run, tmp_path: Path, command: str) -> None:
    """Nothing is made by looking."""
    said = run(command, url=f"sqlite:///{tmp_path / 'none.db'}")
    assert (said.exit_code, (tmp_path / "none.db").exists()) == (2, False)
    assert "the first `pressevagt run` makes it" in said.stderr


def test_beside_a_worker(run: Run, database_url: str) -> None:
    """All of it works while a bot runs."""
    prepared(database_url, two_refused)
    with worker_lock(database_url):
        assert run("outbox", "retry", "--all").exit_code == 0
        assert run("backup", "here.backup").exit_code == 0


# Backups


def test_a_backup_and_back(run: Run, database_url: str, tmp_path: Path) -> None:
    """What it holds is said, and a second does not overwrite it unasked."""
    prepared(database_url, two_refused)
    said = run("backup", "my.backup")
    assert said.exit_code == 0
    assert re.match(r"my.backup: \d+ rows, schema \w+, 0\.\d MB; read back, and the same\n", said.stdout)
    again = run("backup", "my.backup")
    assert (again.exit_code, "--force" in again.stderr) == (2, True)
    assert run("backup", "my.backup", "--force").exit_code == 0
    back = run("restore", "my.backup")
    if database_url.startswith("sqlite"):
        assert back.exit_code == 0
        assert "the former database is kept as" in back.stdout
        assert "dead 2" in run("outbox").stdout
    else:
        assert (back.exit_code, "restore into a new one" in back.stderr) == (2, True)
    copy = f"sqlite:///{tmp_path / 'copy.db'}"
    assert run("backup", "my.zip", "--portable").exit_code == 0
    assert run("restore", "my.zip", url=copy).exit_code == 0
    assert "dead 2" in run("outbox", url=copy).stdout


def test_a_file_that_is_not_there(run: Run) -> None:
    """One line."""
    said = run("restore", "nothing")
    assert (said.exit_code, said.stderr) == (2, "pressevagt: nothing cannot be read: there is no such file\n")


@pytest.mark.parametrize("words", [("backup",), ("export",)])
@pytest.mark.parametrize("ending", ["", "-wal", ".worker"])
def test_the_database_is_no_place_to_write_to(run: Run, tmp_path: Path, words: tuple[str, ...], ending: str) -> None:
    """Not even by force: a bot that runs would go on with a file that has no name any more."""
    url, database = f"sqlite:///{tmp_path / 'mine.db'}", tmp_path / "mine.db"
    migrate_now(url)
    there = database.stat().st_ino
    (tmp_path / "link").symlink_to(f"{database}{ending}")
    for name in (f"mine.db{ending}", "link"):
        said = run(*words, name, "--force", url=url)
        assert (said.exit_code, "is the database itself, or belongs to it" in said.stderr) == (2, True), said.stderr
    assert database.stat().st_ino == there


@pytest.mark.parametrize("words", [("backup",), ("export",)])
def test_what_cannot_be_written_says_so(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    """A folder that is not there, and what is no file, cost one line; what stood there before is for this user alone now."""
    said = run(*words, "nowhere/file")
    assert (said.exit_code, said.stderr) == (2, "pressevagt: nowhere/file cannot be written (No such file or directory)\n")
    os.mkfifo(tmp_path / "pipe")
    assert "pipe is no file" in run(*words, "pipe", "--force").stderr
    (tmp_path / "old").write_text("old")
    (tmp_path / "old").chmod(0o644)
    assert run(*words, "old", "--force").exit_code == 0
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o600


# Moving


def test_moving_house(run: Run, database_url: str, tmp_path: Path) -> None:
    """Both sides' rows, table by table, and what to do next; without a terminal a line for each part."""
    prepared(database_url, two_refused)
    target = f"sqlite:///{tmp_path / 'target.db'}"
    said = run("migrate-data", database_url, target)
    assert said.exit_code == 0
    assert re.search(r"^delivery +3 +3  same$", said.stdout, re.MULTILINE)
    assert "set DATABASE_URL to the new database" in said.stdout
    assert "delivery: 3\n" in said.stderr
    assert "dead 2" in run("outbox", url=target).stdout
    again = run("migrate-data", database_url, target)
    assert (again.exit_code, "not empty" in again.stderr) == (2, True)


def test_a_source_that_is_not_there(run: Run, tmp_path: Path) -> None:
    """It is said, and nothing is made where it was looked for."""
    there = set(tmp_path.iterdir())
    said = run("migrate-data", f"sqlite:///{tmp_path / 'nowhere' / 'none.db'}", f"sqlite:///{tmp_path / 'target.db'}")
    assert (said.exit_code, "is not there; check its address" in said.stderr) == (2, True)
    assert set(tmp_path.iterdir()) == there


def test_addresses_that_are_none(run: Run, database_url: str) -> None:
    """No password is repeated."""
    said = run("migrate-data", database_url, "mysql://bot:hemmelig@db/x")
    assert (said.exit_code, "hemmelig" in said.stderr) == (2, False)
    said = run("migrate-data", database_url, "postgresql://bot:hemmelig@127.0.0.1:1/x")
    assert (said.exit_code, "hemmelig" in said.stderr) == (2, False)
    assert "cannot be reached" in said.stderr


# Histories


def test_a_newsroom_goes_by_its_nickname(run: Run, database_url: str) -> None:
    """As in the chat; where nothing is like what was asked for, what there is is named."""
    assert "followed: none yet" in run("backfill", "um").stderr
    entry = Catalogue.load().get("udenrigsministeriet")
    assert entry is not None

    async def follow(world: World) -> None:
        async with world.database.begin() as tx:
            await tx.newsrooms.ensure(entry, offered_by="test", now=world.now)

    prepared(database_url, follow)
    assert "the feed of Udenrigsministeriet has not been read yet" in run("backfill", "um").stderr
    assert "'xyz' is no newsroom that is followed here; followed: udenrigsministeriet" in run("backfill", "xyz").stderr


# Where there is nobody to chat with


@pytest.mark.parametrize("closed", [False, True])
def test_a_service_without_a_platform_says_what_it_lacks(tmp_path: Path, *, closed: bool) -> None:
    """Where nobody filled in a token it ends as by a wrong setting, so that it is not started again and again."""
    command = f"exec {sys.executable} -m bot.cli run <{'&-' if closed else '/dev/null'}"
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
    said = subprocess.run(
        ["/bin/sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert said.returncode == 2
    assert "set TELEGRAM_BOT_TOKEN, or SLACK_BOT_TOKEN and SLACK_APP_TOKEN" in said.stderr
    assert list(tmp_path.iterdir()) == []
