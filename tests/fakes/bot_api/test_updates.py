"""The fake Bot API, asked by its SDK, and by plain HTTP where that hides something: how updates come, polled and by webhook."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import BadRequest, Conflict

from tests.fakes.telegram_api import Person, TelegramApi
from tests.fakes.telegram_bricks import Hook, bot_of


async def test_updates_are_confirmed_by_the_offset(bot: Bot, asta: Person) -> None:
    """Updates come again until a later offset confirms them."""
    await asta.says("1")
    await asta.says("2")
    first = await bot.get_updates(limit=1)
    assert [update.message and update.message.text for update in first] == ["1"]
    rest = await bot.get_updates(offset=first[0].update_id + 1)
    assert [update.message and update.message.text for update in rest] == ["2"]
    assert await bot.get_updates(offset=rest[0].update_id + 1) == ()


async def test_allowed_updates(bot: Bot, asta: Person) -> None:
    """Kinds that were not asked for do not even queue; an empty list is the default."""
    await bot.get_updates(allowed_updates=["callback_query"])
    await asta.says("1")
    await bot.get_updates(allowed_updates=[])
    await asta.says("2")
    assert [update.message and update.message.text for update in await bot.get_updates()] == ["2"]


async def test_a_long_poll_waits_and_a_second_ends_it(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A poll waits for an update; another poll ends it with a conflict."""
    first = asyncio.create_task(bot.get_updates(timeout=10))
    while api.updates.polls < 1:
        await asyncio.sleep(0.001)
    async with bot_of(api) as another:
        second = asyncio.create_task(another.get_updates(timeout=10))
        with pytest.raises(
            Conflict, match="terminated by other getUpdates request; make sure that only one bot instance is running"
        ):
            await first
        await asta.says("hej")
        assert len(await second) == 1


async def test_webhooks(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """Updates are posted with the secret, again until they are taken, and polling is refused meanwhile."""
    hook = Hook([500])
    runner = web.ServerRunner(web.Server(hook))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram"
    try:
        await bot.set_webhook(url, secret_token="hemmelig-1")
        await asta.says("hej")
        await api.updates.settled()
        assert [(body["message"]["text"], secret) for body, secret in hook.got] == [("hej", "hemmelig-1")] * 2
        info = await bot.get_webhook_info()
        assert (info.url, info.last_error_message) == (url, "Wrong response from the webhook: 500 Internal Server Error")
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await bot.delete_webhook()
        assert await bot.get_updates() == ()
    finally:
        await runner.cleanup()


async def test_setting_a_webhook_ends_a_poll(bot: Bot, api: TelegramApi) -> None:
    """A poll that waits is told when a webhook takes over."""
    poll = asyncio.create_task(bot.get_updates(timeout=10))
    while api.updates.polls < 1:
        await asyncio.sleep(0.001)
    await bot.set_webhook("http://127.0.0.1:1/hook")
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll


async def test_a_webhook_gets_one_chat_in_order_and_others_meanwhile(bot: Bot, api: TelegramApi, asta: Person) -> None:
    """A chat whose update is not taken holds up itself, and no other."""
    hook, bo = Hook([500, 500]), api.user("Bo")
    runner = web.ServerRunner(web.Server(hook))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await bot.set_webhook(f"http://127.0.0.1:{runner.addresses[0][1]}/hook")
        await asta.says("1")
        await asta.says("2")
        await bo.says("3")
        await api.updates.settled()
        texts = [body["message"]["text"] for body, _ in hook.got]
        assert len(texts) == 5
        assert texts.index("3") < texts.index("2")
        assert texts[-1] == "2"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("http://um.dk/hook", "x", "Bad webhook: an https url must be provided for webhook"),
        ("https://um.dk/hook", "x", "Bad webhook: failed to resolve host: name or service not known"),
        ("http://127.0.0.1:1/hook", "æ", "Secret token contains unallowed characters"),
    ],
)
async def test_webhooks_that_are_refused(bot: Bot, url: str, secret: str, words: str) -> None:
    """A webhook is on this machine or refused, and its secret is plain."""
    with pytest.raises(BadRequest) as refused:
        await bot.set_webhook(url, secret_token=secret)
    assert refused.value.message.lower() == words.lower()
