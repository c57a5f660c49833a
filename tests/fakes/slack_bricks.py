"""What tests of the fake Slack are made of: blocks, a clock, and the SDK's client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_api import SlackApi
from tests.fakes.slack_errors import Json


@dataclass(slots=True)
class Clock:
    """A clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def client_of(api: SlackApi, token: str | None = None) -> AsyncWebClient:
    """The SDK's client with another token."""
    return AsyncWebClient(token=token, base_url=api.url, retry_handlers=[])


async def refusal(call: Any) -> str:
    """The code with which a call is refused."""
    return str((await refused(call))["error"])


async def refused(call: Any) -> Json:
    """The whole answer of a refused call."""
    with pytest.raises(SlackApiError) as caught:
        await call
    said = caught.value.response.data
    assert isinstance(said, dict)
    return said


def section(text: str = "Ny kaj", **more: Any) -> Json:
    """A section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def plain(text: str) -> Json:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def button(text: str = "Åbn", action: str = "open", **more: Any) -> Json:
    """A button."""
    return {"type": "button", "text": plain(text), "action_id": action, **more}


def actions(*elements: Json, **more: Any) -> Json:
    """A row of elements."""
    return {"type": "actions", "elements": list(elements), **more}


def menu(*texts: str, **more: Any) -> Json:
    """A select of options whose values are their texts in small letters."""
    options = [{"text": plain(text), "value": text.lower()} for text in texts]
    return {"type": "static_select", "action_id": "pick", "placeholder": plain("Vælg"), "options": options, **more}


def rich(*parts: Json, kind: str = "rich_text_section") -> Json:
    """A rich text block of one element."""
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(parts)}]}


def modal(*blocks: Json, **more: Any) -> Json:
    """A modal that can be sent."""
    return {"type": "modal", "title": plain("Abonnér"), "submit": plain("Gem"), "blocks": list(blocks), **more}


def asks(label: str = "Søgeord", block: str = "words", element: Json | None = None, **more: Any) -> Json:
    """An input block."""
    element = element or {"type": "plain_text_input", "action_id": "value"}
    return {"type": "input", "block_id": block, "label": plain(label), "element": element, **more}
