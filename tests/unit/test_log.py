"""Logs: nothing secret in them, and no line that text from outside could forge."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from bot import log
from bot.errors import StorageError
from bot.log import one_round, redacted, safe

TELEGRAM = "1234567890:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw_"
SLACK = ("xoxb-123456789012-abcdefGHIJKL", "xapp-1-A012345-67890-abcdef", "xoxe.xoxp-1-abcdefgh")


@pytest.mark.parametrize(
    "text",
    [
        f"token {TELEGRAM}",
        f"POST https://api.telegram.org/bot{TELEGRAM}/sendMessage",
        f"https://api.telegram.org/file/bot{TELEGRAM.replace(':', '%3A')}/x.jpg",
        *(f"Authorization: Bearer {token}" for token in SLACK),
        f"url?token={SLACK[0]}",
        "proxy http://asta:hemmelig@proxy.example:3128",
        "postgresql+psycopg://asta:hem:me@lig@db.example/pressevagt",
        "redis://:hemmelig@db.example",
        *(
            f"https://havnen.example/feed?id=7&{name}=hemmelig&lang=da: answered 404"
            for name in ("feed_token", "key", "apiKey", "pwd")
        ),
        "https://havnen.example/feed?X-Amz-Signature=hemmelig",
    ],
)
def test_tokens_and_passwords_are_taken_out(text: str) -> None:
    """Wherever they stand."""
    line = redacted(text)
    assert "<token>" in line or "<secret>" in line
    for secret in (TELEGRAM[11:], "hemmelig", "hem:me@lig", "abcdef"):
        assert secret not in line


@pytest.mark.parametrize(
    "text",
    [
        "https://via.ritzau.dk/pressemeddelelse/14500005/nye-sanktioner?publisherId=2012662&lang=da",
        "http://havnen.example:8080/feed",
        "https://havnen.example/feed?keyword=havn&author=asta&design=1",
        "it should look like postgresql://user:password@host/database",
        "12:34:56 pressevagten@um.dk +45 61 97 92 47",
        "https://havnen.example:8443/nyt?til=presse@havnen.example",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Addresses, times and numbers can be read."""
    assert redacted(text) == text


@pytest.mark.parametrize("control", ["\n", "\r", "\x1b[31m", "\x00", "\x85", "\u2028", "\u202e", "\u2067", "\x7f"])
def test_control_characters_are_shown_and_not_obeyed(control: str) -> None:
    """No new line, no colour, no turned-round text."""
    line = safe(f"før{control}efter")
    assert all(character.isprintable() for character in line)
    assert line.startswith("før\\")
    assert line.endswith("efter")


def test_a_line_has_a_length() -> None:
    """However much a server says."""
    assert len(safe("x" * 1_000_000)) < 5000


@pytest.fixture(autouse=True)
def _logging_of_its_own() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, configured = root.handlers, root.level, structlog.get_config()
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.configure(**configured)


@pytest.mark.parametrize("style", ["text", "json"])
def test_an_event_is_one_line(capsys: pytest.CaptureFixture[str], style: str) -> None:
    """Through structlog and through the standard library, whatever stands in it."""
    log.configure("info", style)
    forged = "Havnen\n2026-11-20T11:00:00Z [info     ] everything is fine"
    structlog.stdlib.get_logger("a").warning(
        "poll_failed", newsroom=forged, error=ValueError(forged), count=3, ok=True, nothing=None
    )
    logging.getLogger("a library").warning("said %s", forged)
    logging.getLogger("a library").debug("not wanted")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert not any(line.startswith("2026-11-20T11:00:00Z [info") for line in lines)
    if style == "json":
        event = json.loads(lines[0])
        assert (event["event"], event["level"], event["count"], event["ok"]) == ("poll_failed", "warning", 3, True)


@pytest.mark.parametrize("style", ["text", "json"])
def test_a_traceback_is_kept_without_secrets_and_forges_no_line(capsys: pytest.CaptureFixture[str], style: str) -> None:
    """Each of its lines is indented, so none of them looks like an event."""
    log.configure("info", style)
    logger = structlog.stdlib.get_logger("a")
    try:
        int(f"bot{TELEGRAM} said\n2026-11-20T11:00:00Z [info] forged\x1b[2J")
    except ValueError:
        logger.exception("delivery_failed")
        logging.getLogger("a library").exception("also here")
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert TELEGRAM[11:] not in said
    assert "\x1b" not in said
    assert not any(line.startswith("2026-11-20T11:00:00Z") for line in said.splitlines())


def test_the_level_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """Warnings alone, where warnings are asked for."""
    log.configure("warning", "text")
    structlog.stdlib.get_logger("a").info("quiet")
    structlog.stdlib.get_logger("a").warning("loud")
    said = capsys.readouterr().err
    assert "quiet" not in said
    assert "loud" in said


@pytest.mark.parametrize(
    ("error", "level"),
    [(StorageError("away"), "warning"), (RuntimeError("ours"), "error")],
)
def test_a_round_that_goes_wrong_is_logged_and_over(monkeypatch: pytest.MonkeyPatch, error: Exception, level: str) -> None:
    """What the database keeps from it is a warning, a fault of ours an error; neither ends what comes after."""
    monkeypatch.setattr(log, "_log", structlog.get_logger())  # one that has not been used, which would keep how it was configured
    with capture_logs() as lines, one_round("put_off"):
        raise error
    assert [(line["event"], line["log_level"]) for line in lines] == [("put_off", level)]
