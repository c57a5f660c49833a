"""“I take it” across platforms: a group on Telegram and a channel on Slack that are linked, in one installation."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.slack.adapter import SlackAdapter
from adapters.telegram.adapter import TelegramAdapter
from bot.app import Bot, start
from bot.domain.delivery import Settlement
from bot.domain.newsroom import NewsroomEntry
from bot.ports import ChatAdapter
from bot.settings import Settings
from tests.fakes.slack_api import SlackApi
from tests.fakes.telegram_api import TelegramApi
from tests.features import harbour
from tests.features.slack_desk import FAST as SLACK_PACE
from tests.features.slack_desk import post as slack_post
from tests.features.telegram_desk import FAST, labels, post, posts, until


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """A Slack, on which no correct bot breaks a rule."""
    async with SlackApi() as server:
        yield server
        assert server.violations == []


@asynccontextmanager
async def on_both(folder: Path, telegram: TelegramApi, api: SlackApi) -> AsyncIterator[tuple[Bot, list[Settlement]]]:
    """One bot on both, and what became of its deliveries as it was written down."""
    settings = Settings.model_validate(
        {
            "DATABASE_URL": f"sqlite:///{folder / 'both.db'}",
            "PRESSEVAGT_HTTP_PORT": 0,
            "PRESSEVAGT_METRICS_PORT": "off",
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "SLACK_API_URL": api.url,
            "SLACK_BOT_TOKEN": api.token,
            "SLACK_APP_TOKEN": api.app_token,
        }
    )
    entry = NewsroomEntry("havnen", "Havnen", "http://127.0.0.1:9/feed", "DK", "da", "rss")
    adapters: list[ChatAdapter] = [TelegramAdapter(settings, pace=FAST), SlackAdapter(settings, pace=SLACK_PACE)]
    settled: list[Settlement] = []
    async with start(settings, adapters, [entry], listen=False, on_settled=lambda _, each: settled.append(each)) as bot:
        await api.connected()
        yield bot, settled


async def test_who_takes_a_story_is_shown_on_both_platforms(tmp_path: Path, telegram: TelegramApi, api: SlackApi) -> None:
    """A code from one is written in the other and agreed to; then a press in either edits both; ending it parts them again."""
    asta = telegram.user("Asta Holm", language="da", started=True)
    birk = api.user("Birk Lund", admin=True)
    group = telegram.group("Nyhedsdesken", owner=asta, bot=True)
    room = api.channel("nyheder", creator=birk, bot=True)
    outside = api.channel("sport", creator=birk, bot=True)
    async with on_both(tmp_path, telegram, api) as (bot, settled):
        await asta.says("/subscribe alle", group)
        await post(group, "Abonnement")
        for channel in (room, outside):
            await birk.mentions("subscribe alle", channel)
            await slack_post(channel, "Abonnement")
        await birk.mentions("settings takers:on", outside)
        await slack_post(outside, "Gemt")
        await asta.says("/forbind", group)
        given = await post(group, "kommandoen »forbind")
        code = re.findall(r"[A-Z2-9]{4}-[A-Z2-9]{4}", given.words)[0]
        act = await birk.runs(f"/presse forbind {code}", room)
        assert "»Nyhedsdesken«" in (await act.answer()).words
        await asta.presses(given, "Det er skrevet der")
        asked = await post(group, "vil forbinde denne samtale med #nyheder (Slack)")
        await asta.presses(asked, "Forbind")
        await post(group, "Forbundet med #nyheder (Slack)")

        await harbour.publish(bot, 1, "Havnen giver 40 mio. kr.")
        there = await post(group, "Havnen giver 40 mio. kr.")
        here = await slack_post(room, "Havnen giver 40 mio. kr.")
        apart = await slack_post(outside, "Havnen giver 40 mio. kr.")
        assert "Jeg tager den" in labels(there)
        await until(lambda: len(settled) == 3)
        await birk.presses(here, "Jeg tager den")
        await until(lambda: "har historien" in there.words and "har historien" in here.words)
        name = next(line for line in here.words.splitlines() if "har historien" in line).split(" har ")[0]
        assert f"{name} har historien" in there.words
        await asta.presses(there, "Giv den fra dig")
        refused = await until(lambda: next((each for each in posts(group) if "Overtag den" in labels(each)), None))
        assert f"{name} har historien (siden" in refused.words
        await asta.presses(refused, "Overtag den")
        await until(lambda: "Asta Holm har historien" in here.words and "Asta Holm har historien" in there.words)
        assert "har historien" not in apart.words

        await birk.mentions("forbind fra", room)
        await slack_post(room, "Ikke længere forbundet med Nyhedsdesken (Telegram)")
        edits = len(settled)
        await harbour.publish(bot, 2, "Ny kaj")
        there, here = await post(group, "Ny kaj"), await slack_post(room, "Ny kaj")
        await until(lambda: len([each for each in settled[edits:] if each.shows]) == 3)
        await birk.presses(here, "Jeg tager den")
        await until(lambda: "har historien" in here.words)
        await asta.presses(there, "Jeg tager den")
        await until(lambda: "Asta Holm har historien" in there.words)
        assert "Asta Holm" not in here.words
