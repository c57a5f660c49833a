"""JSON of which little is promised: every value is taken for what it is good for, and nothing here raises but `json_object`."""

from __future__ import annotations

import json
from typing import Any

from bot.errors import MalformedFeed

_DEEPEST = 6
_NUMBER_DIGITS = 18


def json_object(body: bytes, url: str) -> dict[str, Any]:
    """The object that a document holds. Raises MalformedFeed for everything else, a bare list among it."""
    try:
        found = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise MalformedFeed(url, "broken JSON") from error
    if not isinstance(found, dict):
        raise MalformedFeed(url, f"JSON, but a {type(found).__name__} in place of an object")
    return found


def text_in(value: object) -> str:
    """A text, or ''. Half a character (a lone surrogate), which JSON can write, becomes a question mark."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def first_text(*values: object) -> str:
    """The first of the values that is a text with something in it."""
    return next((text for text in map(text_in, values) if text.strip()), "")


def number_in(value: object) -> int | None:
    """A whole number that is not negative, also where it is written as a text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value if 0 <= value < 10**_NUMBER_DIGITS else None
    text = text_in(value).strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _NUMBER_DIGITS else None


def list_in(value: object, most: int = 100) -> list[Any]:
    """The first items of a list; none of anything else."""
    return value[:most] if isinstance(value, list) else []


def fields_in(value: object) -> dict[str, Any]:
    """An object's fields; none of anything else."""
    return value if isinstance(value, dict) else {}


def all_texts(value: object, *, most: int = 50, depth: int = 0) -> list[str]:
    """Every text inside a value, in the order it is written, at most so many."""
    if isinstance(value, str):
        return [text_in(value)] if value.strip() else []
    if isinstance(value, dict):
        inside: list[object] = list(value.values())
    else:
        inside = list(value) if isinstance(value, list) else []
    if depth >= _DEEPEST:
        return []
    return [text for item in inside[:most] for text in all_texts(item, most=most, depth=depth + 1)][:most]
