"""Links that somebody shares, as Slack tells of them, and what they mean to us."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.slack.events import read_event
from adapters.slack.heard import Me, Shared
from bot.domain.subscription import ConversationKind

ME = Me("T1", "U0BOT")
LINK = "https://via.ritzau.dk/pressemeddelelse/14500005/kajen?publisherId=1&amp;lang=da"
SHARED: dict[str, Any] = {
    "type": "link_shared",
    "user": "U1",
    "channel": "C1",
    "message_ts": "1.5",
    "unfurl_id": "C1.1.5.abc",
    "source": "conversations_history",
    "links": [{"domain": "via.ritzau.dk", "url": LINK}, {"domain": "via.ritzau.dk", "url": LINK}],
}


def heard(**more: Any) -> Shared | None:
    """What is made of the event with some of it put otherwise; None takes a field away."""
    event = {name: value for name, value in (SHARED | more).items() if value is not None}
    found = read_event(event, ME)
    assert found is None or isinstance(found, Shared)
    return found


def test_links_are_kept_as_slack_names_them() -> None:
    """Each once, with the message by the name that Slack gave it."""
    found = heard()
    assert found is not None
    assert found.links == (LINK,)
    assert found.message == {"unfurl_id": "C1.1.5.abc", "source": "conversations_history"}
    assert (found.call.address.conversation, found.call.conversation_kind) == ("C1", ConversationKind.CHANNEL)
    assert found.call.text == ""


def test_a_message_without_a_name_goes_by_its_place() -> None:
    """As Slack told of links before there was a composer."""
    found = heard(unfurl_id=None, source=None)
    assert found is not None
    assert found.message == {"channel": "C1", "ts": "1.5"}


def test_what_is_still_being_written_is_for_whoever_writes_it() -> None:
    """Slack does not say where."""
    found = heard(source="composer", channel="COMPOSER", message_ts="9d8f")
    assert found is not None
    assert (found.call.address.conversation, found.call.conversation_kind) == ("U1", ConversationKind.PRIVATE)
    assert found.message["source"] == "composer"


def test_direct_messages_are_the_persons() -> None:
    """By the person's id, as everywhere."""
    found = heard(channel="D1")
    assert found is not None
    assert found.call.address.conversation == "U1"


@pytest.mark.parametrize(
    "more",
    [
        {"user": "U0BOT"},
        {"user": None},
        {"bot_id": "B1"},
        {"links": []},
        {"links": None},
        {"unfurl_id": None, "message_ts": None},
    ],
)
def test_what_is_our_own_or_cannot_be_shown_is_left(more: dict[str, Any]) -> None:
    """Our own messages, those of bots, no links, no message."""
    assert heard(**more) is None
