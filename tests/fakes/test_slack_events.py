"""The fake Slack, asked by slack_sdk and slack_bolt themselves: events, commands and answers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.fakes.slack_bolts import Running
from tests.fakes.slack_bricks import Clock, actions, button, client_of, menu, plain, refusal, section
from tests.fakes.slack_errors import Json


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
