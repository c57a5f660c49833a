"""Options as JSON and back, as the `destination` and `subscription` tables keep them.

What stands as it was made is not written down, so that a new default reaches everybody who never chose. What cannot be read (of a
version yet to come, or of one long past) counts as not chosen: nobody loses their alerts over it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import time
from enum import StrEnum
from typing import Any, TypeVar

from bot.domain.options import (
    AS_USUAL,
    EVERYTHING,
    Corrections,
    DestinationOptions,
    Frequency,
    Length,
    QuietHours,
    SubscriptionOptions,
)
from bot.domain.release import Kind

O = TypeVar("O", SubscriptionOptions, DestinationOptions)  # noqa: E741 - options
Json = dict[str, Any]
_MONDAY_TO_SUNDAY = range(7)


def options_to_json(options: SubscriptionOptions | DestinationOptions) -> Json | None:
    """What differs from options as they are made, by its name; None where nothing does."""
    usual = EVERYTHING if isinstance(options, SubscriptionOptions) else AS_USUAL
    chosen = {field.name: getattr(options, field.name) for field in fields(options)}
    return {name: _plain(value) for name, value in chosen.items() if value != getattr(usual, name)} or None


def subscription_options_from_json(value: Json | None) -> SubscriptionOptions:
    """The inverse of `options_to_json`, forgiving."""
    return _read(EVERYTHING, value, _SUBSCRIPTION) if isinstance(value, dict) else EVERYTHING


def destination_options_from_json(value: Json | None) -> DestinationOptions:
    """The inverse of `options_to_json`, forgiving."""
    return _read(AS_USUAL, value, _DESTINATION) if isinstance(value, dict) else AS_USUAL


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of an option
    match value:
        case StrEnum():
            return value.value
        case time():
            return value.isoformat("minutes")
        case frozenset():
            return sorted(_plain(each) for each in value)
        case tuple():
            return list(value)
        case QuietHours(start, end, weekends):
            return {"start": _plain(start), "end": _plain(end), "weekends": weekends}
        case _:
            return value


def _read(usual: O, value: Json, readers: dict[str, Callable[[Any], Any]]) -> O:
    chosen: Json = {}
    for name in readers.keys() & value.keys():
        try:
            chosen[name] = readers[name](value[name])
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return type(usual)(**chosen)


def _is(kind: type) -> Callable[[Any], Any]:
    def read(value: object) -> object:
        if not isinstance(value, kind):
            raise TypeError(value)
        return value

    return read


def _quiet(value: Any) -> QuietHours | None:  # noqa: ANN401 - JSON
    if value is None:
        return None
    return QuietHours(time.fromisoformat(value["start"]), time.fromisoformat(value["end"]), bool(value.get("weekends", False)))


def _weekday(value: Any) -> int:  # noqa: ANN401 - JSON
    if value not in _MONDAY_TO_SUNDAY:
        raise ValueError(value)
    return int(value)


_known_kinds = frozenset(Kind)
_SUBSCRIPTION: dict[str, Callable[[Any], Any]] = {
    "kinds": lambda value: frozenset(Kind(each) for each in value if each in _known_kinds),
    "languages": lambda value: frozenset(map(str, value)),
    "filter": _is(str),
    "urgent": _is(str),
    "pings": lambda value: tuple(map(str, value)),
    "frequency": Frequency,
}
_DESTINATION: dict[str, Callable[[Any], Any]] = {
    "quiet": _quiet,
    "digest_at": time.fromisoformat,
    "digest_on": _weekday,
    "length": Length,
    "picture": _is(bool),
    "corrections": Corrections,
    "whole": _is(bool),
    "takers": _is(bool),
}
