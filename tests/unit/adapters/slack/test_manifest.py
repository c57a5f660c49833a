"""The app as the manifests in deploy/ make it is the one that the code is written for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from adapters.slack.events import EVENTS
from adapters.slack.http import PATH
from adapters.slack.inbound import CONTACT_OF_RELEASE, SEARCH, UMBRELLA, line_of
from adapters.slack.oauth import REDIRECT, SCOPES
from adapters.slack.settings import VIA_HOSTS
from bot.commands.registry import COMMANDS
from bot.text.fold import fold
from tests.fakes.slack_schema import Check, array, boolean, both, enum, string, thing
from tests.unit.adapters.slack.manifests import read

DEPLOY = Path(__file__).parents[4] / "deploy"
SOCKET, HTTP = DEPLOY / "slack-manifest.yaml", DEPLOY / "slack-manifest-http.yaml"
PUBLIC = "https://press.example.org"
RESERVED = frozenset(
    f"/{name}"
    for name in (
        *(
            "archive",
            "away",
            "call",
            "close",
            "dnd",
            "feed",
            "help",
            "huddle",
            "invite",
            "join",
            "kick",
            "leave",
            "me",
            "msg",
            "mute",
        ),
        *("open", "pro", "remind", "remove", "rename", "search", "shortcuts", "shrug", "star", "status", "topic", "who"),
    )
)
"""Slack's own commands, as its help pages list them."""


def words(most: int, least: int = 1) -> Check:
    """Text of so many characters."""
    return string(most, least)


address = both(string(3000), string(pattern=r"https://[a-z0-9.-]+(?:/[\w/-]*)?"))
SCHEMA = thing(
    {
        "display_information": thing(
            {
                "name": words(35),
                "description": words(140),
                "long_description": words(4000, 174),
                "background_color": string(7, 4, r"#(?:[0-9a-fA-F]{3}){1,2}"),
            },
            "name",
        ),
        "features": thing(
            {
                "app_home": thing(
                    dict.fromkeys(("home_tab_enabled", "messages_tab_enabled", "messages_tab_read_only_enabled"), boolean)
                ),
                "bot_user": thing({"display_name": string(80, 1, r"[a-z0-9_.-]+"), "always_online": boolean}, "display_name"),
                "slash_commands": array(
                    thing(
                        {
                            "command": string(32, 2, r"/[a-z0-9_-]+"),
                            "description": words(2000),
                            "usage_hint": words(1000),
                            "should_escape": boolean,
                            "url": address,
                        },
                        "command description",
                    ),
                    50,
                ),
                "shortcuts": array(
                    thing(
                        {
                            "name": words(24),
                            "type": enum("message", "global"),
                            "callback_id": words(255),
                            "description": words(150),
                        },
                        "name type callback_id description",
                    ),
                    10,
                ),
                "unfurl_domains": array(string(253, 3, r"[a-z0-9.-]+"), 5),
            }
        ),
        "oauth_config": thing(
            {"redirect_urls": array(address, 1000), "scopes": thing({"bot": array(words(100), 255)}, "bot")}, "scopes"
        ),
        "settings": thing(
            {
                "event_subscriptions": thing({"request_url": address, "bot_events": array(words(100), 100)}),
                "interactivity": thing(
                    {"is_enabled": boolean, "request_url": address, "message_menu_options_url": address}, "is_enabled"
                ),
                "org_deploy_enabled": boolean,
                "socket_mode_enabled": boolean,
                "token_rotation_enabled": boolean,
            }
        ),
    },
    "display_information",
)
"""What Slack takes (docs.slack.dev/reference/app-manifest, and `Manifest` of @slack/web-api); a shortcut's name by Slack's form."""


@pytest.fixture(params=[SOCKET, HTTP], ids=["socket", "http"])
def manifest(request: pytest.FixtureRequest) -> Any:
    """Each of the two."""
    return read(request.param)


def test_slack_would_take_it(manifest: Any) -> None:
    """Nothing is missing, unknown or too long."""
    assert SCHEMA(manifest, "") == []


def test_it_asks_for_the_scopes_that_are_used(manifest: Any) -> None:
    """And for no others, as whoever installs it by the link is asked."""
    assert sorted(manifest["oauth_config"]["scopes"]["bot"]) == sorted(SCOPES)


def test_it_subscribes_to_the_events_that_are_read(manifest: Any) -> None:
    """And to no others."""
    assert sorted(manifest["settings"]["event_subscriptions"]["bot_events"]) == sorted(EVENTS)


def test_its_commands_work_and_slack_lets_them_be_taken(manifest: Any) -> None:
    """The umbrella, and names of commands of ours; what their hints and descriptions name can be typed."""
    commands = {each["command"]: each for each in manifest["features"]["slash_commands"]}
    assert sorted(commands) == sorted((f"/{UMBRELLA}", "/latest", "/contact"))
    assert not RESERVED & set(commands)
    known = {fold(name) for command in COMMANDS for name in command.names}
    assert {fold(name[1:]) for name in commands} - {UMBRELLA} <= known
    umbrella = commands[f"/{UMBRELLA}"]
    hints = [*umbrella["usage_hint"].split(" | "), umbrella["description"].partition(f"/{UMBRELLA} ")[2]]
    assert all(fold(line_of(UMBRELLA, hint, known).split()[0][1:]) in known for hint in hints)


def test_its_shortcuts_are_those_that_are_read(manifest: Any) -> None:
    """By their ids, each where it is offered."""
    shortcuts = {each["callback_id"]: each["type"] for each in manifest["features"]["shortcuts"]}
    assert shortcuts == {CONTACT_OF_RELEASE: "message", SEARCH: "global"}


def test_it_is_told_of_links_to_the_domains_that_are_shown(manifest: Any) -> None:
    """One is left to choose."""
    assert manifest["features"]["unfurl_domains"] == list(VIA_HOSTS)


def test_home_messages_and_controls_are_on_and_rotation_is_off(manifest: Any) -> None:
    """Without these nothing could be written to the bot or pressed; tokens that expire it cannot renew."""
    home = manifest["features"]["app_home"]
    assert (home["home_tab_enabled"], home["messages_tab_enabled"], home["messages_tab_read_only_enabled"]) == (True, True, False)
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert manifest["settings"]["token_rotation_enabled"] is False


def test_only_where_slack_calls_is_there_an_address(manifest: Any) -> None:
    """By Socket Mode there is none to give, and by HTTP all of them lead to the one path that is served."""
    settings = manifest["settings"]
    called = [each.get("url") for each in manifest["features"]["slash_commands"]]
    called += [settings["event_subscriptions"].get("request_url"), settings["interactivity"].get("request_url")]
    called.append(settings["interactivity"].get("message_menu_options_url"))
    by_socket = settings["socket_mode_enabled"]
    assert set(called) == ({None} if by_socket else {PUBLIC + PATH})
    assert manifest["oauth_config"].get("redirect_urls") == (None if by_socket else [PUBLIC + REDIRECT])


def test_both_make_the_same_app() -> None:
    """Without the addresses, and the switch between the two."""

    def bare(said: Any) -> Any:
        if isinstance(said, dict):
            return {name: bare(value) for name, value in said.items() if not name.endswith(("url", "urls", "socket_mode_enabled"))}
        return [bare(each) for each in said] if isinstance(said, list) else said

    assert bare(read(SOCKET)) == bare(read(HTTP))


@pytest.mark.parametrize("wrong", ["a: [b]", "a: yes", "a: 1", "a: b # c", "a:\n  b: c\n d: e", "a: b\na: c", "a: 'b'", "a:"])
def test_what_could_be_read_in_two_ways_is_not_read(tmp_path: Path, wrong: str) -> None:
    """The reader knows a part of YAML, and refuses the rest."""
    (tmp_path / "m.yaml").write_text(wrong)
    with pytest.raises(ValueError):
        read(tmp_path / "m.yaml")
