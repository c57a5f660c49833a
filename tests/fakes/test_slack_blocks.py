"""The fake Slack, asked by slack_sdk and slack_bolt themselves: Block Kit, and what people see of it."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes import slack_blocks, slack_mrkdwn
from tests.fakes.slack_api import Channel, SlackApi
from tests.fakes.slack_bricks import actions, asks, button, menu, modal, plain, refusal, refused, rich, section
from tests.fakes.slack_errors import Json
from tests.fakes.slack_schema import problem

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
