"""What is said where a command cannot be answered, and whatever is typed."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.subscription import ConversationKind
from bot.errors import DiskFull, StorageError
from tests.features.newsdesk import ADMIN, OPERATOR, Newsdesk, buttons_of


async def test_an_over_long_argument_is_told_so(desk: Newsdesk) -> None:
    """A megabyte as well, and words that are no command: no search is offered that could not be run."""
    for text in ("/search " + "a" * 1001, "/latest " + "um " * 350_000, "hvad " * 2000):
        assert "højst fylde 1000 tegn" in await desk.words(text)


async def test_a_database_that_cannot_be_used_is_said_in_words(desk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for did not happen; no path and no SQL is shown."""

    def full() -> None:
        raise DiskFull("there is no room left to write the database /srv/secret/pressevagt.db")

    monkeypatch.setattr(desk.database, "begin", full)
    words = await desk.words("/subscribe um")
    assert "ikke mere plads" in words
    assert "secret" not in words
    assert "1. Nye sanktioner" in await desk.words("/latest"), "the list is shown, though its numbers cannot be kept"


async def test_a_database_that_is_no_longer_one_is_said_in_words(desk: Newsdesk) -> None:
    """Even before the conversation's language is known."""
    with closing(sqlite3.connect(desk.database.url.database or "")) as connection:
        connection.execute("DROP TABLE destination")
    reply = await desk.ask("/latest", language="en")
    assert reply.private
    assert "went wrong" in reply.card.summary or "cannot be used" in reply.card.summary


async def test_what_nobody_foresaw_is_an_apology_with_a_reference(
    desk: Newsdesk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """The log has the traceback under it."""

    async def broken(*_: object) -> bool:
        raise RuntimeError("nobody foresaw this")

    monkeypatch.setattr(desk.router, "_may_manage", broken)
    with caplog.at_level(logging.ERROR):
        words = await desk.words("/subscribe um")
    assert "Beklager, det gik galt" in words
    assert "nobody foresaw" not in words
    logged = capsys.readouterr().out + caplog.text
    reference = words.rstrip(".").split()[-1]
    assert reference in logged
    assert "nobody foresaw this" in logged


async def test_storage_errors_of_every_kind_have_words(desk: Newsdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is of no special kind too."""

    def unusable() -> None:
        raise StorageError("nothing works")

    monkeypatch.setattr(desk.database, "read", unusable)
    assert "Databasen kan ikke bruges lige nu" in await desk.words("/latest")


_NAMES = [
    "latest",
    "seneste",
    "søg",
    "search",
    "contact",
    "newsroom",
    "release",
    "subscribe",
    "afmeld",
    "newsrooms",
    "language",
    "help",
]
_HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Nd", "Po"]), max_size=40),
    st.builds(
        "{}{} {}".format, st.sampled_from(["/", "", "//"]), st.sampled_from(_NAMES), st.text(alphabet=st.characters(), max_size=30)
    ),
    st.builds(
        "/{} {} page:{}".format,
        st.sampled_from(_NAMES),
        st.sampled_from(
            ["um", "a'b\"c%_", "<!channel>", "*", "-um", '"', "id:1", "0", "9" * 25, "http://[", "https://127.0.0.1/x"]
        ),
        st.integers(0, 99999),
    ),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=_HOSTILE,
    title=st.text(alphabet=st.characters(), max_size=30),
    language=st.text(max_size=5),
    who=st.sampled_from([ADMIN, OPERATOR]),
)
async def test_whatever_is_typed_gets_an_answer(desk: Newsdesk, text: str, title: str, language: str, who: object) -> None:
    """Never an exception, never a card without a word, and never our own fault."""
    kind = ConversationKind.GROUP
    reply = await desk.ask(text, who, language=language, title=title, conversation_kind=kind)  # type: ignore[arg-type]
    assert reply.card.summary.strip()
    assert "\n" not in reply.card.summary
    assert "det gik galt" not in reply.card.summary
    assert "that went wrong" not in reply.card.summary
    assert all(button.command.startswith("/") or button.url for button in buttons_of(reply.card))
