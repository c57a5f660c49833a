"""How does a message travel? Its blocks are written as JSON once, however many channels they are sent to."""

from __future__ import annotations

import json
from typing import Any


class Written(str):
    """A value as JSON, that `to_json` takes over as it stands."""

    __slots__ = ()


def written(value: Any) -> Written:  # noqa: ANN401 - JSON
    """A value that many requests have in common."""
    return Written(json.dumps(value))


def to_json(body: Any) -> str:  # noqa: ANN401 - JSON
    """A request's body: what is `Written` at its top stands in it as the value that it is."""
    if not isinstance(body, dict):
        return json.dumps(body)
    parts = [f"{json.dumps(name)}: {value}" for name, value in body.items() if isinstance(value, Written)]
    others = {name: value for name, value in body.items() if not isinstance(value, Written)}
    return "{" + ", ".join([*parts, json.dumps(others)[1:-1]] if others else parts) + "}"
