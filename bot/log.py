"""Logs: structured, one line an event, nothing secret in them, and no line that text from outside could forge."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import structlog

from bot.errors import StorageError

_log = structlog.get_logger()

_NAME = r"[\w.%-]{0,40}"
_SECRETS = (
    # Telegram's, which stand in addresses as /bot123456:...; no word boundary goes before them there.
    (re.compile(r"(?<!\d)\d{6,}(?::|%3A)[A-Za-z0-9_-]{30,}", re.IGNORECASE), "<token>"),
    (re.compile(r"x(?:ox[a-z]|app)-[A-Za-z0-9-]{8,}"), "<token>"),
    # Of somebody's name and password; what our own words give for an example is none.
    (re.compile(r"(?<=://)(?!user:password@)[^/?#\s]*:[^/?#\s]*(?=@)"), "<secret>"),
    # Slack's addresses that let whoever knows them answer, listen or install.
    (re.compile(r"(?<=hooks\.slack\.com/)\S+"), "<secret>"),
    (re.compile(r"([?&](?:ticket|code|state)=)[^&\s'\"]+"), r"\1<secret>"),
    # A feed that not everybody may read: ?feed_token=, ?api_key=, ?X-Amz-Signature=.
    (
        re.compile(rf"([?&;]{_NAME}(?:token|secret|passw|signature|(?:key|auth|sig|pwd)(?==)){_NAME}=)[^&;\s'\"]+", re.IGNORECASE),
        r"\1<secret>",
    ),
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_LONGEST = 4000
_LONGEST_ERROR = 500


def redacted(text: str) -> str:
    """The text without tokens and passwords."""
    for pattern, stand_in in _SECRETS:
        text = pattern.sub(stand_in, text)
    return text


def safe(text: str) -> str:
    """One line that shows control characters instead of obeying them, without secrets, of bounded length."""
    if text.isalnum() and len(text) <= _LONGEST:
        return text  # letters and digits alone: no secret is made of nothing else, and a fan-out logs tens of thousands of these
    line = _CONTROLS.sub(lambda match: match[0].encode("unicode_escape").decode(), redacted(text))
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"


def _indented(traceback: str) -> str:
    """A traceback keeps its lines, none of which looks like the beginning of an event."""
    return "\n".join(f"  {safe(line)}" for line in traceback.splitlines())


def _clean(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key == "exception":
            event[key] = _indented(str(value))
        elif isinstance(value, str):
            event[key] = safe(value)
        elif not isinstance(value, int | float | bool | None):
            event[key] = safe(str(value))
    return event


def configure(level: str, style: str, *, file: Path | None = None) -> None:
    """Log from here on at `level`, as `style` says (`text`, `json`), to the standard error stream or to a file."""
    stream: TextIO = sys.stderr
    if file is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        stream = file.open("a", encoding="utf-8", errors="backslashreplace")
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _clean,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # The platforms' SDKs would write every call down, with what people ask and the secret that Telegram is given for the webhook.
    for chatty in ("aiosqlite", "asyncio", "alembic", "aiohttp.access", "slack_bolt", "slack_sdk", "telegram", "httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))


@contextmanager
def lesser_fault(event: str) -> Iterator[None]:
    """What goes wrong with the database in here is a warning of this name, and what was begun goes on without it."""
    try:
        yield
    except StorageError as error:
        _log.warning(event, error=str(error)[:_LONGEST_ERROR])


@contextmanager
def one_round(event: str) -> Iterator[None]:
    """A round of work that comes again: what goes wrong is logged by this name, a fault of ours as an error with its traceback.

    It ends no rounds: clearing up, or telling operators of the day, is not what alerts may fail for.
    """
    try:
        with lesser_fault(event):
            yield
    except Exception:  # noqa: BLE001 - whatever it is
        _log.exception(event)
