"""The fake Slack, asked by slack_sdk and slack_bolt themselves: installing, and the program by itself."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_api import TOKEN, Channel, Person, SlackApi
from tests.fakes.slack_bolts import Installable
from tests.fakes.slack_bricks import client_of, refusal, refused

ROOT = Path(__file__).parents[2]


async def test_somebody_installs_the_app_through_slack(tmp_path: Path) -> None:
    """Bolt's own pages: install, consent, back with code and state; the token works, and a second use of the code does not."""
    async with SlackApi(installed=False) as api, Installable(api, tmp_path) as installable:
        asta = api.user("Asta", admin=True)
        page = await asta.installs(installable.url)
        assert (page.status, "Thank you" in page.text) == (200, True)
        assert (await client_of(api, api.token).auth_test())["team"] == "Dagens Nyt"
        code = page.asked.partition("code=")[2].partition("&")[0]
        said = await refused(
            client_of(api).oauth_v2_access(client_id=api.app.client_id, client_secret=api.app.client_secret, code=code)
        )
        assert said["error"] == "code_already_used"
        declined = await asta.installs(installable.url, declines=True)
        assert "access_denied" in declined.asked


async def test_the_app_takes_itself_away_and_is_installed_again(api: SlackApi, client: AsyncWebClient) -> None:
    """auth.revoke, apps.uninstall by the app's secret; a new installation has another token and the same bot."""
    token, bot, secrets = api.token, api.bot, {"client_id": api.app.client_id, "client_secret": api.app.client_secret}
    assert await refusal(client.apps_uninstall(client_id=api.app.client_id, client_secret="wrong")) == "bad_client_secret"
    assert (await client.apps_uninstall(**secrets))["ok"] is True
    assert await refusal(client.auth_test()) == "account_inactive"
    assert api.install(api.workspace).token != token
    assert api.bot is bot
    again = client_of(api, api.token)
    assert (await again.auth_revoke(test=True))["revoked"] is False
    assert (await again.auth_revoke())["revoked"] is True
    assert await refusal(again.auth_test()) == "token_revoked"


async def test_an_organisation_installs_the_app_for_all_its_workspaces(tmp_path: Path) -> None:
    """Enterprise Grid: one token for the organisation, whose lists need a team; events say so."""
    async with SlackApi(installed=False) as api, Installable(api, tmp_path) as installable:
        org = api.add_enterprise("Bladkoncernen")
        one, two = api.add_workspace("Morgen", enterprise=org), api.add_workspace("Aften", enterprise=org)
        asta = api.user("Asta", workspace=one, admin=True)
        assert (await asta.installs(installable.url, org_wide=True)).status == 200
        installation = api.world.installed(two)
        assert installation is api.world.installed(one)
        assert installation is not None
        client = client_of(api, installation.token)
        said = await client.auth_test()
        assert (said["team_id"], said["enterprise_id"], said["is_enterprise_install"]) == (org.id, org.id, True)
        bo = api.user("Bo", workspace=two)
        desk = api.channel("desk", creator=bo, bot=True)
        await client.chat_postMessage(channel=desk.id, text="hej")
        assert await refusal(client.conversations_list()) == "missing_argument"
        assert [one["name"] for one in (await client.conversations_list(team_id=two.id))["channels"]] == ["desk"]
        assert await refusal(client.conversations_list(team_id=api.workspace.id)) == "team_access_not_granted"
        await bo.says("hej", desk)
        payload = api.deliveries.all[0].payload
        assert (payload["team_id"], payload["enterprise_id"]) == (two.id, org.id)
        assert payload["authorizations"][0]["is_enterprise_install"] is True
        assert payload["authorizations"][0]["team_id"] is None


async def test_consent_is_refused_for_what_the_app_is_not(tmp_path: Path) -> None:
    """Another app's id, scopes that were never asked for, addresses that are not its own."""
    async with SlackApi() as api:
        asta = api.user("Asta")
        url = f"{api.authorize_url}?client_id={{}}&scope={{}}&redirect_uri={{}}"
        api.app.redirects = ["https://presse.example/"]
        authorize: Callable[[str], str] = lambda page: api.oauth.authorize(page, asta.user, declines=False, org_wide=False)  # noqa: E731
        for client_id, scope, back in (
            ("1.2", "chat:write", "https://presse.example/slack"),
            (api.app.client_id, "admin", "https://presse.example/slack"),
            (api.app.client_id, "chat:write", "https://ond.example/"),
        ):
            with pytest.raises(LookupError):
                authorize(url.format(client_id, scope, back))
        assert authorize(url.format(api.app.client_id, "chat:write", "https://presse.example/slack")).startswith(
            "https://presse.example/slack?code="
        )


async def test_no_workspace_sees_anothers(api: SlackApi, asta: Person, desk: Channel) -> None:
    """Another workspace's token finds neither channels nor people here."""
    other = api.add_workspace("Bladet")
    token = api.install(other).token
    client = client_of(api, token)
    assert await refusal(client.conversations_info(channel=desk.id)) == "channel_not_found"
    assert await refusal(client.users_info(user=asta.id)) == "user_not_found"
    assert (await client.users_list())["members"][0]["team_id"] == other.id


async def test_it_runs_in_a_process_of_its_own() -> None:
    """Its port is its first line, its workspaces come after; any channel can be written to with their tokens, and /stats counts."""
    command = (sys.executable, "-m", "tests.fakes.slack_api", "--port", "0", "--workspaces", "2")
    program = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, cwd=ROOT)
    try:
        assert program.stdout is not None
        port = int(await asyncio.wait_for(program.stdout.readline(), 20))
        tokens = [(await asyncio.wait_for(program.stdout.readline(), 20)).decode().split()[1] for _ in range(2)]
        assert tokens[0] == TOKEN
        began = time.monotonic()
        for token, channel in zip(tokens, ("C000000001", "C000000002"), strict=True):
            client = AsyncWebClient(token=token, base_url=f"http://127.0.0.1:{port}/api/", retry_handlers=[])
            await client.chat_postMessage(channel=channel, text="x")
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/stats") as answer:
            said = await answer.json()
        assert (said["sent"], said["channels"], said["violations"]) == (2, 2, 0)
        assert said["first"] >= began
    finally:
        program.terminate()
        await program.wait()
