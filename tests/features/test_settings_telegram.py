"""Journeys on Telegram: settings by buttons and typed lines, over a restart."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.options import Frequency
from bot.domain.subscription import Subscription
from tests.fakes.telegram_api import TelegramApi
from tests.features.telegram_desk import Start, TelegramDesk, labels, post, posts, subscribed, until


async def only(desk: TelegramDesk) -> Subscription:
    """The one subscription that there is."""
    async with desk.bot.database.read() as tx:
        (here,) = await tx.destinations.of_account("telegram", desk.adapter.account)
        (subscription,) = await tx.destinations.subscriptions(here.id)
    return subscription


async def test_settings_are_pressed_where_they_stand(on_telegram: Start, telegram: TelegramApi) -> None:
    """One message shows the subscription, asks, says what was saved, and undoes it."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        await asta.says("/abonnement")
        card = await post(asta.chat, "Hvornår: straks")
        assert labels(card)[:7] == ["Slags", "Sprog", "Filter", "Hasteord", "Tilkaldes", "Hvornår", "Lyd"]
        before = len(posts(asta.chat))
        await asta.presses(card, "Hvornår")
        await until(lambda: "✓ straks" in labels(card))
        await asta.presses(card, "dagligt")
        await until(lambda: "Gemt: Hvornår: dagligt" in card.words)
        assert (await only(desk)).options.frequency is Frequency.DAILY
        await asta.presses(card, "Fortryd")
        await until(lambda: "Fortrudt." in card.words)
        assert (await only(desk)).options.frequency is Frequency.AT_ONCE
        assert len(posts(asta.chat)) == before


async def test_a_filter_that_was_tried_is_saved_after_a_restart(on_telegram: Start, telegram: TelegramApi) -> None:
    """The line to save is too long for a button of Telegram's, and is kept for it."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        await desk.publish(1, "Ny kaj i havnen")
        await asta.says('/abonnement havnen filter:"kaj OR færge OR bådene OR mole" hyppighed:ugentligt')
        tried = await post(asta.chat, "Det ville have fanget 1 pressemeddelelse på 90 dage")
    async with on_telegram() as desk:
        await asta.presses(tried, "Gem")
        await until(lambda: "Gemt: Filter: kaj OR færge OR bådene OR mole" in tried.words)
        options = (await only(desk)).options
        assert (options.filter, options.frequency) == ("kaj OR færge OR bådene OR mole", Frequency.WEEKLY)
        await asta.says("/hvorfor 1")
        await post(asta.chat, "Sendt hertil")


async def test_urgent_words_break_the_night_and_call_whom_the_admin_named(on_telegram: Start, telegram: TelegramApi) -> None:
    """What is not urgent waits, whatever it cries, and calls nobody when it comes."""
    asta = telegram.user("Asta", language="da", started=True)
    async with on_telegram() as desk:
        await subscribed(asta)
        await asta.says("/abonnement havnen haster:evakuer* tilkald:@vagt_desk save:yes")
        saved = await post(asta.chat, "Gemt: ")
        assert "@vagt_desk" not in saved.words, "to be named is not to be called"
        now = desk.bot.clock.now().astimezone(ZoneInfo("Europe/Copenhagen"))
        await asta.says(f"/indstillinger ro:{now - timedelta(hours=2):%H:%M}-{now + timedelta(hours=2):%H:%M}")
        await post(asta.chat, "Der er ro nu")
        await desk.publish(1, "Ny kaj, siger @vagt_desk")
        await desk.publish(2, "Havnen evakueres")
        alert = await post(asta.chat, "Havnen evakueres")
        assert alert.words.startswith("@vagt_desk")
        assert not any("Ny kaj" in each.words for each in posts(asta.chat))
        await asta.says("/indstillinger ro:fra")
        late = await post(asta.chat, "Ny kaj")
        assert "@vagt_desk" not in late.words
