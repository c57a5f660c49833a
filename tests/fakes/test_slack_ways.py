"""The fake Slack, asked by slack_sdk and slack_bolt themselves: Socket Mode and HTTP mode."""

from __future__ import annotations

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.fakes.slack_bolts import Bolt, Running
from tests.fakes.slack_bricks import client_of


async def test_several_connections_share_the_envelopes(api: SlackApi, client: AsyncWebClient, asta: Person, desk: Channel) -> None:
    """The hello counts them, payloads go round, pings are answered, and an eleventh is refused."""
    async with Bolt(api, client, "socket") as one, Bolt(api, client, "socket") as two:
        await api.connected(2)
        for _ in range(6):
            await asta.says("x", desk)
        await api.settled()
        await api.sockets.pings()
        assert (len(one.heard), len(two.heard)) == (3, 3)
    async with aiohttp.ClientSession() as session:
        urls = [(await client.apps_connections_open(app_token=api.app_token))["url"] for _ in range(11)]
        sockets = [await session.ws_connect(url) for url in urls[:10]]
        hellos = [await socket.receive_json() for socket in sockets]
        assert [hello["num_connections"] for hello in hellos] == list(range(1, 11))
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(urls[10])
        for socket in sockets:
            await socket.close()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(urls[0])


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_the_sdk_reconnects_when_it_is_told_to_go(
    socket_app: Running, api: SlackApi, asta: Person, desk: Channel, reason: str
) -> None:
    """A disconnect message makes a new connection, and nothing that comes then is lost."""
    first = api.sockets.links[0]
    await api.sockets.disconnects(reason, closes=False)
    await api.until(lambda: any(link is not first for link in api.sockets.links))
    lines = ["en", "to", "tre"] if reason == "refresh_requested" else []
    for words in lines:
        await asta.says(words, desk)
    await api.settled()
    assert first.envelopes == []
    await api.sockets.closes_now(first)
    await asta.says("efter", desk)
    await api.settled()
    assert sorted(one["text"] for one in socket_app.of("message")) == sorted([*lines, "efter"])
    assert api.sockets.opened == 2


async def test_an_envelope_of_a_broken_connection_comes_again(api: SlackApi, asta: Person, desk: Channel) -> None:
    """Sent to a connection that goes away unacknowledged, an event comes on the next with its retry told."""
    client = client_of(api)
    async with aiohttp.ClientSession() as session:
        first = await session.ws_connect((await client.apps_connections_open(app_token=api.app_token))["url"])
        assert (await first.receive_json())["type"] == "hello"
        await asta.says("hør", desk)
        envelope = await first.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"], envelope["retry_attempt"]) == ("events_api", False, 0)
        second = await session.ws_connect((await client.apps_connections_open(app_token=api.app_token))["url"])
        await second.receive_json()
        await api.sockets.drops()
        again = await second.receive_json()
        assert again["payload"]["event_id"] == envelope["payload"]["event_id"]
        assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")
        await second.send_json({"envelope_id": again["envelope_id"]})
        await api.settled()
        await second.send_json({"envelope_id": "nobody"})
        await api.until(lambda: len(api.violations) == 2)
        await api.sockets.disconnects("link_disabled")
        assert (await second.receive_json())["reason"] == "link_disabled"
    assert [one.what for one in api.violations] == ["message was not answered: timeout", "an acknowledgement of no envelope"]


async def test_a_connection_that_was_told_to_go_gets_nothing_more(api: SlackApi, asta: Person, desk: Channel) -> None:
    """After refresh_requested everything goes to the others; a warned connection still gets its turn."""
    client = client_of(api)
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect((await client.apps_connections_open(app_token=api.app_token))["url"]) for _ in range(2)]
        await api.connected(2)
        first, second = api.sockets.links
        await api.sockets.disconnects("warning", closes=False)
        for _ in range(2):
            api.deliveries.send({"type": "event_callback", "event": {"type": "message"}})
        await api.until(lambda: first.envelopes and second.envelopes)
        await api.sockets.disconnects("refresh_requested", closes=False)
        for _ in range(2):
            api.deliveries.send({"type": "event_callback", "event": {"type": "message"}})
        await api.until(lambda: len(second.envelopes) == 3)
        assert len(first.envelopes) == 1
        for socket in sockets:
            await socket.close()


async def test_a_lost_acknowledgement_makes_a_retry(socket_app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """What Slack did not hear it sends again, and Bolt sees it twice."""
    api.deliveries.patience, api.sockets.deaf = 0.2, True
    await asta.says("to gange", desk)
    await api.until(lambda: len(socket_app.heard) == 1)
    await api.until(lambda: api.deliveries.all[0].failures)
    api.sockets.deaf, api.deliveries.patience = False, 3.0
    await api.settled()
    assert len(socket_app.heard) == 2


async def test_without_a_connection_an_event_waits_a_little(
    api: SlackApi, client: AsyncWebClient, asta: Person, desk: Channel
) -> None:
    """It reaches who connects in time."""
    await asta.says("tidligt", desk)
    async with Bolt(api, client, "socket") as running:
        await api.settled()
        assert [one["text"] for one in running.heard] == ["tidligt"]
    assert api.violations == []


async def test_the_request_url_is_verified(http_app: Running, api: SlackApi) -> None:
    """url_verification gets its challenge back."""
    assert await api.http.verify()


async def test_wrong_signatures_and_old_timestamps_are_refused_by_bolt(
    http_app: Running, api: SlackApi, asta: Person, desk: Channel
) -> None:
    """The fake signs as it is told to, and an app that checks does not take it."""
    api.deliveries.retry_waits = ()
    api.http.secret = "somebody else's"
    await asta.says("falsk", desk)
    await api.settled()
    api.http.secret, api.http.age = "", 360
    await asta.says("gammel", desk)
    await api.settled()
    assert [status for _, _, status in api.http.posts] == [401, 401]
    api.http.age = 0
    await asta.says("ægte", desk)
    await api.settled()
    assert [one["text"] for one in http_app.heard] == ["ægte"]


async def test_a_lost_or_late_answer_is_retried_with_the_reason(
    http_app: Running, api: SlackApi, asta: Person, desk: Channel
) -> None:
    """X-Slack-Retry-Reason: http_timeout; connection_failed where nobody listens."""
    api.http.deaf, api.deliveries.retry_waits = True, (0.0,)
    await asta.says("tabt", desk)
    await api.settled()
    assert [headers.get("X-Slack-Retry-Reason") for headers, _, _ in api.http.posts] == [None, "http_timeout"]
    assert len(http_app.heard) == 2
    api.request_url = "http://127.0.0.1:9/slack/events"
    delivery = (await asta.runs("/presse latest", desk)).delivery
    assert delivery is not None
    assert delivery.failures == ["connection_failed"]


async def test_an_answered_event_can_be_sent_again(http_app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """As Slack does where the answer was lost on its way: the same event_id, with X-Slack-Retry-Num."""
    await asta.says("hør", desk)
    await api.settled()
    await api.deliveries.again(api.deliveries.all[0])
    (first, _, _), (second, _, _) = api.http.posts
    assert (first.get("X-Slack-Retry-Num"), second["X-Slack-Retry-Num"]) == (None, "1")
