"""Journeys on Slack: what people there see, by Socket Mode and by HTTP."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from bot.domain.release import Picture
from bot.errors import SettingsError
from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.features.slack_desk import Start, post, shown, until

# Alerts -----------------------------------------------------------------------------------------------------------------


async def test_somebody_subscribes_and_is_alerted(either: Start, asta: Person, room: Channel) -> None:
    """From the command to the alert: what, who, when, whom to call, and buttons that lead on."""
    async with either() as desk:
        await desk.subscribe(asta, room)
        await desk.publish(1, "Kajen åbner <!channel>")
        alert = await post(room, "Kajen åbner")
        assert "Kajen åbner <!channel>" in alert.words
        assert "Pressemeddelelse · Havnen · " in alert.words
        assert "+45 33 11 22 33 (ikke SMS) · presse@havnen.example" in alert.words
        assert alert.pings == []
        assert [button.label for button in alert.buttons] == ["Åbn", "Kontakt", "Dæmp"]
        act = await asta.presses(alert, "Kontakt")
        assert "+45 33 11 22 33" in (await act.answer()).words


async def test_channels_private_ones_and_people_are_alerted(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Each where it was asked for; direct messages are opened where there are none yet."""
    closed = api.channel("ledelsen", creator=asta, private=True, bot=True)
    async with desk() as bot:
        for where in (room, closed, None):
            await bot.subscribe(asta, where)
        await bot.publish(1, "Kajen åbner")
        for channel in (room, closed, asta.dm):
            await post(channel, "Kajen åbner")


async def test_a_thread_may_subscribe(desk: Start, asta: Person, room: Channel) -> None:
    """Its alerts come in the thread."""
    async with desk() as bot:
        about = await asta.says("Havnen", room)
        await asta.mentions("subscribe havnen", room, thread=about)
        await until(lambda: any("Abonnementet på Havnen" in one.words for one in room.thread(about)))
        await bot.publish(1, "Kajen åbner")
        assert (await post(room, "Kajen åbner")).thread_ts == about.ts


async def test_a_correction_changes_the_message(desk: Start, asta: Person, room: Channel) -> None:
    """In place, marked with the time."""
    async with desk() as bot:
        await bot.subscribe(asta, room)
        release = await bot.publish(1, "Havnen får 40 mio.")
        alert = await post(room, "40 mio.")
        await bot.settled(alert)
        await bot.correct(release, title="Havnen får 45 mio.")
        await until(lambda: "45 mio." in alert.words)
        assert "RETTET kl." in alert.words


async def test_a_correction_in_direct_messages_changes_the_message(desk: Start, asta: Person) -> None:
    """Though the conversation goes by the person's id."""
    async with desk() as bot:
        await bot.subscribe(asta)
        release = await bot.publish(1, "Havnen får 40 mio.")
        alert = await post(asta.dm, "40 mio.")
        await bot.settled(alert)
        await bot.correct(release, title="Havnen får 45 mio.")
        await until(lambda: "45 mio." in alert.words)


async def test_a_picture_that_slack_cannot_fetch_costs_the_picture(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """The alert comes all the same."""
    api.world.unfetchable.add("havnen.example")
    async with desk() as bot:
        await bot.subscribe(asta, room)
        await bot.publish(1, "Kajen åbner", pictures=(Picture("https://havnen.example/mangler.jpg", "Kajen"),))
        assert (await post(room, "Kajen åbner")).pictures == []


async def test_a_channel_that_must_wait_keeps_no_other_waiting(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """A 429 of one channel is that channel's; its alert comes when Slack lets it."""
    other = api.channel("nyheder", creator=asta, bot=True)
    async with desk() as bot:
        for where in (room, other):
            await bot.subscribe(asta, where)
        api.fault("chat.postMessage", channel=room.id, retry_after=2)
        await bot.publish(1, "Kajen åbner")
        await post(other, "Kajen åbner")
        assert not [one for one in room.posts if "Kajen åbner" in one.words]
        await post(room, "Kajen åbner")


# Commands ---------------------------------------------------------------------------------------------------------------


async def test_answers_are_for_one_or_for_all_as_the_command_says(either: Start, asta: Person, birk: Person, room: Channel) -> None:
    """Help is nobody else's concern; a contact is everybody's."""
    async with either() as desk:
        await desk.publish(1, "Kajen åbner")
        helped = await (await birk.runs("/presse", room)).answer()
        assert helped.to is birk.user
        assert "/presse seneste" in helped.words
        told = await (await asta.runs("/contact havnen", room)).answer()
        assert told.to is None
        assert "+45 33 11 22 33" in told.words


async def test_every_slash_command_that_a_workspace_registers_works(
    desk: Start, api: SlackApi, asta: Person, room: Channel
) -> None:
    """By the name of a command of ours, and by any other before one."""
    api.app.commands |= {"/kontakt", "/nyheder"}
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        for line in ("/kontakt havnen", "/nyheder kontakt havnen", "/presse kontakt havnen"):
            assert "+45 33 11 22 33" in (await (await asta.runs(line, room)).answer()).words


async def test_lists_are_paged_in_place_and_opened_by_number(either: Start, asta: Person, room: Channel) -> None:
    """One message that turns its pages."""
    async with either() as desk:
        for number in range(1, 9):
            await desk.publish(number, f"Kaj nummer {number} åbner")
        first = await (await asta.runs("/presse seneste havnen", room)).answer()
        assert "Kaj nummer 8" in first.words
        assert "Kaj nummer 1 " not in first.words
        await asta.presses(first, "Flere ▸")
        await until(lambda: "Kaj nummer 1 " in first.words)
        assert len([one for one in room.posts if "Kaj nummer" in one.words]) == 1


async def test_what_one_person_sees_is_replaced_for_that_person(either: Start, asta: Person, room: Channel) -> None:
    """By the response address of the press, since Slack lets nobody edit what only one person sees."""
    async with either() as desk:
        for number in range(1, 9):
            await desk.publish(number, f"Kaj nummer {number} åbner")
        suggested = await (await asta.runs("/presse sneste havnen", room)).answer()
        assert suggested.to is asta.user
        listed = await (await asta.presses(suggested, "/seneste")).answer()
        assert listed.to is asta.user
        await asta.presses(listed, "Flere ▸")
        await until(lambda: "Kaj nummer 1 " in listed.words)
        assert room.posts == []


async def test_a_mention_in_an_alerts_thread_is_about_that_alert(either: Start, asta: Person, birk: Person, room: Channel) -> None:
    """As slash commands cannot be used there; the answer stays in the thread."""
    async with either() as desk:
        await desk.subscribe(asta, room)
        await desk.publish(1, "Kajen åbner")
        alert = await post(room, "Kajen åbner")
        await desk.settled(alert)
        await desk.publish(2, "Kajen lukker", contacts=())
        await post(room, "Kajen lukker")
        await birk.mentions("kontakt", room, thread=alert)
        answer = await until(lambda: next((one for one in room.thread(alert) if one.by_bot), None))
        assert "Kajen åbner" in answer.words
        assert "+45 33 11 22 33" in answer.words


async def test_everything_in_direct_messages_is_for_us(either: Start, asta: Person) -> None:
    """With or without a slash, in the person's language."""
    english = asta.user
    english.locale = "en-GB"
    async with either() as desk:
        await desk.publish(1, "Kajen åbner")
        await asta.says("contact havnen")
        await post(asta.dm, "+45 33 11 22 33")
        await asta.says("hejsa")
        await post(asta.dm, "That is no command")


async def test_what_is_not_said_to_us_is_not_answered(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """Talk in channels, edits, deletions."""
    async with desk():
        said = await asta.says("latest", room)
        await asta.edits(said, "contact")
        await asta.deletes(said)
        helped = await asta.says("help")
        await asta.edits(helped, "latest")
        await post(asta.dm, "/presse seneste")
        await api.settled()
        await asyncio.sleep(0.1)
        assert room.posts == []
        assert len(asta.dm.posts) == 1


async def test_the_acknowledgement_waits_for_no_database(either: Start, asta: Person, room: Channel, tmp_path: Path) -> None:
    """Three seconds are what Slack gives; the answer comes when the database does."""
    async with either():
        with sqlite3.connect(tmp_path / "slack.db", isolation_level=None) as other:
            other.execute("BEGIN IMMEDIATE")
            act = await asta.runs("/presse subscribe havnen", room)
            assert act.ack is not None
            assert act.ack.after < 1
            assert not act.answers
            other.execute("ROLLBACK")
        assert "Abonnementet på Havnen" in (await act.answer()).words


async def test_an_answer_waits_where_slack_wants_it(desk: Start, api: SlackApi, asta: Person) -> None:
    """A few times; nobody else waits."""
    async with desk():
        api.fault("chat.postMessage", retry_after=1)
        await asta.says("help")
        await post(asta.dm, "/presse seneste")


async def test_a_response_address_that_fails_costs_nothing(desk: Start, api: SlackApi, asta: Person, room: Channel) -> None:
    """The answer is shown to the person by another way."""
    async with desk():
        api.fault("response_url", status=500, times=2)
        await asta.runs("/presse", room)
        answer = await shown(asta, room, "/presse seneste")
        assert answer.to is asta.user


# Permission -------------------------------------------------------------------------------------------------------------


async def refused(person: Person, room: Channel) -> bool:
    """Whether somebody may not configure a channel."""
    act = await person.runs("/presse subscribe havnen", room)
    answer = await act.answer()
    await (await person.runs("/presse unsubscribe havnen", room)).answer()
    return "Abonnementet på Havnen" not in answer.words


async def test_who_may_configure_a_channel(either: Start, api: SlackApi, asta: Person, birk: Person) -> None:
    """Admins, owners and whoever made it; no other member, and no guest."""
    cora, owner = api.user("Cora Dam"), api.user("Ove Ejer", owner=True)
    guests = [api.user("Gæst En", guest="multi"), api.user("Gæst To", guest="single")]
    for private in (False, True):
        room = api.channel(f"rum{private}", creator=cora, private=private, bot=True, members=[asta, owner, birk, *guests])
        async with either():
            assert [await refused(one, room) for one in (asta, owner, cora)] == [False] * 3
            assert [await refused(one, room) for one in (birk, *guests)] == [True] * 3


async def test_everyone_may_where_the_settings_say_so(desk: Start, api: SlackApi, birk: Person, room: Channel) -> None:
    """Everyone in the channel, that is: no guest, and nobody who is not in it."""
    guest, outside = api.user("Gæst En", guest="multi"), api.user("Ida Ude")
    room.members[guest.id] = guest.user
    async with desk(SLACK_WHO_MANAGES="everyone"):
        assert not await refused(birk, room)
        assert await refused(guest, room)
        assert await refused(outside, room)


async def test_somebody_who_becomes_an_admin_may_at_once(
    desk: Start, birk: Person, room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is refused by what is remembered, once the moment is over in which Slack is not asked again."""
    monkeypatch.setattr("adapters.slack.managers.FRESH", 0.0)
    async with desk():
        assert await refused(birk, room)
        birk.user.admin = True
        assert not await refused(birk, room)


async def test_an_operator_is_named_by_workspace_and_id(desk: Start, api: SlackApi, birk: Person, room: Channel) -> None:
    """And may do everything; notices reach them in private."""
    async with desk(PRESSEVAGT_OPERATORS=f"slack:{api.workspace.id}/{birk.id}") as bot:
        assert not await refused(birk, room)
        assert await bot.destination(birk) is not None


async def test_strangers_of_a_shared_channel_may_ask_and_not_configure(
    desk: Start, api: SlackApi, asta: Person, room: Channel
) -> None:
    """Slack Connect: whoever is of another organisation never manages, whatever they are at home."""
    elsewhere = api.add_workspace("Ugens Nyt")
    stranger = api.user("Siv Fremmed", workspace=elsewhere, admin=True)
    await asta.shares_channel(room, elsewhere)
    room.members[stranger.id] = stranger.user
    async with desk(SLACK_WHO_MANAGES="everyone") as bot:
        said = await stranger.says(f"<@{api.bot.id}> subscribe havnen", room)
        await until(lambda: [one for one in api.sent if one.channel is room])
        assert await bot.subscriptions(room) == 0
        assert said.ts


# The ways ---------------------------------------------------------------------------------------------------------------


async def test_an_event_that_comes_twice_is_answered_once(either: Start, api: SlackApi, asta: Person, tmp_path: Path) -> None:
    """Also after a restart: the database remembers."""
    async with either():
        await asta.says("help")
        await post(asta.dm, "/presse seneste")
        delivery = next(one for one in api.deliveries.named("message") if one.payload["event"]["text"] == "help")
        await api.deliveries.again(delivery)
        await api.settled()
    async with either():
        await api.deliveries.again(delivery)
        await asta.says("subscriptions")
        await post(asta.dm, "ingen abonnementer")
        await api.settled()
        assert len([one for one in asta.dm.posts if "/presse seneste" in one.words]) == 1
    assert tmp_path


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
async def test_nothing_is_lost_when_slack_closes_a_connection(desk: Start, api: SlackApi, asta: Person, reason: str) -> None:
    """Each connection is opened anew before the old one is closed, while the other takes what comes."""
    async with desk():
        await api.connected(2)
        for number in range(6):
            await asta.says(f"/contact {number}")
            if number in (1, 3):  # Slack says so some seconds before it closes a connection
                await api.sockets.disconnects(reason, closes=False)
        await until(lambda: len(asta.dm.posts) == 6)
        await api.connected(2)
        await api.sockets.pings()
        await api.settled()
        assert all(delivery.state == "answered" for delivery in api.deliveries.named("message"))


async def test_a_connection_that_breaks_is_opened_anew(
    desk: Start, api: SlackApi, asta: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was on its way comes again, and is answered once."""
    monkeypatch.setattr("adapters.slack.socket.PING", 0.2)
    async with desk():
        await api.connected(2)
        for _ in range(2):
            await api.sockets.drops()
        await api.connected(2)
        await asta.says("help")
        await post(asta.dm, "/presse seneste")


async def test_nobody_but_slack_is_listened_to(desk: Start, api: SlackApi, asta: Person) -> None:
    """A wrong signature, an old one, none; Slack's own question is answered."""
    async with desk(http=True) as bot:
        assert await api.http.verify()
        api.http.secret = "f" * 32
        await asta.runs("/presse")
        api.http.secret, api.http.age = "", 301
        await asta.runs("/presse")
        api.http.age = 299
        act = await asta.runs("/presse")
        assert (await act.answer()).words
        statuses = [status for _, _, status in api.http.posts]
        assert statuses == [200, 401, 401, 200]
        refusals = [one for one in api.violations if "was not answered: http_error" in one.what]
        assert len(refusals) == 2
        api.violations.clear()
        assert bot.port


async def test_a_bot_that_starts_without_slack_comes_in_later(
    desk: Start, api: SlackApi, asta: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that cannot be reached is no reason not to start: it is tried until it answers."""
    monkeypatch.setattr("adapters.slack.installing.RETRY", 0.05)
    monkeypatch.setattr("adapters.slack.socket._RETRY", 0.05)
    api.fault("auth.test", times=2, status=502)
    api.fault("apps.connections.open", times=2, reset=True)
    async with desk() as bot:
        await until(bot.adapter.workspaces.accounts)
        await asta.says("help")
        await post(asta.dm, "/presse seneste")


@pytest.mark.parametrize(("method", "setting"), [("auth.test", "SLACK_BOT_TOKEN"), ("apps.connections.open", "SLACK_APP_TOKEN")])
async def test_a_wrong_token_is_said_to_be_wrong(desk: Start, api: SlackApi, method: str, setting: str) -> None:
    """With the setting to change."""
    api.fault(method, error="invalid_auth")
    with pytest.raises(SettingsError, match=setting):
        async with desk():
            pass


async def test_no_log_shows_secrets_or_what_people_say(
    either: Start, api: SlackApi, asta: Person, room: Channel, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even at the lowest level, whatever the SDK would say there."""
    with caplog.at_level(logging.DEBUG):
        async with either(PRESSEVAGT_LOG_LEVEL="debug"):
            await asta.says("search hemmeligt-kildenavn")
            await (await asta.runs("/presse search hemmeligt-kildenavn", room)).answer()
            await until(lambda: asta.dm.posts)
    said = "\n".join(
        record.getMessage() + str(record.exc_text or "") for record in caplog.records if "aiosqlite" not in record.name
    )
    for secret in (api.token, api.app_token, api.signing_secret, "fakeResponseUrl", "ticket-", "kildenavn"):
        assert secret not in said


# The command ------------------------------------------------------------------------------------------------------------


async def run(api: SlackApi, folder: Path, token: str) -> asyncio.subprocess.Process:
    """`pressevagt run` in a process of its own, with nothing of this one's environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'run.db'}",
        "PRESSEVAGT_HTTP_PORT": "0",
        "PRESSEVAGT_METRICS_PORT": "off",
        "PRESSEVAGT_NEWSROOMS": "http://127.0.0.1:9/feed",
        "SLACK_BOT_TOKEN": token,
        "SLACK_APP_TOKEN": api.app_token,
        "SLACK_API_URL": api.url,
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.cli", "run"),
        env=environment,
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def test_run_with_tokens_is_slack_until_sigterm(api: SlackApi, asta: Person, tmp_path: Path) -> None:
    """No chat in the terminal; SIGTERM ends it well."""
    process = await run(api, tmp_path, api.token)
    await api.connected(2, 30)
    await asta.says("help")
    await post(asta.dm, "/presse seneste")
    process.send_signal(signal.SIGTERM)
    _, log = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 0, log.decode()
    assert api.token not in log.decode()
    assert "Traceback" not in log.decode()


async def test_run_with_a_wrong_token_says_so_in_a_line(api: SlackApi, tmp_path: Path) -> None:
    """And ends with 2."""
    process = await run(api, tmp_path, "xoxb-1-2-forkert")
    _, log = await asyncio.wait_for(process.communicate(), 30)
    lines = [line for line in log.decode().splitlines() if line.strip()]
    assert process.returncode == 2, log.decode()
    assert lines[-1].startswith("pressevagt: SLACK_BOT_TOKEN")
    assert "Traceback" not in log.decode()
