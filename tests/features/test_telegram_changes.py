"""Corrections as a journalist on Telegram sees them: the alert set right, and under it, once, what changed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from bot.alerts.fanout import owe_corrections
from bot.domain.prose import paragraphs
from bot.domain.release import ReleaseId
from tests.fakes.telegram_api import TelegramApi
from tests.features.telegram_desk import TelegramDesk, desk_on, looks, post, posts, until

Start = Callable[..., AbstractAsyncContextManager[TelegramDesk]]


@pytest.fixture
async def api() -> AsyncIterator[TelegramApi]:
    """A Telegram, on which no correct bot breaks a rule."""
    async with TelegramApi() as server:
        yield server
        assert server.violations == []


@pytest.fixture
def desk(api: TelegramApi, tmp_path: Path) -> Start:
    """Start the bot by long polling."""
    return partial(desk_on, api, tmp_path)


async def correct(bot: TelegramDesk, release_id: ReleaseId, **said: object) -> None:
    """The newsroom corrects a release, in more than a misprint."""
    now = bot.bot.clock.now()
    async with bot.bot.database.begin() as tx:
        release = await tx.releases.get(release_id)
        assert release is not None
        revised = replace(release.content(), **said)  # type: ignore[arg-type]
        revision = await tx.releases.revise(release_id, revised, now=now, correction=True)
        await owe_corrections(tx, release.newsroom.id, [(release_id, revision)], now, told={release_id})


async def skipped(bot: TelegramDesk, reason: str) -> None:
    """Wait until a delivery was skipped for this reason."""
    await until(lambda: any(settled.reason == reason for _, settled in bot.settlements))


async def test_what_changed_is_a_reply_to_the_alert(desk: Start, api: TelegramApi) -> None:
    """The alert is marked, and the reply strikes out what is said no longer; neither makes a sound where alerts make none."""
    asta = api.user("Asta", language="da", started=True)
    birk = api.user("Birk", language="da", started=True)
    async with desk() as bot:
        await bot.subscribe(asta, birk)
        await birk.says("/subscribe all silent")
        await post(birk.chat, "uden lyd")
        release = await bot.publish(1, "Havnen får 40 mio. kr.", body=paragraphs("Kajen kan åbne <mandag>."))
        for person in (asta, birk):
            alert = await post(person.chat, "40 mio. kr.")
            await bot.settled(alert)
        await correct(bot, release, title="Havnen får 45 mio. kr.", body=paragraphs("Kajen kan ikke åbne <mandag>."))
        told = [await post(person.chat, "→ 45 mio. kr.") for person in (asta, birk)]
        for person, reply in zip((asta, birk), told, strict=True):
            alert = next(each for each in posts(person.chat) if each.words.startswith("RETTET kl.") and "→" not in each.words)
            assert reply.reply_to is alert
            assert "Havnen får 45 mio. kr." in alert.words
            assert reply.words.startswith("RETTET kl.")
            assert looks(reply, "strikethrough") == ["40 mio. kr."]
            assert {"45 mio. kr.", "ikke"} <= set(looks(reply, "bold"))
            assert "Kajen kan ikke åbne <mandag>." in reply.words
        assert [reply.silent for reply in told] == [False, True]


@pytest.mark.parametrize("refusal", ["message to edit not found", "message can't be edited"])
async def test_what_cannot_be_edited_is_told_once(desk: Start, api: TelegramApi, refusal: str) -> None:
    """The correction is a reply, and says itself what changed: no third message tells it again. A later one edits that reply."""
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await bot.subscribe(asta)
        release = await bot.publish(1, "Havnen får 40 mio. kr.")
        alert = await post(asta.chat, "40 mio. kr.")
        await bot.settled(alert)
        api.fault("editMessageText", status=400, description=f"Bad Request: {refusal}")
        await correct(bot, release, title="Havnen får 45 mio. kr.")
        await skipped(bot, "already told")
        again = posts(asta.chat)[-1]
        assert (len(posts(asta.chat)), again.reply_to) == (2, alert)
        assert "Overskrift: Havnen får 40 mio. kr. → 45 mio. kr." in again.words
        await correct(bot, release, title="Havnen får 50 mio. kr.")
        told = await post(asta.chat, "→ 50 mio. kr.")
        assert told.reply_to is again
        assert "Overskrift: Havnen får 45 mio. kr. → 50 mio. kr." in told.words
        assert "→" not in again.words


async def test_two_corrections_before_anybody_was_told_are_one(desk: Start, api: TelegramApi) -> None:
    """Telegram asks for patience meanwhile; then one reply tells from what was read to what stands."""
    asta = api.user("Asta", language="da", started=True)
    async with desk() as bot:
        await bot.subscribe(asta)
        release = await bot.publish(1, "Havnen får 40 mio. kr.")
        alert = await post(asta.chat, "40 mio. kr.")
        await bot.settled(alert)
        api.fault("editMessageText", retry_after=1)
        await correct(bot, release, title="Havnen får 45 mio. kr.")
        await correct(bot, release, title="Havnen får 50 mio. kr.")
        told = await post(asta.chat, "→ 50 mio. kr.")
        await skipped(bot, "already told")
        assert "Havnen får 40 mio. kr. → 50 mio. kr." in told.words
        assert posts(asta.chat) == [alert, told]
