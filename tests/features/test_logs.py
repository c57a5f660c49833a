"""One release can be followed through the log, from the feed to the post."""

from __future__ import annotations

import asyncio
from typing import Any

from structlog.testing import capture_logs

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
