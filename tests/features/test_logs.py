"""One release can be followed through the log, from the feed to the post."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.testing import capture_logs

from bot import log
from bot.domain.card import Card
from bot.domain.delivery import Post, SendOutcome
from bot.domain.subscription import Destination
from tests.fakes.chat import HttpChatAdapter
from tests.fakes.feeds import Item, ago
from tests.features.conftest import Start


def about(lines: list[Any], event: str) -> list[Any]:
    """The lines of one event."""
    return [line for line in lines if line["event"] == event]


async def test_a_release_has_one_number_from_the_feed_to_the_post(journey: Start) -> None:
    """Stored, delivered to each destination, corrected; each post by the platform's own number."""
    with capture_logs() as lines:
        async with journey() as bot:
            await bot.subscribe("desk", "news")
            bot.newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=1)))
            while not about(lines, "release_stored"):
                await asyncio.sleep(0.02)
            bot.newsroom.publish(Item(2, "Kajen åbner", published=ago(seconds=1)))
            await bot.chat.wait_for(2)
            bot.newsroom.item(2).title = "Kajen åbner ikke"
            bot.newsroom.serve()
            while len([line for line in about(lines, "delivery") if line["kind"] == "correction"]) < 2:
                await asyncio.sleep(0.02)
    (old, new) = about(lines, "release_stored")
    assert (old["log_level"], new["log_level"], new["newsroom"]) == ("debug", "info", "havnen")
    (corrected,) = about(lines, "release_corrected")
    deliveries = about(lines, "delivery")
    assert {line["release"] for line in (new, corrected, *deliveries)} == {new["release"]}
    assert old["release"] != new["release"]
    alerts = [line for line in deliveries if line["kind"] == "alert"]
    posts = {post.conversation: post.id for post in bot.chat.messages if not post.under}
    assert {line["destination"]: line["post"] for line in alerts} == {
        str(bot.adapter.address(conversation)): ident for conversation, ident in posts.items()
    }
    assert len({line["delivery"] for line in deliveries}) == len(deliveries)


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    """The log as `PRESSEVAGT_LOG_FORMAT=json` writes it, in a file."""
    root = logging.getLogger()
    handlers, level, configured = root.handlers, root.level, structlog.get_config()
    log.configure("info", "json", file=tmp_path / "log")
    yield tmp_path / "log"
    for handler in root.handlers:
        handler.close()
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**configured)


def read(path: Path) -> list[dict[str, Any]]:
    """The lines, each of which is an event."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def test_the_chain_from_poll_to_post_holds_in_the_log_for_machines(
    journey: Start, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By shared keys: poll, release, delivery, destination and post; and what an SDK says while it sends bears them too."""
    send = HttpChatAdapter.send

    async def send_and_say(self: HttpChatAdapter, destination: Destination, card: Card, under: Post | None = None) -> SendOutcome:
        logging.getLogger("sdk").warning("slow today")
        return await send(self, destination, card, under)

    monkeypatch.setattr(HttpChatAdapter, "send", send_and_say)
    async with journey() as bot:
        await bot.subscribe("desk", "news")
        bot.newsroom.publish(Item(1, "Gammel nyhed", published=ago(days=1)))
        while not bot.web.asked(bot.newsroom.path):
            await asyncio.sleep(0.02)
        bot.newsroom.publish(Item(2, "Kajen åbner", published=ago(seconds=1)))
        await bot.chat.wait_for(2)
        while len(about(read(written), "delivery")) < 2:
            await asyncio.sleep(0.02)
    lines = read(written)
    (stored,) = about(lines, "release_stored")
    (poll,) = [line for line in about(lines, "poll") if line["poll"] == stored["poll"]]
    assert (poll["newsroom"], poll["new"], stored["url"]) == ("havnen", 1, bot.newsroom.link(bot.newsroom.item(2)))
    deliveries = {line["delivery"]: line for line in about(lines, "delivery")}
    assert {line["release"] for line in deliveries.values()} == {stored["release"]}
    assert {line["destination"]: line["post"] for line in deliveries.values()} == {
        str(bot.adapter.address(post.conversation)): post.id for post in bot.chat.messages
    }
    said = about(lines, "slow today")
    assert {(line["delivery"], line["release"]) for line in said} == {(ident, stored["release"]) for ident in deliveries}
    other = [line for line in lines if line["event"] not in ("delivery", "slow today", "delivery_failed")]
    assert all("delivery" not in line for line in other)
