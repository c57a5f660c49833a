"""The fake Slack, asked by slack_sdk and slack_bolt themselves, and by plain HTTP where those hide something."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import FileInstallationStore
from slack_sdk.oauth.state_store import FileOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes import slack_blocks, slack_mrkdwn
from tests.fakes.slack_api import TOKEN, Channel, Limits, Person, SlackApi
from tests.fakes.slack_errors import Json
from tests.fakes.slack_schema import problem

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Clock:
    """A clock that a test moves."""

    now: float = 1000.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


@pytest.fixture
async def api() -> AsyncIterator[SlackApi]:
    """A Slack without limits."""
    async with SlackApi() as server:
        yield server


@pytest.fixture
async def client(api: SlackApi) -> AsyncIterator[AsyncWebClient]:
    """The SDK's client, talking to it by the bot's token."""
    async with aiohttp.ClientSession() as session:
        yield AsyncWebClient(token=api.token, base_url=api.url, session=session, retry_handlers=[])


@pytest.fixture
def asta(api: SlackApi) -> Person:
    """Somebody who administers the workspace."""
    return api.user("Asta Holm", admin=True)


@pytest.fixture
def desk(api: SlackApi, asta: Person) -> Channel:
    """A channel that the bot is in."""
    return api.channel("redaktionen", creator=asta, bot=True)


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


# -- Tokens and the wire


async def test_the_bot_learns_who_it_is(api: SlackApi, client: AsyncWebClient) -> None:
    """auth.test says who and where, and the scopes stand in a header."""
    said = await client.auth_test()
    assert (said["team_id"], said["user_id"], said["bot_id"]) == (api.workspace.id, api.bot.id, api.bot.bot_id)
    assert said["is_enterprise_install"] is False
    assert "chat:write" in {key.lower(): value for key, value in said.headers.items()}["x-oauth-scopes"]


async def test_tokens_are_refused_by_what_is_wrong_with_them(api: SlackApi, asta: Person) -> None:
    """No token, an unknown one, one of the wrong kind, a revoked, an expired and an uninstalled one."""
    assert await refusal(client_of(api).auth_test()) == "not_authed"
    assert await refusal(client_of(api, "xoxb-unknown").auth_test()) == "invalid_auth"
    assert await refusal(client_of(api, api.app_token).auth_test()) == "not_allowed_token_type"
    assert await refusal(client_of(api).apps_connections_open(app_token=api.token)) == "not_allowed_token_type"
    token = api.token
    asta.expires_token()
    assert await refusal(client_of(api, token).auth_test()) == "token_expired"
    await asta.revokes_tokens()
    assert await refusal(client_of(api, token).auth_test()) == "token_revoked"
    await asta.uninstalls()
    assert await refusal(client_of(api, token).auth_test()) == "account_inactive"


async def test_a_missing_scope_is_named() -> None:
    """missing_scope says what was needed and what is there."""
    async with SlackApi(scopes=["users:read"]) as api:
        said = await refused(client_of(api, api.token).chat_postMessage(channel="C1", text="x"))
    assert said == {"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "users:read"}


async def test_unknown_methods_and_missing_arguments_are_refused_and_noted(api: SlackApi, client: AsyncWebClient) -> None:
    """What no correct client asks is a violation."""
    assert await refusal(client.api_call("chat.shout")) == "unknown_method"
    assert await refusal(client.api_call("chat.postMessage", json={"text": "x"})) == "channel_not_found"
    said = await refused(client.api_call("views.open", json={"view": {}}))
    assert said["response_metadata"]["messages"] == ["[ERROR] missing required field: trigger_id"]
    assert len(api.violations) == 3


async def test_methods_that_read_do_not_look_at_a_json_body(desk: Channel, client: AsyncWebClient) -> None:
    """conversations.info takes forms and addresses, as real Slack."""
    assert (await client.api_call("conversations.info", params={"channel": desk.id}))["channel"]["id"] == desk.id
    assert await refusal(client.api_call("conversations.info", json={"channel": desk.id})) == "channel_not_found"


async def test_forms_carry_blocks_as_text_and_a_token_in_the_address_is_noted(api: SlackApi, desk: Channel) -> None:
    """Form bodies are read with JSON inside, and tokens do not belong in addresses."""
    form = {"channel": desk.id, "blocks": json.dumps([section("*Ny* kaj")]), "token": api.token}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{api.url}chat.postMessage", data=form) as answer:
            assert (await answer.json())["ok"] is True
        assert desk.last.words == "Ny kaj"
        assert api.violations == []
        async with session.get(f"{api.url}auth.test?token={api.token}") as answer:
            assert (await answer.json())["ok"] is True
    assert [one.what for one in api.violations] == ["a token in an address"]


# -- Posting


async def test_a_message_stands_with_an_increasing_ts(desk: Channel, client: AsyncWebClient) -> None:
    """Every ts is later than the one before, and the answer has the message."""
    first = await client.chat_postMessage(channel=desk.id, text="en")
    second = await client.chat_postMessage(channel=desk.id, text="to")
    assert first["ts"] < second["ts"]
    assert second["message"]["bot_id"]
    assert [post.words for post in desk.posts] == ["en", "to"]


async def test_where_the_bot_may_not_post(api: SlackApi, asta: Person, client: AsyncWebClient) -> None:
    """Each place refuses by its own code."""
    public, private = api.channel("aaben", creator=asta), api.channel("lukket", creator=asta, private=True)
    old = api.channel("gammel", creator=asta, bot=True)
    await asta.archives(old)
    quiet = api.channel("stille", creator=asta, bot=True)
    await asta.restricts(quiet)
    gone = api.channel("vaek", creator=asta, bot=True)
    await asta.deletes_channel(gone)
    codes = [await refusal(client.chat_postMessage(channel=one.id, text="x")) for one in (public, private, old, quiet, gone)]
    assert codes == ["not_in_channel", "channel_not_found", "is_archived", "restricted_action", "channel_not_found"]
    assert await refusal(client.chat_postMessage(channel="C0NOWHERE", text="x")) == "channel_not_found"


async def test_posting_without_membership_needs_its_own_scope(asta: Person) -> None:
    """chat:write.public opens public channels."""
    async with SlackApi(scopes=["chat:write", "chat:write.public"]) as api:
        creator = api.user("Bo")
        public = api.channel("aaben", creator=creator)
        await client_of(api, api.token).chat_postMessage(channel=public.id, text="hej")
        assert public.last.words == "hej"


async def test_somebody_can_be_written_to_by_their_id(asta: Person, client: AsyncWebClient) -> None:
    """A user id posts to the direct messages, whose id the answer has."""
    said = await client.chat_postMessage(channel=asta.id, text="hej")
    assert said["channel"] == asta.dm.id
    assert asta.dm.last.words == "hej"


async def test_an_empty_message_is_refused_and_a_long_text_is_cut(desk: Channel, client: AsyncWebClient) -> None:
    """no_text; 40,000 characters."""
    assert await refusal(client.chat_postMessage(channel=desk.id)) == "no_text"
    await client.chat_postMessage(channel=desk.id, text="æ" * 40_001)
    assert len(desk.last.text) == 40_000


async def test_replies_stand_in_their_thread(desk: Channel, asta: Person, client: AsyncWebClient) -> None:
    """A reply to a reply is in the same thread; a locked thread and a message that never was refuse."""
    root = await asta.says("Hvad nyt?", desk)
    first = await client.chat_postMessage(channel=desk.id, text="en", thread_ts=root.ts)
    await client.chat_postMessage(channel=desk.id, text="to", thread_ts=first["ts"])
    assert [one.text for one in desk.thread(root)] == ["en", "to"]
    desk.locked_threads.add(root.ts)
    call = client.chat_postMessage(channel=desk.id, text="tre", thread_ts=root.ts)
    assert await refusal(call) == "restricted_action_thread_locked"
    assert await refusal(client.chat_postMessage(channel=desk.id, text="x", thread_ts="1.000001")) == "cannot_reply_to_message"


async def test_an_ephemeral_message_is_seen_by_one_and_cannot_be_updated(
    api: SlackApi, desk: Channel, asta: Person, client: AsyncWebClient
) -> None:
    """chat.postEphemeral shows to a member only."""
    bo = api.user("Bo")
    await bo.joins(desk)
    said = await client.chat_postEphemeral(channel=desk.id, user=asta.id, text="kun dig")
    assert [one.words for one in asta.sees(desk)] == ["kun dig"]
    assert bo.sees(desk) == []
    assert await refusal(client.chat_update(channel=desk.id, ts=said["message_ts"], text="x")) == "message_not_found"
    stranger = api.user("Cai")
    assert await refusal(client.chat_postEphemeral(channel=desk.id, user=stranger.id, text="x")) == "user_not_in_channel"


async def test_updating_and_deleting(desk: Channel, asta: Person, client: AsyncWebClient) -> None:
    """Only one's own, only what is there; text alone takes the blocks away; 4,000 characters."""
    ts = (await client.chat_postMessage(channel=desk.id, text="en", blocks=[section("*en*")]))["ts"]
    await client.chat_update(channel=desk.id, ts=ts, blocks=[section("to")])
    assert (desk.last.words, desk.last.notification) == ("to", "en")
    await client.chat_update(channel=desk.id, ts=ts, text="tre")
    assert (desk.last.words, desk.last.blocks) == ("tre", [])
    assert [text for text, _ in desk.last.versions] == ["en", "en"]
    assert await refusal(client.chat_update(channel=desk.id, ts=ts, text="x" * 4001)) == "msg_too_long"
    hers = await asta.says("mit", desk)
    assert await refusal(client.chat_update(channel=desk.id, ts=hers.ts, text="x")) == "cant_update_message"
    assert await refusal(client.chat_delete(channel=desk.id, ts=hers.ts)) == "cant_delete_message"
    desk.last.frozen = True
    assert await refusal(client.chat_update(channel=desk.id, ts=ts, text="x")) == "edit_window_closed"
    await client.chat_delete(channel=desk.id, ts=ts)
    assert desk.posts == []
    assert await refusal(client.chat_update(channel=desk.id, ts=ts, text="x")) == "message_not_found"


async def test_a_permalink_names_workspace_channel_and_time(desk: Channel, client: AsyncWebClient) -> None:
    """chat.getPermalink."""
    ts = (await client.chat_postMessage(channel=desk.id, text="en"))["ts"]
    link = (await client.chat_getPermalink(channel=desk.id, message_ts=ts))["permalink"]
    assert link == f"https://dagensnyt.slack.com/archives/{desk.id}/p{ts.replace('.', '')}"


# -- Block Kit


LONG = "x" * 4000


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ([section()] * 51, ["no more than 50 items allowed [json-pointer:/blocks]"]),
        (
            [section(LONG)],
            [
                "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
                "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
            ],
        ),
        ([section("")], None),
        ([{"type": "section"}], ["must define either `text` or `fields` [json-pointer:/blocks/0/type]"]),
        ([{"type": "section", "fields": [plain("a")] * 11}], ["no more than 10 items allowed [json-pointer:/blocks/0/fields]"]),
        ([{"type": "section", "fields": [plain(LONG)]}], None),
        ([{"type": "header", "text": plain("x" * 151)}], ["must be less than 151 characters [json-pointer:/blocks/0/text/text]"]),
        ([{"type": "header", "text": plain("")}], ["must be more than 0 characters [json-pointer:/blocks/0/text/text]"]),
        (
            [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
            ["must be a valid enum value [json-pointer:/blocks/0/text/type]"],
        ),
        ([{"type": "context", "elements": [plain("a")] * 11}], ["no more than 10 items allowed [json-pointer:/blocks/0/elements]"]),
        ([{"type": "context", "elements": []}], ["must provide at least 1 items [json-pointer:/blocks/0/elements]"]),
        (
            [actions(*(button(action=f"a{place}") for place in range(26)))],
            ["no more than 25 items allowed [json-pointer:/blocks/0/elements]"],
        ),
        ([actions(button("x" * 76))], ["must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]"]),
        ([actions(button(value="x" * 2001))], ["must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]"]),
        ([actions(button(action="x" * 256))], ["must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]"]),
        ([actions(button(url="https://um.dk/" + LONG))], None),
        ([actions(button(url="um.dk"))], ["invalid_url [json-pointer:/blocks/0/elements/0/url]"]),
        ([actions(button(style="green"))], ["must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"]),
        ([actions(button(colour="x"))], ["invalid additional property: colour [json-pointer:/blocks/0/elements/0]"]),
        (
            [actions(button(), button("Luk"))],
            ['`action_id` "open" already exists [json-pointer:/blocks/0/elements/1/action_id]'],
        ),
        (
            [section(block_id="a"), section(block_id="a")],
            ['`block_id` "a" already exists [json-pointer:/blocks/1/block_id]'],
        ),
        ([section(block_id="x" * 256)], ["must be less than 256 characters [json-pointer:/blocks/0/block_id]"]),
        ([{"type": "marquee"}], ["unsupported type: marquee [json-pointer:/blocks/0/type]"]),
        ([{"text": plain("a")}], ["missing required field: type [json-pointer:/blocks/0]"]),
        ([{"type": "image", "image_url": "https://a.dk/b.png"}], ["missing required field: alt_text [json-pointer:/blocks/0]"]),
        (
            [{"type": "image", "image_url": "https://a.dk/b.png", "alt_text": "x" * 2001}],
            ["must be less than 2001 characters [json-pointer:/blocks/0/alt_text]"],
        ),
        ([actions(menu(*map(str, range(101))))], ["no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"]),
        ([actions(menu())], ["must provide at least 1 items [json-pointer:/blocks/0/elements/0/options]"]),
        ([actions(menu("x" * 76))], None),
        ([actions(menu(options=[{"text": plain("a"), "value": "x" * 151}]))], None),
        ([actions(menu("En", initial_option={"text": plain("To"), "value": "to"}))], None),
        ([actions({"type": "overflow", "action_id": "o", "options": menu(*"abcdef")["options"]})], None),
        ([actions({"type": "plain_text_input", "action_id": "t"})], None),
        ([actions(menu("En") | {"type": "multi_static_select"})], None),
        ([actions({"type": "datepicker", "action_id": "d", "initial_date": "1. maj"})], None),
        ([actions({"type": "timepicker", "action_id": "d", "initial_time": "24:00"})], None),
        ([rich()], []),
        (
            [rich({"type": "text", "text": ""})],
            ["must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]"],
        ),
        ([rich({"type": "blink", "text": "x"})], ["unsupported type: blink [json-pointer:/blocks/0/elements/0/elements/0/type]"]),
        ([rich({"type": "broadcast", "range": "all"})], None),
        ([{"type": "rich_text", "elements": []}], ["must provide at least 1 items [json-pointer:/blocks/0/elements]"]),
        (
            [
                {
                    "type": "rich_text",
                    "elements": [
                        {
                            "type": "rich_text_list",
                            "style": "bullet",
                            "elements": [
                                {"type": "rich_text_section", "elements": [{"type": "text", "text": "a", "style": {"bold": True}}]}
                            ],
                        },
                        {"type": "rich_text_quote", "elements": [{"type": "link", "url": "https://um.dk", "text": "UM"}]},
                        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x"}], "border": 0},
                        {
                            "type": "rich_text_section",
                            "elements": [
                                {"type": "emoji", "name": "tada"},
                                {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "1970"},
                            ],
                        },
                    ],
                }
            ],
            [],
        ),
        (
            [
                actions(
                    menu("En"),
                    {"type": "users_select", "action_id": "u", "placeholder": plain("Hvem")},
                    {"type": "external_select", "action_id": "e", "min_query_length": 2},
                    {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-23"},
                    {"type": "timepicker", "action_id": "k", "initial_time": "09:30"},
                    {"type": "checkboxes", "action_id": "c", "options": menu("a")["options"]},
                ),
                section(accessory={"type": "image", "image_url": "https://a.dk/b.png", "alt_text": "kaj"}),
                {"type": "divider"},
            ],
            [],
        ),
    ],
)
def test_blocks_are_judged_as_slack_judges_them(blocks: list[Json], says: list[str] | None) -> None:
    """Each limit and rule, in Slack's words with a pointer; None: refused, in whatever words."""
    found = slack_blocks.message_problems(blocks)
    assert found == says if says is not None else found


async def test_a_refused_message_says_why_twice_and_is_not_posted(desk: Channel, client: AsyncWebClient) -> None:
    """`errors`, and response_metadata.messages with [ERROR] before."""
    said = await refused(client.chat_postMessage(channel=desk.id, text="x", blocks=[{"type": "header", "text": plain("x" * 151)}]))
    words = "must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    assert said == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [words],
        "response_metadata": {"messages": [f"[ERROR] {words}"]},
    }
    assert desk.posts == []
    assert await refusal(client.api_call("chat.postMessage", data={"channel": desk.id, "blocks": "[{"})) == "invalid_blocks_format"
    assert (
        await refusal(client.api_call("chat.postMessage", json={"channel": desk.id, "blocks": {"a": 1}})) == "invalid_blocks_format"
    )


async def test_a_picture_that_cannot_be_fetched_costs_the_message_but_an_accessory_does_not(
    api: SlackApi, desk: Channel, client: AsyncWebClient
) -> None:
    """The whole message is refused, by the picture's address or by its host."""
    api.world.unfetchable.add("billeder.example")
    picture = {"image_url": "https://billeder.example/kaj.jpg", "alt_text": "kaj"}
    said = await refused(client.chat_postMessage(channel=desk.id, text="x", blocks=[section(), {"type": "image", **picture}]))
    assert said["errors"] == ["downloading image failed [json-pointer:/blocks/1/image_url]"]
    api.world.unfetchable = {picture["image_url"]}
    assert (
        await refusal(client.chat_postMessage(channel=desk.id, text="x", blocks=[{"type": "image", **picture}])) == "invalid_blocks"
    )
    await client.chat_postMessage(channel=desk.id, text="x", blocks=[section(accessory={"type": "image", **picture})])
    assert desk.last.pictures == [("https://billeder.example/kaj.jpg", "kaj")]


async def test_all_blocks_together_may_be_too_long(desk: Channel, client: AsyncWebClient) -> None:
    """msg_blocks_too_long, though each block is fine."""
    call = client.chat_postMessage(channel=desk.id, text="x", blocks=[section("x" * 3000)] * 5)
    assert await refusal(call) == "msg_blocks_too_long"


@pytest.mark.parametrize(
    ("view", "says"),
    [
        (modal(asks()), []),
        (modal(asks(), title=plain("x" * 25)), ["must be less than 25 characters [json-pointer:/view/title/text]"]),
        (modal(asks(), submit=plain("x" * 25)), ["must be less than 25 characters [json-pointer:/view/submit/text]"]),
        (modal(asks(), private_metadata="x" * 3001), ["must be less than 3001 characters [json-pointer:/view/private_metadata]"]),
        (modal(asks(), callback_id="x" * 256), ["must be less than 256 characters [json-pointer:/view/callback_id]"]),
        (modal(*[section()] * 101), ["no more than 100 items allowed [json-pointer:/view/blocks]"]),
        (
            {key: value for key, value in modal(asks()).items() if key != "submit"},
            ["must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]"],
        ),
        ({"type": "modal", "blocks": []}, ["missing required field: title [json-pointer:/view]"]),
        ({"type": "home", "blocks": [], "title": plain("x")}, ["invalid additional property: title [json-pointer:/view]"]),
        ({"type": "home", "blocks": [actions(button()), asks()]}, []),
        (modal(asks(element=button())), ["unsupported type: button [json-pointer:/view/blocks/0/element/type]"]),
        (modal({"type": "markdown", "text": "x"}), ["unsupported type: markdown [json-pointer:/view/blocks/0/type]"]),
    ],
)
def test_views_are_judged_too(view: Json, says: list[str]) -> None:
    """Modals and Home tabs have limits of their own."""
    assert slack_blocks.view_problems(view) == says


def test_a_pointer_stands_behind_the_words() -> None:
    """How a problem is written."""
    assert problem("must be less than 151 characters", "/blocks/0") == "must be less than 151 characters [json-pointer:/blocks/0]"


# -- What people see


@pytest.mark.parametrize(
    ("text", "words", "pings", "links", "looks"),
    [
        ("Ny kaj", "Ny kaj", [], [], []),
        ("<!channel> og <@U1> og <!subteam^S1|@desk>", "@channel og @U1 og @desk", ["@channel", "U1", "S1"], [], []),
        ("<https://um.dk|UM> <#C1|desk>", "UM #desk", [], ["https://um.dk"], []),
        ("se https://um.dk/a?b=1.", "se https://um.dk/a?b=1.", [], ["https://um.dk/a?b=1"], []),
        ("&lt;!channel&gt; R&amp;D", "<!channel> R&D", [], [], []),
        (
            "*Nyt* _nu_ ~før~ `kode`",
            "Nyt nu før kode",
            [],
            [],
            [("code", "kode"), ("bold", "Nyt"), ("italic", "nu"), ("strike", "før")],
        ),
        ("2*3*4 a_b_c", "2*3*4 a_b_c", [], [], []),
        ("<https://um.dk|*fed*>", "*fed*", [], ["https://um.dk"], []),
        ("`<!here>`", "@here", ["@here"], [], [("code", "@here")]),
        ("&gt; citat", "citat", [], [], [("quote", "citat")]),
        ("skriv til @here", "skriv til @here", ["@here"], [], []),
        ("<!date^1700000000^{date}|14. november>", "14. november", [], [], []),
        ("<mailto:a@um.dk|a@um.dk>", "a@um.dk", [], ["mailto:a@um.dk"], []),
    ],
)
def test_mrkdwn_is_read_as_slack_shows_it(text: str, words: str, pings: list[str], links: list[str], looks: list[Any]) -> None:
    """Words, pings, links and looks of a text."""
    marked = slack_mrkdwn.read(text)
    assert (marked.words, marked.pings, [link.url for link in marked.links], marked.looks) == (words, pings, links, looks)


async def test_plain_and_rich_text_neither_ping_nor_link_nor_format(desk: Channel, client: AsyncWebClient) -> None:
    """Text from outside is safe there, and only there."""
    evil = "<!channel> <@U1> *fed* <https://ond.example|UM> https://ond.example @here"
    blocks = [{"type": "header", "text": plain(evil)}, rich({"type": "text", "text": evil})]
    await client.chat_postMessage(channel=desk.id, text="sikker", blocks=blocks)
    assert (desk.last.pings, desk.last.links, desk.last.shown.looks) == ([], [], [])
    assert desk.last.words == f"{evil}\n{evil}"
    await client.chat_postMessage(channel=desk.id, text=evil, blocks=blocks)
    assert desk.last.pings == ["@channel", "U1", "@here"]
    await client.chat_postMessage(channel=desk.id, text="x", blocks=[section(evil)])
    assert "https://ond.example" in [link.url for link in desk.last.links]


async def test_a_message_shows_all_its_parts(desk: Channel, client: AsyncWebClient) -> None:
    """Words in order, buttons with what they carry, rich text with its mentions."""
    blocks = [
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "*UM* · 10.41"}]},
        section("Lead", fields=[plain("felt")], accessory=button("Mere", "more")),
        rich({"type": "text", "text": "Ring "}, {"type": "user", "user_id": "U7"}, {"type": "link", "url": "tel:+4533920000"}),
        actions(button("Åbn", url="https://um.dk"), button("Kontakt", "contact", value="contact 7", style="primary"), menu("En")),
    ]
    await client.chat_postMessage(channel=desk.id, text="UM: Lead", blocks=blocks)
    shown = desk.last
    assert shown.words == "UM · 10.41\nLead\nfelt\nMere\nRing @U7tel:+4533920000\nÅbn Kontakt Vælg"
    assert [(one.label, one.action_id, one.value, one.url) for one in shown.buttons] == [
        ("Mere", "more", "", ""),
        ("Åbn", "open", "", "https://um.dk"),
        ("Kontakt", "contact", "contact 7", ""),
    ]
    assert shown.pings == ["U7"]
    assert shown.notification == "UM: Lead"
    assert all(control.block_id for control in shown.controls)


# -- Looking up


async def test_a_channel_says_what_it_is(api: SlackApi, asta: Person, client: AsyncWebClient) -> None:
    """Public, private, shared with strangers, archived, direct."""
    strangers = api.add_workspace("Bladet")
    shared = api.channel("faelles", creator=asta, bot=True, shared_with=[strangers])
    private = api.channel("lukket", creator=asta, bot=True, private=True)
    said = (await client.conversations_info(channel=shared.id, include_num_members=True))["channel"]
    assert (said["is_ext_shared"], said["is_private"], said["creator"], said["num_members"]) == (True, False, asta.id, 2)
    assert (await client.conversations_info(channel=private.id))["channel"]["is_private"] is True
    direct = (await client.conversations_info(channel=asta.dm.id))["channel"]
    assert (direct["is_im"], direct["user"]) == (True, asta.id)
    secret = api.channel("hemmelig", creator=asta, private=True)
    assert await refusal(client.conversations_info(channel=secret.id)) == "channel_not_found"


async def test_people_say_what_they_are(api: SlackApi, asta: Person, desk: Channel, client: AsyncWebClient) -> None:
    """Admins, owners, guests of both kinds, the deleted, strangers."""
    people = [
        asta,
        api.user("Ejer", owner=True),
        api.user("Gæst", guest="multi"),
        api.user("Enkelt", guest="single"),
        api.user("Væk", deleted=True),
    ]
    stranger = api.user("Fremmed", workspace=api.add_workspace("Bladet"))
    keys = ("is_admin", "is_owner", "is_restricted", "is_ultra_restricted", "deleted")
    said = [(await client.users_info(user=one.id))["user"] for one in people]
    assert [tuple(one.get(key, False) for key in keys) for one in said] == [
        (True, False, False, False, False),
        (True, True, False, False, False),
        (False, False, True, False, False),
        (False, False, True, True, False),
        (False, False, False, False, True),
    ]
    assert await refusal(client.users_info(user=stranger.id)) == "user_not_found"
    await stranger.joins(desk)
    assert (await client.users_info(user=stranger.id))["user"]["is_stranger"] is True
    assert (await client.users_info(user=asta.id, include_locale=True))["user"]["locale"] == "da-DK"


async def test_lists_are_paged(api: SlackApi, asta: Person, client: AsyncWebClient) -> None:
    """Cursors lead through conversations, members and users; archived ones and types can be left out."""
    channels = [api.channel(f"k{place}", creator=asta) for place in range(5)]
    await asta.archives(channels[0])
    found, cursor = [], None
    while True:
        page = await client.conversations_list(limit=2, cursor=cursor, exclude_archived=True)
        found += [one["name"] for one in page["channels"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == ["k1", "k2", "k3", "k4"]
    assert (await client.conversations_members(channel=channels[1].id))["members"] == [asta.id]
    assert [one["id"] for one in (await client.users_list())["members"]] == [api.bot.id, asta.id]
    assert (await client.users_conversations())["channels"] == []
    assert await refusal(client.conversations_list(cursor="!")) == "invalid_cursor"
    assert (await client.team_info())["team"]["domain"] == "dagensnyt"


async def test_joining_and_opening(api: SlackApi, asta: Person, client: AsyncWebClient) -> None:
    """Public channels can be joined, twice with a warning; direct messages are opened, the same each time."""
    public, private = api.channel("aaben", creator=asta), api.channel("lukket", creator=asta, private=True, bot=True)
    assert (await client.conversations_join(channel=public.id))["channel"]["is_member"] is True
    assert (await client.conversations_join(channel=public.id))["warning"] == "already_in_channel"
    assert await refusal(client.conversations_join(channel=private.id)) == "method_not_supported_for_channel_type"
    await asta.archives(public)
    assert await refusal(client.conversations_join(channel=public.id)) == "is_archived"
    one = (await client.conversations_open(users=asta.id))["channel"]["id"]
    assert one == (await client.conversations_open(users=[asta.id]))["channel"]["id"] == asta.dm.id
    assert await refusal(client.conversations_open(users="U0NOBODY")) == "user_not_found"
    assert await refusal(client.conversations_open(users="")) == "users_list_not_supplied"
    assert await refusal(client.conversations_open(users=[asta.id, api.user("Bo").id])) == "missing_scope"


async def test_a_file_is_uploaded_and_shared(desk: Channel, asta: Person, client: AsyncWebClient) -> None:
    """The three steps of an upload, by the SDK."""
    card = b"BEGIN:VCARD\r\nFN:Pressevagten\r\nEND:VCARD\r\n"
    await client.files_upload_v2(
        content=card, filename="kontakt.vcf", title="Pressevagten", channel=desk.id, initial_comment="Kontakt"
    )
    assert desk.last.files[0]["mimetype"] == "text/vcard"
    assert desk.last.words == "Kontakt"
    begun = await client.files_getUploadURLExternal(filename="a.vcf", length=5)
    unfinished = client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "a"}])
    assert await refusal(unfinished) == "file_not_found"


# -- Limits and faults


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


# -- An app on Bolt, told of things in either way


@dataclass(slots=True)
class Running:
    """An app of Bolt's on the fake. `heard`: the events and interactions that came, as Bolt has them. `url`: its HTTP server."""

    api: SlackApi
    bolt: AsyncApp
    url: str = ""
    heard: list[Json] = field(default_factory=list)

    def of(self, kind: str) -> list[Json]:
        """The events of a type."""
        return [event for event in self.heard if event.get("type") == kind]


@pytest.fixture(params=["socket", "http"])
async def app(request: pytest.FixtureRequest, api: SlackApi, client: AsyncWebClient) -> AsyncIterator[Running]:
    """Bolt, connected by Socket Mode or serving a request URL."""
    async with AsyncExitStack() as stack:
        yield await stack.enter_async_context(_Bolt(api, client, request.param))


@pytest.fixture
async def socket_app(api: SlackApi, client: AsyncWebClient) -> AsyncIterator[Running]:
    """Bolt by Socket Mode."""
    async with _Bolt(api, client, "socket") as running:
        yield running


@pytest.fixture
async def http_app(api: SlackApi, client: AsyncWebClient) -> AsyncIterator[Running]:
    """Bolt at a request URL."""
    async with _Bolt(api, client, "http") as running:
        yield running


class _Bolt:
    """Starts an app that notes every event, and closes it."""

    def __init__(self, api: SlackApi, client: AsyncWebClient, mode: str) -> None:
        self.api, self.mode = api, mode
        self.running = Running(api, AsyncApp(client=client, signing_secret=api.signing_secret))

    async def __aenter__(self) -> Running:
        for event in ("app_mention", "link_shared", "member_joined_channel", "tokens_revoked", "app_uninstalled"):
            self.running.bolt.event(event)(self._note)
        for kind in ("archive", "unarchive", "rename", "deleted", "left"):
            self.running.bolt.event(f"channel_{kind}")(self._note)
            self.running.bolt.event(f"group_{kind}")(self._note)
        for event in ("message", "member_left_channel", "channel_shared", "user_change"):
            self.running.bolt.event(event)(self._note)
        await (self._connect() if self.mode == "socket" else self._serve())
        return self.running

    async def _note(self, event: Json) -> None:
        self.running.heard.append(event)

    async def _connect(self) -> None:
        self.handler = AsyncSocketModeHandler(self.running.bolt, self.api.app_token)
        await self.handler.connect_async()  # type: ignore[no-untyped-call]
        await self.api.connected()

    async def _serve(self) -> None:
        server = web.Application()
        server.router.add_post("/slack/events", self._dispatch)
        self.runner = web.AppRunner(server, access_log=None)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        self.running.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/slack/events"
        self.api.request_url = self.running.url

    async def _dispatch(self, request: web.Request) -> web.Response:
        return await to_aiohttp_response(await self.running.bolt.async_dispatch(await to_bolt_request(request)))

    async def __aexit__(self, *_: object) -> None:
        if self.mode == "socket":
            await self.handler.close_async()  # type: ignore[no-untyped-call]
        else:
            await self.runner.cleanup()


# -- Events


async def test_people_write_and_the_app_hears_what_it_subscribed_to(
    app: Running, api: SlackApi, asta: Person, desk: Channel
) -> None:
    """Messages in channels and direct ones, mentions besides, threads with their parent; escaped, with tokens for names."""
    asked = await asta.says(f"@{api.bot.name} R&D <her> https://um.dk/x", desk)
    await asta.says("igen", desk, thread=asked)
    await asta.says("privat")
    await api.settled()
    mention = app.of("app_mention")[0]
    assert mention["text"] == f"<@{api.bot.id}> R&amp;D &lt;her&gt; <https://um.dk/x>"
    messages = app.of("message")
    assert [(one["channel_type"], one["user"]) for one in messages] == [("channel", asta.id), ("channel", asta.id), ("im", asta.id)]
    assert messages[1]["parent_user_id"] == asta.id
    assert (messages[1]["thread_ts"], messages[0].get("thread_ts")) == (asked.ts, None)
    assert len(app.of("app_mention")) == 1
    envelope = api.deliveries.named("message")[0].payload
    assert envelope["team_id"] == api.workspace.id
    assert envelope["authorizations"][0] == {
        "enterprise_id": None,
        "team_id": api.workspace.id,
        "user_id": api.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    assert envelope["is_ext_shared_channel"] is False
    assert api.violations == []


async def test_events_need_subscription_membership_and_scope(app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """What the bot cannot see, did not ask for or may not read does not come."""
    elsewhere = api.channel("andetsteds", creator=asta)
    await asta.says("uset", elsewhere)
    api.app.events.discard("app_mention")
    await asta.mentions("latest", desk)
    api.world.tokens[api.token].scopes -= {"channels:history"}
    await asta.says("ulæst", desk)
    await api.settled()
    assert [one["text"] for one in app.heard] == [f"<@{api.bot.id}> latest"]


async def test_what_the_bot_writes_itself_is_told_too(app: Running, api: SlackApi, desk: Channel, client: AsyncWebClient) -> None:
    """Slack sends a bot its own messages and edits; Bolt does not hand on the messages."""
    ts = (await client.chat_postMessage(channel=desk.id, text=f"<@{api.bot.id}>"))["ts"]
    await client.chat_update(channel=desk.id, ts=ts, text="to")
    await client.chat_delete(channel=desk.id, ts=ts)
    await api.settled()
    told = [one.payload["event"].get("subtype") for one in api.deliveries.named("message")]
    assert told == [None, "message_changed", "message_deleted"]
    assert api.deliveries.named("app_mention") == []
    assert api.violations == []


async def test_the_life_of_a_channel_is_told(app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """Archive, unarchive, rename, conversion, deletion; the bot's own coming and going."""
    other = api.channel("ny", creator=asta)
    await asta.invites_bot(other)
    await asta.removes_bot(other)
    await asta.archives(desk)
    await asta.unarchives(desk)
    await asta.renames(desk, "nyhedsdesken")
    await asta.makes_private(desk)
    await asta.deletes_channel(desk)
    await api.settled()
    kinds = [(one["type"], one.get("subtype")) for one in sorted(app.heard, key=lambda one: one["event_ts"])]
    assert kinds == [
        ("member_joined_channel", None),
        ("channel_left", None),
        ("channel_archive", None),
        ("channel_unarchive", None),
        ("channel_rename", None),
        ("message", "channel_convert_to_private"),
        ("group_deleted", None),
    ]
    assert app.of("member_joined_channel")[0]["inviter"] == asta.id
    assert app.of("channel_rename")[0]["channel"]["name"] == "nyhedsdesken"


async def test_going_is_told_and_the_token_dies(app: Running, api: SlackApi, asta: Person, client: AsyncWebClient) -> None:
    """tokens_revoked, then app_uninstalled."""
    bot = api.bot.id
    await asta.uninstalls()
    await api.settled()
    assert app.of("tokens_revoked")[0]["tokens"] == {"oauth": [], "bot": [bot]}
    assert len(app.of("app_uninstalled")) == 1
    assert await refusal(client.auth_test()) == "account_inactive"


async def test_an_event_that_is_not_handled_is_sent_again_and_noted(
    app: Running, api: SlackApi, asta: Person, desk: Channel
) -> None:
    """A retry says its number and why; in the end it is lost."""
    api.deliveries.patience, api.deliveries.retry_waits = 0.2, (0.0, 0.0, 0.0)
    api.app.events.add("reaction_added")
    api.events.in_channel({"type": "reaction_added", "user": asta.id}, desk)
    await api.settled()
    (delivery,) = api.deliveries.named("reaction_added")
    reason = "http_error" if app.url else "timeout"
    assert (delivery.state, delivery.failures) == ("lost", [reason] * 4)
    assert [one.what for one in api.violations] == [f"reaction_added was not answered: {reason}"] * 4
    if app.url:
        headers = [headers for headers, _, _ in api.http.posts]
        assert [one.get("X-Slack-Retry-Num") for one in headers] == [None, "1", "2", "3"]
        assert headers[1]["X-Slack-Retry-Reason"] == "http_error"


# -- Commands and answers


async def test_a_command_is_acknowledged_and_answered(app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """The acknowledgement's words, then posts to the response_url: to one person, to the channel."""
    commands: list[Json] = []

    async def latest(ack: Any, respond: Any, command: Json) -> None:
        commands.append(command)
        await ack({"text": "straks", "response_type": "ephemeral"})
        await asyncio.sleep(0.05)
        await respond("kun dig")
        await respond(text="alle", response_type="in_channel")

    app.bolt.command("/presse")(latest)
    bo = api.user("Bo")
    await bo.joins(desk)
    act = await asta.runs("/presse  latest um & cø ", desk)
    await act.answer(3)
    assert [(one.words, one.ephemeral) for one in act.answers] == [("straks", True), ("kun dig", True), ("alle", False)]
    assert [one.words for one in bo.sees(desk)] == ["alle"]
    assert {key: commands[0][key] for key in ("command", "text", "channel_id", "channel_name", "user_id", "team_id")} == {
        "command": "/presse",
        "text": "latest um & cø",
        "channel_id": desk.id,
        "channel_name": "redaktionen",
        "user_id": asta.id,
        "team_id": api.workspace.id,
    }
    assert act.ack is not None
    assert act.ack.after < 3
    with pytest.raises(LookupError):
        await asta.runs("/soeg um", desk)


async def test_a_command_that_nobody_answers_times_out_once(app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """The person sees an error; commands are not tried again."""
    api.deliveries.patience = 0.2

    async def slow(ack: Any) -> None:
        await asyncio.sleep(1)
        await ack()

    app.bolt.command("/presse")(slow)
    act = await asta.runs("/presse latest", desk)
    assert act.error == "operation_timeout"
    assert len(api.deliveries.all) == 1
    assert api.violations[0].what.startswith("/presse was not answered: ")


async def test_a_response_url_is_good_five_times_for_half_an_hour() -> None:
    """Then it says used_url or expired_url, which is noted; blocks are judged there as everywhere."""
    clock = Clock()
    async with SlackApi(clock=clock) as api:
        asta = api.user("Asta")
        desk = api.channel("desk", creator=asta, bot=True)
        act = api.acts.begin("command", asta.user, channel=desk)
        hook = AsyncWebhookClient(act.response_url)
        assert (await hook.send(blocks=[{"type": "header", "text": plain("x" * 151)}])).status_code == 400
        for _ in range(4):
            assert (await hook.send(text="x")).body == "ok"
        assert "used_url" in (await hook.send(text="x")).body
        late = api.acts.begin("command", asta.user, channel=desk)
        clock.now += 1801
        assert "expired_url" in (await AsyncWebhookClient(late.response_url).send(text="x")).body
        assert (await AsyncWebhookClient(f"{api.root}/actions/T1/2/3").send(text="x")).status_code == 404
        assert [one.what for one in api.violations] == [
            "a post to a response_url was refused: invalid_blocks",
            "a response_url was used more than five times",
            "a response_url was used after thirty minutes",
        ]


async def test_pressing_a_button_replaces_what_one_person_sees(app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """An ephemeral message is paged by its response_url, and deleted by it."""
    bodies: list[Json] = []

    async def start(ack: Any) -> None:
        await ack(text="side 1", blocks=[section("side 1"), actions(button("Næste", "page", value="2"))])

    async def page(ack: Any, respond: Any, body: Json) -> None:
        bodies.append(body)
        await ack()
        await respond(text="side 2", blocks=[actions(button("Luk", "close"))], replace_original=True)

    async def close(ack: Any, respond: Any) -> None:
        await ack()
        await respond(delete_original=True)

    app.bolt.command("/presse")(start)
    app.bolt.action("page")(page)
    app.bolt.action("close")(close)
    shown = await (await asta.runs("/presse latest", desk)).answer()
    turned = await (await asta.presses(shown, "Næste")).answer()
    assert (turned is shown, shown.words, shown.versions[0][0]) == (True, "Luk", "side 1")
    await asta.presses(shown, "Luk")
    await api.until(lambda: shown.deleted)
    body = bodies[0]
    assert body["container"] == {"type": "message", "message_ts": shown.ts, "channel_id": desk.id, "is_ephemeral": True}
    assert "message" not in body
    action = {key: body["actions"][0][key] for key in ("type", "action_id", "value", "text")}
    assert action == {"type": "button", "action_id": "page", "value": "2", "text": plain("Næste")}
    with pytest.raises(LookupError):
        await asta.presses(shown, "Luk")


async def test_a_button_under_a_message_says_which_message(app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """The message is in the payload, and nobody else's ephemeral messages can be pressed."""
    bodies: list[Json] = []

    async def pressed(ack: Any, body: Json) -> None:
        bodies.append(body)
        await ack()

    app.bolt.action("open")(pressed)
    client = client_of(api, api.token)
    ts = (await client.chat_postMessage(channel=desk.id, text="x", blocks=[actions(button())]))["ts"]
    act = await asta.presses(desk.last, "open")
    assert act.error == ""
    assert (bodies[0]["message"]["ts"], bodies[0]["channel"]["id"], bodies[0]["user"]["id"]) == (ts, desk.id, asta.id)
    bo = api.user("Bo")
    await client.chat_postEphemeral(channel=desk.id, user=asta.id, text="x", blocks=[actions(button())])
    with pytest.raises(LookupError):
        await bo.presses(api.sent[-1], "open")


async def test_choosing_and_searching(app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """A static select by its words; an external one loads its options; options that are none are noted."""
    taken: list[Json] = []

    async def picked(ack: Any, action: Json) -> None:
        taken.append(action)
        await ack()

    async def options(ack: Any, payload: Json) -> None:
        words = payload["value"]
        await ack({"hidden": 1} if words == "ingen" else {"options": [{"text": plain(f"{words} A/S"), "value": words}]})

    app.bolt.action("pick")(picked)
    app.bolt.action("find")(picked)
    app.bolt.options("find")(options)
    find = {"type": "external_select", "action_id": "find", "placeholder": plain("Søg"), "min_query_length": 2}
    await client_of(api, api.token).chat_postMessage(channel=desk.id, text="x", blocks=[actions(menu("Straks", "Dagligt"), find)])
    await asta.selects(desk.last, "Vælg", "Dagligt")
    await asta.selects(desk.last, "Søg", "Havnen A/S"[:6])
    assert [one["selected_option"]["value"] for one in taken] == ["dagligt", "Havnen"]
    assert [one["text"]["text"] for one in await asta.searches(desk.last, "Søg", "um")] == ["um A/S"]
    assert await asta.searches(desk.last, "Søg", "u") == []
    with pytest.raises(LookupError):
        await asta.selects(desk.last, "Vælg", "Aldrig")
    assert api.violations == []
    await asta.searches(desk.last, "Søg", "ingen")
    assert len(api.violations) == 1


# -- Modals, Home and shortcuts


async def test_a_modal_is_opened_corrected_updated_pushed_and_closed(app: Running, api: SlackApi, asta: Person) -> None:
    """All that the answer to a submission can do."""
    submissions: list[Json] = []
    answers: list[Any] = [
        {"response_action": "errors", "errors": {"words": "for kort"}},
        {"response_action": "update", "view": modal(asks(), callback_id="form", title=plain("Igen"))},
        {"response_action": "push", "view": modal(asks("Andet", "more"), callback_id="form")},
        {},
        {"response_action": "clear"},
    ]

    async def start(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        form = modal(asks(), asks("Hyppighed", "how", menu("Straks", "Dagligt"), optional=True), callback_id="form")
        await client.views_open(trigger_id=body["trigger_id"], view=form | {"private_metadata": "C1"})

    async def sent(ack: Any, view: Json) -> None:
        submissions.append(view)
        await ack(answers.pop(0))

    app.bolt.shortcut("subscribe")(start)
    app.bolt.view("form")(sent)
    view = await (await asta.uses_shortcut("subscribe")).opened()
    assert (view.title, view.private_metadata, view.words) == ("Abonnér", "C1", "Søgeord\nHyppighed\nVælg")
    with pytest.raises(LookupError):
        await asta.submits(view)
    act = await asta.submits(view, {"Søgeord": "a", "Hyppighed": "Dagligt"})
    assert (act.errors, act.closed, asta.screen) == ({"words": "for kort"}, False, view)
    values = submissions[0]["state"]["values"]
    assert values["words"]["value"] == {"type": "plain_text_input", "value": "a"}
    assert values["how"]["pick"]["selected_option"]["value"] == "dagligt"
    act = await asta.submits(view, {"words": "havn"})
    assert (act.screen, view.title, act.errors) == (view, "Igen", {})
    assert view.state["words"]["value"]["value"] == "havn"
    pushed = (await asta.submits(view)).screen
    assert pushed is not None
    assert pushed.previous is view
    assert (await asta.submits(pushed, {"Andet": "x"})).screen is view
    assert (await asta.submits(view)).closed
    assert api.violations == []


async def test_views_are_refused_by_what_is_wrong(api: SlackApi, asta: Person, client: AsyncWebClient) -> None:
    """Triggers used, unknown or malformed; hashes that crossed; views that are gone; more than three in a stack."""
    act = api.acts.begin("shortcut", asta.user, answerable=False)
    opened = (await client.views_open(trigger_id=act.trigger_id, view=modal(section())))["view"]
    assert await refusal(client.views_open(trigger_id=act.trigger_id, view=modal(section()))) == "exchanged_trigger_id"
    assert await refusal(client.views_open(trigger_id="1.T0.ab", view=modal(section()))) == "invalid_trigger_id"
    said = await refused(client.views_open(trigger_id="x", view=modal(section())))
    assert said["response_metadata"]["messages"] == ["[ERROR] invalid `trigger_id` [json-pointer:/trigger_id]"]
    said = await refused(client.views_update(view_id=opened["id"], view=modal(section(), title=plain("x" * 25))))
    assert said == {
        "ok": False,
        "error": "invalid_arguments",
        "response_metadata": {
            "messages": [
                "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
                "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
            ]
        },
    }
    assert await refusal(client.views_update(view_id=opened["id"], view=modal(section()), hash="1.old")) == "hash_conflict"
    changed = (await client.views_update(view_id=opened["id"], view=modal(section("ny")), hash=opened["hash"]))["view"]
    assert changed["hash"] != opened["hash"]
    for code in ("", "", "push_limit_reached"):
        inner = api.acts.begin("block_actions", asta.user, view=asta.screen, answerable=False)
        call = client.views_push(trigger_id=inner.trigger_id, view=modal(section()))
        assert await (refusal(call) if code else _quietly(call)) == code
    assert asta.screen is not None
    await asta.closes(asta.screen, all_of_them=True)
    assert asta.screen is None
    assert await refusal(client.views_update(view_id=opened["id"], view=modal(section()))) == "not_found"


async def _quietly(call: Any) -> str:
    await call
    return ""


async def test_a_trigger_is_good_for_three_seconds() -> None:
    """expired_trigger_id, which is noted."""
    clock = Clock()
    async with SlackApi(clock=clock) as api:
        asta = api.user("Asta")
        act = api.acts.begin("shortcut", asta.user, answerable=False)
        clock.now += 3.1
        call = client_of(api, api.token).views_open(trigger_id=act.trigger_id, view=modal(section()))
        assert await refusal(call) == "expired_trigger_id"
        assert [one.what for one in api.violations] == ["views.open: expired_trigger_id"]


async def test_closing_is_told_where_the_modal_asked_for_it(app: Running, api: SlackApi, asta: Person) -> None:
    """view_closed, with whether the whole stack went."""
    closed: list[Json] = []

    async def on_closed(ack: Any, body: Json) -> None:
        closed.append(body)
        await ack()

    app.bolt.view_closed("form")(on_closed)
    client = client_of(api, api.token)
    for notify in (True, False):
        act = api.acts.begin("shortcut", asta.user, answerable=False)
        await client.views_open(trigger_id=act.trigger_id, view=modal(section(), callback_id="form", notify_on_close=notify))
        assert asta.screen is not None
        await asta.closes(asta.screen)
    assert [one["is_cleared"] for one in closed] == [False]


async def test_an_answer_to_a_submission_that_slack_would_not_take_is_noted(app: Running, api: SlackApi, asta: Person) -> None:
    """Errors for blocks that are not there leave the modal as it is."""

    async def sent(ack: Any) -> None:
        await ack(response_action="errors", errors={"nowhere": "x"})

    app.bolt.view("form")(sent)
    act = api.acts.begin("shortcut", asta.user, answerable=False)
    await client_of(api, api.token).views_open(trigger_id=act.trigger_id, view=modal(asks(), callback_id="form"))
    assert asta.screen is not None
    done = await asta.submits(asta.screen, {"Søgeord": "x"})
    assert (done.closed, done.errors) == (False, {})
    assert [one.what for one in api.violations] == ["the answer to a submission was refused: invalid_errors"]


async def test_home_is_published_when_it_is_opened(app: Running, api: SlackApi, asta: Person) -> None:
    """app_home_opened, views.publish, and what is in it can be used and searched."""

    async def opened(event: Json, client: AsyncWebClient) -> None:
        field = {"type": "plain_text_input", "action_id": "words"}
        blocks = [section("Hjem"), actions(button("Nyt", "again")), asks("Søg", "search", field, dispatch_action=True)]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    bodies: list[Json] = []

    async def used(ack: Any, body: Json) -> None:
        bodies.append(body)
        await ack()

    api.app.events.discard("app_home_opened")
    await asta.opens_home()
    assert api.deliveries.all == []
    api.app.events.add("app_home_opened")
    app.bolt.action("again")(used)
    app.bolt.action("words")(used)
    app.bolt.event("app_home_opened")(opened)
    assert await asta.opens_home() is None
    home = await api.until(lambda: asta.home)
    assert home.words == "Hjem\nNyt\nSøg"
    await asta.presses(home, "Nyt")
    await asta.enters(home, "Søg", "havn")
    assert [one["view"]["id"] for one in bodies] == [home.id, home.id]
    assert bodies[1]["actions"][0]["value"] == "havn"
    again = await asta.opens_home()
    assert again is home
    await api.settled()
    assert api.deliveries.named("app_home_opened")[-1].payload["event"]["view"]["id"] == home.id


async def test_a_shortcut_on_a_message_says_which(app: Running, asta: Person, desk: Channel) -> None:
    """message_action with the message and a response_url."""

    async def contact(ack: Any, shortcut: Json, respond: Any) -> None:
        await ack()
        await respond(f"Om: {shortcut['message']['text']}")

    app.bolt.message_shortcut("contact")(contact)
    message = await asta.says("Ny kaj", desk)
    act = await asta.uses_message_shortcut("contact", message)
    assert (await act.answer()).words == "Om: Ny kaj"


async def test_links_of_registered_domains_unfurl(
    app: Running, api: SlackApi, asta: Person, desk: Channel, client: AsyncWebClient
) -> None:
    """In a message and in the composer; other links and other addresses do not."""
    api.app.domains |= {"via.example"}
    message = await asta.shares_link("https://via.example/r/7", desk)
    await asta.shares_link("https://other.example/", desk)
    await asta.composes("https://kontakt.via.example/r/8", desk)
    await api.settled()
    shared, composed = app.of("link_shared")
    assert (shared["channel"], shared["message_ts"], shared["source"]) == (desk.id, message.ts, "conversations_history")
    assert (composed["channel"], composed["source"], composed["links"][0]["domain"]) == ("COMPOSER", "composer", "via.example")
    card = {"https://via.example/r/7": {"blocks": [section("*Ny kaj*")]}}
    await client.chat_unfurl(channel=desk.id, ts=message.ts, unfurls=card)
    assert message.words.endswith("Ny kaj")
    await client.chat_unfurl(unfurl_id=composed["unfurl_id"], source="composer", unfurls=card)
    elsewhere = {"https://via.example/r/9": {"blocks": [section()]}}
    assert await refusal(client.chat_unfurl(channel=desk.id, ts=message.ts, unfurls=elsewhere)) == "cannot_unfurl_url"
    assert await refusal(client.chat_unfurl(channel="C0NO", ts=message.ts, unfurls=card)) == "cannot_find_channel"
    assert await refusal(client.chat_unfurl(channel=desk.id, ts="1.2", unfurls=card)) == "cannot_find_message"


async def test_links_in_the_bots_own_posts_are_shared_unless_unfurling_is_off(
    app: Running, api: SlackApi, desk: Channel, client: AsyncWebClient
) -> None:
    """`unfurl_links=False` keeps link_shared away."""
    api.app.domains |= {"via.example"}
    await client.chat_postMessage(channel=desk.id, text="<https://via.example/r/7|Ny kaj>", unfurl_links=False)
    await client.chat_postMessage(channel=desk.id, text="<https://via.example/r/7|Ny kaj>")
    await api.settled()
    assert len(api.deliveries.named("link_shared")) == 1


async def test_every_control_of_a_modal_says_what_was_chosen(app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """Selects of one and of many, pickers, boxes, days and times, before and after."""
    sent: list[Json] = []

    async def submitted(ack: Any, view: Json) -> None:
        sent.append(view["state"]["values"])
        await ack()

    async def options(ack: Any, payload: Json) -> None:
        await ack(options=[{"text": plain(payload["value"]), "value": payload["value"].lower()}])

    app.bolt.view("form")(submitted)
    app.bolt.options("find")(options)
    boxes = menu("A", "B")["options"]
    fields: dict[str, tuple[Json, Any, Json]] = {
        "many": (menu("En", "To", "Tre") | {"type": "multi_static_select"}, ["En", "tre"], {}),
        "found": ({"type": "multi_external_select", "action_id": "find", "min_query_length": 1}, ["Um", "Havn"], {}),
        "who": ({"type": "users_select", "action_id": "a", "initial_user": "U1"}, asta.id, {"selected_user": asta.id}),
        "all": ({"type": "multi_users_select", "action_id": "a"}, [asta.id], {"selected_users": [asta.id]}),
        "where": ({"type": "conversations_select", "action_id": "a"}, desk.id, {"selected_conversation": desk.id}),
        "boxes": ({"type": "checkboxes", "action_id": "a", "options": boxes}, ["B"], {"selected_options": boxes[1:]}),
        "radio": ({"type": "radio_buttons", "action_id": "a", "options": boxes}, "A", {"selected_option": boxes[0]}),
        "day": ({"type": "datepicker", "action_id": "a"}, "2026-11-23", {"selected_date": "2026-11-23"}),
        "clock": ({"type": "timepicker", "action_id": "a"}, "09:30", {"selected_time": "09:30"}),
        "short": ({"type": "plain_text_input", "action_id": "a", "max_length": 4}, "havn", {"value": "havn"}),
    }
    act = api.acts.begin("shortcut", asta.user, answerable=False)
    blocks = [asks(name, name, element) for name, (element, _, _) in fields.items()]
    await client_of(api, api.token).views_open(trigger_id=act.trigger_id, view=modal(*blocks, callback_id="form"))
    view = act.views[0]
    assert view.state["who"]["a"] == {"type": "users_select", "selected_user": "U1"}
    assert view.state["many"]["pick"] == {"type": "multi_static_select", "selected_options": []}
    values = {name: value for name, (_, value, _) in fields.items()}
    with pytest.raises(LookupError, match="too long"):
        await asta.submits(view, values | {"short": "for langt"})
    assert (await asta.submits(view, values)).closed
    for name, (element, _, state) in fields.items():
        if state:
            assert sent[0][name]["a"] == {"type": element["type"], **state}
    assert [one["value"] for one in sent[0]["many"]["pick"]["selected_options"]] == ["en", "tre"]
    assert [one["value"] for one in sent[0]["found"]["find"]["selected_options"]] == ["um", "havn"]
    assert api.violations == []


async def test_people_come_and_go_and_strangers_are_told_of(app: Running, api: SlackApi, asta: Person, desk: Channel) -> None:
    """member_joined_channel, member_left_channel; channel_shared, after which events say that strangers are there."""
    bo = api.user("Bo")
    await bo.joins(desk)
    await bo.leaves(desk)
    other = api.add_workspace("Bladet")
    await asta.shares_channel(desk, other)
    stranger = api.user("Fremmed", workspace=other)
    await stranger.joins(desk)
    await stranger.says("hej", desk)
    await api.settled()
    told = [(one.name, one.payload["is_ext_shared_channel"]) for one in api.deliveries.all]
    assert told == [
        ("member_joined_channel", False),
        ("member_left_channel", False),
        ("channel_shared", True),
        ("member_joined_channel", True),
        ("message", True),
    ]
    assert api.deliveries.all[-1].payload["event"]["team"] == other.id
    assert api.violations == []


async def test_unfurling_is_refused_by_what_is_missing(api: SlackApi, desk: Channel, client: AsyncWebClient) -> None:
    """chat.unfurl has a code for each argument."""
    card = json.dumps({"https://via.example/r/7": {"blocks": [section()]}})
    for given, code in (
        ({"channel": desk.id, "ts": "1.2"}, "missing_unfurls"),
        ({"channel": desk.id, "ts": "1.2", "unfurls": "["}, "invalid_unfurls_format"),
        ({"channel": desk.id, "unfurls": card}, "missing_ts"),
        ({"unfurls": card}, "missing_channel"),
        ({"unfurl_id": "a-b", "unfurls": card}, "missing_source"),
        ({"unfurl_id": "a-b", "source": "sky", "unfurls": card}, "invalid_source"),
    ):
        assert await refusal(client.api_call("chat.unfurl", data=given)) == code


async def test_a_response_url_can_fail_too(api: SlackApi, asta: Person, desk: Channel) -> None:
    """A fault of the method "response_url"."""
    act = api.acts.begin("command", asta.user, channel=desk)
    api.fault("response_url", status=503)
    assert (await AsyncWebhookClient(act.response_url, retry_handlers=[]).send(text="x")).status_code == 503
    assert (act.answers, act.uses) == ([], 0)


# -- Socket Mode


async def test_several_connections_share_the_envelopes(api: SlackApi, client: AsyncWebClient, asta: Person, desk: Channel) -> None:
    """The hello counts them, payloads go round, pings are answered, and an eleventh is refused."""
    async with _Bolt(api, client, "socket") as one, _Bolt(api, client, "socket") as two:
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
    async with _Bolt(api, client, "socket") as running:
        await api.settled()
        assert [one["text"] for one in running.heard] == ["tidligt"]
    assert api.violations == []


# -- HTTP mode


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


# -- Installing


async def test_somebody_installs_the_app_through_slack(tmp_path: Path) -> None:
    """Bolt's own pages: install, consent, back with code and state; the token works, and a second use of the code does not."""
    async with SlackApi(installed=False) as api, _Installable(api, tmp_path) as installable:
        asta = api.user("Asta", admin=True)
        page = await asta.installs(installable.url)
        assert (page.status, "Thank you" in page.text) == (200, True)
        assert (await client_of(api, api.token).auth_test())["team"] == "Dagens Nyt"
        code = page.asked.partition("code=")[2].partition("&")[0]
        said = await refused(
            client_of(api).oauth_v2_access(client_id=api.app.client_id, client_secret=api.app.client_secret, code=code)
        )
        assert said["error"] == "code_already_used"
        declined = await asta.installs(installable.url, declines=True)
        assert "access_denied" in declined.asked


async def test_the_app_takes_itself_away_and_is_installed_again(api: SlackApi, client: AsyncWebClient) -> None:
    """auth.revoke, apps.uninstall by the app's secret; a new installation has another token and the same bot."""
    token, bot, secrets = api.token, api.bot, {"client_id": api.app.client_id, "client_secret": api.app.client_secret}
    assert await refusal(client.apps_uninstall(client_id=api.app.client_id, client_secret="wrong")) == "bad_client_secret"
    assert (await client.apps_uninstall(**secrets))["ok"] is True
    assert await refusal(client.auth_test()) == "account_inactive"
    assert api.install(api.workspace).token != token
    assert api.bot is bot
    again = client_of(api, api.token)
    assert (await again.auth_revoke(test=True))["revoked"] is False
    assert (await again.auth_revoke())["revoked"] is True
    assert await refusal(again.auth_test()) == "token_revoked"


async def test_an_organisation_installs_the_app_for_all_its_workspaces(tmp_path: Path) -> None:
    """Enterprise Grid: one token for the organisation, whose lists need a team; events say so."""
    async with SlackApi(installed=False) as api, _Installable(api, tmp_path) as installable:
        org = api.add_enterprise("Bladkoncernen")
        one, two = api.add_workspace("Morgen", enterprise=org), api.add_workspace("Aften", enterprise=org)
        asta = api.user("Asta", workspace=one, admin=True)
        assert (await asta.installs(installable.url, org_wide=True)).status == 200
        installation = api.world.installed(two)
        assert installation is api.world.installed(one)
        assert installation is not None
        client = client_of(api, installation.token)
        said = await client.auth_test()
        assert (said["team_id"], said["enterprise_id"], said["is_enterprise_install"]) == (org.id, org.id, True)
        bo = api.user("Bo", workspace=two)
        desk = api.channel("desk", creator=bo, bot=True)
        await client.chat_postMessage(channel=desk.id, text="hej")
        assert await refusal(client.conversations_list()) == "missing_argument"
        assert [one["name"] for one in (await client.conversations_list(team_id=two.id))["channels"]] == ["desk"]
        assert await refusal(client.conversations_list(team_id=api.workspace.id)) == "team_access_not_granted"
        await bo.says("hej", desk)
        payload = api.deliveries.all[0].payload
        assert (payload["team_id"], payload["enterprise_id"]) == (two.id, org.id)
        assert payload["authorizations"][0]["is_enterprise_install"] is True
        assert payload["authorizations"][0]["team_id"] is None


async def test_consent_is_refused_for_what_the_app_is_not(tmp_path: Path) -> None:
    """Another app's id, scopes that were never asked for, addresses that are not its own."""
    async with SlackApi() as api:
        asta = api.user("Asta")
        url = f"{api.authorize_url}?client_id={{}}&scope={{}}&redirect_uri={{}}"
        api.app.redirects = ["https://presse.example/"]
        authorize: Callable[[str], str] = lambda page: api.oauth.authorize(page, asta.user, declines=False, org_wide=False)  # noqa: E731
        for client_id, scope, back in (
            ("1.2", "chat:write", "https://presse.example/slack"),
            (api.app.client_id, "admin", "https://presse.example/slack"),
            (api.app.client_id, "chat:write", "https://ond.example/"),
        ):
            with pytest.raises(LookupError):
                authorize(url.format(client_id, scope, back))
        assert authorize(url.format(api.app.client_id, "chat:write", "https://presse.example/slack")).startswith(
            "https://presse.example/slack?code="
        )


async def test_no_workspace_sees_anothers(api: SlackApi, asta: Person, desk: Channel) -> None:
    """Another workspace's token finds neither channels nor people here."""
    other = api.add_workspace("Bladet")
    token = api.install(other).token
    client = client_of(api, token)
    assert await refusal(client.conversations_info(channel=desk.id)) == "channel_not_found"
    assert await refusal(client.users_info(user=asta.id)) == "user_not_found"
    assert (await client.users_list())["members"][0]["team_id"] == other.id


class _Installable:
    """Bolt's install pages on a server of their own."""

    def __init__(self, api: SlackApi, folder: Path) -> None:
        settings = AsyncOAuthSettings(
            client_id=api.app.client_id,
            client_secret=api.app.client_secret,
            scopes=["chat:write", "channels:read", "channels:history"],
            redirect_uri="https://presse.example/slack/oauth_redirect",
            installation_store=FileInstallationStore(base_dir=str(folder / "installed")),
            state_store=FileOAuthStateStore(expiration_seconds=60, base_dir=str(folder / "states")),
        )
        self.bolt = AsyncApp(signing_secret=api.signing_secret, oauth_settings=settings, client=client_of(api))

    async def __aenter__(self) -> Self:
        server = web.Application()
        for path in ("/slack/install", "/slack/oauth_redirect"):
            server.router.add_get(path, self._page)
        self.runner = web.AppRunner(server, access_log=None)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/slack/install"
        return self

    async def _page(self, request: web.Request) -> web.Response:
        flow = self.bolt.oauth_flow
        assert flow is not None
        handle = flow.handle_installation if request.path == flow.install_path else flow.handle_callback
        return await to_aiohttp_response(await handle(await to_bolt_request(request)))

    async def __aexit__(self, *_: object) -> None:
        await self.runner.cleanup()


# -- By itself


async def test_it_runs_in_a_process_of_its_own() -> None:
    """Its port is its first line, any channel can be written to with the known token, and /stats counts."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.fakes.slack_api", "--port", "0", stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    try:
        assert program.stdout is not None
        port = int(await asyncio.wait_for(program.stdout.readline(), 20))
        client = AsyncWebClient(token=TOKEN, base_url=f"http://127.0.0.1:{port}/api/", retry_handlers=[])
        began = time.monotonic()
        for channel in ("C000000001", "C000000002"):
            await client.chat_postMessage(channel=channel, text="x")
        async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/stats") as answer:
            said = await answer.json()
        assert (said["sent"], said["channels"], said["violations"]) == (2, 2, 0)
        assert said["first"] >= began
    finally:
        program.terminate()
        await program.wait()
