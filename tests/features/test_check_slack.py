"""`pressevagt check` on Slack: tokens, scopes, ways in and installed workspaces, looked at without doing anything."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from adapters.slack.oauth import SCOPES
from bot.checks.line import CheckLine
from bot.settings import Settings
from storage.migrate import migrate
from tests.fakes.slack_api import SlackApi
from tests.features.conftest import settings_for
from tests.features.slack_desk import KEY, PUBLIC, desk_on
from tests.features.telegram_desk import free_port
from tests.features.test_check import about, look, wrong

TOKEN = "xoxb-1-1-hemmelighed"


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """A Slack, whose app has the scopes of the manifest."""
    async with SlackApi(installed=False) as server:
        server.app.scopes = frozenset(SCOPES)
        server.install(server.workspace, token=TOKEN)
        yield server


def on_slack(folder: Path, api: SlackApi, **more: Any) -> Settings:
    """An installation there, of one workspace and by Socket Mode unless told otherwise."""
    values = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_APP_TOKEN": api.app_token, "SLACK_API_URL": api.url}
    return settings_for(folder, PRESSEVAGT_NEWSROOMS=(), **{name: value for name, value in (values | more).items() if value})


def by_oauth(folder: Path, api: SlackApi, **more: Any) -> Settings:
    """An installation for several workspaces, on the database that `desk_on` uses."""
    values = {
        "DATABASE_URL": f"sqlite:///{folder / 'slack.db'}",
        "SLACK_BOT_TOKEN": "",
        "SLACK_CLIENT_ID": api.app.client_id,
        "SLACK_CLIENT_SECRET": api.app.client_secret,
        "PRESSEVAGT_PUBLIC_URL": PUBLIC,
        "PRESSEVAGT_SECRET_KEY": KEY,
    }
    return on_slack(folder, api, **(values | more))


def faults(lines: list[CheckLine]) -> list[CheckLine]:
    """What is wrong on Slack: the feed of these installations is nowhere."""
    return [line for line in wrong(lines) if line.what != "havnen"]


def said(lines: list[CheckLine]) -> dict[str, str]:
    """What is said of each thing."""
    return {line.what: line.said for line in lines}


async def test_tokens_that_slack_knows(tmp_path: Path, api: SlackApi) -> None:
    """Who it is and where; only questions are asked, and no connection is opened."""
    lines = await look(on_slack(tmp_path, api))
    assert wrong(lines) == []
    assert said(lines)["SLACK_BOT_TOKEN"] == "@pressevagten, Dagens Nyt"
    assert said(lines)["SLACK_APP_TOKEN"] == "Socket Mode: a connection may be opened"
    assert {call.method for call in api.calls} == {"auth.test", "apps.connections.open"}
    assert api.sockets.links == []
    assert api.violations == []


@pytest.mark.parametrize(
    ("variable", "token", "remedy"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-1-1-forkert", "the right one stands under OAuth & Permissions"),
        ("SLACK_APP_TOKEN", "xapp-1-forkert", "the right one stands under Basic Information, App-Level Tokens"),
    ],
)
async def test_a_token_that_slack_does_not_know(tmp_path: Path, api: SlackApi, variable: str, token: str, remedy: str) -> None:
    """Each says where the right one stands; none is repeated."""
    (line,) = wrong(await look(on_slack(tmp_path, api, **{variable: token})))
    assert (line.what, line.remedy) == (variable, remedy)
    assert token not in f"{line}"


async def test_an_app_token_that_may_not_open_connections(tmp_path: Path, api: SlackApi) -> None:
    """Its scope was forgotten."""
    api.world.tokens[api.app_token].scopes = frozenset()
    (line,) = wrong(await look(on_slack(tmp_path, api)))
    assert line.remedy == "make one with the scope connections:write"


async def test_an_app_that_is_older_than_the_manifest(tmp_path: Path, api: SlackApi) -> None:
    """What it may not do is named; what it may do besides is no fault."""
    token = api.world.tokens[TOKEN]
    token.scopes = frozenset(SCOPES) - {"links:read", "links:write"}
    (line,) = wrong(await look(on_slack(tmp_path, api)))
    assert line.said == "@pressevagten, Dagens Nyt lacks links:read, links:write"
    assert "deploy/slack-manifest.yaml" in line.remedy
    token.scopes = frozenset(SCOPES) | {"team:read"}
    lines = await look(on_slack(tmp_path, api))
    assert wrong(lines) == []
    assert said(lines)["SLACK_BOT_TOKEN"].endswith("it may do more than it needs: team:read")


async def test_a_slack_that_does_not_answer(tmp_path: Path, api: SlackApi) -> None:
    """Neither token is in what is said."""
    nowhere = f"http://127.0.0.1:{free_port()}/api/"
    lines = wrong(await look(on_slack(tmp_path, api, SLACK_API_URL=nowhere)))
    assert [line.what for line in lines] == ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"]
    assert all("Slack cannot be reached" in line.said and "SLACK_API_URL" in line.remedy for line in lines)
    assert not any(token in f"{line}" for line in lines for token in (TOKEN, api.app_token))


async def test_where_slack_is_to_call(tmp_path: Path, api: SlackApi) -> None:
    """HTTP mode: at which address, by https alone."""
    by_http = {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": api.signing_secret}
    found = on_slack(tmp_path, api, **by_http, PRESSEVAGT_PUBLIC_URL=PUBLIC)
    assert f"{PUBLIC}/slack/events" in said(await look(found))["SLACK_SIGNING_SECRET"]
    found = on_slack(tmp_path, api, **by_http, PRESSEVAGT_PUBLIC_URL="http://localhost:8080")
    (line,) = wrong(await look(found))
    assert (line.what, line.remedy) == ("PRESSEVAGT_PUBLIC_URL", "Slack calls https alone")


async def test_offline_slack_is_not_asked(tmp_path: Path, api: SlackApi) -> None:
    """The tokens' looks are all that is known."""
    lines = await look(on_slack(tmp_path, api), offline=True)
    assert wrong(lines) == []
    assert {said(lines)[name] for name in ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN")} == {"looks like a token; not asked: offline"}
    assert api.calls == []


async def test_workspaces_that_installed_it(tmp_path: Path, api: SlackApi) -> None:
    """None yet; each; one that uninstalled it while nobody listened; one whose token another key sealed."""
    api.world.installations.clear()
    people = [api.user("Asta Holm", admin=True), api.user("Siv Berg", workspace=api.add_workspace("Ugens Nyt"), admin=True)]
    await migrate(f"sqlite:///{tmp_path / 'slack.db'}")
    (line,) = await about("SLACK_CLIENT_ID", by_oauth(tmp_path, api))
    assert (line.ok, line.said) == (True, f"no workspace has installed it yet; that is done at {PUBLIC}/slack/install")
    async with desk_on(api, tmp_path, oauth=True) as desk:
        for person in people:
            await person.installs(desk.install_url)
    names = [f"slack:{person.user.workspace.id}" for person in people]
    lines = await look(by_oauth(tmp_path, api))
    assert faults(lines) == []
    assert [said(lines)[name] for name in names] == ["@pressevagten, Dagens Nyt", "@pressevagten, Ugens Nyt"]
    assert "2 workspaces, not asked: offline" in [line.said for line in await look(by_oauth(tmp_path, api), offline=True)]
    await people[1].uninstalls()
    (line,) = faults(await look(by_oauth(tmp_path, api)))
    assert (line.what, line.remedy) == (names[1], "install it there again; until then nothing is sent there")
    lines = faults(await look(by_oauth(tmp_path, api, PRESSEVAGT_SECRET_KEY=Fernet.generate_key().decode())))
    assert [line.what for line in lines] == ["PRESSEVAGT_SECRET_KEY"] * 2


async def test_a_token_that_expires_is_named_as_such(tmp_path: Path, api: SlackApi) -> None:
    """Token rotation is not supported, and cannot be switched off again."""
    with pytest.raises(ValidationError, match="token rotation"):
        on_slack(tmp_path, api, SLACK_BOT_TOKEN="xoxe.xoxb-1-abcdef")
