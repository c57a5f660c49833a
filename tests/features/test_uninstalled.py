"""A workspace that removes the bot is erased after a time, unless it comes back."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from bot.ports import AccountAdded, AccountRemoved
from bot.retention import GRACE, Keep, Retention
from tests.features.conftest import Journey, Start
from tests.features.test_taking import alerted


class LaterClock:
    """The time, a while from now."""

    def __init__(self, journey: Journey, later: timedelta) -> None:
        self._journey, self._later = journey, later

    def now(self) -> datetime:
        """So much later."""
        return self._journey.bot.clock.now() + self._later


async def kept(journey: Journey) -> int:
    """How many conversations are known."""
    async with journey.bot.database.read() as tx:
        return len(await tx.forgetting.known("test"))


async def tidied(journey: Journey, later: timedelta) -> None:
    """Have a round of tidying made so much later, by another process."""
    await Retention(journey.bot.database, LaterClock(journey, later), "another", Keep()).round()


async def test_what_a_workspace_left_behind_is_erased_after_the_grace_period(journey: Start) -> None:
    """Until then nothing is lost; one that comes back finds everything as it was."""
    async with journey() as j:
        assert j.adapter.desk is not None
        await j.subscribe("desk", "other")
        await alerted(j, "desk", "other")
        await j.adapter.desk.on_event(AccountRemoved("test", "bot"))
        await tidied(j, GRACE - timedelta(hours=1))
        assert await kept(j) == 2
        await j.adapter.desk.on_event(AccountAdded("test", "bot"))
        await tidied(j, GRACE + timedelta(hours=1))
        assert await kept(j) == 2
        await j.adapter.desk.on_event(AccountRemoved("test", "bot"))
        await tidied(j, GRACE + timedelta(hours=1))
        assert await kept(j) == 0


async def test_the_worker_clears_away_what_was_forgotten_at_once(journey: Start) -> None:
    """Without waiting for the hour; and whoever asked can begin anew at once."""
    async with journey() as j:
        await j.subscribe("desk")
        await alerted(j, "desk")
        said = await j.adapter.hear("/forget yes")
        assert "Slettet" in said.card.summary
        async with asyncio.timeout(10):
            while True:
                async with j.bot.database.read() as tx:
                    left = await tx.forgetting.husks()
                if not left:
                    break
                await asyncio.sleep(0.02)
        assert await kept(j) == 0
        assert "Abonnement" in (await j.adapter.hear("/subscribe all")).card.summary or await kept(j) == 1
