"""Requests' bodies: what was written before stands in them as it would have been written now."""

from __future__ import annotations

import json
from typing import Any

import pytest

from adapters.slack.wire import to_json, written

BLOCKS = [{"type": "section", "text": {"type": "plain_text", "text": 'Ny kaj: "strøm" \\ \u2028 {}'}}]


@pytest.mark.parametrize("others", [{}, {"channel": "C1", "text": "Ny kaj, {}", "unfurl_links": False, "thread_ts": None}])
def test_a_body_reads_the_same_as_if_it_had_been_written_whole(others: dict[str, Any]) -> None:
    """With what was written before first, last, or alone."""
    for body in ({"blocks": BLOCKS} | others, others | {"blocks": BLOCKS}):
        ready = {name: written(value) if name == "blocks" else value for name, value in body.items()}
        assert json.loads(to_json(ready)) == body


@pytest.mark.parametrize("body", [{}, {"text": "[1]"}, [1, "to"], "ord", None])
def test_any_other_body_is_plain_json(body: Any) -> None:
    """Whatever it is, and a text that looks like JSON stays a text."""
    assert json.loads(to_json(body)) == body
