"""The fake Slack, asked by slack_sdk and slack_bolt themselves: modals, Home, shortcuts and links."""

from __future__ import annotations

import json
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack_api import Channel, Person, SlackApi
from tests.fakes.slack_bolts import Running
from tests.fakes.slack_bricks import Clock, actions, asks, button, client_of, menu, modal, plain, refusal, refused, section
from tests.fakes.slack_errors import Json


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
