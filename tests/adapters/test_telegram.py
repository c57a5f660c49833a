"""The parts of the Telegram adapter that talk to the server: requests, updates, administrators."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from telegram import Bot, Update
from telegram.error import InvalidToken, NetworkError, TelegramError, TimedOut

from adapters.telegram.inbox import PER_CHAT, Inbox
from adapters.telegram.managers import Managers
from adapters.telegram.request import AiohttpRequest, NotSent, ServerFault
from adapters.telegram.updates import Polling
from tests.fakes.telegram_api import TOKEN, TelegramApi


@asynccontextmanager
async def bot_at(url: str) -> AsyncIterator[tuple[Bot, AiohttpRequest]]:
    """The SDK's bot over our request."""
    request = AiohttpRequest()
    async with request:
        yield Bot(TOKEN, f"{url}/bot", f"{url}/file/bot", request=request, get_updates_request=request), request


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    """A Telegram."""
    async with TelegramApi() as server:
        yield server


# Requests


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 500}, ServerFault),
        ({"status": 504}, ServerFault),
        ({"reset": True}, NetworkError),
        ({"malformed": True}, TelegramError),
        ({"status": 401}, InvalidToken),
    ],
)
async def test_faults_are_told_apart_and_none_names_the_token(
    api: TelegramApi, fault: dict[str, Any], kind: type[Exception]
) -> None:
    """What the server did to a request, without the address that it was made to."""
    api.fault("getMe", **fault)
    async with bot_at(api.url) as (bot, _):
        with pytest.raises(kind) as caught:
            await bot.get_me()
    assert TOKEN not in f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r}"


async def test_what_never_left_is_known_as_such(api: TelegramApi) -> None:
    """A closed port, a name that does not exist, and a request before there is a session."""
    async with bot_at("http://127.0.0.1:9") as (bot, _):
        with pytest.raises(NotSent) as caught:
            await bot.get_me()
        assert TOKEN not in repr(caught.value)
    with pytest.raises(NotSent, match="not connected"):
        await AiohttpRequest().do_request(api.url, "POST")


async def test_no_answer_is_a_timeout(api: TelegramApi) -> None:
    """After the time that the caller gives."""
    api.fault("getMe", hang=True)
    async with bot_at(api.url) as (bot, _):
        with pytest.raises(TimedOut):
            await bot.get_me(read_timeout=0.1)


async def test_proxies_of_the_environment_are_not_used(api: TelegramApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """They would see the token."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with bot_at(api.url) as (bot, _):
        assert (await bot.get_me()).username == "pressevagt_bot"


# Updates in hand


def update(number: int, chat: int) -> dict[str, Any]:
    """A message as it comes."""
    person = {"id": chat, "type": "private", "first_name": "A"}
    return {"update_id": number, "message": {"message_id": number, "date": 1, "chat": person, "text": str(number)}}


class Slow:
    """Deals with updates when it is let."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.let: dict[int, asyncio.Event] = {}

    async def __call__(self, taken: Update) -> None:
        """Begin, wait for leave, fail where the text says so."""
        self.begun.append(taken.update_id)
        if taken.update_id in self.let:
            await self.let[taken.update_id].wait()
        if taken.update_id == 13:
            raise ValueError("a fault of ours")


@pytest.fixture
def slow() -> Slow:
    """A slow worker."""
    return Slow()


async def test_one_chat_waits_and_others_do_not(slow: Slow) -> None:
    """Within a chat in order, across chats at once; what came before is not dealt with again; a fault stops nothing."""
    slow.let[1] = asyncio.Event()
    inbox = Inbox(Bot(TOKEN), slow)
    for raw in (update(1, 7), update(2, 7), update(13, 8), update(4, 8), update(4, 8)):
        await inbox.put(raw)
    await asyncio.sleep(0.01)
    assert slow.begun == [1, 13, 4]
    slow.let[1].set()
    await inbox.drain(5)
    assert slow.begun == [1, 13, 4, 2]


async def test_a_flood_in_one_chat_is_dropped(slow: Slow) -> None:
    """Whoever writes faster than we answer is answered a few times."""
    slow.let[0] = asyncio.Event()
    inbox = Inbox(Bot(TOKEN), slow)
    for number in range(100):
        await inbox.put(update(number, 7))
    slow.let[0].set()
    await inbox.drain(5)
    assert len(slow.begun) <= PER_CHAT + 1


async def test_what_cannot_be_read_is_passed_over(slow: Slow, caplog: pytest.LogCaptureFixture) -> None:
    """One bad update costs one."""
    inbox = Inbox(Bot(TOKEN), slow)
    with caplog.at_level(logging.CRITICAL):
        await inbox.put({"update_id": 1, "message": {"message_id": "x", "date": "y", "chat": 3}})
    await inbox.put(update(2, 7))
    await inbox.drain(5)
    assert slow.begun == [2]


@pytest.fixture
async def answers() -> AsyncIterator[Callable[[list[Any]], Any]]:
    """A server that answers getUpdates with what it is told, in turn, then with nothing; the offsets that it was asked for."""
    offsets: list[str | None] = []
    turns: list[Any] = []

    async def updates(request: web.Request) -> web.Response:
        offsets.append(request.query.get("offset"))
        if turns:
            return web.json_response({"ok": True, "result": turns.pop(0)})
        await asyncio.sleep(0.05)
        return web.json_response({"ok": True, "result": []})

    application = web.Application()
    application.router.add_post(f"/bot{TOKEN}/getUpdates", updates)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()

    def tell(said: list[Any]) -> tuple[str, list[str | None]]:
        turns.extend(said)
        return f"http://127.0.0.1:{runner.addresses[0][1]}", offsets

    yield tell
    await runner.cleanup()


async def test_polling_asks_for_what_comes_next(answers: Callable[[list[Any]], Any]) -> None:
    """Each answer is acknowledged by the next question, the last one at the end; nonsense is passed over."""
    url, offsets = answers([[update(5, 7), update(6, 7)], [update(7, 7), "nonsense"], {"no": "list"}])
    taken: list[int] = []

    async def take(raw: Any) -> None:
        taken.append(raw["update_id"])

    async with bot_at(url) as (bot, request):
        polling = Polling(bot, request, take)
        task = asyncio.create_task(polling.run())
        async with asyncio.timeout(5):
            while len(offsets) < 4:
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await polling.acknowledge()
    assert taken == [5, 6, 7]
    assert offsets[:4] == [None, "7", "8", "8"]
    assert offsets[-1] == "8"
    assert json.dumps(offsets)


# Administrators


async def test_administrators_are_believed_for_a_while(api: TelegramApi) -> None:
    """Asked once for many commands; asked again before a refusal, but not for every refused one; and after a minute."""
    asta, birk = api.user("Asta"), api.user("Birk")
    group = api.supergroup("Redaktionen", owner=asta, bot=True)
    time = 0.0
    async with bot_at(api.url) as (bot, _):
        managers = Managers(bot, lambda: time)
        chat = str(group.id)
        assert await managers.include(chat, str(asta.id))
        assert await managers.include(chat, str(asta.id))
        assert not await managers.include(chat, str(birk.id))
        assert len(api.asked("getChatAdministrators")) == 1
        asta.promotes(birk, group)
        time = 3.0
        assert await managers.include(chat, str(birk.id))
        asta.demotes(birk, group)
        time = 50.0
        assert await managers.include(chat, str(birk.id))
        time = 64.0
        assert not await managers.include(chat, str(birk.id))
        assert len(api.asked("getChatAdministrators")) == 3
        assert not await managers.include("-999", str(asta.id))
