"""The fake Slack, asked by slack_sdk and slack_bolt themselves: limits and faults."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_api import Channel, Limits, SlackApi
from tests.fakes.slack_bricks import Clock, client_of, refusal


async def test_a_channel_takes_short_bursts_and_then_one_message_a_second() -> None:
    """429 with whole seconds; other channels and workspaces go on."""
    clock = Clock()
    async with SlackApi(limits=Limits(burst=2), clock=clock) as api:
        asta = api.user("Asta")
        desk, other = api.channel("a", creator=asta, bot=True), api.channel("b", creator=asta, bot=True)
        client = client_of(api, api.token)
        for _ in range(2):
            await client.chat_postMessage(channel=desk.id, text="x")
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel=desk.id, text="x")
        assert (caught.value.response.status_code, caught.value.response["error"]) == (429, "ratelimited")
        assert caught.value.response.headers["Retry-After"] == "1"
        await client.chat_postMessage(channel=other.id, text="x")
        clock.now += 1
        await client.chat_postMessage(channel=desk.id, text="x")
        assert [one.channel for one in api.gate.refusals] == [desk.id]


async def test_other_methods_have_a_rate_by_tier() -> None:
    """users.list is of tier 2: twenty a minute."""
    clock = Clock()
    async with SlackApi(limits=True, clock=clock) as api:
        client = client_of(api, api.token)
        for _ in range(20):
            await client.users_list()
        assert await refusal(client.users_list()) == "ratelimited"
        await client.team_info()
        clock.now += 3
        await client.users_list()


async def test_faults_befall_the_calls_they_are_meant_for(desk: Channel, api: SlackApi, client: AsyncWebClient) -> None:
    """Codes, statuses, 429s, broken connections, nonsense and lost answers; then all is well again."""
    post = client.chat_postMessage
    api.fault("chat.postMessage", error="fatal_error")
    assert await refusal(post(channel=desk.id, text="x")) == "fatal_error"
    api.fault("chat.postMessage", retry_after=7, channel=desk.id)
    await post(channel=api.user("Bo").id, text="x")
    with pytest.raises(SlackApiError) as limited:
        await post(channel=desk.id, text="x")
    assert limited.value.response.headers["Retry-After"] == "7"
    api.fault("chat.postMessage", status=503)
    with pytest.raises(SlackApiError) as broken:
        await post(channel=desk.id, text="x")
    assert broken.value.response.status_code == 503
    api.fault("chat.postMessage", malformed=True)
    with pytest.raises(SlackApiError):
        await post(channel=desk.id, text="x")
    api.fault("chat.postMessage", reset=True)
    with pytest.raises(aiohttp.ClientError):
        await post(channel=desk.id, text="x")
    assert desk.posts == []
    api.fault("chat.postMessage", reset=True, taken=True)
    with pytest.raises(aiohttp.ClientError):
        await post(channel=desk.id, text="lost")
    assert desk.last.words == "lost"
    fault = api.fault("chat.postMessage", hang=True)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(post(channel=desk.id, text="x"), 0.2)
    assert fault.hits == 1
    await post(channel=desk.id, text="fine")
    assert [one.words for one in desk.posts] == ["lost", "fine"]
    assert len(api.asked("chat.postMessage")) == 9


async def test_a_held_method_stays_closed(api: SlackApi, desk: Channel, client: AsyncWebClient) -> None:
    """`holds`: 429 until the time is over, for this method alone."""
    api.fault("chat.postMessage", retry_after=30, holds=True)
    assert await refusal(client.chat_postMessage(channel=desk.id, text="x")) == "ratelimited"
    assert await refusal(client.chat_postMessage(channel=desk.id, text="x")) == "ratelimited"
    assert api.gate.refusals[-1].while_told_to_wait
    await client.auth_test()
