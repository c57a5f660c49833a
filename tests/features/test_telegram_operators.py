"""Journeys on Telegram: what operators do for everybody, as they and everybody see it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.domain.delivery import DeliveryKind, DeliveryState, Owed
from tests.fakes.telegram_api import TelegramApi
from tests.features.telegram_desk import (
    Start,
    TelegramDesk,
    answered,
    count,
    desk_on,
    free_port,
    labels,
    looks,
    post,
    posts,
    subscribed,
    until,
)


async def test_a_platform_is_paused_and_what_waited_comes_in_order(on_telegram: Start, telegram: TelegramApi) -> None:
    """Nothing is sent meanwhile, commands are answered; it holds after a restart; one press and it goes on."""
    dagny, asta = (telegram.user(name, language="da", started=True) for name in ("Dagny", "Asta"))
    async with on_telegram(PRESSEVAGT_OPERATORS=f"telegram:{dagny.id}") as desk:
        await subscribed(asta)
        await dagny.says("/pause telegram")
        await post(dagny.chat, "Telegram er sat på pause")
        await desk.publish(1, "Kajen åbner")
        await dagny.says("/status")
        assert "På pause: Telegram" in (await post(dagny.chat, "Udbakke")).words
    async with on_telegram(PRESSEVAGT_OPERATORS=f"telegram:{dagny.id}") as desk:
        await desk.publish(2, "Kajen lukker")
        await answered(asta)
        assert count(asta.chat, "Kajen") == 0
        await dagny.presses(await post(dagny.chat, "Telegram er sat på pause"), "Genoptag Telegram")
        await post(asta.chat, "Kajen lukker")
        assert [looks(each, "bold")[0] for each in posts(asta.chat) if "Kajen" in each.words] == ["Kajen åbner", "Kajen lukker"]
        await post(dagny.chat, "beskeder, der har ventet, sendes nu")


async def test_an_account_that_is_paused_is_kept_and_costs_little(
    telegram: TelegramApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lease is renewed; the metrics say that it is paused, and that nothing is overdue."""
    monkeypatch.setattr("bot.standing.KEEP", 0.0)
    dagny, asta = (telegram.user(name, language="da", started=True) for name in ("Dagny", "Asta"))
    start = partial(desk_on, telegram, tmp_path, metrics=True, PRESSEVAGT_METRICS_PORT=free_port())
    async with start(PRESSEVAGT_OPERATORS=f"telegram:{dagny.id}") as desk:
        await subscribed(asta)
        assert 'pressevagt_platform_paused{platform="telegram"} 0.0' in await desk.metrics()
        await dagny.says("/pause telegram")
        await post(dagny.chat, "Telegram er sat på pause")
        await desk.publish(1, "Kajen åbner")
        said = ""
        async with asyncio.timeout(20):
            while 'pressevagt_platform_paused{platform="telegram"} 1.0' not in said:
                await asyncio.sleep(0.05)
                said = await desk.metrics()
        assert 'pressevagt_accounts_owned{platform="telegram"} 1.0' in said
        assert "pressevagt_outbox_overdue_seconds 0.0" in said


async def test_a_broadcast_reaches_everybody_once(on_telegram: Start, telegram: TelegramApi) -> None:
    """Shown first; as plain text, without sound; a second press sends nothing more; how far it came is told."""
    dagny, asta = (telegram.user(name, language="da", started=True) for name in ("Dagny", "Asta"))
    room = telegram.supergroup("Redaktionen", owner=asta, bot=True)
    async with on_telegram(PRESSEVAGT_OPERATORS=f"telegram:{dagny.id}") as desk:
        await subscribed(asta)
        await subscribed(asta, room)
        await dagny.says("/broadcast Ingen varsler i nat.\nVi flytter <b>serveren</b> *nu*")
        shown = await post(dagny.chat, "Sådan kommer den til at se ud")
        assert "Samtaler: 2 (Telegram 2)" in shown.words
        assert count(asta.chat, "Ingen varsler") == 0
        await dagny.presses(shown, "Send til 2 samtaler")
        for chat in (asta.chat, room):
            told = await post(chat, "Ingen varsler i nat.")
            lines = [line for line in told.words.splitlines() if line]
            assert lines == ["Fra bottens driftsansvarlige", "Ingen varsler i nat.", "Vi flytter <b>serveren</b> *nu*"]
            assert looks(told, "bold") == []
            assert told.silent
        await until(lambda: _sent(desk) == 2)
        await dagny.presses(await post(dagny.chat, "Fællesbesked 1"), "Se igen")
        await until(lambda: any("Sendt: 2" in each.words for each in posts(dagny.chat)))
        await dagny.says("/broadcast send 1")
        await until(lambda: count(dagny.chat, "Fællesbesked 1") > 1)
        assert [count(chat, "Ingen varsler i nat.") for chat in (asta.chat, room)] == [1, 1]


def _sent(desk: TelegramDesk) -> int:
    """How many have the broadcast."""
    return sum(d.kind is DeliveryKind.BROADCAST and s.state is DeliveryState.SENT for d, s in desk.settlements)


async def test_operators_are_told_once_a_day_what_went_wrong(
    telegram: TelegramApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its hour, once, though the bot is started again; nothing comes where nothing went wrong."""
    monkeypatch.setattr("bot.summary.LOOK_EVERY", 0.05)
    dagny = telegram.user("Dagny", language="da", started=True)
    start = partial(desk_on, telegram, tmp_path, PRESSEVAGT_OPERATORS=f"telegram:{dagny.id}", PRESSEVAGT_SUMMARY_AT="00:00")
    async with start() as desk:
        await _given_up(desk)
        async with desk.bot.database.begin() as tx:  # as if it had been told yesterday alone
            await tx.connection.exec_driver_sql("UPDATE summary SET day = '2000-01-01', at = '2000-01-01 00:00:00.000000'")
    for _ in range(2):
        async with start() as desk:
            told = await post(dagny.chat, "Hvad der er gået galt siden")
            assert "Opgivet: 1" in told.words
            assert "message is too long" in told.words
            assert labels(told) == ["Status"]
    assert count(dagny.chat, "Hvad der er gået galt siden") == 1


async def _given_up(desk: TelegramDesk) -> None:
    """Something was given up an hour ago."""
    now = desk.bot.clock.now()
    async with desk.bot.database.begin() as tx:
        (first, *_) = await tx.forgetting.known("telegram")
        await tx.outbox.owe([Owed(first.id, DeliveryKind.NOTICE, "notice:x", payload={"code": "x"})], now)
        ago = f"{now - timedelta(hours=1):%Y-%m-%d %H:%M:%S.%f}"
        dead = "UPDATE delivery SET state = 'dead', reason = 'message is too long', done_at = ?"
        await tx.connection.exec_driver_sql(dead, (ago,))
        await tx.connection.exec_driver_sql("UPDATE lane SET pending = 0, due_at = NULL")


async def test_a_number_that_an_operator_corrects_is_corrected_in_alerts(on_telegram: Start, telegram: TelegramApi) -> None:
    """In the one that stands, without a message, and in the next; `/why` and `/kontakt` under it know of it too; and back."""
    dagny, asta = (telegram.user(name, language="da", started=True) for name in ("Dagny", "Asta"))
    async with on_telegram(PRESSEVAGT_OPERATORS=f"telegram:{dagny.id}") as desk:
        await subscribed(asta)
        await desk.publish(1, "Kajen åbner")
        alert = await post(asta.chat, "Kajen åbner")
        await desk.settled(alert)
        assert "+4533112233" in alert.words
        await dagny.says("/pin havnen pressevagten, tlf. 33 99 88 77")
        said = await post(dagny.chat, "fastgjort af redaktionen")
        assert "Varslerne om 1 pressemeddelelse fra det seneste døgn bliver rettet uden lyd." in said.words
        await until(lambda: "+4533998877" in alert.words)
        await desk.settled(alert)
        assert "+4533112233" not in alert.words
        assert "RETTET" not in alert.words
        before = len(posts(asta.chat))
        await desk.publish(2, "Kajen lukker")
        later = await post(asta.chat, "Kajen lukker")
        assert "fastgjort af redaktionen" in later.words
        assert "+4533998877" in later.words
        assert "+4533112233" not in later.words
        assert len(posts(asta.chat)) == before + 1, "nothing but the alert"
        await asta.presses(later, "Kontakt")
        contact = await post(asta.chat, "nævnt i denne pressemeddelelse")
        assert "Har fået nyt nummer" in contact.words
        assert contact.words.index("+4533998877") < contact.words.index("+4533112233")
        await asta.says("/why id:1")
        why = await post(asta.chat, "Redigeret uden lyd")
        assert "Rettelse" not in why.words
        await dagny.says("/unpin havnen")
        await until(lambda: "+4533112233" in alert.words)
        await until(lambda: "+4533112233" in later.words)
        assert "+4533998877" not in alert.words + later.words
