"""What Prometheus reads of a bot that runs, and whether it says that it is ready."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.app import Bot, start
from bot.domain.newsroom import NewsroomEntry
from bot.domain.subscription import ConversationKind
from bot.errors import SettingsError
from bot.ports import Actor, CommandCall
from tests.fakes.chat import ChatServer, HttpChatAdapter
from tests.fakes.feeds import Item, Newsroom, ago
from tests.fakes.telegram_api import TelegramApi
from tests.fakes.web import WebServer
from tests.features.conftest import settings_for
from tests.features.telegram_desk import desk_on, post, until


class Watched:
    """A bot that runs and serves its metrics."""

    def __init__(self, bot: Bot, session: aiohttp.ClientSession) -> None:
        self.bot, self._session = bot, session

    async def get(self, path: str, port: int | None = None) -> tuple[int, str]:
        """What its own port answers, or another."""
        async with self._session.get(f"http://127.0.0.1:{port or self.bot.metrics_port}{path}") as answer:
            return answer.status, await answer.text()

    async def value(self, sample: str) -> float | None:
        """A sample as it is now; None: it is not there."""
        _, text = await self.get("/metrics")
        found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
        return float(found[1]) if found else None

    async def until(self, sample: str, expected: float, limit: float = 15.0) -> None:
        """Wait until a sample has a value."""
        async with asyncio.timeout(limit):
            while await self.value(sample) != expected:
                await asyncio.sleep(0.05)

    async def ready(self) -> tuple[int, dict[str, Any]]:
        """What /readyz says: the status, and each part."""
        async with self._session.get(f"http://127.0.0.1:{self.bot.metrics_port}/readyz") as answer:
            said = await answer.json()
            assert said["ready"] is (answer.status == 200)
            return answer.status, {part["name"]: part for part in said["parts"]}


@asynccontextmanager
async def watched(bot: Bot) -> AsyncIterator[Watched]:
    """Look at a bot."""
    async with aiohttp.ClientSession() as session:
        yield Watched(bot, session)


@asynccontextmanager
async def running(folder: Path, web: WebServer, chat: ChatServer, **more: Any) -> AsyncIterator[Watched]:
    """The whole bot on loopback, with `desk` subscribed to everything."""
    adapter = HttpChatAdapter(chat.url)
    entry = NewsroomEntry("havnen", "Havnen", web.url("/feed"), "DK", "da", "rss")
    settings = settings_for(folder, PRESSEVAGT_METRICS_PORT=0, **more)
    async with start(settings, [adapter], [entry]) as bot, watched(bot) as seen:
        async with bot.database.begin() as tx:
            now = bot.clock.now()
            here = await tx.destinations.ensure(
                adapter.address("desk"), kind=ConversationKind.GROUP, title="desk", language="da", timezone="UTC", now=now
            )
            await tx.destinations.subscribe(here.id, None, by="test", now=now)
        yield seen


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look reads anew."""
    monkeypatch.setattr("bot.standing.KEEP", 0.0)


async def test_from_the_feed_to_the_post(tmp_path: Path, web: WebServer, chat: ChatServer) -> None:
    """Each station of a release is counted, and how long the way took."""
    newsroom = Newsroom(web)
    newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=1)))
    async with running(tmp_path, web, chat) as bot:
        await bot.until('pressevagt_releases_total{newsroom="havnen",what="silent"}', 1)
        newsroom.publish(Item(2, "Kajen åbner", published=ago(seconds=30)))
        await bot.until('pressevagt_deliveries_total{kind="alert",outcome="sent",platform="test"}', 1)
        assert await bot.value('pressevagt_releases_total{newsroom="havnen",what="new"}') == 1
        assert (await bot.value('pressevagt_polls_total{newsroom="havnen",outcome="read"}') or 0) >= 2
        assert (await bot.value("pressevagt_feed_fetch_seconds_count") or 0) >= 2
        assert 30 <= (await bot.value("pressevagt_published_to_seen_seconds_sum") or 0) < 60
        assert (await bot.value('pressevagt_seen_to_posted_seconds_sum{platform="test"}') or 60) < 30
        assert 30 <= (await bot.value('pressevagt_published_to_posted_seconds_sum{platform="test"}') or 0) < 60
        assert await bot.value('pressevagt_outbox_deliveries{state="pending"}') == 0
        assert await bot.value('pressevagt_accounts_owned{platform="test"}') == 1
        newsroom.item(2).title = "Kajen åbner ikke"
        newsroom.serve()
        await bot.until('pressevagt_releases_total{newsroom="havnen",what="corrected"}', 1)


async def test_a_send_whose_answer_is_lost(tmp_path: Path, web: WebServer, chat: ChatServer) -> None:
    """It may stand twice: that is counted, here and in the database's sum, and it is sent again."""
    newsroom = Newsroom(web)
    newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=1)))
    async with running(tmp_path, web, chat) as bot:
        await bot.until('pressevagt_releases_total{newsroom="havnen",what="silent"}', 1)
        chat.fail_next("hang-up")
        newsroom.publish(Item(2, "Kajen åbner", published=ago(seconds=1)))
        await bot.until('pressevagt_deliveries_total{kind="alert",outcome="sent",platform="test"}', 1)
        assert await bot.value('pressevagt_deliveries_total{kind="alert",outcome="retried",platform="test"}') == 1
        assert await bot.value('pressevagt_lost_answers_total{platform="test"}') == 1
        assert await bot.value("pressevagt_ambiguous_sends") == 1
        assert len(chat.posts("desk")) == 2


async def test_the_sum_of_ambiguous_sends_outlives_the_process(tmp_path: Path, web: WebServer, chat: ChatServer) -> None:
    """The counter begins anew, what the database holds does not."""
    newsroom = Newsroom(web)
    newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=1)))
    async with running(tmp_path, web, chat) as bot:
        await bot.until('pressevagt_releases_total{newsroom="havnen",what="silent"}', 1)
        chat.fail_next("hang-up")
        newsroom.publish(Item(2, "Kajen åbner", published=ago(seconds=1)))
        await bot.until('pressevagt_deliveries_total{kind="alert",outcome="sent",platform="test"}', 1)
    async with running(tmp_path, web, chat) as bot:
        assert await bot.value('pressevagt_lost_answers_total{platform="test"}') is None
        assert await bot.value("pressevagt_ambiguous_sends") == 1


async def test_commands_are_counted_by_name(tmp_path: Path, web: WebServer, chat: ChatServer) -> None:
    """By the one name that each has; whatever else people write is unknown."""
    async with running(tmp_path, web, chat) as bot:
        adapter = HttpChatAdapter(chat.url)
        for line in ("/seneste", "/latest", "/seneste bogus=1", "/hemmelig-kilde Asta", "bare et ord"):
            await bot.bot.router.answer(_call(adapter, line))
        _, text = await bot.get("/metrics")
        counted = dict(re.findall(r'^pressevagt_command_seconds_count\{command="(\w+)",outcome="\w+"\} (\S+)$', text, re.MULTILINE))
        assert counted["unknown"] == "2.0"
        assert set(counted) <= {"latest", "unknown"}
        assert "hemmelig" not in text
        assert "Asta" not in text


def _call(adapter: HttpChatAdapter, line: str) -> CommandCall:
    return CommandCall(line, Actor("test", "bot", "boss"), adapter.address("desk"))


async def test_a_bot_that_works_says_that_it_is_ready(tmp_path: Path, web: WebServer, chat: ChatServer) -> None:
    """Once it owns its account."""
    Newsroom(web).serve()
    async with running(tmp_path, web, chat) as bot:
        await bot.until('pressevagt_accounts_owned{platform="test"}', 1)
        status, parts = await bot.ready()
        assert status == 200, parts
        assert sorted(parts) == ["accounts:test", "database", "feeds"]
        assert all(part["ok"] and part["why"] for part in parts.values())


def _spoil(folder: Path) -> None:
    for file in folder.glob("journey.db*"):
        if file.suffix != ".worker":
            file.unlink()
    (folder / "journey.db").write_bytes(b"this is no database" * 1000)


async def test_a_bot_that_lost_its_database_is_not_ready_and_lives(tmp_path: Path, web: WebServer, chat: ChatServer) -> None:
    """Readiness and metrics say so; health does not, since a restart would not help."""
    Newsroom(web).serve()
    async with running(tmp_path, web, chat, PRESSEVAGT_POLL_INTERVAL=3600) as bot:
        _spoil(tmp_path)
        await bot.bot.database._engine.dispose()
        status, parts = await bot.ready()
        assert (status, list(parts)) == (503, ["database"])
        assert "not a database" in parts["database"]["why"]
        assert await bot.value("pressevagt_database_up") == 0
        assert (await bot.value('pressevagt_database_errors_total{error="StorageError"}') or 0) >= 1
        assert (await bot.get("/healthz"))[0] == 200


async def test_the_world_sees_health_and_nothing_else(tmp_path: Path, web: WebServer, chat: ChatServer) -> None:
    """Metrics and readiness have a port of their own."""
    async with running(tmp_path, web, chat) as bot:
        public = bot.bot.http_port
        assert public != bot.bot.metrics_port
        assert (await bot.get("/healthz", public))[0] == 200
        assert (await bot.get("/metrics", public))[0] == 404
        assert (await bot.get("/readyz", public))[0] == 404
        assert (await bot.get("/healthz"))[0] == 200


async def test_metrics_can_be_off(tmp_path: Path, web: WebServer, chat: ChatServer) -> None:
    """Then nothing listens but the public port."""
    settings = settings_for(tmp_path)
    entry = NewsroomEntry("havnen", "Havnen", web.url("/feed"), "DK", "da", "rss")
    async with start(settings, [HttpChatAdapter(chat.url)], [entry]) as bot:
        assert bot.metrics_port is None
        assert bot.http_port


async def test_a_port_that_is_taken_is_named(tmp_path: Path, web: WebServer, chat: ChatServer) -> None:
    """Whoever starts a second bot reads which variable to set."""
    async with running(tmp_path / "a", web, chat) as bot:
        settings = settings_for(tmp_path / "b", PRESSEVAGT_METRICS_PORT=bot.bot.metrics_port)
        with pytest.raises(SettingsError, match="PRESSEVAGT_METRICS_PORT"):
            async with start(settings, [HttpChatAdapter(chat.url)], []):
                pass


async def test_a_telegram_that_cannot_be_reached_is_said_and_its_token_is_not(tmp_path: Path) -> None:
    """Connected, then not; the token stands in the address of every call, and in no metric."""
    async with TelegramApi() as api, desk_on(api, tmp_path, webhook=True, PRESSEVAGT_METRICS_PORT=0) as desk:
        asta = api.user("Asta", language="da")
        async with watched(desk.bot) as bot:
            await asta.starts()
            await post(asta.chat, "Pressevagt")
            await asta.says("/subscribe havnen")
            await post(asta.chat, "Abonnementet på Havnen")
            assert await bot.value('pressevagt_adapter_connected{platform="telegram"}') == 1
            api.fault("sendMessage", reset=True, taken=True)
            await desk.publish(1, "Kajen åbner")
            await until(lambda: len(desk.settlements) >= 1)
            assert await bot.value('pressevagt_adapter_connected{platform="telegram"}') == 0
            await until(lambda: len(desk.settlements) >= 2)
            _, text = await bot.get("/metrics")
            assert 'pressevagt_lost_answers_total{platform="telegram"} 1.0' in text
            assert 'pressevagt_adapter_connected{platform="telegram"} 1.0' in text
            for secret in (api.token, api.token.partition(":")[2], api.token.partition(":")[0], str(asta.id), "Asta"):
                assert secret not in text
