"""The fake Bot API, asked by its SDK, and by plain HTTP where that hides something: which calls it takes."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import aiohttp
import pytest
from telegram import Bot
from telegram.error import InvalidToken

from tests.fakes.telegram_api import Person, TelegramApi
from tests.fakes.telegram_bricks import ROOT, bot_of, raw
from tests.fakes.telegram_calls import METHODS


async def test_who_am_i(bot: Bot, api: TelegramApi) -> None:
    """The SDK initialises against the fake, and its own idea of the bot is the fake's."""
    assert bot.username == api.bot.username
    assert not (await bot.get_me()).can_read_all_group_messages


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/bot{token}/sendEverything", 404, "Not Found"),
        ("/bot123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/", 404, "Not Found"),
    ],
)
async def test_unknown_methods_and_tokens(api: TelegramApi, path: str, status: int, words: str) -> None:
    """A well-formed wrong token is unauthorised; a malformed one, and an unknown method, are not found."""
    async with aiohttp.ClientSession() as session, session.get(api.url + path.format(token=api.token)) as answer:
        assert answer.status == status
        assert await answer.json() == {"ok": False, "error_code": status, "description": words}


async def test_the_sdk_tells_a_wrong_token(api: TelegramApi) -> None:
    """A wrong token is the SDK's InvalidToken."""
    with pytest.raises(InvalidToken):
        await bot_of(api, "123456:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").initialize()


@pytest.mark.parametrize(
    ("method", "body", "words"),
    [
        ("sendMessage", {}, "chat_id is empty"),
        ("sendMessage", {"chat_id": 1}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": ""}, "message text is empty"),
        ("sendMessage", {"chat_id": 1, "text": "x", "colour": "red"}, 'unknown parameter "colour" (the real server ignores it)'),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": "no"}, "can't parse reply keyboard markup JSON object"),
        ("sendMessage", {"chat_id": 1, "text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "disable_notification": "maybe"},
            "can't parse disable notification JSON object",
        ),
        ("sendMessage", {"chat_id": 1, "text": "x", "message_thread_id": "x"}, "can't parse message thread id JSON object"),
        ("answerCallbackQuery", {"text": "x"}, 'parameter "callback_query_id" is required'),
        ("sendPhoto", {"chat_id": 1}, "there is no photo in the request"),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "link_preview_options": {"is_disabled": 1}},
            'field "is_disabled" must be of type bool',
        ),
        ("setMyCommands", {"commands": [{"command": "seneste"}]}, 'can\'t find field "description" in BotCommand'),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a", "style": "b"}]]}},
            'unknown field "style" in InlineKeyboardButton (the real server ignores it)',
        ),
    ],
)
async def test_calls_are_checked_against_the_table(api: TelegramApi, method: str, body: dict[str, Any], words: str) -> None:
    """A call that breaks the table is refused and noted."""
    status, answer = await raw(api, method, body)

    assert (status, answer["description"]) == (400, f"Bad Request: {words}")
    assert [call.method for call in api.violations] == [method]


@pytest.mark.parametrize("how", ["form", "multipart", "query", "json", "strings"])
async def test_every_kind_of_body_is_read(api: TelegramApi, asta: Person, how: str) -> None:
    """Forms, parts, addresses and JSON say the same; JSON may hold objects or their text."""
    keyboard = {"inline_keyboard": [[{"text": "Luk op", "url": "https://um.dk/"}]]}
    text = {"chat_id": str(asta.id), "text": "På + &", "reply_markup": json.dumps(keyboard), "disable_notification": "true"}
    form = aiohttp.FormData(text, default_to_multipart=True)
    bodies: dict[str, dict[str, Any]] = {
        "form": {"data": text},
        "multipart": {"data": form},
        "query": {"params": text},
        "json": {"json": {"chat_id": asta.id, "text": "På + &", "reply_markup": keyboard, "disable_notification": True}},
        "strings": {"json": text},
    }
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{api.base_url}{api.token}/SENDMESSAGE", **bodies[how])
        assert answer.status == 200

    assert (api.sent[0].text, api.sent[0].silent, api.sent[0].markup) == ("På + &", True, keyboard)


def test_each_method_of_the_table_is_answered() -> None:
    """No method stands in the table that the fake cannot carry out."""
    api = TelegramApi()

    assert all(callable(api.methods[name]) for name in METHODS)


async def test_it_runs_in_a_process_of_its_own() -> None:
    """The program prints its port, takes messages to any chat, and tells what it took."""
    arguments = ("-m", "tests.fakes.telegram_api", "--port", "0")
    program = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    assert program.stdout
    try:
        url = f"http://127.0.0.1:{int(await asyncio.wait_for(program.stdout.readline(), 30))}"
        async with Bot("110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", base_url=f"{url}/bot") as bot:
            await bot.send_message(4711, "x")
            await bot.send_message(-4711, "x")
        async with aiohttp.ClientSession() as session, session.get(f"{url}/stats") as answer:
            stats = await answer.json()
        assert (stats["sent"], stats["chats"], stats["violations"]) == (2, 2, 0)
    finally:
        program.terminate()
        await program.wait()
