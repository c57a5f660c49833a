"""Views, and the notes that they carry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.heard import Me, Spot
from adapters.slack.views import Note, card_view, noted, page, search_view, searched, sought, view, waiting_view
from bot.domain.card import Button, Card, Text
from bot.domain.prose import paragraphs
from bot.domain.subscription import Address, ConversationKind
from bot.i18n import texts
from bot.ports import Actor
from tests.fakes.slack_blocks import view_problems

DA = texts("da", "Europe/Copenhagen")
ME = Me("T1", "UBOT")
ASTA = Actor("slack", "T1", "T1/U7")
CARD = Card("Kort", tuple(Text(block) for block in paragraphs("Et kort")), ((Button("Seneste", "/latest " + "x" * 600),),))
NOTES = st.builds(
    Note,
    command=st.text(max_size=60),
    channel=st.text(max_size=12),
    title=st.text(max_size=90),
    thread=st.text(max_size=20),
    reply_to=st.text(max_size=20),
    response_url=st.text(max_size=200),
    home=st.booleans(),
    looked_at=st.text(max_size=12),
    depth=st.integers(1, 3),
)


@given(NOTES)
def test_a_note_is_read_as_it_was_written(note: Note) -> None:
    """Whatever is in it."""
    assert Note.read(note.written()) == note


@pytest.mark.parametrize("said", ["", "{", "[]", "null", '{"depth": "3", "unknown": 1, "home": 1}', '"x"', "7"])
def test_what_is_no_note_is_an_empty_one(said: str) -> None:
    """As of a view of an older version."""
    assert Note.read(said) == Note()


def test_a_note_that_is_too_long_is_carried_by_its_key() -> None:
    """Slack takes 3,000 characters."""
    short, long = Note(command="/watch um"), Note(command="/watch " + "ø" * 700)
    assert noted(page(short, []).said) == short.written()
    made = page(long, [])
    assert made.kept == (long.written(),)
    assert noted(made.said).startswith("#")


def test_a_command_of_a_view_is_about_where_it_was_opened() -> None:
    """A channel by its name, a thread, or the person's own."""
    note = Note(channel="C5", title="#redaktionen", thread="5.1", reply_to="6.1", response_url="https://hooks.example/1")
    call = note.call("/contact", ME, ASTA, Spot("", "U7", trigger_id="1.2.3"))
    assert call.address == Address("slack", "T1", "C5")
    assert (call.title, call.reply_to, call.conversation_kind) == ("#redaktionen", "6.1", ConversationKind.CHANNEL)
    assert note.spot(Spot("", "U7", trigger_id="1.2.3")) == Spot("C5", "U7", "5.1", "https://hooks.example/1", "1.2.3")
    own = Note().call("/contact", ME, ASTA, Spot("", "U7"))
    assert (own.address, own.conversation_kind) == (Address("slack", "T1", "U7"), ConversationKind.PRIVATE)


def test_every_view_is_one_that_slack_takes() -> None:
    """A card, a box to search by, one that waits, one with a title that is too long; long commands are kept."""
    for made in (
        card_view(CARD, Note(), DA, {}),
        search_view(CARD, Note(depth=2), DA, {}),
        waiting_view(Note(), DA),
        view(Note(), [], called="x", title="En meget lang titel på en rude", submit="Gem det hele nu og for altid", close="Luk"),
        page(Note(), []),
    ):
        assert view_problems(made.said) == []
    assert len(card_view(CARD, Note(), DA, {}).kept) == 1


def test_what_is_searched_for() -> None:
    """By Enter in the box, or by sending the modal; in one line."""
    assert searched({"action_id": "search:1", "value": "  kaj \n åbner "}) == "/search kaj åbner"
    assert searched({"action_id": "search:1", "value": None}) == ""
    assert searched({"action_id": "do:1", "value": "/mute"}) == ""
    assert sought({"state": {"values": {"search": {"search:1": {"value": " kaj "}}}}}) == "kaj"
    assert sought({}) == ""
