"""Where are the settings read, and what is said of what is wrong with them?"""

from __future__ import annotations

import difflib
import io
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dotenv.parser import Binding, parse_stream
from pydantic import ValidationError

from bot.errors import SettingsError
from bot.settings.shared import Settings

PREFIX = "PRESSEVAGT_"
PLATFORM_PREFIXES = ("TELEGRAM_", "SLACK_")
ENV_FILE = ".env"
_NEAR = 0.8


def variables() -> dict[str, Any]:
    """Every variable that is known, with its field."""
    return {str(field.validation_alias): field for field in Settings.model_fields.values()}


def load(env_file: Path | None = None) -> Settings:
    """The settings of the environment and, beneath it, of `.env` in this folder (or of `env_file`).

    Raises SettingsError, one line for each thing that is wrong: the variable, what is wrong with it, and what it should be.
    """
    path = env_file or Path(ENV_FILE)
    if env_file and not env_file.is_file():
        raise SettingsError(f"{env_file} cannot be read: there is no such file")
    try:
        lines = list(parse_stream(io.StringIO(path.read_text(encoding="utf-8")))) if path.is_file() else []
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read: {error}"
        raise SettingsError(message) from None
    in_file = {line.key: line.value for line in lines if line.key is not None}
    wrong = [
        *_unreadable(lines, str(path)),
        *_unknown(in_file, str(path), every=True),
        *_unknown(os.environ, "the environment", every=False),
    ]
    if wrong:
        raise SettingsError("\n".join(wrong))
    try:
        return Settings(_env_file=path)
    except ValidationError as error:
        raise SettingsError("\n".join(_explained(error))) from None


def _unreadable(lines: Iterable[Binding], where: str) -> Iterable[str]:
    """Lines that set nothing, though somebody meant them to. What stands in them is not repeated: it may be a token."""
    for line in lines:
        if line.error or (line.value is None and line.key in variables()):
            yield f"line {line.original.line} of {where} sets nothing; write NAME=value, or # before what is none"


def _unknown(names: Mapping[str, object], where: str, *, every: bool) -> Iterable[str]:
    """Names that look like ours and are not: in `.env` (`every`) near misses of any name too, elsewhere our prefix alone."""
    known = variables()
    for name in names:
        if name in known:
            continue
        near = difflib.get_close_matches(name.upper(), known, 1, _NEAR)
        ours = name.startswith(PREFIX) or (every and (bool(near) or name.startswith(PLATFORM_PREFIXES)))
        if ours:
            nearest = near or difflib.get_close_matches(name.upper(), known, 1, 0.0)
            hint = f"; did you mean {nearest[0]}?" if near else "; .env.example lists every name there is"
            yield f"{name} in {where} is no setting of Pressevagt{hint}"


def _explained(error: ValidationError) -> Iterable[str]:
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"][:1])
        said = fault["msg"].removeprefix("Value error, ")
        yield f"{name}: {said}" if name else said
