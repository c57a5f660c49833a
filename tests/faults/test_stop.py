"""Stopping in good order, and a second worker."""

from __future__ import annotations

import signal
import time
from collections import Counter

import pytest

from tests.fakes.feeds import Item, ago
from tests.faults.installation import Installation
from tests.faults.story import DESKS


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_lets_what_is_being_sent_settle(installation: Installation, number: signal.Signals) -> None:
    """Asked to stop in the middle of a fan-out, the worker ends well and within its time, and the next one repeats nothing."""
    installation.chat.delay = 0.3
    installation.newsroom.publish(Item(10, "Kajen åbner igen", published=ago(minutes=1)))
    worker = await installation.start()
    await installation.until(lambda: installation.chat.calls > 0, pause=0.005)
    began = time.monotonic()
    assert await worker.stop(number) == 0
    assert time.monotonic() - began < 15
    left = installation.left()
    assert (left.in_hand, left.ambiguous) == (frozenset(), 0)
    assert 0 < left.pending < len(DESKS), "the stop did not fall into the fan-out"

    worker = await installation.start()
    await installation.quiet({"Kajen åbner igen"})
    assert await worker.stop() == 0
    assert Counter(message.conversation for message in installation.chat.messages) == Counter(DESKS)


async def test_a_second_worker_says_so_while_other_commands_work_beside_the_first(installation: Installation) -> None:
    """The second worker on one file names the first and ends; status and chat answer from the same database."""
    before = installation.fetches
    worker = await installation.start()
    await installation.fetched(before)

    code, out, err = await installation.command("run")
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert f"process {worker.pid}" in err

    code, out, err = await installation.command("status")
    assert (code, err) == (0, "")
    assert out.strip()

    code, out, err = await installation.command("chat", stdin="/latest\n")
    assert (code, err) == (0, "")
    assert "Gammel nyhed 3" in out

    assert await worker.stop() == 0
