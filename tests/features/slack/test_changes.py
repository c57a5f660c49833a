"""Corrections as an editorial floor on Slack sees them: the alert set right, and in its thread, once, what changed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.alerts.fanout import owe_corrections
from tests.fakes.slack_api import SlackApi
from tests.features.slack_desk import desk_on, post, until


async def test_what_changed_is_told_in_the_thread_of_the_alert(api: SlackApi, tmp_path: Path) -> None:
    """What is said no longer is struck out there, what is said now is bold; nothing new stands in the channel itself."""
    asta = api.user("Asta Holm", admin=True)
    room = api.channel("redaktionen", creator=asta, bot=True)
    async with desk_on(api, tmp_path) as desk:
        await desk.subscribe(asta, room)
        release_id = await desk.publish(1, "Havnen får 40 mio. kr.")
        alert = await post(room, "40 mio. kr.")
        await desk.settled(alert)
        now = desk.bot.clock.now()
        async with desk.bot.database.begin() as tx:
            release = await tx.releases.get(release_id)
            assert release is not None
            said = replace(release.content(), title="Havnen får 45 mio. kr.")
            revision = await tx.releases.revise(release_id, said, now=now, correction=True)
            await owe_corrections(tx, release.newsroom.id, [(release_id, revision)], now, told={release_id})
        told = await post(room, "→ 45 mio. kr.")
        assert told.thread_ts == alert.ts
        assert ("strike", "40 mio. kr.") in told.shown.looks
        assert ("bold", "45 mio. kr.") in told.shown.looks
        await until(lambda: "45 mio. kr." in alert.words and "RETTET" in alert.words)
