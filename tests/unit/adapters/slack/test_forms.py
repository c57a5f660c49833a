"""Forms as fields of a modal, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.forms import completed, errors, filled_in, form_view, options, refilled
from adapters.slack.views import Note, View
from bot.domain.form import Choice, Field, Form
from bot.i18n import texts
from tests.fakes.slack_blocks import view_problems
from tests.fakes.slack_choices import initial
from tests.fakes.slack_shown import controls

DA = texts("da", "Europe/Copenhagen")
WILD = st.text(max_size=400)
CHOICES = st.lists(st.builds(Choice, WILD, WILD), max_size=130).map(tuple)
FIELDS = st.builds(
    Field,
    name=st.text("abcdefgh", min_size=1, max_size=20),
    label=WILD,
    choices=CHOICES,
    search=st.sampled_from(["", "newsroom"]),
    values=st.lists(st.builds(Choice, WILD, WILD), max_size=5).map(tuple),
    several=st.booleans(),
    optional=st.booleans(),
    hint=WILD,
)


def shown(*fields: Field) -> dict[str, Any]:
    """A form as a modal."""
    view = form_view(Form("Titel", "Gem", "/watch um", fields), Note(), DA, {})
    assert isinstance(view, View)
    return view.said


def sent(view: dict[str, Any], **state: dict[str, Any]) -> dict[str, Any]:
    """The same as it comes back, with some fields changed."""
    values = initial(controls(view["blocks"]))
    for name, held in state.items():
        (action,) = values[f"field:{name}"]
        values[f"field:{name}"][action] = held
    return view | {"id": "V1", "hash": "h", "state": {"values": values}}


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (Field("a", "A"), "plain_text_input"),
        (Field("a", "A", search="newsroom"), "external_select"),
        (Field("a", "A", search="newsroom", several=True), "multi_external_select"),
        (Field("a", "A", (Choice("x", "X"),)), "radio_buttons"),
        (Field("a", "A", tuple(Choice(str(n), str(n)) for n in range(6))), "static_select"),
        (Field("a", "A", tuple(Choice(str(n), str(n)) for n in range(10)), several=True), "checkboxes"),
        (Field("a", "A", tuple(Choice(str(n), str(n)) for n in range(11)), several=True), "multi_static_select"),
    ],
)
def test_each_field_has_the_element_that_fits_it(field: Field, kind: str) -> None:
    """A few choices are all shown, many in a menu."""
    assert shown(field)["blocks"][0]["element"]["type"] == kind


@given(st.lists(FIELDS, min_size=1, max_size=4, unique_by=lambda field: field.name), WILD)
def test_whatever_a_form_holds_slack_takes_it(fields: list[Field], title: str) -> None:
    """Every length, any sign; what it holds comes back as what it holds."""
    fields = [field for field in fields if field.search or not field.choices or any(choice.value for choice in field.choices)]
    view = form_view(Form(title, title, "/watch", tuple(fields)), Note(), DA, {})
    if not fields:
        assert view is None
        return
    assert view is not None
    assert view_problems(view.said) == []
    assert set(filled_in(sent(view.said))) == {field.name for field in fields}
    assert view_problems(refilled(sent(view.said), {field.name: "forkert" for field in fields})) == []


def test_too_many_fields_are_no_modal() -> None:
    """A modal holds a hundred blocks."""
    assert form_view(Form("Titel", "Gem", "/watch", tuple(Field(f"f{n}", "F") for n in range(101))), Note(), DA, {}) is None


def test_hints_say_commands_as_they_are_typed_here() -> None:
    """As cards do."""
    form = Form("Titel", "Gem", "/watch", (Field("a", "A", hint="Se /settings og 1/2"),))
    view = form_view(form, Note(), DA, {"settings": "presse settings"})
    assert view is not None
    assert view.said["blocks"][0]["hint"]["text"] == "Se /presse settings og 1/2"


def test_long_values_are_carried_by_their_keys() -> None:
    """Which are kept, as those of long commands are."""
    long = "x" * 200
    view = form_view(Form("Titel", "Gem", "/watch", (Field("a", "A", (Choice(long, "X"), Choice("y", "Y"))),)), Note(), DA, {})
    assert view is not None
    assert view.kept == (long,)
    assert len(view.said["blocks"][0]["element"]["options"][0]["value"]) <= 150


def test_what_was_filled_in_is_a_line() -> None:
    """In the order of the fields; what is empty is said too."""
    view = sent(
        shown(
            Field("words", "Ord", optional=True),
            Field("kinds", "Slags", (Choice("a", "A"), Choice("b", "B")), several=True),
            Field("when", "Når", (Choice("now", "Nu"),), values=(Choice("now", "Nu"),)),
            Field("none", "Intet", optional=True),
        ),
        words={"type": "plain_text_input", "value": '  to  "ord" '},
        kinds={"type": "checkboxes", "selected_options": [{"value": "a"}, {"value": "b"}]},
    )
    assert completed("/watch um", view, filled_in(view)) == '/watch um words:"to \'ord\'" kinds:"a,b" when:"now" none:""'


def test_faults_stand_at_their_fields_and_others_above() -> None:
    """With what was filled in, once however often it was wrong."""
    view = sent(shown(Field("a", "A"), Field("b", "B")), a={"type": "plain_text_input", "value": "noget"})
    assert errors(view, {"a": "dur ikke", "ukendt": "hvad?"}) == {"field:a": "dur ikke"}
    again = refilled(view, {"a": "dur ikke", "ukendt": "hvad?"})
    assert [block["type"] for block in again["blocks"]] == ["context", "input", "context", "input"]
    assert again["blocks"][1]["element"]["initial_value"] == "noget"
    assert set(again) <= {"type", "title", "submit", "close", "blocks", "private_metadata", "callback_id"}
    once_more = refilled(sent(again), {"b": "heller ikke"})
    assert [block["type"] for block in once_more["blocks"]] == ["input", "input", "context"]


def test_options_are_offered_once_each() -> None:
    """As many as Slack takes, and none without a value."""
    choices = [Choice("a", "A"), Choice("a", "A igen"), Choice("", "Intet"), *(Choice(str(n), "") for n in range(200))]
    found = options(choices)
    assert len(found) == 100
    assert len({option["value"] for option in found}) == 100
    assert all(option["text"]["text"] for option in found)
