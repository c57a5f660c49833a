"""Posts and edits through the real SDK, over HTTP to a server of the test's own that answers as it is told."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.outcomes import FAULTS, Fault, outcome_of
from adapters.slack.render import message
from adapters.slack.sender import Sender
from adapters.slack.workspaces import new_session, web_client
from bot.domain.card import Button, Card
from bot.domain.delivery import RetryLater
from bot.domain.subscription import Address
from tests.fakes import slack_shown
from tests.fakes.slack_api import SlackApi
from tests.fakes.slack_blocks import message_problems
from tests.unit.adapters.slack.cards import PICTURE, alert

CHANNEL = Address("slack", "T1", "C1")
THREAD = Address("slack", "T1", "C1", "5.5")
LONG = "/search " + "ø" * 600
IMAGE = "downloading image failed [json-pointer:/blocks/3/image_url]"
URL = "invalid_url [json-pointer:/blocks/4/elements/0/elements/3/url]"
Asked = tuple[str, dict[str, Any]]


def refusal(code: str, *messages: str) -> web.Response:
    """What Slack says when it does not take something."""
    return web.json_response({"ok": False, "error": code, "errors": [*messages], "response_metadata": {"messages": [*messages]}})


@dataclass
class Slack:
    """A Web API of two methods. `refuses` may answer for it; `asked` is what was asked of it."""

    refuses: Callable[[str, dict[str, Any]], web.StreamResponse | None] = lambda _, __: None
    asked: list[Asked] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take a message, if it is one that Slack would take."""
        method, said = request.path.rpartition("/")[2], json.loads(await request.text())
        assert request.headers["Authorization"] == "Bearer xoxb-of-T1"
        assert message_problems(said.get("blocks", [])) == []
        self.asked.append((method, said))
        return self.refuses(method, said) or web.json_response({"ok": True, "ts": said.get("ts", f"{len(self.asked)}.0")})


@dataclass
class Desk:
    """A sender, and what it told."""

    slack: Slack
    sender: Sender
    kept: list[str]
    gone: list[tuple[Address, str]]


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A sender whose client talks to a server on loopback, by one shared session and without retries."""
    slack, kept, gone = Slack(), list[str](), list[tuple[Address, str]]()
    app = web.Application()
    app.router.add_post("/api/{method}", slack.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]

    async with new_session() as session:

        async def client_for(account: str) -> AsyncWebClient:
            return web_client(session, f"http://127.0.0.1:{port}/api/", f"xoxb-of-{account}")

        async def keep(commands: Sequence[str]) -> None:
            kept.extend(commands)

        async def thread_gone(address: Address, reason: str) -> None:
            gone.append((address, reason))

        yield Desk(slack, Sender(client_for, keep=keep, thread_gone=thread_gone), kept, gone)
    await runner.cleanup()


async def test_a_card_is_posted(desk: Desk) -> None:
    """Blocks and the words of the notification, unfurling off; the post's reference is its ts."""
    assert await desk.sender.post(CHANNEL, alert()) == "1.0"
    assert desk.slack.asked == [
        (
            "chat.postMessage",
            {
                "channel": "C1",
                "text": message(alert()).text,
                "blocks": message(alert()).blocks,
                "unfurl_links": False,
                "unfurl_media": False,
                "parse": "none",
            },
        )
    ]


async def test_in_a_thread(desk: Desk) -> None:
    """The address's own, or another, which may be shown in the channel too."""
    await desk.sender.post(THREAD, alert())
    await desk.sender.post(CHANNEL, alert(), thread="7.7", broadcast=True)
    await desk.sender.post(CHANNEL, alert(), broadcast=True)
    assert [(said.get("thread_ts"), said.get("reply_broadcast")) for _, said in desk.slack.asked] == [
        ("5.5", None),
        ("7.7", True),
        (None, None),
    ]


async def test_long_commands_are_kept_before_their_buttons_stand_anywhere(desk: Desk) -> None:
    """So that no press can come too early."""
    card = Card("x", (), ((Button("Søg", LONG),),))
    await desk.sender.post(CHANNEL, card)
    await desk.sender.edit(CHANNEL, "1.0", card)
    assert desk.kept == [LONG, LONG]
    assert desk.slack.asked[0][1]["blocks"][-1]["elements"][0]["value"].startswith("#")


async def test_a_picture_costs_the_picture(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be fetched is left out, and not tried again; the log says so."""
    desk.slack.refuses = lambda _, said: refusal("invalid_blocks", IMAGE) if "image_url" in json.dumps(said) else None
    card = alert("Danmark bakker op.", PICTURE)
    with caplog.at_level(logging.WARNING):
        assert await desk.sender.post(CHANNEL, card) == "2.0"
    assert PICTURE.alt in json.dumps(desk.slack.asked[1], ensure_ascii=False)
    assert f"invalid_blocks; {IMAGE}; sent without pictures" in caplog.text
    await desk.sender.post(CHANNEL, card)
    await desk.sender.edit(CHANNEL, "2.0", card)
    assert len(desk.slack.asked) == 4


async def test_links_that_call_are_given_up_before_the_blocks(desk: Desk) -> None:
    """The numbers stay as text, and the next message does not try again."""
    desk.slack.refuses = lambda _, said: refusal("invalid_blocks", URL) if "tel:" in json.dumps(said) else None
    await desk.sender.post(CHANNEL, alert())
    await desk.sender.post(CHANNEL, alert("Mere."))
    assert [slack_shown.of_blocks(said["blocks"]).words.count("+45 61 97 92 47") for _, said in desk.slack.asked] == [1, 1, 1]
    assert len(desk.slack.asked) == 3


async def test_what_no_block_can_say_is_said_as_text(desk: Desk) -> None:
    """Whole, and unformatted."""
    desk.slack.refuses = lambda _, said: refusal("msg_blocks_too_long") if "blocks" in said else None
    await desk.sender.post(THREAD, alert())
    said = desk.slack.asked[1][1]
    assert (said["thread_ts"], said["mrkdwn"], "blocks" in said) == ("5.5", False, False)
    assert "+45 61 97 92 47" in said["text"]


async def test_what_is_refused_as_text_too_is_refused(desk: Desk) -> None:
    """Two tries, and Slack's answer."""
    desk.slack.refuses = lambda _, __: refusal("no_text")
    with pytest.raises(SlackApiError):
        await desk.sender.post(CHANNEL, alert())
    assert len(desk.slack.asked) == 2


async def test_a_thread_that_is_gone(desk: Desk) -> None:
    """It goes to the channel itself, and somebody is told."""
    desk.slack.refuses = lambda _, said: refusal("thread_not_found") if "thread_ts" in said else None
    await desk.sender.post(THREAD, alert())
    assert "thread_ts" not in desk.slack.asked[1][1]
    assert desk.gone == [(THREAD, "thread_not_found")]


async def test_a_post_is_edited_in_place(desk: Desk) -> None:
    """It keeps its reference."""
    assert await desk.sender.edit(THREAD, "9.9", alert()) == "9.9"
    ((method, said),) = desk.slack.asked
    assert method == "chat.update"
    assert (said["channel"], said["ts"], said["blocks"]) == ("C1", "9.9", message(alert()).blocks)


async def test_an_edit_steps_down_to_rich_text(desk: Desk) -> None:
    """Slack replaces rich text only by rich text."""
    desk.slack.refuses = lambda _, said: refusal("invalid_blocks") if len(said["blocks"]) > 1 else None
    await desk.sender.edit(CHANNEL, "9.9", alert())
    assert [block["type"] for block in desk.slack.asked[1][1]["blocks"]] == ["rich_text"]


async def test_what_cannot_be_edited_any_more_is_corrected_by_a_reply(desk: Desk) -> None:
    """In the post's thread, shown in the channel; the reply is the post from now on."""
    desk.slack.refuses = lambda method, _: refusal("edit_window_closed") if method == "chat.update" else None
    assert await desk.sender.edit(CHANNEL, "9.9", alert()) == "2.0"
    assert (desk.slack.asked[1][1]["thread_ts"], desk.slack.asked[1][1]["reply_broadcast"]) == ("9.9", True)
    await desk.sender.edit(THREAD, "9.9", alert())
    assert desk.slack.asked[3][1]["thread_ts"] == "5.5"


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
async def test_other_refusals_are_the_callers(desk: Desk, method: str) -> None:
    """Once, without another try."""
    desk.slack.refuses = lambda _, __: refusal("is_archived")
    with pytest.raises(SlackApiError):
        await (desk.sender.post(CHANNEL, alert()) if method == "chat.postMessage" else desk.sender.edit(CHANNEL, "1.0", alert()))
    assert [each for each, _ in desk.slack.asked] == [method]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (
            lambda: web.Response(status=502, text="<html>", content_type="text/html"),
            RetryLater("the server answered 502", ambiguous=True),
        ),
        (lambda: web.Response(status=503, text="busy", content_type="text/plain"), RetryLater("the server answered 503")),
        (lambda: web.Response(text="hello", content_type="text/plain"), RetryLater("the answer cannot be read", ambiguous=True)),
        (
            lambda: web.Response(text="[1]", content_type="application/json"),
            RetryLater("the answer cannot be read", ambiguous=True),
        ),
        (lambda: web.Response(text="{", content_type="application/json"), RetryLater("the server answered 200", ambiguous=True)),
        (
            lambda: web.Response(body=b"\xff", content_type="application/json"),
            RetryLater("the answer cannot be read", ambiguous=True),
        ),
    ],
)
async def test_answers_that_are_not_slacks(desk: Desk, answer: Callable[[], web.Response], outcome: RetryLater) -> None:
    """Whatever stands in between, one call is one request, and its error can be read."""
    desk.slack.refuses = lambda _, __: answer()
    with pytest.raises(FAULTS) as caught:
        await desk.sender.post(CHANNEL, alert())
    error: Fault = caught.value  # type: ignore[assignment]
    assert outcome_of(error) == outcome
    assert len(desk.slack.asked) == 1


async def test_a_dropped_connection_is_not_tried_again(desk: Desk) -> None:
    """It may have been taken: that is for the outbox to say."""

    def drop(_: str, __: dict[str, Any]) -> None:
        raise ConnectionResetError

    desk.slack.refuses = drop
    with pytest.raises(FAULTS):
        await desk.sender.post(CHANNEL, alert())
    assert len(desk.slack.asked) == 1


async def test_on_slack_as_the_fake_has_it() -> None:
    """Everything that an alert holds is taken; its picture alone may be missing; nobody is called; it is corrected in place."""
    async with SlackApi() as api, new_session() as session:
        channel = api.channel("redaktionen", creator=api.user("Asta Holm"), bot=True)
        api.world.unfetchable.add(PICTURE.url)

        async def client_for(_: str) -> AsyncWebClient:
            return web_client(session, api.url, api.token)

        async def keep(_: Sequence[str]) -> None:
            return None

        sender, address = Sender(client_for, keep=keep), Address("slack", api.workspace.id, channel.id)
        reference = await sender.post(address, alert("Danmark <!channel> bakker op @here.", PICTURE))
        post = channel.last
        assert (post.ts, post.pings, post.pictures) == (reference, [], [])
        assert PICTURE.alt in post.words
        assert await sender.edit(address, reference, alert("Danmark bakker ikke op.")) == reference
        assert "bakker ikke op" in post.words
        assert api.violations == []
