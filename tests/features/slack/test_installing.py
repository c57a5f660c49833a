"""Journeys on Slack: several workspaces install us, and some do not want us any more."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from bot.errors import SettingsError
from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.features.slack_desk import PUBLIC, SlackDesk, Start, desk_on, post, until


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """A Slack where nobody has the app yet, and on which no correct bot breaks a rule."""
    async with SlackApi(installed=False) as server:
        server.app.redirects = [PUBLIC]
        yield server
        assert server.violations == []


@pytest.fixture
def asta(api: SlackApi) -> Person:
    """An admin of the first workspace."""
    return api.user("Asta Holm", admin=True)


@pytest.fixture
def siv(api: SlackApi) -> Person:
    """An admin of another workspace."""
    return api.user("Siv Berg", workspace=api.add_workspace("Ugens Nyt"), admin=True)


@pytest.fixture(params=["socket", "http"])
def either(request: pytest.FixtureRequest, api: SlackApi, tmp_path: Path) -> Start:
    """Start the bot, by each way of hearing people in turn."""
    return partial(desk_on, api, tmp_path, oauth=True, http=request.param == "http")


@pytest.fixture
def desk(api: SlackApi, tmp_path: Path) -> Start:
    """Start the bot by Socket Mode."""
    return partial(desk_on, api, tmp_path, oauth=True)


async def kept(desk: SlackDesk) -> dict[str, str]:
    """What lies in the database of installations."""
    async with desk.bot.database.read() as tx:
        return await tx.installations.all("slack")


async def test_two_workspaces_each_with_its_own_token(either: Start, api: SlackApi, asta: Person, siv: Person) -> None:
    """Installed, subscribed, alerted; after a restart too, and no token lies open in the database."""
    async with either() as desk:
        for person in (asta, siv):
            page = await person.installs(desk.install_url)
            assert page.status == 200
            assert person.user.workspace.name in page.text
        rooms = [api.channel("redaktionen", creator=person, bot=True) for person in (asta, siv)]
        for person, room in zip((asta, siv), rooms, strict=True):
            await desk.subscribe(person, room)
        await desk.publish(1, "Kajen åbner")
        for room in rooms:
            await post(room, "Kajen åbner")
        sealed = " ".join((await kept(desk)).values())
        assert "xoxb" not in sealed
    async with either() as desk:
        await desk.publish(2, "Kajen lukker")
        for room in rooms:
            await post(room, "Kajen lukker")
    for room in rooms:
        tokens = {call.token for call in api.asked("chat.postMessage") if call.params["channel"] == room.id}
        assert tokens == {next(one.token for one in api.world.installations if one.workspace is room.workspace)}


async def test_a_workspace_that_uninstalls_is_forgotten(either: Start, api: SlackApi, asta: Person, siv: Person) -> None:
    """Its token is erased and nothing more is owed it; the other hears all the same. Installed again, it goes on from there."""
    async with either() as desk:
        for person in (asta, siv):
            await person.installs(desk.install_url)
        ours, theirs = (api.channel("redaktionen", creator=person, bot=True) for person in (asta, siv))
        await desk.subscribe(asta, ours)
        await desk.subscribe(siv, theirs)
        await siv.uninstalls()
        async with asyncio.timeout(5):
            while len(await kept(desk)) > 1 or not (there := await desk.destination(theirs)) or not there.paused:
                await asyncio.sleep(0.01)
        await desk.publish(1, "Kajen åbner")
        await post(ours, "Kajen åbner")
        await siv.installs(desk.install_url)
        await siv.invites_bot(theirs)
        await post(theirs, "Pressevagt")
        await desk.publish(2, "Kajen lukker")
        await post(theirs, "Kajen lukker")
        assert not [one for one in theirs.posts if "Kajen åbner" in one.words]


async def test_an_app_whose_tokens_expire_is_not_taken(
    desk: Start, api: SlackApi, asta: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """Within half a day nothing could be sent: better no installation, and a word in the log."""
    api.app.rotates = True
    async with desk() as bot:
        page = await asta.installs(bot.install_url)
        assert page.status == 500
        assert await kept(bot) == {}
    assert "token rotation" in caplog.text


async def test_a_revoked_token_is_erased(desk: Start, asta: Person) -> None:
    """As an uninstalled app's."""
    async with desk() as bot:
        await asta.installs(bot.install_url)
        await asta.revokes_tokens()
        async with asyncio.timeout(5):
            while await kept(bot):
                await asyncio.sleep(0.01)


async def test_uninstalled_while_nobody_listened(desk: Start, api: SlackApi, asta: Person) -> None:
    """The next alert finds out."""
    async with desk() as bot:
        await asta.installs(bot.install_url)
        room = api.channel("redaktionen", creator=asta, bot=True)
        await bot.subscribe(asta, room)
    await asta.uninstalls()
    await api.deliveries.close()
    api.violations.clear()
    async with desk() as bot:
        await bot.publish(1, "Kajen åbner")
        async with asyncio.timeout(5):
            while await kept(bot):
                await asyncio.sleep(0.01)
    api.violations.clear()


async def test_a_late_word_of_an_uninstallation_undoes_no_new_one(desk: Start, api: SlackApi, asta: Person) -> None:
    """Slack may say it again minutes later."""
    async with desk() as bot:
        await asta.installs(bot.install_url)
        api.events.tell({"type": "app_uninstalled"}, api.installation, api.workspace)
        await api.settled()
        await asta.says("help")
        await post(asta.dm, "/presse seneste")
        assert len(await kept(bot)) == 1


async def test_an_organisation_installs_for_all_its_workspaces(either: Start, api: SlackApi) -> None:
    """One token serves them; each is an account of its own."""
    whole = api.add_enterprise("Koncernen")
    one, other = (api.add_workspace(name, enterprise=whole) for name in ("Dagens", "Ugens"))
    people = [api.user(f"Chef {team.name}", workspace=team, admin=True) for team in (one, other)]
    async with either() as desk:
        await people[0].installs(desk.install_url, org_wide=True)
        rooms = [api.channel("redaktionen", creator=person, bot=True) for person in people]
        for person, room in zip(people, rooms, strict=True):
            await desk.subscribe(person, room)
        await desk.publish(1, "Kajen åbner")
        for room in rooms:
            await post(room, "Kajen åbner")
        assert set(await desk.adapter.accounts()) == {one.id, other.id}
    async with either() as desk:
        await desk.publish(2, "Kajen lukker")
        for room in rooms:
            await post(room, "Kajen lukker")
        await people[0].uninstalls()
        async with asyncio.timeout(5):
            while whole.id in await kept(desk) or not all([(await paused(desk, room)) for room in rooms]):
                await asyncio.sleep(0.01)
        assert not await desk.adapter.accounts()
        await people[1].installs(desk.install_url, org_wide=True)
        for person, room in zip(people, rooms, strict=True):
            assert not await paused(desk, room)
            await person.invites_bot(room)
        await desk.publish(3, "Kajen genåbner")
        for room in rooms:
            await post(room, "Kajen genåbner")


async def paused(desk: SlackDesk, room: Channel) -> bool:
    """Whether a channel gets nothing now."""
    there = await desk.destination(room)
    return there is not None and there.paused is not None


# The way through the browser --------------------------------------------------------------------------------------------


async def test_whoever_says_no_is_told_that_nothing_was_installed(desk: Start, asta: Person) -> None:
    """On a page, with a way to begin again."""
    async with desk() as bot:
        page = await asta.installs(bot.install_url, declines=True)
        assert "Du sagde nej" in page.text
        assert "/slack/install" in page.text
        assert await kept(bot) == {}


async def test_a_state_is_good_once_in_the_browser_that_it_was_given_to(desk: Start, api: SlackApi, asta: Person) -> None:
    """Neither somebody else's browser nor a page that is loaded again installs anything."""
    async with desk() as bot, aiohttp.ClientSession() as session:
        back = f"http://127.0.0.1:{bot.port}/slack/oauth_redirect"

        async def comes_back(code: str, state: str, cookie: str) -> tuple[int, str]:
            headers = {"Cookie": f"slack-app-oauth-state={cookie}", "Accept-Language": "en-GB,en;q=0.9"}
            async with session.get(back, params={"code": code, "state": state}, headers=headers) as answer:
                return answer.status, await answer.text()

        async def begins() -> str:
            async with session.get(bot.install_url, allow_redirects=False) as answer:
                assert answer.status == 302
                assert answer.headers["Location"].startswith(api.authorize_url)
                cookie = answer.headers["Set-Cookie"]
                assert "secure" in cookie.lower()
                assert "httponly" in cookie.lower()
                return cookie.partition("=")[2].partition(";")[0].strip('"')

        state = await begins()
        location = api.oauth.authorize(
            f"{api.authorize_url}?client_id={api.app.client_id}&scope=chat:write&state={state}&redirect_uri={PUBLIC}/slack/oauth_redirect",
            asta.user,
            declines=False,
            org_wide=False,
        )
        code = location.partition("code=")[2].partition("&")[0]
        status, page = await comes_back(code, state, "another")
        assert (status, "another browser" in page) == (400, True)
        status, page = await comes_back(code, "made-up", "made-up")
        assert (status, "begin again" in page) == (401, True)
        status, page = await comes_back("<script>", state, state)
        assert (status, "<script>" in page) == (401, False)
        status, _ = await comes_back(code, state, state)
        assert status == 401  # the state was used up by the attempt before
        assert await kept(bot) == {}


async def test_slack_out_of_reach_is_said_on_the_page(desk: Start, api: SlackApi, asta: Person) -> None:
    """Nothing was installed, and nothing is half there."""
    async with desk() as bot:
        api.fault("oauth.v2.access", reset=True)
        page = await asta.installs(bot.install_url)
        assert page.status == 503
        assert "Prøv igen" in page.text
        assert await kept(bot) == {}


async def test_a_workspaces_name_is_no_markup(desk: Start, api: SlackApi) -> None:
    """Whatever people call theirs."""
    owner = api.user("Ove Ejer", workspace=api.add_workspace("<script>alert(1)</script>"), admin=True)
    async with desk() as bot:
        page = await owner.installs(bot.install_url)
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text


async def test_another_key_stops_the_start(api: SlackApi, asta: Person, tmp_path: Path) -> None:
    """Rather than lose every workspace in silence."""
    from cryptography.fernet import Fernet

    async with desk_on(api, tmp_path, oauth=True) as desk:
        await asta.installs(desk.install_url)
    with pytest.raises(SettingsError, match="PRESSEVAGT_SECRET_KEY"):
        async with desk_on(api, tmp_path, oauth=True, PRESSEVAGT_SECRET_KEY=Fernet.generate_key().decode()):
            pass


async def test_a_command_from_nowhere_is_passed_over(
    desk: Start, api: SlackApi, asta: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """Installed behind our back: acknowledged, noted, not answered."""
    async with desk():
        api.install(api.workspace)
        with caplog.at_level(logging.INFO, "adapters.slack"):
            act = await asta.runs("/presse")
            await until(lambda: "nobody installed us" in caplog.text)
        assert act.ack is not None
        assert not act.answers
