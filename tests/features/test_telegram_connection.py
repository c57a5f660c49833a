"""Journeys on Telegram: how the bot connects, is called, and ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.errors import SettingsError
from tests.fakes.telegram_api import TelegramApi
from tests.features.telegram_desk import SECRET, Start, desk_on, post, posts, until, written

WRONG = "110201543:" + "x" * 35


async def test_the_webhook_asks_for_its_secret(telegram: TelegramApi, tmp_path: Path) -> None:
    """Without it 403, whatever is said, and nothing comes of it; with it and nonsense 400."""
    asta = telegram.user("Asta", language="da", started=True)
    said = {"message_id": 9, "date": 1, "chat": asta.chat.json(), "from": asta.user.json(), "text": "/newsrooms"}
    update = {"update_id": 1, "message": said}
    async with desk_on(telegram, tmp_path, webhook=True) as desk, aiohttp.ClientSession() as session:
        for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}, {"X-Telegram-Bot-Api-Secret-Token": "ø"}):
            async with session.post(desk.webhook_url, json=update, headers=headers) as answer:
                assert answer.status == 403
        good = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        for nonsense in (b"{", b"[]", b"{}", b"[" * 100_000):
            async with session.post(desk.webhook_url, data=nonsense, headers=good) as answer:
                assert answer.status == 400
        async with session.post(desk.webhook_url, json=update, headers=good) as answer:
            assert answer.status == 200
        await post(asta.chat, "Havnen")
        assert len(posts(asta.chat)) == 1


async def test_from_one_way_to_the_other(telegram: TelegramApi, tmp_path: Path) -> None:
    """Whoever changes the setting loses nothing that was said meanwhile, and nobody is answered twice."""
    asta = telegram.user("Asta", language="da", started=True)
    for number, webhook in enumerate((True, False, True), 1):
        await asta.says("/newsrooms")
        async with desk_on(telegram, tmp_path, webhook=webhook):
            await written(asta.chat, number)
            await until(lambda: not telegram.updates.pending)
        assert len(posts(asta.chat)) == number
        assert not telegram.updates.pending


async def test_a_wrong_token_is_said_at_once(telegram: TelegramApi, tmp_path: Path) -> None:
    """In one line that does not hold the token."""
    with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN") as caught:
        async with desk_on(telegram, tmp_path, TELEGRAM_BOT_TOKEN=WRONG):
            pass
    assert WRONG not in str(caught.value)


async def test_a_webhook_that_telegram_refuses_is_said_at_once(telegram: TelegramApi, tmp_path: Path) -> None:
    """With Telegram's reason."""
    with pytest.raises(SettingsError, match=r"TELEGRAM_WEBHOOK_URL: Telegram refuses it: .*https url"):
        async with desk_on(telegram, tmp_path, TELEGRAM_WEBHOOK_URL="http://bot.example/t", TELEGRAM_WEBHOOK_SECRET=SECRET):
            pass


async def test_a_takeover_is_quiet(
    telegram: TelegramApi, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the former process still polls, Telegram answers 409 for a moment; then updates come."""
    monkeypatch.setattr("adapters.telegram.updates._CONFLICT_PAUSE", 0.05)
    asta = telegram.user("Asta", language="da", started=True)
    telegram.fault("getUpdates", times=3, status=409, description="Conflict: terminated by other getUpdates request")
    async with desk_on(telegram, tmp_path):
        await asta.says("/help")
        await post(asta.chat, "/soeg")
    assert "409" not in caplog.text
    assert "Conflict" not in caplog.text


async def test_a_bot_that_starts_without_telegram_comes_in_later(
    on_telegram: Start, telegram: TelegramApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that cannot be reached is no reason not to start: it is tried until it answers."""
    monkeypatch.setattr("adapters.telegram.adapter._RETRY", 0.05)
    asta = telegram.user("Asta", language="da", started=True)
    telegram.fault("getMe", times=2, status=502)
    async with on_telegram():
        await asta.says("/help")
        await post(asta.chat, "/soeg")


# The command ------------------------------------------------------------------------------------------------------------


async def run(api: TelegramApi, folder: Path, token: str, **more: str) -> asyncio.subprocess.Process:
    """`pressevagt run` in a process of its own, which logs all it can, with nothing of this one's environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'run.db'}",
        "PRESSEVAGT_HTTP_PORT": "0",
        "PRESSEVAGT_METRICS_PORT": "off",
        "PRESSEVAGT_LOG_LEVEL": "debug",
        "PRESSEVAGT_NEWSROOMS": "http://127.0.0.1:9/feed",
        "TELEGRAM_BOT_TOKEN": token,
        "TELEGRAM_API_URL": api.url,
        **more,
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "run"),
        env=environment,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_run_with_a_token_is_telegram_until_sigterm(telegram: TelegramApi, tmp_path: Path) -> None:
    """No chat in the terminal; SIGTERM ends it well, what was answered is not answered again, and no log holds the token."""
    asta = telegram.user("Asta", language="da", started=True)
    telegram.fault("getUpdates", reset=True)
    process = await run(telegram, tmp_path, telegram.token)
    await asta.says("/help")
    await until(lambda: posts(asta.chat), 60)
    process.send_signal(signal.SIGTERM)
    log = b"".join(await asyncio.wait_for(process.communicate(), 30)).decode()
    assert process.returncode == 0, log
    assert telegram.token.partition(":")[2] not in log
    assert not telegram.updates.pending


async def test_no_log_holds_the_webhooks_secret_or_what_people_ask(telegram: TelegramApi, tmp_path: Path) -> None:
    """Though the library would write every call down."""
    asta = telegram.user("Asta", language="da", started=True)
    hook = {"TELEGRAM_WEBHOOK_URL": "https://nowhere.invalid/telegram", "TELEGRAM_WEBHOOK_SECRET": "geheim"}
    process = await run(telegram, tmp_path, telegram.token, **hook)
    refused = b"".join(await asyncio.wait_for(process.communicate(), 60)).decode()
    process = await run(telegram, tmp_path, telegram.token)
    await asta.says("fortroligt")
    await until(lambda: posts(asta.chat), 60)
    process.send_signal(signal.SIGTERM)
    answered = b"".join(await asyncio.wait_for(process.communicate(), 30)).decode()
    assert ("TELEGRAM_WEBHOOK_URL" in refused, "running" in answered) == (True, True)
    assert "geheim" not in refused
    assert "fortroligt" not in answered


async def test_run_with_a_wrong_token_says_so_in_a_line(telegram: TelegramApi, tmp_path: Path) -> None:
    """And ends with 2."""
    process = await run(telegram, tmp_path, WRONG)
    _, log = await asyncio.wait_for(process.communicate(), 60)
    lines = [line for line in log.decode().splitlines() if line.strip()]
    assert process.returncode == 2, log.decode()
    assert lines[-1].startswith("pressevagt: TELEGRAM_BOT_TOKEN")
    assert "Traceback" not in log.decode()
    assert WRONG.partition(":")[2] not in log.decode()
