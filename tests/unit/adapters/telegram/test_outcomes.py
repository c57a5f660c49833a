"""Telegram's errors as outcomes, in the words that the real server uses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from adapters.telegram.outcomes import FloodWatch, Form, is_no_post, is_unchanged, outcome_of, simpler
from adapters.telegram.request import NotSent, ServerFault
from bot.domain.delivery import AccountBlocked, AccountGone, DestinationGone, DestinationMoved, Refused, RetryLater, SendOutcome
from tests.fakes import telegram_errors as said


def bad(words: str) -> BadRequest:
    """A refusal as the SDK raises it."""
    return BadRequest(f"Bad Request: {words}")


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (RetryAfter(7), RetryLater("too fast", timedelta(seconds=7))),
        (ChatMigrated(-1001), DestinationMoved("-1001")),
        (Forbidden("Forbidden: " + said.BLOCKED), DestinationGone("Forbidden: " + said.BLOCKED)),
        (InvalidToken("Unauthorized"), AccountGone("Telegram does not know the token")),
        (bad(said.CHAT_NOT_FOUND), DestinationGone("Chat not found")),
        (bad(said.NO_TEXT_RIGHTS), DestinationGone("Not enough rights to send text messages to the chat")),
        (bad(said.CHANNEL_RIGHTS), DestinationGone("Need administrator rights in the channel chat")),
        (bad(said.TEXT_TOO_LONG), Refused("Message is too long")),
        (TimedOut(), RetryLater("Timed out", ambiguous=True)),
        (NotSent("no connection"), RetryLater("no connection")),
        (ServerFault(500), RetryLater("the server answered 500")),
        (ServerFault(502), RetryLater("the server answered 502", ambiguous=True)),
        (NetworkError("reset"), RetryLater("reset", ambiguous=True)),
        (NetworkError("Too Many Requests: retry after 5"), RetryLater("too fast")),
        (NetworkError("Request Entity Too Large (413)"), Refused("Request Entity Too Large (413)")),
        (Conflict("other"), RetryLater("other")),
        (TelegramError("Invalid server response"), RetryLater("Invalid server response", ambiguous=True)),
    ],
)
def test_every_error_is_an_outcome(error: TelegramError, outcome: SendOutcome) -> None:
    """What can be sent later, what never, and who is gone."""
    assert outcome_of(error) == outcome


FULL = Form(photo="https://a.dk/b.png", thread="7", reply_to=3)


@pytest.mark.parametrize(
    ("words", "easier"),
    [
        (said.TOPIC_CLOSED, Form(photo=FULL.photo)),
        (said.NO_THREAD, Form(photo=FULL.photo)),
        (said.URL_FAILED, Form(thread="7", reply_to=3)),
        (said.NO_PHOTO_RIGHTS, Form(thread="7", reply_to=3)),
        (said.CANNOT_PARSE.format(reason="x"), Form(photo=FULL.photo, thread="7", reply_to=3, html=False)),
        (said.BUTTON_URL.format(url="x", reason="y"), Form(photo=FULL.photo, thread="7", reply_to=3, buttons=False)),
        (said.NOT_FOUND.format(what="message to be replied"), Form(photo=FULL.photo, thread="7")),
        (said.CHAT_NOT_FOUND, None),
    ],
)
def test_a_refused_message_is_put_more_simply(words: str, easier: Form | None) -> None:
    """Each refusal gives up what it is about, and nothing else."""
    assert simpler(FULL, bad(words)) == easier


def test_simpler_comes_to_an_end() -> None:
    """However Telegram refuses, there are only so many forms."""
    form, steps = FULL, 0
    refusals = (said.TOPIC_CLOSED, said.CANNOT_PARSE.format(reason="x"), said.BUTTON_DATA, said.URL_FAILED, "anything")
    for words in refusals * 3:
        if easier := simpler(form, bad(words)):
            form, steps = easier, steps + 1
    assert steps == 4
    assert simpler(FULL, TimedOut()) is None


def test_what_an_edit_may_hear() -> None:
    """The same again, or nothing there to edit."""
    assert is_unchanged(bad(said.NOT_MODIFIED))
    assert is_no_post(bad(said.NOT_FOUND.format(what="message to edit")))
    assert is_no_post(bad(said.CANNOT_EDIT))
    assert is_no_post(bad(said.NO_TEXT_TO_EDIT))
    assert not is_no_post(bad(said.NOT_MODIFIED))


def test_several_chats_told_to_wait_at_once_are_the_account() -> None:
    """One chat's limit stops that chat; three chats' limits at the same time stop the account until the last says."""
    watch, after = FloodWatch(), timedelta(seconds=10)
    assert watch.outcome("1", after, 0.0) == RetryLater("too fast", after)
    assert watch.outcome("1", after, 1.0) == RetryLater("too fast", after)
    assert isinstance(watch.outcome("2", after, 2.0), RetryLater)
    assert isinstance(watch.outcome("3", after, 3.0), AccountBlocked)
    assert isinstance(watch.outcome("4", after, 30.0), RetryLater)
