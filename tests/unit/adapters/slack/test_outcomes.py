"""Slack's errors as outcomes: every code of its reference for chat.postMessage and chat.update, and what else can happen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.outcomes import (
    BLOCKED_FOR,
    Fault,
    FloodWatch,
    Shape,
    Unreadable,
    after_of,
    is_limited,
    is_no_edit,
    is_outside,
    outcome_of,
    simpler,
)
from bot.domain.delivery import AccountBlocked, AccountGone, DestinationGone, PostGone, Refused, RetryLater, SendOutcome

QUARTER = timedelta(minutes=15)


def answered(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> SlackApiError:
    """An error as the SDK raises it."""
    response = AsyncSlackResponse(
        client=None, http_verb="POST", api_url="", req_args={}, data=data, headers=headers or {}, status_code=status
    )
    return failed(response)


def failed(response: object) -> SlackApiError:
    """The SDK's error with whatever it holds for the answer."""
    return SlackApiError("The request to the Slack API failed.", response)  # type: ignore[no-untyped-call]


def said(code: str, *messages: str) -> SlackApiError:
    """A refusal with a code, and what it is about."""
    return answered({"ok": False, "error": code, "response_metadata": {"messages": [f"[ERROR] {words}" for words in messages]}})


GONE = (
    *("not_in_channel", "channel_not_found", "is_archived", "is_inactive", "channel_is_archived", "no_permission", "access_denied"),
    *("restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"),
    *("restricted_action_non_threadable_channel", "restricted_action_thread_locked", "restricted_action_of_tomorrow"),
    *("messages_tab_disabled", "cannot_dm_bot", "user_is_restricted", "user_is_ultra_restricted", "user_not_found"),
)
ACCOUNT_GONE = (
    "account_inactive",
    "app_uninstalled",
    "invalid_auth",
    "not_authed",
    "team_not_found",
    "token_expired",
    "token_revoked",
)
BLOCKED = (
    *("accesslimited", "app_access_restricted", "deprecated_endpoint", "enterprise_is_restricted", "message_limit_exceeded"),
    *("method_deprecated", "missing_scope", "not_allowed_token_type", "org_login_required", "team_access_not_granted"),
    *("team_added_to_org", "two_factor_setup_required"),
)
NO_POST = ("message_not_found", "cant_update_message", "edit_window_closed", "block_mismatch")
REFUSED = (
    *("msg_too_long", "msg_blocks_too_long", "no_text", "invalid_blocks", "invalid_blocks_format", "invalid_arguments"),
    *("invalid_arg_name", "invalid_array_arg", "invalid_charset", "invalid_form_data", "invalid_post_type", "missing_post_type"),
    *("too_many_attachments", "too_many_contact_cards", "attachment_payload_limit_exceeded", "invalid_attachments"),
    *("as_user_not_supported", "cant_broadcast_message", "duplicate_channel_not_found", "duplicate_message_not_found"),
    *("cannot_reply_to_message", "invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large"),
    *("metadata_must_be_sent_from_app", "markdown_text_conflict", "no_dual_broadcast_content_update", "missing_file_data"),
    *("slack_connect_file_link_sharing_blocked", "slack_connect_canvas_sharing_blocked", "send_on_behalf_not_allowed"),
    "a_code_of_tomorrow",
)


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        (GONE, DestinationGone),
        (ACCOUNT_GONE, AccountGone),
        (BLOCKED, AccountBlocked),
        (NO_POST, PostGone),
        (REFUSED, Refused),
        (("ratelimited", "rate_limited"), RetryLater),
        (("request_timeout", "service_unavailable", "update_failed", "external_channel_migrating"), RetryLater),
        (("streaming_state_conflict", "ekm_access_denied", "fatal_error", "internal_error"), RetryLater),
    ],
)
def test_every_code_is_an_outcome(codes: tuple[str, ...], outcome: type[SendOutcome]) -> None:
    """Who is gone, what is refused, what can be sent later; always with the code among the reasons, and no code twice."""
    for code in codes:
        found = outcome_of(said(code))
        assert type(found) is outcome, code
        assert code in str(found) or is_limited(said(code))


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (
            said("missing_scope"),
            AccountBlocked(BLOCKED_FOR, "missing_scope: the app lacks a permission; install it again from the manifest"),
        ),
        (said("not_in_channel"), DestinationGone("not_in_channel: the app is not in the channel; invite it with /invite")),
        (said("fatal_error"), RetryLater("fatal_error", ambiguous=True)),
        (said("internal_error"), RetryLater("internal_error", ambiguous=True)),
        (said("service_unavailable"), RetryLater("service_unavailable")),
        (said("ekm_access_denied"), RetryLater("ekm_access_denied", QUARTER)),
        (answered({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": "7"}), RetryLater("too fast", timedelta(seconds=7))),
        (answered({}, 429, {"Retry-After": "soon"}), RetryLater("too fast", timedelta(seconds=1))),
        (answered({"ok": False, "error": "internal_error"}, 500), RetryLater("internal_error", ambiguous=True)),
        (answered({}, 500), RetryLater("the server answered 500")),
        (answered({}, 502), RetryLater("the server answered 502", ambiguous=True)),
        (answered("upstream timed out", 504), RetryLater("the server answered 504", ambiguous=True)),
        (answered({}, 403), RetryLater("the server answered 403")),
        (answered({}, 413), Refused("the server answered 413")),
        (answered({}), RetryLater("the server answered 200", ambiguous=True)),
        (failed(None), RetryLater("the answer cannot be read", ambiguous=True)),
        (
            failed({"ok": False, "error": "is_archived"}),
            DestinationGone("is_archived: the channel is archived"),
        ),
        (Unreadable("the answer cannot be read"), RetryLater("the answer cannot be read", ambiguous=True)),
        (SlackRequestError("?"), Refused("SlackRequestError")),
        (aiohttp.ConnectionTimeoutError(), RetryLater("no connection")),
        (aiohttp.ServerTimeoutError(), RetryLater("ServerTimeoutError", ambiguous=True)),
        (aiohttp.ServerDisconnectedError(), RetryLater("ServerDisconnectedError", ambiguous=True)),
        (TimeoutError(), RetryLater("TimeoutError", ambiguous=True)),
        (ConnectionResetError(), RetryLater("ConnectionResetError", ambiguous=True)),
    ],
)
def test_what_an_error_means(error: Fault, outcome: SendOutcome) -> None:
    """After which it may stand all the same, and how long to wait."""
    assert outcome_of(error) == outcome


def test_what_the_adapter_asks() -> None:
    """Whether to join first, whether to reply instead of changing, whether it is a limit and for how long."""
    assert is_outside(said("not_in_channel"))
    assert not is_outside(TimeoutError())
    assert is_no_edit(said("edit_window_closed"))
    assert not is_no_edit(said("message_not_found"))
    assert is_limited(answered({}, 429))
    assert not is_limited(aiohttp.ClientError())
    assert after_of(answered({}, 429, {"Retry-After": "30"})) == timedelta(seconds=30)


IMAGE = "downloading image failed [json-pointer:/blocks/3/image_url]"
URL = "must be a valid URL [json-pointer:/blocks/5/elements/0/elements/2/url]"
FULL = Shape(thread="1.2")


@pytest.mark.parametrize(
    ("error", "easier"),
    [
        (said("invalid_blocks", IMAGE), Shape("1.2", pictures=False)),
        (said("invalid_blocks", URL), Shape("1.2", calls=False)),
        (said("invalid_blocks", "must be less than 151 characters [json-pointer:/blocks/0/text]"), Shape("1.2", blocks=False)),
        (said("invalid_blocks"), Shape("1.2", blocks=False)),
        (said("msg_blocks_too_long"), Shape("1.2", blocks=False)),
        (said("msg_too_long"), Shape("1.2", blocks=False)),
        (said("thread_not_found"), Shape()),
        (said("restricted_action_thread_locked"), Shape()),
        (said("is_archived"), None),
        (said("ratelimited"), None),
        (answered({}, 500), None),
    ],
)
def test_a_refused_message_is_put_more_simply(error: SlackApiError, easier: Shape | None) -> None:
    """Each refusal gives up what it is about, and nothing else."""
    assert simpler(FULL, error) == easier


def test_simpler_comes_to_an_end() -> None:
    """However Slack refuses, there are only so many shapes."""
    shape, steps = FULL, 0
    for error in (said("invalid_blocks", IMAGE), said("invalid_blocks", URL), said("thread_not_found"), said("no_text")) * 3:
        if easier := simpler(shape, error):
            shape, steps = easier, steps + 1
    assert (shape, steps) == (Shape(pictures=False, calls=False, blocks=False), 4)


def test_several_channels_told_to_wait_at_once_are_the_workspace() -> None:
    """One channel's limit stops that channel, three at the same time the workspace; a limit of edits stops no posts."""
    watch, after = FloodWatch(), timedelta(seconds=10)
    post = "chat.postMessage"
    assert watch.outcome(post, "C1", after, 0.0) == RetryLater("too fast", after)
    assert watch.outcome(post, "C1", after, 1.0) == RetryLater("too fast", after)
    assert isinstance(watch.outcome(post, "C2", after, 2.0), RetryLater)
    assert isinstance(watch.outcome("chat.update", "C3", after, 2.0), RetryLater)
    assert isinstance(watch.outcome(post, "C3", after, 3.0), AccountBlocked)
    assert isinstance(watch.outcome("chat.update", "C4", after, 4.0), RetryLater)
    assert isinstance(watch.outcome(post, "C4", after, 30.0), RetryLater)
