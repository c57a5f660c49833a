"""Settings: typed, checked, and explained when they are wrong."""

from __future__ import annotations

import os
import re
from datetime import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.errors import SettingsError
from bot.settings import PREFIX, Settings, load, variables

EXAMPLE = Path(__file__).parents[2] / ".env.example"
_LINE = re.compile(r"#? ?([A-Z][A-Z0-9_]+)=(.*)")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the machine, no .env of the folder."""
    for name in (*variables(), *(name for name in os.environ if name.startswith(PREFIX))):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def write(tmp_path: Path, *lines: str) -> Path:
    """A file of settings."""
    path = tmp_path / "settings.env"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def example() -> dict[str, tuple[str, list[str]]]:
    """The variables of .env.example: each with its value and the lines of comment before it."""
    found: dict[str, tuple[str, list[str]]] = {}
    comment: list[str] = []
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        if match := _LINE.fullmatch(line):
            assert match[1] not in found, f"{match[1]} stands there twice"
            found[match[1]] = match[2], comment
            comment = []
        elif line.startswith("# "):
            comment.append(line[2:])
        else:
            assert not line.strip(), f"neither a comment nor a variable: {line}"
            comment = []
    return found


# The example


def test_the_example_names_every_variable_and_no_other() -> None:
    """Whoever reads it knows all there is."""
    assert sorted(example()) == sorted(variables())


def test_the_example_says_what_each_variable_is_for() -> None:
    """A sentence at least, above it."""
    for name, (_, comment) in example().items():
        assert len(" ".join(comment)) > 20, name


def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    """With every line taken out of its comment, the settings are what they are without any."""
    lines = [f"{name}={value}" for name, (value, _) in example().items()]
    loaded, default = load(write(tmp_path, *lines)), Settings()
    expanded = loaded.database_url.get_secret_value().replace("~", str(tmp_path))
    assert expanded == default.database_url.get_secret_value()
    assert loaded.model_copy(update={"database_url": default.database_url}) == default


def test_every_variable_is_described() -> None:
    """The class says it too, in a sentence."""
    for name, field in variables().items():
        assert field.description, name
        assert field.description.endswith("."), name


# What is read


def test_nothing_needs_to_be_set() -> None:
    """A newcomer has no file."""
    settings = load()
    assert (settings.newsrooms, settings.poll_interval, settings.language) == (("udenrigsministeriet",), 60, "da")
    assert settings.database_url.get_secret_value().startswith("sqlite:////")


def test_the_file_of_the_folder_and_above_it_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set for this run goes before what is set for always; an empty value is none."""
    (tmp_path / ".env").write_text("PRESSEVAGT_LANGUAGE=en\nPRESSEVAGT_POLL_INTERVAL=30\nPRESSEVAGT_HTTP_PORT=\n")
    monkeypatch.setenv("PRESSEVAGT_POLL_INTERVAL", "5")
    monkeypatch.setenv("PRESSEVAGT_CONTACT", "")
    settings = load()
    assert (settings.language, settings.poll_interval, settings.http_port, settings.contact) == ("en", 5, 8080, "")


def test_the_data_folder_follows_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_DATA_HOME, where it is set."""
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert load().database_url.get_secret_value() == "sqlite:////somewhere/pressevagt/pressevagt.db"


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("PRESSEVAGT_NEWSROOMS= um , https://h.example/feed,,", "newsrooms", ("um", "https://h.example/feed")),
        ("PRESSEVAGT_OPERATORS=telegram:123, slack:U1", "operators", frozenset({"telegram:123", "slack:U1"})),
        ("PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES=TRUE", "allow_private_addresses", True),
        ("PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES=no", "allow_private_addresses", False),
        ("PRESSEVAGT_ALLOW_PRIVATE_ADDRESSES=10.0.0.7, intranet", "allow_private_addresses", frozenset({"10.0.0.7", "intranet"})),
        ("PRESSEVAGT_LANGUAGE= EN ", "language", "en"),
        ("PRESSEVAGT_LOG_LEVEL=DEBUG", "log_level", "debug"),
        ("PRESSEVAGT_TIMEZONE=America/Nuuk", "timezone", "America/Nuuk"),
        ("PRESSEVAGT_HTTP_PORT=0", "http_port", 0),
        ("PRESSEVAGT_METRICS_PORT= Off ", "metrics_port", None),
        ("PRESSEVAGT_METRICS_PORT=0", "metrics_port", 0),
        ("export PRESSEVAGT_CONTACT='https://example.org/bot # nr 1'", "contact", "https://example.org/bot # nr 1"),
    ],
)
def test_values_are_read_forgivingly(tmp_path: Path, line: str, name: str, value: object) -> None:
    """Space, capitals, lists and quotes."""
    assert getattr(load(write(tmp_path, line)), name) == value


# What is wrong


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("PRESSEVAGT_POLL_INTERVAL=0", "greater than or equal to 1"),
        ("PRESSEVAGT_POLL_INTERVAL=often", "integer"),
        ("PRESSEVAGT_LANGUAGE=fr", "'da' or 'en'"),
        ("PRESSEVAGT_TIMEZONE=Copenhagen", "Europe/Copenhagen"),
        ("PRESSEVAGT_TIMEZONE=../../etc/passwd", "no time zone"),
        ("PRESSEVAGT_OPERATORS=asta", "platform:id"),
        ("PRESSEVAGT_HTTP_PORT=99999", "65535"),
        ("PRESSEVAGT_METRICS_PORT=none", "integer"),
        ("PRESSEVAGT_LOG_FORMAT=xml", "'text' or 'json'"),
        ("PRESSEVAGT_PROXY=proxy.example:3128", "http://proxy.example:3128"),
        ("PRESSEVAGT_PROXY=socks5://proxy.example", "no HTTP proxy"),
        ("PRESSEVAGT_PROXY=http://proxy.example:port", "no HTTP proxy"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(tmp_path: Path, line: str, words: str) -> None:
    """One line that starts with the variable."""
    with pytest.raises(SettingsError) as caught:
        load(write(tmp_path, line))
    assert str(caught.value).startswith(line.partition("=")[0] + ": ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_belongs_together_is_named_without_a_variable_before_it(tmp_path: Path) -> None:
    """A fault of two variables is its own sentence."""
    with pytest.raises(SettingsError, match=r"^TELEGRAM_WEBHOOK_URL and TELEGRAM_WEBHOOK_SECRET belong together"):
        load(write(tmp_path, "TELEGRAM_WEBHOOK_SECRET=abc"))


def test_all_that_is_wrong_is_said_at_once(tmp_path: Path) -> None:
    """A line each."""
    with pytest.raises(SettingsError) as caught:
        load(write(tmp_path, "PRESSEVAGT_LANGUAGE=fr", "PRESSEVAGT_HTTP_PORT=x"))
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("PRESSEVAGT_NEWSROOM", "PRESSEVAGT_NEWSROOMS"),
        ("PRESEVAGT_LANGUAGE", "PRESSEVAGT_LANGUAGE"),
        ("pressevagt_language", "PRESSEVAGT_LANGUAGE"),
        ("DATABASE_ULR", "DATABASE_URL"),
    ],
)
def test_a_misspelt_name_is_named_with_the_nearest(tmp_path: Path, name: str, nearest: str) -> None:
    """In the file, every near miss."""
    with pytest.raises(SettingsError, match=rf"{name} in .*settings\.env.*did you mean {nearest}\?"):
        load(write(tmp_path, f"{name}=x"))


def test_a_name_with_our_prefix_that_is_like_none(tmp_path: Path) -> None:
    """It points to the list of all."""
    with pytest.raises(SettingsError, match=r"PRESSEVAGT_COLOUR_OF_THE_SKY .*\.env\.example"):
        load(write(tmp_path, "PRESSEVAGT_COLOUR_OF_THE_SKY=blue"))


def test_what_is_not_ours_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other programs' variables, in the file and in the environment."""
    monkeypatch.setenv("DATABASE_ULR", "somebody else's")
    assert load(write(tmp_path, "COMPOSE_PROJECT_NAME=press", "LANG=da_DK.UTF-8")).language == "da"


def test_a_misspelt_name_in_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """There only what bears our prefix is ours."""
    monkeypatch.setenv("PRESSEVAGT_LANGAUGE", "en")
    with pytest.raises(SettingsError, match=r"PRESSEVAGT_LANGAUGE in the environment.*PRESSEVAGT_LANGUAGE\?"):
        load()


def test_a_file_that_is_not_there_or_cannot_be_read(tmp_path: Path) -> None:
    """Whoever names a file means it."""
    with pytest.raises(SettingsError, match="no such file"):
        load(tmp_path / "nothing.env")
    (tmp_path / "bad.env").write_bytes(b"PRESSEVAGT_CONTACT=\xff\xfe")
    with pytest.raises(SettingsError, match=r"bad\.env cannot be read"):
        load(tmp_path / "bad.env")


@pytest.mark.parametrize(
    "line", ["SLACK_BOT_TOKEN xoxb-geheim", "SLACK_BOT_TOKEN: xoxb-geheim", "SLACK_BOT_TOKEN", "PRESSEVAGT_CONTACT='x"]
)
def test_a_line_that_sets_nothing_is_named(tmp_path: Path, line: str) -> None:
    """By its number alone: a bot that does not come to its platform, because of a colon, would say nothing of it."""
    with pytest.raises(SettingsError, match=r"^line 3 of .*settings\.env sets nothing; write NAME=value") as caught:
        load(write(tmp_path, "# Ours", "PRESSEVAGT_LANGUAGE=en", line, "OTHERS"))
    assert "geheim" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    """Neither in the settings printed nor in an error about them."""
    settings = load(write(tmp_path, "PRESSEVAGT_PROXY=http://asta:hemmelig@proxy.example"))
    assert isinstance(settings.proxy, SecretStr)
    assert "hemmelig" not in repr(settings)
    with pytest.raises(SettingsError) as caught:
        load(write(tmp_path, "DATABASE_URL=postgresql://asta:hemmelig@db", "PRESSEVAGT_HTTP_PORT=x"))
    assert "hemmelig" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "at"),
    [("08:00", time(8)), ("8.30", time(8, 30)), ("7", time(7)), ("23:59", time(23, 59)), ("off", None), (" OFF ", None)],
)
def test_when_operators_are_told_of_the_day(tmp_path: Path, said: str, at: time | None) -> None:
    """At eight, unless a setting says another time of day, or never."""
    assert load(write(tmp_path, f"PRESSEVAGT_SUMMARY_AT={said}")).summary_at == at
    assert Settings().summary_at == time(8)


@pytest.mark.parametrize("said", ["24:00", "8:60", "noon", "08:00+01:00", "-1"])
def test_what_is_no_time_of_day_is_told(tmp_path: Path, said: str) -> None:
    """With what to write."""
    with pytest.raises(SettingsError, match=r"PRESSEVAGT_SUMMARY_AT: .* is no time of day; write one such as 08:00, or off"):
        load(write(tmp_path, f"PRESSEVAGT_SUMMARY_AT={said}"))
