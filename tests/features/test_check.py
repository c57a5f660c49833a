"""`pressevagt check`: what would go wrong, said before it does, and nothing done."""

from __future__ import annotations

import asyncio
import os
import socket
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot import check as checking
from bot.app import start
from bot.checks import line as checks_line
from bot.checks.line import CheckLine
from bot.domain.newsroom import FeedState, NewsroomEntry
from bot.i18n import texts
from bot.ports import PollResult
from bot.settings import Settings
from storage.database import SqlDatabase
from storage.migrate import migrate
from tests.fakes.feeds import Item, Newsroom, ago
from tests.fakes.telegram_api import TelegramApi, Webhook
from tests.fakes.web import WebServer
from tests.features.conftest import settings_for
from tests.features.telegram_desk import SECRET, free_port

_ROOT = Path(__file__).resolve().parents[2]
READER = texts("en", "Europe/Copenhagen")


def settings(folder: Path, web: WebServer | None = None, **more: Any) -> Settings:
    """An installation in a folder, on the web server's feed."""
    newsrooms = (web.url("/feed"),) if web else ()
    return settings_for(folder, PRESSEVAGT_NEWSROOMS=newsrooms, **more)


async def look(installation: Settings, *, offline: bool = False) -> list[CheckLine]:
    """All lines."""
    found = [lines async for lines in checking.checks(installation, READER, offline=offline)]
    return [line for lines in found for line in lines]


async def about(what: str, installation: Settings, *, offline: bool = False) -> list[CheckLine]:
    """The lines about one thing."""
    return [line for line in await look(installation, offline=offline) if line.what == what]


def wrong(lines: list[CheckLine]) -> list[CheckLine]:
    """Those that are not well."""
    return [line for line in lines if not line.ok]


def files(folder: Path) -> dict[str, bytes]:
    """What a folder holds."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def pressevagt(*arguments: str, folder: Path) -> tuple[int, str, str]:
    """Run the command as a person does: its exit code, what it says, and what it complains of."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot.cli", *arguments),
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "PYTHONPATH": str(_ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode or 0, said.decode(), complained.decode()


# The command


async def test_a_new_installation_is_well_and_stays_untouched(tmp_path: Path, web: WebServer) -> None:
    """Exit code 0, a line for everything, and no file made."""
    newsroom = Newsroom(web)
    newsroom.publish(Item(1, "Kajen åbner", published=ago(days=1)))
    (tmp_path / ".env").write_text(
        f"DATABASE_URL=sqlite:///{tmp_path}/data/bot.db\nPRESSEVAGT_NEWSROOMS={newsroom.web.url('/feed')}\n"
        "PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES=127.0.0.1\nPRESSEVAGT_HTTP_PORT=0\nPRESSEVAGT_METRICS_PORT=0\n"
    )
    before = files(tmp_path)
    code, said, complained = await pressevagt("check", "--language", "en", folder=tmp_path)
    assert (code, complained) == (0, "")
    lines = said.splitlines()
    assert all(line.startswith("ok ") for line in lines), said
    assert any("is not there yet; the first run makes it" in line for line in lines)
    assert any("1 release, the newest of yesterday" in line for line in lines)
    assert files(tmp_path) == before
    assert len(web.asked("/feed")) == 1


async def test_what_is_wrong_makes_the_exit_code_one(tmp_path: Path) -> None:
    """Each line with its remedy, in the language that is asked for."""
    env = tmp_path / "other.env"
    env.write_text(
        f"DATABASE_URL=sqlite:///{tmp_path}/bot.db\nPRESSEVAGT_NEWSROOMS=http://127.0.0.1:9/feed\n"
        "PRESSEVAGT_HTTP_PORT=0\nPRESSEVAGT_METRICS_PORT=off\n"
    )
    code, said, complained = await pressevagt("check", "--language", "da", "--env-file", str(env), folder=tmp_path)
    assert (code, complained) == (1, "")
    (line,) = [line for line in said.splitlines() if line.startswith("wrong")]
    assert "PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES" in line
    assert line.endswith(" — gør, som der står, hvis det er meningen")


async def test_settings_that_cannot_be_read_are_all_named(tmp_path: Path) -> None:
    """A line each, as they are said elsewhere."""
    (tmp_path / ".env").write_text("PRESSEVAGT_LANGUAGE=fr\nPRESSEVAGT_HTTP_PORT=x\n")
    code, said, _ = await pressevagt("check", "--language", "en", folder=tmp_path)
    assert code == 1
    assert [line.split()[2] for line in said.splitlines()] == ["PRESSEVAGT_LANGUAGE:", "PRESSEVAGT_HTTP_PORT:"]
    code, said, _ = await pressevagt("--env-file", "nothing.env", "check", folder=tmp_path)
    assert code == 1
    assert "nothing.env" in said


# Settings


async def test_a_newsroom_that_nobody_knows(tmp_path: Path) -> None:
    """It is named, and the rest is looked at all the same."""
    lines = await look(settings_for(tmp_path, PRESSEVAGT_NEWSROOMS=("udenrigsministerjet-i-nuuk-x",)), offline=True)
    assert [line.said.partition(":")[0] for line in wrong(lines)] == ["PRESSEVAGT_NEWSROOMS"]
    assert {line.what for line in lines} >= {"DATABASE_URL", "PRESSEVAGT_HTTP_PORT"}


async def test_operators_must_be_where_the_bot_is(tmp_path: Path) -> None:
    """On a platform that is connected, by an id of its form."""
    people = frozenset({"telegram:123", "telegram:@asta", "slack:U1"})
    token = "123456789:" + "a" * 35
    lines = await about(
        "PRESSEVAGT_OPERATORS", settings(tmp_path, TELEGRAM_BOT_TOKEN=token, PRESSEVAGT_OPERATORS=people), offline=True
    )
    assert [line.ok for line in lines] == [False, True, False]
    assert [line.said.split()[0] for line in lines] == ["slack:U1", "telegram:123", "telegram:@asta"]


# The database


async def test_a_database_of_this_version(tmp_path: Path) -> None:
    """It answers, is written to, and holds afterwards what it held."""
    await migrate(f"sqlite:///{tmp_path / 'journey.db'}")
    lines = await about("DATABASE_URL", settings(tmp_path))
    assert wrong(lines) == []
    assert "with this version's schema" in lines[0].said
    assert lines[-1].said == "can be written (tried, and undone)"
    with closing(sqlite3.connect(tmp_path / "journey.db")) as db:
        assert db.execute("SELECT count(*) FROM mark").fetchone() == (0,)


async def test_a_database_that_another_version_made(tmp_path: Path) -> None:
    """Of a newer one this version must keep its hands off; an empty one is as good as none."""
    url = f"sqlite:///{tmp_path / 'journey.db'}"
    await migrate(url)
    with closing(sqlite3.connect(tmp_path / "journey.db")) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
        db.commit()
    (line,) = wrong(await about("DATABASE_URL", settings(tmp_path)))
    assert "9999" in line.said
    assert line.remedy == "use that version of Pressevagt"


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Named, with what to do."""
    (tmp_path / "journey.db").write_bytes(b"something else" * 500)
    (line,) = wrong(await about("DATABASE_URL", settings(tmp_path)))
    assert "journey.db is not a database that can be read" in line.said


async def test_a_disk_that_is_nearly_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is full."""
    monkeypatch.setattr("bot.checks.database.ROOM", 1 << 60)
    (line,) = wrong(await about("DATABASE_URL", settings(tmp_path)))
    assert "MB are free" in line.said


async def test_a_database_that_somebody_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for, here for a shorter time; and the other lines come all the same."""
    monkeypatch.setattr("storage.engine.BUSY_TIMEOUT", 0.3)
    await migrate(f"sqlite:///{tmp_path / 'journey.db'}")
    with closing(sqlite3.connect(tmp_path / "journey.db", isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        lines = await look(settings(tmp_path))
    (line,) = wrong(lines)
    assert "stayed locked by another program" in line.said
    assert "PRESSEVAGT_HTTP_PORT" in {line.what for line in lines}


async def test_a_database_on_a_server(tmp_path: Path, postgres_url: str) -> None:
    """The same questions; how much room it has is the server's own to watch."""
    lines = await about("DATABASE_URL", settings(tmp_path, DATABASE_URL=postgres_url))
    assert wrong(lines) == []
    assert ["answers, with this version's schema" in line.said for line in lines] == [True, False]


async def test_a_server_that_is_not_there(tmp_path: Path) -> None:
    """Which one is said, and not with what password."""
    url = f"postgresql://asta:hemmelig@127.0.0.1:{free_port()}/presse"
    (line,) = wrong(await about("DATABASE_URL", settings(tmp_path, DATABASE_URL=url)))
    assert "presse on 127.0.0.1" in line.said
    assert "hemmelig" not in f"{line}"


# Ports


async def test_a_port_that_somebody_else_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named by its variable; whoever has it may say nothing when asked who it is."""
    monkeypatch.setattr("bot.checks.listening._ASK_WITHIN", 0.2)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        (line,) = wrong(await look(settings(tmp_path, PRESSEVAGT_METRICS_PORT=port)))
    assert line.what == "PRESSEVAGT_METRICS_PORT"
    assert f"127.0.0.1:{port}" in line.said


async def test_beside_a_bot_that_runs_its_ports_are_no_fault(tmp_path: Path, web: WebServer) -> None:
    """They are taken by whom they are for; and the running bot notices nothing."""
    Newsroom(web).serve()
    running = settings(tmp_path, web, PRESSEVAGT_HTTP_PORT=free_port(), PRESSEVAGT_METRICS_PORT=free_port())
    async with start(running, [], [NewsroomEntry("havnen", "Havnen", web.url("/feed"), "DK", "da", "rss")]):
        lines = await look(running)
    assert wrong(lines) == []
    assert sum("is taken by a Pressevagt that runs" in line.said for line in lines) == 2


async def test_both_ports_the_same(tmp_path: Path) -> None:
    """What is for us alone must not be where the world comes in."""
    port = free_port()
    (line,) = wrong(await look(settings(tmp_path, PRESSEVAGT_HTTP_PORT=port, PRESSEVAGT_METRICS_PORT=port)))
    assert line.what == "PRESSEVAGT_METRICS_PORT"


# Feeds


@pytest.fixture
async def installed(tmp_path: Path, web: WebServer) -> AsyncIterator[tuple[SqlDatabase, Settings]]:
    """A database that follows the web server's feed."""
    found = settings(tmp_path, web)
    await migrate(found.database_url.get_secret_value())
    database = SqlDatabase(found.database_url.get_secret_value())
    async with database.begin() as tx:
        entry = NewsroomEntry("havnen", "Havnen", web.url("/feed"), "DK", "da", "rss")
        await tx.newsrooms.ensure(entry, offered_by="settings", now=datetime.now(UTC))
    yield database, found.model_copy(update={"newsrooms": ()})
    await database.close()


async def poll(database: SqlDatabase, **result: Any) -> None:
    """The feed was polled."""
    async with database.begin() as tx:
        (feed,) = await tx.feeds.all()
        await tx.feeds.settle([PollResult(feed.id, datetime.now(UTC), **result)])


async def test_a_page_in_place_of_a_feed(web: WebServer, installed: tuple[SqlDatabase, Settings]) -> None:
    """No news is what careless eyes would see."""
    _, found = installed
    web.put("/feed", "<!doctype html><html><title>Ikke fundet</title><p>Siden findes ikke</p></html>", content_type="text/html")
    (line,) = wrong(await about("havnen", found))
    assert "a web page, not a feed" in line.said
    assert "find the address of the feed itself" in line.remedy


async def test_a_page_that_links_a_feed(web: WebServer, installed: tuple[SqlDatabase, Settings]) -> None:
    """Well where the bot would follow the link, which it does until it has read a feed there."""
    database, found = installed
    link = '<link rel="alternate" type="application/rss+xml" href="/rss.xml">'
    web.put("/feed", f"<!doctype html><html><head><title>Presse</title>{link}</head></html>", content_type="text/html")
    (line,) = await about("havnen", found)
    assert line.ok
    assert web.url("/rss.xml") in line.said
    await poll(database, good_at=datetime.now(UTC), primes=True)
    assert wrong(await about("havnen", found))


@pytest.mark.parametrize(("status", "said"), [(404, "answered 404"), (410, "answered 410"), (503, "answered 503")])
async def test_a_feed_that_does_not_answer_well(
    web: WebServer, installed: tuple[SqlDatabase, Settings], status: int, said: str
) -> None:
    """What it answered."""
    _, found = installed
    web.put("/feed", "", status=status)
    (line,) = wrong(await about("havnen", found))
    assert said in line.said


async def test_feeds_that_nobody_polls_any_more(web: WebServer, installed: tuple[SqlDatabase, Settings]) -> None:
    """Held back or ended: said without asking them."""
    database, found = installed
    await poll(database, state=FeedState.HELD, fault="held")
    (line,) = wrong(await about("havnen", found))
    assert "/accept havnen" in line.remedy
    await poll(database, state=FeedState.ENDED, fault="gone")
    (line,) = wrong(await about("havnen", found, offline=True))
    assert "410" in line.said
    assert web.requests == []


async def test_offline_nobody_is_asked(tmp_path: Path, web: WebServer) -> None:
    """Neither feeds nor platforms."""
    async with TelegramApi() as api:
        found = settings(tmp_path, web, TELEGRAM_BOT_TOKEN=api.token, TELEGRAM_API_URL=api.url)
        lines = await look(found, offline=True)
        assert wrong(lines) == []
        assert (web.requests, api.calls) == ([], [])
    assert "1 feed, not asked: offline" in [line.said for line in lines]


async def test_a_slow_feed_holds_up_no_other(tmp_path: Path, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each has its own time."""
    monkeypatch.setattr(checks_line, "WITHIN", 1.0)
    web.put("/slow", "", delay=30)
    Newsroom(web).serve()
    found = settings_for(tmp_path, PRESSEVAGT_NEWSROOMS=(web.url("/slow"), web.url("/feed")))
    lines = await look(found)
    assert [line.said for line in wrong(lines)] == ["no answer within 1 seconds"]
    assert any(line.ok and web.url("/feed") in line.said for line in lines)


# Telegram


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    """A Telegram."""
    async with TelegramApi() as server:
        yield server


def on_telegram(folder: Path, api: TelegramApi, *, webhook: str = "", **more: Any) -> Settings:
    """An installation there."""
    ways = {"TELEGRAM_WEBHOOK_URL": webhook, "TELEGRAM_WEBHOOK_SECRET": SECRET} if webhook else {}
    return settings(folder, None, **({"TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_URL": api.url} | ways | more))


async def test_a_token_that_telegram_knows(tmp_path: Path, api: TelegramApi) -> None:
    """Who it is; and of Telegram only two questions are asked."""
    lines = await look(on_telegram(tmp_path, api))
    assert wrong(lines) == []
    said = {line.what: line.said for line in lines}
    assert said["TELEGRAM_BOT_TOKEN"].startswith("@pressevagt_bot (110201543)")
    assert said["TELEGRAM_WEBHOOK_URL"] == "not set: the bot asks for updates; 0 updates wait"
    assert {call.method for call in api.calls} == {"getMe", "getWebhookInfo"}


async def test_a_token_that_telegram_does_not_know(tmp_path: Path, api: TelegramApi) -> None:
    """And it is not repeated."""
    token = "123456:" + "b" * 35
    (line,) = wrong(await look(on_telegram(tmp_path, api, TELEGRAM_BOT_TOKEN=token)))
    assert line.what == "TELEGRAM_BOT_TOKEN"
    assert "BotFather" in line.remedy
    assert token not in f"{line}"


async def test_a_telegram_that_does_not_answer(tmp_path: Path, api: TelegramApi) -> None:
    """No connection, or a broken one; the token is not in what is said."""
    nowhere = f"http://127.0.0.1:{free_port()}"
    (line,) = wrong(await look(on_telegram(tmp_path, api, TELEGRAM_API_URL=nowhere)))
    assert "cannot be reached" in line.said
    api.fault("getMe", reset=True)
    (line,) = wrong(await look(on_telegram(tmp_path, api)))
    assert api.token not in f"{line}"


async def test_a_webhook_of_somebody_elses(tmp_path: Path, api: TelegramApi) -> None:
    """Its host is named, and nothing of its path."""
    api.updates.webhook = Webhook("https://other.example/hemmelig-sti")
    (line,) = wrong(await look(on_telegram(tmp_path, api)))
    assert "on other.example" in line.said
    assert "hemmelig" not in f"{line}"


async def test_a_webhook_of_ours(tmp_path: Path, api: TelegramApi) -> None:
    """Not known yet, known, failing lately, long ago."""
    ours = "https://press.example/telegram"
    found = on_telegram(tmp_path, api, webhook=ours)
    (line,) = await about("TELEGRAM_WEBHOOK_URL", found)
    assert (line.ok, line.said) == (True, "not known to Telegram yet; the next run sets it")
    api.updates.webhook = Webhook(ours)
    (line,) = await about("TELEGRAM_WEBHOOK_URL", found)
    assert (line.ok, line.said) == (True, "known to Telegram; 0 updates wait")
    now = int(datetime.now(UTC).timestamp())
    api.updates.webhook = Webhook(ours, last_error="Wrong response from the webhook: 502 Bad Gateway", last_error_date=now - 60)
    (line,) = await about("TELEGRAM_WEBHOOK_URL", found)
    assert not line.ok
    assert "502 Bad Gateway" in line.said
    api.updates.webhook = Webhook(ours, last_error="Connection timed out", last_error_date=now - 7200)
    (line,) = await about("TELEGRAM_WEBHOOK_URL", found)
    assert line.ok


@pytest.mark.parametrize(
    ("address", "remedy"),
    [
        ("http://press.example/telegram", "Telegram calls https alone"),
        ("https://press.example:9000/telegram", "Telegram calls the ports 443, 80, 88 and 8443 alone"),
    ],
)
async def test_an_address_that_telegram_does_not_call(tmp_path: Path, address: str, remedy: str) -> None:
    """Seen without asking."""
    token = "123456789:" + "a" * 35
    found = settings(tmp_path, TELEGRAM_BOT_TOKEN=token, TELEGRAM_WEBHOOK_URL=address, TELEGRAM_WEBHOOK_SECRET=SECRET)
    (line,) = wrong(await about("TELEGRAM_WEBHOOK_URL", found, offline=True))
    assert line.remedy == remedy


async def test_what_comes_from_outside_is_one_line_on_the_terminal(
    tmp_path: Path, api: TelegramApi, capsys: pytest.CaptureFixture[str]
) -> None:
    """Control characters are shown, not obeyed."""
    now = int(datetime.now(UTC).timestamp())
    api.updates.webhook = Webhook("https://press.example/t", last_error="bad\n\x1b[2Jok     all is well", last_error_date=now)
    for lines in [
        lines
        async for lines in checking.checks(on_telegram(tmp_path, api, webhook="https://press.example/t"), READER, offline=False)
    ]:
        checking._print(lines)
    said = capsys.readouterr().out
    assert "\x1b" not in said.replace("\x1b[32m", "").replace("\x1b[31m", "").replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert not any(line.startswith("ok     all") for line in said.splitlines())
