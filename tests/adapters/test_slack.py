"""The parts of the Slack adapter that talk to the server: requests, answers, people, channels."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from adapters.slack.adapter import SlackAdapter
from adapters.slack.answers import Answers
from adapters.slack.channels import Channels
from adapters.slack.heard import Payload, Spot
from adapters.slack.http import PATH, events_route
from adapters.slack.listeners import bolt, listeners
from adapters.slack.people import NOBODY, People
from adapters.slack.sender import Sender
from adapters.slack.socket import _one_line
from adapters.slack.workspaces import Workspaces, introduced
from bot.domain.card import Card, Text
from bot.domain.delivery import AccountBlocked, AccountGone, RetryLater, Sent
from bot.domain.prose import paragraphs
from bot.domain.subscription import Address, ConversationKind, Destination, DestinationId
from bot.errors import SettingsError
from bot.ports import CommandCall, PlatformEvent, Reply
from tests.adapters.slack_desk import empty_database, slack_settings
from tests.fakes.chat import serving
from tests.fakes.slack_api import Person, SlackApi
from tests.fakes.slack_http import FORM, JSON, signed

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CARD = Card("Kajen åbner", (Text(paragraphs("Kajen åbner")[0]),))


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """A Slack."""
    async with SlackApi() as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def workspaces(api: SlackApi) -> AsyncIterator[Workspaces]:
    """The one workspace, known by its token."""
    async with empty_database() as database:
        known = Workspaces(api.url)
        await known.open(database)
        await known.keep(introduced(await known.client(api.token).auth_test(), api.token))
        yield known
        await known.close()


# Requests


@asynccontextmanager
async def receiving(*, listens: bool = True) -> AsyncIterator[tuple[str, list[Payload]]]:
    """The route for Slack's posts: its address, and what came through."""
    taken: list[Payload] = []
    client = Workspaces("http://127.0.0.1:9/api/")
    async with empty_database() as database:
        await client.open(database)
        app = bolt(client.client())
        listeners(app, taken.append)
        application = web.Application()
        application.router.add_routes([events_route(SECRET, lambda: app if listens else None)])
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}", taken
        await runner.cleanup()
        await client.close()


async def posted(url: str, body: bytes, kind: str = JSON, **headers: str) -> tuple[int, str]:
    """The answer to a post that is signed unless told otherwise."""
    sent = {"Content-Type": kind, **signed(body, SECRET, int(time.time())), **headers}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=sent) as answer:
        return answer.status, await answer.text()


async def test_only_what_is_signed_is_read() -> None:
    """A wrong, an old or a senseless signature is refused, however the body looks."""
    old = signed(b"{}", SECRET, int(time.time()) - 400)
    async with receiving() as (url, taken):
        for headers in (
            {"X-Slack-Signature": "v0=falsk"},
            {"X-Slack-Signature": "v0=æøå"},
            {"X-Slack-Request-Timestamp": "i går"},
            {"X-Slack-Request-Timestamp": "9" * 5000},
            old,
        ):
            assert (await posted(url, b"{}", **headers))[0] == 401
        assert (await posted(url, b"[" * 100_000, **old))[0] == 401
        assert taken == []


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", JSON),
        (b"[" * 100_000, JSON),
        (b"[]", JSON),
        (b'"ord"', JSON),
        (b"\xff\xfe", JSON),
        (b"payload=%7B", FORM),
        (b"payload=[]", FORM),
        (b"", JSON),
        (b'{"type": "event_callback", "event": 3}', JSON),
        (b'{"type": "event_callback"}', JSON),
    ],
)
async def test_what_is_signed_and_senseless_does_no_harm(body: bytes, kind: str) -> None:
    """It is answered, and nothing comes of it."""
    async with receiving() as (url, taken):
        status, _ = await posted(url, body, kind)
        assert status in (200, 400, 401, 404, 500)
        assert taken == []
        assert (await posted(url, b'{"type": "url_verification", "challenge": "abc"}'))[1] == '{"challenge": "abc"}'


async def test_who_does_not_listen_is_asked_again() -> None:
    """While the bot starts or stops."""
    async with receiving(listens=False) as (url, _):
        assert (await posted(url, b"{}"))[0] == 503


async def test_what_concerns_nobody_is_taken_all_the_same() -> None:
    """Or Slack would send it again."""
    async with receiving() as (url, taken):
        assert (await posted(url, b'{"type": "event_callback", "event": {"type": "reaction_added"}}'))[0] == 200
        assert (await posted(url, b"payload=%7B%22type%22%3A%22view_closed%22%7D", FORM))[0] == 200
        assert taken == []


# Answers


@pytest.fixture
def answers(workspaces: Workspaces) -> Answers:
    """Answers in the workspace."""

    async def keep(_commands: object) -> None:
        return None

    async def turn(_account: str) -> None:
        return None

    channels = Channels(workspaces)
    return Answers(workspaces, channels, Sender(workspaces.client_for, keep=keep), keep=keep, turn=turn, names={})


async def test_a_response_address_is_used_as_often_as_slack_allows(api: SlackApi, answers: Answers) -> None:
    """Five times; then the answer comes by another way, for the same eyes."""
    asta = api.user("Asta")
    room = api.channel("redaktionen", creator=asta, bot=True)
    act = api.acts.begin("command", asta.user, channel=room)
    address, spot = Address("slack", api.workspace.id, room.id), Spot(room.id, asta.id, response_url=act.response_url)
    for _ in range(6):
        await answers.say(address, spot, CARD, private=True)
    assert len(act.answers) == 5
    assert len(asta.sees(room)) == 6
    assert all(one.to is asta.user for one in asta.sees(room))
    api.violations.clear()


async def test_blocks_that_a_response_address_refuses_are_put_as_text(api: SlackApi, answers: Answers) -> None:
    """Rather than nothing."""
    asta = api.user("Asta")
    room = api.channel("redaktionen", creator=asta, bot=True)
    act = api.acts.begin("command", asta.user, channel=room)
    api.fault("response_url", status=400)
    spot = Spot(room.id, asta.id, response_url=act.response_url)
    await answers.say(Address("slack", api.workspace.id, room.id), spot, CARD, private=False)
    assert [one.words for one in act.answers] == ["Kajen åbner"]


async def test_a_press_whose_response_address_fails_edits_the_message(api: SlackApi, answers: Answers) -> None:
    """What everybody sees is edited; what one person sees cannot be, and is said again."""
    asta = api.user("Asta")
    room = api.channel("redaktionen", creator=asta, bot=True)
    address, spot = Address("slack", api.workspace.id, room.id), Spot(room.id, asta.id, response_url=f"{api.root}/actions/gone")
    reference = await answers.post(address, CARD)
    turned = Card("Side 2", (Text(paragraphs("Side 2")[0]),))
    await answers.replace(address, spot, reference, turned, ephemeral=False)
    assert [one.words for one in room.posts] == ["Side 2"]
    await answers.replace(address, spot, reference, turned, ephemeral=True)
    assert [one.to for one in asta.sees(room)] == [None, asta.user]


def test_a_lost_connection_is_said_without_its_address() -> None:
    """The SDK would write down a traceback, and with it the ticket."""
    error = ConnectionResetError("wss://wss.example/link/?ticket=hemmelig")
    said = "Failed to receive or enqueue a message: X, wss://wss.example/?ticket=hemmelig (s_1)"
    record = logging.LogRecord("x", logging.ERROR, "", 1, said, None, (type(error), error, None))
    assert _one_line(record)
    assert record.getMessage() == "Socket Mode: ConnectionResetError"
    bare = logging.LogRecord("x", logging.ERROR, "", 1, said, None, None)
    assert _one_line(bare)
    assert bare.getMessage() == "Socket Mode: Failed to receive or enqueue a message"
    assert not _one_line(logging.LogRecord("x", logging.INFO, "", 1, said, None, None))


# People and channels


async def test_people_are_asked_for_once(api: SlackApi, workspaces: Workspaces) -> None:
    """Until what is known is too old, or Slack tells of a change; of whom it tells nothing we know nothing."""
    now = 0.0
    people = People(workspaces, lambda: now)
    birk = api.user("Birk")
    for _ in range(3):
        assert (await people.about(api.workspace.id, birk.id)).language == "da-DK"
    assert len(api.asked("users.info")) == 1
    people.forget(api.workspace.id, birk.id)
    await people.about(api.workspace.id, birk.id)
    now = 4000.0
    await people.about(api.workspace.id, birk.id)
    assert len(api.asked("users.info")) == 3
    assert await people.about(api.workspace.id, "U0") == NOBODY


async def test_many_members_are_read_page_by_page(api: SlackApi, workspaces: Workspaces, monkeypatch: pytest.MonkeyPatch) -> None:
    """And only so far."""
    monkeypatch.setattr("adapters.slack.channels._PAGE", 2)
    people = [api.user(f"Person {number}") for number in range(5)]
    room = api.channel("redaktionen", creator=people[0], bot=True, members=people)
    channels = Channels(workspaces)
    assert [await channels.has(api.workspace.id, room.id, one.id) for one in people] == [True] * 5
    assert len(api.asked("conversations.members")) == 3


# Outcomes


@asynccontextmanager
async def adapter_on(api: SlackApi, events: list[PlatformEvent] | None = None) -> AsyncIterator[SlackAdapter]:
    """An adapter that is connected; `events` takes what it hears."""

    async def answer(call: CommandCall) -> Reply:
        return Reply(Card(call.text, CARD.elements))

    async def on_event(event: PlatformEvent) -> None:
        if events is not None:
            events.append(event)

    adapter = SlackAdapter(slack_settings(api))
    async with empty_database() as database, serving(adapter, answer, on_event, lambda _language: (), database):
        yield adapter


def destination(api: SlackApi, conversation: str) -> Destination:
    """A conversation as a destination."""
    address = Address("slack", api.workspace.id, conversation)
    return Destination(DestinationId(1), address, "", ConversationKind.CHANNEL, "da", "Europe/Copenhagen")


async def test_limits_are_told_apart(api: SlackApi) -> None:
    """One channel's, and the workspace's, which several at once show."""
    asta = api.user("Asta")
    rooms = [api.channel(f"rum{number}", creator=asta, bot=True) for number in range(3)]
    api.fault("chat.postMessage", times=3, retry_after=7)
    async with adapter_on(api) as adapter:
        outcomes = [await adapter.send(destination(api, room.id), CARD) for room in rooms]
        assert isinstance(outcomes[0], RetryLater)
        assert isinstance(outcomes[2], AccountBlocked)
        assert isinstance(await adapter.send(destination(api, rooms[0].id), CARD), Sent)


async def test_who_is_not_installed_cannot_be_written_to(api: SlackApi) -> None:
    """An account that is no account of ours."""
    async with adapter_on(api) as adapter:
        nowhere = Destination(
            DestinationId(1), Address("slack", "T0", "C0"), "", ConversationKind.CHANNEL, "da", "Europe/Copenhagen"
        )
        assert isinstance(await adapter.send(nowhere, CARD), AccountGone)


async def test_direct_messages_are_opened_once(api: SlackApi) -> None:
    """And posted to as a person's conversation."""
    birk: Person = api.user("Birk")
    async with adapter_on(api) as adapter:
        for _ in range(3):
            assert isinstance(await adapter.send(destination(api, birk.id), CARD), Sent)
    assert len(api.asked("conversations.open")) == 1
    assert len(birk.dm.posts) == 3


async def test_a_send_ends_before_the_dispatcher_gives_it_up(api: SlackApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an answer nobody knows whether it stands there."""
    monkeypatch.setattr("adapters.slack.workspaces.TIMEOUT", 0.3)
    room = api.channel("redaktionen", creator=api.user("Asta"), bot=True)
    async with adapter_on(api) as adapter:
        api.fault("chat.postMessage", hang=True)
        outcome = await asyncio.wait_for(adapter.send(destination(api, room.id), CARD), 5)
    assert isinstance(outcome, RetryLater)
    assert outcome.ambiguous


@pytest.mark.parametrize(
    ("ident", "where"),
    [
        ("T1/U1", Address("slack", "T1", "U1")),
        ("T1/W1", Address("slack", "T1", "W1")),
        ("U1", None),
        ("T1", None),
        ("T1/C1", None),
        ("T1/U1/U2", None),
        ("E1/U1", None),
    ],
)
def test_where_a_person_is_reached(ident: str, where: Address | None) -> None:
    """By the workspace and their id there."""
    settings: Any = slack_settings_of()
    assert SlackAdapter(settings).private(ident) == where


def slack_settings_of() -> Any:
    """Settings without a server."""
    from adapters.slack.settings import SlackSettings

    return SlackSettings.model_validate({"SLACK_BOT_TOKEN": "xoxb-123456", "SLACK_APP_TOKEN": "xapp-123456"})


def test_what_several_workspaces_need_is_asked_for() -> None:
    """Beside the app's own id and secret."""
    from adapters.slack.settings import SlackSettings

    values = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "abcdefgh", "SLACK_APP_TOKEN": "xapp-123456"}
    with pytest.raises(SettingsError, match="PRESSEVAGT_SECRET_KEY"):
        SlackAdapter(SlackSettings.model_validate(values))
