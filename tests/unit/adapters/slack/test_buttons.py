"""Buttons: what they carry, and what a press says."""

from __future__ import annotations

from itertools import count

from adapters.slack.buttons import actions, command_of, data_for, is_key, key_of, long_commands
from bot.domain.card import Button, Card, Entry

LONG = "/search " + "æ" * 400
CARD = Card(
    "x",
    (Entry(1, "Et", command="/release id:1"), Entry(2, "To", command="/release id:2")),
    (
        (Button("Åbn", url="https://um.dk"), Button("Ring", url="tel:114"), Button("Mere", "/latest page:2")),
        (Button("Søg", LONG), Button("x" * 200, "/help")),
        (Button("Side", url="https://um.dk/b"), Button("To", "/b")),
    ),
)


def test_rows_are_joined_while_they_are_short() -> None:
    """Five side by side at most; what leads nowhere is left out; labels are cut."""
    rows = [[element["text"]["text"] for element in row["elements"]] for row in actions(CARD)]
    assert rows == [["1", "2"], ["Åbn", "Mere", "Søg", "x" * 74 + "…"], ["Side", "To"]]


def test_ids_go_on_over_several_cards() -> None:
    """No two of a view are the same, and what only opens a page can be told from what says something."""
    numbers = count(1)
    ids = [element["action_id"] for card in (CARD, CARD) for row in actions(card, numbers=numbers) for element in row["elements"]]
    assert len(set(ids)) == len(ids)
    assert [each.partition(":")[0] for each in ids[:4]] == ["do", "do", "open", "do"]


def test_without_commands_links_alone_remain() -> None:
    """Where nobody could press them."""
    assert [[element["url"] for element in row["elements"]] for row in actions(CARD, commands=False)] == [
        ["https://um.dk"],
        ["https://um.dk/b"],
    ]


def test_short_commands_ride_with_their_button_and_long_ones_are_kept() -> None:
    """The same command has the same key; what cannot be read back whole is kept too."""
    assert data_for("/latest um page:2") == "/latest um page:2"
    assert data_for(LONG) == key_of(LONG)
    assert is_key(data_for("/search \n"))
    assert data_for(LONG) != data_for(LONG + "x")
    assert long_commands(CARD) == [LONG]


def test_a_menu_carries_less() -> None:
    """150 characters for each of its options."""
    middling = "/search " + "x" * 160
    card = Card("x", (Entry(0, "Et", command=middling), Entry(0, "To", command="/b")))
    ((menu,),) = (row["elements"] for row in actions(card))
    assert [option["value"] for option in menu["options"]] == [key_of(middling), "/b"]
    assert long_commands(card) == [middling]


def test_what_a_press_says() -> None:
    """A command or its key, a choice of a menu; nothing for a link, and nothing for what is not ours."""
    assert command_of({"action_id": "do:1", "type": "button", "value": "/latest"}) == "/latest"
    assert command_of({"action_id": "pick:3", "selected_option": {"value": "#abc"}}) == "#abc"
    assert command_of({"action_id": "pick:3", "selected_option": None}) == ""
    assert command_of({"action_id": "open:2", "value": "/latest"}) == ""
    assert command_of({"action_id": "other", "value": "/latest"}) == ""
    assert command_of({}) == ""
