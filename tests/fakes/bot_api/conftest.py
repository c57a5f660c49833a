"""What the tests of the fake Bot API begin with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from tests.fakes.telegram_api import Person, TelegramApi
from tests.fakes.telegram_bricks import bot_of


@pytest.fixture(autouse=True)
def _waits_are_timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK warns where this is not set."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    """A server without limits."""
    async with TelegramApi() as server:
        yield server


@pytest.fixture
async def bot(api: TelegramApi) -> AsyncIterator[Bot]:
    """The SDK's bot, talking to it."""
    async with bot_of(api) as sdk:
        yield sdk


@pytest.fixture
def asta(api: TelegramApi) -> Person:
    """Somebody who has started the bot."""
    return api.user("Asta Holm", language="da", username="asta", started=True)
