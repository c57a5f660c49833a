"""Slack's settings: shapes, and what belongs together."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from pydantic import ValidationError

from adapters.slack.settings import API_URL, VIA_HOSTS
from bot.settings import Settings, variables

BOT, APP, SIGNING = "xoxb-1-2-abcdef", "xapp-1-A1-2-abcdef", "8f742231b10e8888abcd99yyyzzz85a5"
OAUTH = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": SIGNING, "PRESSEVAGT_PUBLIC_URL": "https://press.example/"}
KEY = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the machine."""
    for name in variables():
        monkeypatch.delenv(name, raising=False)


def read(**values: str) -> Settings:
    """The settings of these variables alone."""
    return Settings(_env_file=None, **values)  # type: ignore[arg-type]


def test_nothing_needs_to_be_set() -> None:
    """Then there is no Slack, and the rest has its defaults."""
    settings = read()
    assert (settings.on_slack, settings.slack_api_url, settings.slack_who_manages) == (False, API_URL, "admins")
    assert settings.unfurl_domains == VIA_HOSTS


@pytest.mark.parametrize(
    "values",
    [
        {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP},
        {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SIGNING},
        {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SIGNING, "SLACK_APP_TOKEN": APP},
        {**OAUTH, "PRESSEVAGT_SECRET_KEY": KEY, "SLACK_APP_TOKEN": APP},
        {**OAUTH, "PRESSEVAGT_SECRET_KEY": KEY, "SLACK_SIGNING_SECRET": SIGNING},
    ],
)
def test_ways_to_be_on_slack(values: dict[str, str]) -> None:
    """One workspace or several, by a socket or by HTTP."""
    assert read(**values).on_slack


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"SLACK_BOT_TOKEN": BOT}, "could only post: set SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": APP}, "do nothing alone"),
        ({"SLACK_SIGNING_SECRET": SIGNING}, "do nothing alone"),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_APP_TOKEN": APP}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together"),
        ({**OAUTH, "PRESSEVAGT_SECRET_KEY": KEY}, "set SLACK_APP_TOKEN"),
        ({**OAUTH, "SLACK_APP_TOKEN": APP}, "PRESSEVAGT_SECRET_KEY"),
        ({**OAUTH, "PRESSEVAGT_SECRET_KEY": KEY, "SLACK_APP_TOKEN": APP, "SLACK_BOT_TOKEN": BOT}, "set one of them"),
        ({"SLACK_BOT_TOKEN": "xoxp-1-2-abcdef"}, "begins with xoxb-"),
        ({"SLACK_APP_TOKEN": BOT}, "begins with xapp-"),
        ({"SLACK_SIGNING_SECRET": "to ord"}, "no signing secret"),
        ({"SLACK_CLIENT_ID": "A0123"}, "no client id"),
        ({"SLACK_API_URL": "slack.com/api"}, "no address"),
        ({"SLACK_WHO_MANAGES": "nobody"}, "'admins' or 'everyone'"),
        ({"SLACK_UNFURL_DOMAIN": "https://um.dk"}, "without https://"),
        ({"PRESSEVAGT_PUBLIC_URL": "http://press.example"}, "no public address"),
        ({"PRESSEVAGT_PUBLIC_URL": "https://press.example:port"}, "no public address"),
        ({"PRESSEVAGT_SECRET_KEY": "hemmelig"}, "Fernet.generate_key"),
        ({"PRESSEVAGT_SECRET_KEY": f"{KEY},hemmelig"}, "Fernet.generate_key"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(values: dict[str, str], words: str) -> None:
    """And never with the secret itself."""
    with pytest.raises(ValidationError) as caught:
        read(**values)
    assert words in str(caught.value)
    assert not any(secret in str(caught.value) for secret in (BOT, APP, SIGNING, KEY, "hemmelig"))


def test_values_are_read_forgivingly() -> None:
    """Slashes, capitals, and several keys, of which the first seals."""
    other = Fernet.generate_key().decode()
    settings = read(
        SLACK_API_URL="http://127.0.0.1:9/api",
        SLACK_WHO_MANAGES=" Everyone",
        SLACK_UNFURL_DOMAIN="Press.Example.org",
        PRESSEVAGT_PUBLIC_URL="http://127.0.0.1:8080/",
        PRESSEVAGT_SECRET_KEY=f"{KEY}, {other}",
    )
    assert (settings.slack_api_url, settings.slack_who_manages) == ("http://127.0.0.1:9/api/", "everyone")
    assert settings.unfurl_domains == (*VIA_HOSTS, "press.example.org")
    assert settings.public_url == "http://127.0.0.1:8080"
    assert settings.secret_keys == (KEY, other)
    assert KEY not in repr(settings)
