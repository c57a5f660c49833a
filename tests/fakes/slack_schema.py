"""The rules of Block Kit as checks that can be put together; each names what is wrong in Slack's words, with a JSON pointer.

The words are those of Slack's own schema validator (slackhq/hack-json-schema), as seen in public reports of refused messages.
Lengths are counted in characters; whether Slack counts some emoji double is not known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Check = Callable[[Any, str], list[str]]
NO_SCHEMA = "failed to match all allowed schemas"


def problem(words: str, pointer: str) -> str:
    """What is wrong, and where."""
    return f"{words} [json-pointer:{pointer}]"


def string(most: int | None = None, least: int = 0, pattern: str = "", says: str = "must match the specified format") -> Check:
    """A string of so many characters."""

    def check(value: Any, pointer: str) -> list[str]:
        if not isinstance(value, str):
            return [problem("must provide a string", pointer)]
        if most is not None and len(value) > most:
            return [problem(f"must be less than {most + 1} characters", pointer)]
        if len(value) < least:
            return [problem(f"must be more than {least - 1} characters", pointer)]
        return [problem(says, pointer)] if pattern and not re.fullmatch(pattern, value) else []

    return check


def boolean(value: Any, pointer: str) -> list[str]:
    """True or false."""
    return [] if isinstance(value, bool) else [problem("must provide a boolean", pointer)]


def whole(least: int | None = None, most: int | None = None) -> Check:
    """A whole number in a range."""

    def check(value: Any, pointer: str) -> list[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            return [problem("must provide an integer", pointer)]
        if least is not None and value < least:
            return [problem(f"must be greater than {least - 1}", pointer)]
        return [problem(f"must be less than {most + 1}", pointer)] if most is not None and value > most else []

    return check


def enum(*values: Any) -> Check:
    """One of some values."""
    return lambda value, pointer: [] if value in values else [problem("must be a valid enum value", pointer)]


def anything(_: Any, __: str) -> list[str]:
    """Whatever."""
    return []


def array(check: Check, most: int | None = None, least: int = 0) -> Check:
    """A list of so many items, each of a kind."""

    def checked(value: Any, pointer: str) -> list[str]:
        if not isinstance(value, list):
            return [problem("must provide an array", pointer)]
        if most is not None and len(value) > most:
            return [problem(f"no more than {most} items allowed", pointer)]
        if len(value) < least:
            return [problem(f"must provide at least {least} items", pointer)]
        return [found for place, item in enumerate(value) for found in check(item, f"{pointer}/{place}")]

    return checked


def thing(fields: Mapping[str, Check], required: str = "") -> Check:
    """An object of known fields; `required` names those that must be there."""

    def check(value: Any, pointer: str) -> list[str]:
        if not isinstance(value, dict):
            return [problem("must provide an object", pointer)]
        found = [problem(f"missing required field: {name}", pointer) for name in required.split() if value.get(name) is None]
        for name, content in value.items():
            if name not in fields:
                found.append(problem(f"invalid additional property: {name}", pointer))
            elif content is not None:
                found += fields[name](content, f"{pointer}/{name}")
        return found

    return check


def kinds(by_type: Mapping[str, Check], allowed: Iterable[str] | None = None) -> Check:
    """An object whose `type` says by which check it is judged; `allowed`: the types that may stand here."""
    names = frozenset(by_type if allowed is None else allowed)

    def check(value: Any, pointer: str) -> list[str]:
        if not isinstance(value, dict):
            return [problem("must provide an object", pointer)]
        kind = value.get("type")
        if kind is None:
            return [problem("missing required field: type", pointer)]
        if kind not in names:
            return [problem(f"unsupported type: {kind}", f"{pointer}/type")]
        return by_type[kind](value, pointer)

    return check


def both(*checks: Check) -> Check:
    """All of some checks."""
    return lambda value, pointer: [found for check in checks for found in check(value, pointer)]


# -- Text objects


def _text_object(kind: str, most: int, least: int) -> Check:
    more = {"emoji": boolean} if kind == "plain_text" else {"verbatim": boolean}
    return thing({"type": enum(kind), "text": string(most, least), **more}, "type text")


def plain(most: int, least: int = 1) -> Check:
    """A plain_text object."""
    return _text_object("plain_text", most, least)


def marked(most: int, least: int = 1) -> Check:
    """A mrkdwn object."""
    return _text_object("mrkdwn", most, least)


def text(most: int, least: int = 1) -> Check:
    """A plain_text or mrkdwn object; where either is allowed, Slack first says that none of both fits."""
    either = kinds({kind: _text_object(kind, most, least) for kind in ("plain_text", "mrkdwn")})

    def check(value: Any, pointer: str) -> list[str]:
        found = either(value, pointer)
        return [problem(NO_SCHEMA, pointer), *found] if found else []

    return check
