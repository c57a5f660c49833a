"""Payloads in hand."""

from __future__ import annotations

import asyncio
import logging

import pytest

from adapters.slack.heard import Payload
from adapters.slack.inbox import PER_LANE, Inbox


def said(text: str, channel: str) -> Payload:
    """A slash command somewhere."""
    return {"command": "/presse", "text": text, "channel_id": channel}


class Slow:
    """Deals with payloads when it is let."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.let: dict[str, asyncio.Event] = {}

    async def __call__(self, payload: Payload) -> None:
        """Begin, wait for leave, fail where the text says so."""
        self.begun.append(payload["text"])
        if payload["text"] in self.let:
            await self.let[payload["text"]].wait()
        if payload["text"] == "13":
            raise ValueError("a fault of ours")


@pytest.fixture
def slow() -> Slow:
    """A slow worker."""
    return Slow()


async def test_one_channel_waits_and_others_do_not(slow: Slow) -> None:
    """Within a channel in order, across channels at once; a fault stops nothing."""
    slow.let["1"] = asyncio.Event()
    inbox = Inbox(slow)
    for text, channel in (("1", "C7"), ("2", "C7"), ("13", "C8"), ("4", "C8")):
        inbox.put(said(text, channel))
    await asyncio.sleep(0.01)
    assert slow.begun == ["1", "13", "4"]
    slow.let["1"].set()
    await inbox.drain(5)
    assert slow.begun == ["1", "13", "4", "2"]


async def test_a_flood_in_one_channel_is_dropped(slow: Slow, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever writes faster than we answer is answered a few times, and there is room for others afterwards."""
    slow.let["0"] = asyncio.Event()
    inbox = Inbox(slow)
    with caplog.at_level(logging.ERROR):
        for number in range(100):
            inbox.put(said(str(number), "C7"))
    slow.let["0"].set()
    await inbox.drain(5)
    assert len(slow.begun) <= PER_LANE + 1
    inbox.put(said("later", "C7"))
    await inbox.drain(5)
    assert slow.begun[-1] == "later"


async def test_what_is_in_hand_at_the_end_is_finished_or_let_go(slow: Slow) -> None:
    """Within the time that there is."""
    slow.let["never"] = asyncio.Event()
    inbox = Inbox(slow)
    inbox.put(said("never", "C7"))
    inbox.put(said("after", "C7"))
    await inbox.drain(0.05)
    assert slow.begun == ["never"]
