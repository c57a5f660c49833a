"""What Slack's payloads mean to us."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.heard import Changed, Happened, HomeOpened, Me, Pressed, Said, Summoned, Uninstalled, Used, plain
from adapters.slack.inbound import candidates, lane, line_of, name_of, read
from bot.domain.subscription import Address, ConversationKind
from bot.ports import BotAdded, BotRemoved, ConversationMoved

ME = Me("T1", "UBOT", frozenset({"latest", "contact", "seneste"}))


def event(kind: str, **more: Any) -> dict[str, Any]:
    """An event as it comes."""
    authorization = {"team_id": "T1", "enterprise_id": None, "user_id": "UBOT"}
    said: dict[str, Any] = {"type": "event_callback", "event_id": "Ev1", "team_id": "T1", "authorizations": [authorization]}
    return said | {"event": {"type": kind, **more}}


def message(text: str, **more: Any) -> dict[str, Any]:
    """A direct message, unless it is said to be another."""
    said = {"text": text, "user": "U7", "team": "T1", "channel": "D9", "channel_type": "im", "ts": "5.1"}
    return event("message", **(said | more))


def slash(command: str, text: str = "", **more: str) -> dict[str, Any]:
    """A slash command."""
    said = {"command": command, "text": text, "team_id": "T1", "user_id": "U7", "user_name": "asta", "channel_id": "C5"}
    return said | {"channel_name": "redaktionen", "response_url": "https://hooks.example/1", "trigger_id": "1.2.3"} | more


def press(action: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A button under a message."""
    container = {"type": "message", "message_ts": "6.1", "channel_id": "C5", "is_ephemeral": False}
    said: dict[str, Any] = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U7", "team_id": "T1", "name": "asta"}}
    said |= {"channel": {"id": "C5", "name": "redaktionen"}, "container": container, "actions": [action]}
    return said | {"message": {"ts": "6.1", "text": ""}, "response_url": "https://hooks.example/1", "trigger_id": "1.2.3"} | more


def heard_text(payload: dict[str, Any]) -> str | None:
    """The command line that a payload comes to."""
    heard = read(payload, ME)
    return heard.call.text if isinstance(heard, Said | Pressed) else None


# Words


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("<@UBOT> latest um", "latest um"),
        ("latest <@UBOT> um", "latest   um"),
        ("subscribe <https://havnen.example/feed?a=1&amp;b=2>", "subscribe https://havnen.example/feed?a=1&b=2"),
        ("subscribe <http://havnen.example|havnen.example>", "subscribe http://havnen.example"),
        ("search <mailto:presse@havnen.example|presse@havnen.example>", "search presse@havnen.example"),
        ("search <#C5|redaktionen> &lt;3", "search #redaktionen <3"),
        ("search <@U8> <!here>", "search @U8 @here"),
        ("search a < b > c", "search a < b > c"),
    ],
)
def test_slacks_markup_becomes_what_was_typed(typed: str, meant: str) -> None:
    """Without the mention of us, names and addresses as people write them."""
    assert plain(typed, "UBOT") == meant


@pytest.mark.parametrize(
    ("command", "text", "line"),
    [
        ("presse", "latest um", "/latest um"),
        ("presse", "/latest um", "/latest um"),
        ("presse", "", "/help"),
        ("presse", " / ", "/help"),
        ("latest", "um", "/latest um"),
        ("Seneste", "", "/Seneste"),
        ("nyheder", "latest um", "/latest um"),
    ],
)
def test_a_slash_commands_line(command: str, text: str, line: str) -> None:
    """Its own name where it is a command of ours; every other name only leads to what comes after it."""
    assert line_of(command, text, ME.commands) == line


# Commands


def test_a_slash_command_in_a_channel() -> None:
    """Who, where, what, and how to answer."""
    heard = read(slash("/presse", "latest um"), ME)
    assert isinstance(heard, Said)
    assert heard.call.text == "/latest um"
    assert str(heard.call.actor) == "slack:T1/U7"
    assert heard.call.address == Address("slack", "T1", "C5")
    assert heard.call.conversation_kind is ConversationKind.CHANNEL
    assert heard.call.title == "#redaktionen"
    assert heard.spot.response_url == "https://hooks.example/1"
    assert not heard.quiet


def test_a_private_channels_name_is_not_told_with_a_command() -> None:
    """Slack says what it is in place of its name."""
    heard = read(slash("/presse", "help", channel_name="privategroup"), ME)
    assert isinstance(heard, Said)
    assert heard.call.title == ""


def test_in_private_the_conversation_is_the_person() -> None:
    """By command, whoever the direct messages are with, and by message."""
    for payload in (slash("/presse", "latest", channel_id="D3", channel_name="directmessage"), message("latest")):
        heard = read(payload, ME)
        assert isinstance(heard, Said)
        assert heard.call.address == Address("slack", "T1", "U7")
        assert heard.call.conversation_kind is ConversationKind.PRIVATE


@pytest.mark.parametrize(
    "more",
    [
        {"bot_id": "B1"},
        {"user": "UBOT"},
        {"user": ""},
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": "bot_message"},
        {"channel_type": "channel", "channel": "C5"},
        {"channel_type": "mpim", "channel": "G5"},
    ],
)
def test_what_no_person_says_to_us_is_passed_over(more: dict[str, Any]) -> None:
    """Our own words, other bots', changes, and what is said in channels without naming us."""
    assert read(message("latest", **more), ME) is None


def test_a_mention_in_a_thread_is_a_reply_to_its_first_message() -> None:
    """The database knows whether that is an alert."""
    said = {"user": "U7", "text": "<@UBOT> contact", "channel": "C5", "ts": "8.1", "thread_ts": "7.1", "team": "T1"}
    heard = read(event("app_mention", **said), ME)
    assert isinstance(heard, Said)
    assert heard.call.text == "contact"
    assert heard.call.reply_to == heard.spot.thread == "7.1"
    assert heard.call.address == Address("slack", "T1", "C5")


def test_a_mention_alone_is_greeted() -> None:
    """As whoever starts."""
    said = {"user": "U7", "text": "<@UBOT>", "channel": "C5", "ts": "8.1", "team": "T1"}
    assert heard_text(event("app_mention", **said)) == "/start"


def test_a_stranger_is_named_by_their_own_workspace() -> None:
    """Somebody of a shared channel is never taken for one of ours with the same id."""
    said = {"user": "U7", "text": "<@UBOT> latest", "channel": "C5", "ts": "8.1", "team": "T9", "user_team": "T9"}
    heard = read(event("app_mention", **said), ME)
    assert isinstance(heard, Said)
    assert str(heard.call.actor) == "slack:T9/U7"
    assert heard.call.actor.account == "T1"


# Shortcuts and buttons


def test_the_shortcut_on_a_message_asks_for_its_contact() -> None:
    """Quietly: nobody saw it asked."""
    payload = {"type": "message_action", "callback_id": "contact_of_release", "team": {"id": "T1"}, "user": {"id": "U7"}}
    payload |= {"channel": {"id": "C5", "name": "redaktionen"}, "message": {"ts": "6.1", "thread_ts": "5.1"}}
    heard = read(payload, ME)
    assert isinstance(heard, Said)
    assert (heard.call.text, heard.call.reply_to, heard.spot.thread, heard.quiet) == ("/contact", "6.1", "5.1", True)
    assert read(payload | {"callback_id": "something_else"}, ME) is None


def test_links_in_a_message_are_found_wherever_they_stand() -> None:
    """In its text, its blocks, and what is attached to it; each once."""
    message: dict[str, Any] = {
        "ts": "6.1",
        "text": "se <https://havnen.example/1?a=1&amp;b=2|her> og <mailto:a@b.example> og <@U7>",
    }
    link = {"type": "link", "url": "https://havnen.example/2"}
    message["blocks"] = [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [link, link]}]}]
    message["attachments"] = [{"title_link": "https://havnen.example/3", "text": "x", "thumb_url": "https://havnen.example/4.jpg"}]
    payload = {"type": "message_action", "callback_id": "contact_of_release", "team": {"id": "T1"}, "user": {"id": "U7"}}
    heard = read(payload | {"channel": {"id": "C5"}, "message": message}, ME)
    assert isinstance(heard, Said)
    assert heard.links == ("https://havnen.example/1?a=1&b=2", "https://havnen.example/2", "https://havnen.example/3")


def test_the_shortcut_that_is_everywhere_and_home() -> None:
    """Who, and with what a modal can be opened; what stands in Home comes along."""
    payload = {"type": "shortcut", "callback_id": "search", "team": {"id": "T1"}, "user": {"id": "U7"}, "trigger_id": "1.2.3"}
    heard = read(payload, ME)
    assert isinstance(heard, Summoned)
    assert (heard.spot.user, heard.spot.trigger_id, str(heard.actor)) == ("U7", "1.2.3", "slack:T1/U7")
    opened = read(event("app_home_opened", user="U7", tab="home", channel="D9", view={"hash": "h"}), ME)
    assert isinstance(opened, HomeOpened)
    assert (opened.spot.user, opened.view) == ("U7", {"hash": "h"})


def test_what_is_used_in_a_view_comes_with_the_view() -> None:
    """And without a response address: there is none."""
    view = {"id": "V1", "type": "home", "private_metadata": "{}"}
    heard = read(press({"action_id": "do:1", "value": "/mute"}, container={"type": "view", "view_id": "V1"}, view=view), ME)
    assert isinstance(heard, Used)
    assert (heard.view, heard.action["value"], heard.spot.channel) == (view, "/mute", "")


def test_a_button_says_its_command() -> None:
    """Under which message, and whether one person alone sees it."""
    heard = read(press({"action_id": "do:1", "value": "/release 3"}), ME)
    assert isinstance(heard, Pressed)
    assert (heard.call.text, heard.reference, heard.ephemeral) == ("/release 3", "6.1", False)
    container = {"type": "message", "message_ts": "6.1", "channel_id": "C5", "is_ephemeral": True, "thread_ts": "5.1"}
    heard = read(press({"action_id": "pick:1", "selected_option": {"value": "/release 4"}}, container=container), ME)
    assert isinstance(heard, Pressed)
    assert (heard.call.text, heard.ephemeral, heard.spot.thread) == ("/release 4", True, "5.1")


@pytest.mark.parametrize(
    "payload",
    [
        press({"action_id": "open:1", "url": "https://havnen.example"}),
        press({"action_id": "somebody_elses", "value": "/release 3"}),
        press({"action_id": "do:1", "value": "/release 3"}, container={"type": "somewhere"}),
        press({}, container={"type": "view"}, actions=[]),
        event("app_home_opened", user="U7", tab="messages"),
        {"type": "shortcut", "callback_id": "something_else"},
        {"type": "view_closed", "team": {"id": "T1"}},
        {},
    ],
)
def test_what_says_nothing_is_passed_over(payload: dict[str, Any]) -> None:
    """Buttons that only open a page, what has no meaning to us, and what we do not know."""
    assert read(payload, ME) is None


# What happens


def test_we_are_let_in_and_thrown_out() -> None:
    """Whoever invites us is greeted; joining by ourselves is not."""
    joined = {"user": "UBOT", "channel": "C5", "channel_type": "C", "team": "T1"}
    invited = read(event("member_joined_channel", **joined, inviter="U7"), ME)
    assert isinstance(invited, Happened)
    assert isinstance(invited.event, BotAdded)
    assert invited.greet
    assert str(invited.event.actor) == "slack:T1/U7"
    by_ourselves = read(event("member_joined_channel", **joined), ME)
    assert isinstance(by_ourselves, Happened)
    assert not by_ourselves.greet
    assert isinstance(read(event("member_joined_channel", **(joined | {"user": "U8"})), ME), Changed)
    for kind in ("channel_left", "group_left", "channel_archive", "group_archive", "channel_deleted", "group_deleted"):
        gone = read(event(kind, channel="C5"), ME)
        assert isinstance(gone, Happened)
        assert isinstance(gone.event, BotRemoved)
    back = read(event("channel_unarchive", channel="C5", user="U7"), ME)
    assert isinstance(back, Happened)
    assert isinstance(back.event, BotAdded)
    assert not back.greet


def test_channels_change() -> None:
    """Their id, their name, and what we remember of them."""
    moved = read(event("channel_id_changed", old_channel_id="G1", new_channel_id="C6"), ME)
    assert isinstance(moved, Happened)
    assert moved.event == ConversationMoved(Address("slack", "T1", "G1"), "C6")
    assert read(event("channel_rename", channel={"id": "C5", "name": "nyt"}), ME) == Changed("T1", "C5", title="#nyt")
    assert read(event("channel_shared", channel="C5"), ME) == Changed("T1", "C5")
    assert read(event("user_change", user={"id": "U7"}), ME) == Changed("T1", user="U7")


def test_the_app_is_uninstalled() -> None:
    """Or its bot's token revoked; a person's token is no concern of ours."""
    assert read(event("app_uninstalled"), ME) == Uninstalled("T1")
    assert read(event("tokens_revoked", tokens={"bot": ["UBOT"], "oauth": []}), ME) == Uninstalled("T1")
    assert read(event("tokens_revoked", tokens={"oauth": ["U7"]}), ME) is None


# Whose, and in which order


def test_whose_a_payload_is() -> None:
    """Where we are installed comes before where the person is; organisations come last."""
    assert next(iter(candidates(event("app_mention")))) == "T1"
    assert list(filter(None, candidates(slash("/presse")))) == ["T1"]
    whole = press({}, team=None, enterprise={"id": "E1"}, user={"id": "U7", "team_id": "T2"}, is_enterprise_install=True)
    assert list(filter(None, candidates(whole))) == ["T2", "E1"]
    stranger = press({}, team={"id": "T9"}, message={"ts": "6.1", "team": "T1"})
    assert list(dict.fromkeys(filter(None, candidates(stranger)))) == ["T9", "T1"]


def test_lanes_and_names() -> None:
    """What comes from one channel has one lane; only events come again."""
    lanes = {
        lane(each)
        for each in (slash("/presse"), press({}), event("channel_rename", channel={"id": "C5"}), message("x", channel="C5"))
    }
    assert lanes == {"C5"}
    assert lane(event("user_change", user={"id": "U7"})) == "U7"
    assert name_of(message("x")) == "Ev1"
    assert name_of(slash("/presse")) == ""
