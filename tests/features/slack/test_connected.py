"""Whether Slack can be reached, as /readyz tells it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.features.slack_desk import desk_on, post, until


async def test_by_socket_mode_while_a_connection_is_open(api: SlackApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not while both are lost and none can be had, and again as soon as there is one."""
    monkeypatch.setattr("adapters.slack.socket._RETRY", 0.05)
    monkeypatch.setattr("adapters.slack.socket.PING", 0.2)
    async with desk_on(api, tmp_path) as desk:
        await until(lambda: desk.adapter.connected)
        away = api.fault("apps.connections.open", error="internal_error", times=10_000)
        await api.sockets.drops()
        await until(lambda: not desk.adapter.connected, 10)
        away.times = 1
        await until(lambda: desk.adapter.connected, 10)


async def test_by_http_as_slack_answered_last(api: SlackApi, asta: Person, room: Channel, tmp_path: Path) -> None:
    """One call that comes to nothing is enough to doubt, one that is answered to believe again."""
    async with desk_on(api, tmp_path, http=True) as desk:
        assert desk.adapter.connected
        await desk.subscribe(asta, room)
        api.fault("chat.postMessage", reset=True)
        await desk.publish(1, "Kajen åbner")
        await until(lambda: not desk.adapter.connected)
        await post(room, "Kajen åbner")
        assert desk.adapter.connected


async def test_a_doubt_that_is_old_is_none(
    api: SlackApi, asta: Person, room: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing has been asked since, nobody knows."""
    async with desk_on(api, tmp_path, http=True) as desk:
        await desk.subscribe(asta, room)
        api.fault("chat.postMessage", reset=True, times=1000)
        await desk.publish(1, "Kajen åbner")
        await until(lambda: not desk.adapter.connected)
        monkeypatch.setattr("adapters.slack.workspaces.FAILED_FOR", 0.0)
        assert desk.adapter.connected


async def test_not_before_slack_knows_us(api: SlackApi, tmp_path: Path) -> None:
    """Out of reach at the start: the bot runs, and says that it cannot work."""
    start = partial(desk_on, api, tmp_path, http=True)
    api.fault("auth.test", status=503, times=1000)
    async with start() as desk:
        assert not desk.adapter.connected
