"""Forms as fields of a modal, and back: what was filled in, and what is wrong with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from adapters.slack.blocks import small
from adapters.slack.buttons import data_for, is_key
from adapters.slack.heard import Payload
from adapters.slack.limits import (
    BOXES,
    FIELD_LABEL,
    LABEL,
    OPTION_VALUE,
    OPTIONS,
    PLACEHOLDER,
    VIEW_BLOCKS,
    WRITTEN,
    Block,
)
from adapters.slack.render import as_typed
from adapters.slack.rich_text import one_line
from adapters.slack.views import FORM, Note, View, again, plain_text, view
from bot.domain.form import Choice, Field, Form
from bot.i18n import Texts
from bot.text.cutting import MORE, cut

FIND = "find"
_FILL = "fill"
_FIELD, _SAID = "field:", "said:"
_FEW = 5
"""So many choices are all shown, each with a round button."""
_MOST_FOUND = 100
_FAULT = 300
_SIGN = "⚠️ "

Filled = Mapping[str, Sequence[str]]


def form_view(form: Form, note: Note, texts: Texts, names: Mapping[str, str]) -> View | None:
    """A form as a modal; None where it has more fields than one holds. `names`: how commands are typed here."""
    if not 0 < len(form.fields) <= VIEW_BLOCKS:
        return None
    blocks = [_block(replace(field, hint=as_typed(field.hint, names))) for field in form.fields]
    values = [choice.value for field in form.fields for choice in (*field.choices, *field.values)]
    return view(
        note,
        blocks,
        called=FORM,
        title=form.title,
        submit=form.submit.strip() or texts.t("Save"),
        close=texts.t("Cancel"),
        kept=dict.fromkeys(value for value in values if is_key(carried(value))),
    )


def carried(value: str) -> str:
    """What an option carries for a value: the value itself, or the key of a long one."""
    return data_for(value, OPTION_VALUE)


def _block(field: Field) -> Block:
    block = {"type": "input", "block_id": _FIELD + field.name, "label": plain_text(field.label), "element": _element(field)}
    if field.hint:
        block["hint"] = plain_text(field.hint)
    return block | {"optional": field.optional}


def _element(field: Field) -> Block:
    if field.search:
        return _searching(field)
    if field.choices:
        return _choosing(field)
    element: Block = {"type": "plain_text_input", "action_id": _FILL, "max_length": WRITTEN}
    text = cut(",".join(choice.value for choice in field.values), WRITTEN)
    return element | ({"initial_value": text} if text else {})


def _searching(field: Field) -> Block:
    element: Block = {
        "action_id": f"{FIND}:{field.search}",
        "min_query_length": 0,
        "placeholder": plain_text(field.label, PLACEHOLDER),
    }
    return element | _kind("external_select", options(field.values), several=field.several)


def _choosing(field: Field) -> Block:
    offered, now = options(field.choices, len(field.choices)), {carried(choice.value) for choice in field.values}
    chosen = [option for option in offered if option["value"] in now]
    if field.several and len(offered) <= BOXES:
        return {"type": "checkboxes", "action_id": _FILL, "options": offered} | ({"initial_options": chosen} if chosen else {})
    if not field.several and len(offered) <= _FEW:
        return {"type": "radio_buttons", "action_id": _FILL, "options": offered} | ({"initial_option": chosen[0]} if chosen else {})
    menu: Block = {"action_id": _FILL, "placeholder": plain_text(field.label, PLACEHOLDER)}
    return menu | _offering(offered) | _kind("static_select", chosen, several=field.several)


def _offering(offered: list[Block]) -> Block:
    if len(offered) <= OPTIONS:
        return {"options": offered}
    groups = [offered[at : at + OPTIONS] for at in range(0, len(offered), OPTIONS)]
    return {"option_groups": [{"label": _between(group), "options": group} for group in groups[:OPTIONS]]}


def _between(group: list[Block]) -> Block:
    first, last = (cut(group[at]["text"]["text"], LABEL // 2 - 2) for at in (0, -1))
    return plain_text(f"{first} {MORE} {last}", LABEL)


def _kind(kind: str, chosen: list[Block], *, several: bool) -> Block:
    if several:
        return {"type": f"multi_{kind}"} | ({"initial_options": chosen} if chosen else {})
    return {"type": kind} | ({"initial_option": chosen[0]} if chosen else {})


def options(choices: Sequence[Choice], most: int = _MOST_FOUND) -> list[Block]:
    """Choices as options, each value once."""
    found = {carried(choice.value): choice.label or choice.value for choice in choices if choice.value}
    return [{"text": plain_text(label, LABEL), "value": value} for value, label in list(found.items())[:most]]


# What was filled in -----------------------------------------------------------------------------------------------------


def completed(command: str, view: Payload, filled: Filled) -> str:
    """The command line that a form comes to."""
    return Form("", "", command, tuple(Field(name, "") for name in _names(view))).line(filled)


def filled_in(view: Payload) -> dict[str, list[str]]:
    """What stands in each field of a form that was sent; options say what they carried."""
    values = (view.get("state") or {}).get("values") or {}
    return {name: [each for state in (values.get(_FIELD + name) or {}).values() for each in _held(state)] for name in _names(view)}


def _held(state: Mapping[str, Any]) -> list[str]:
    if "selected_options" in state:
        return [str(option["value"]) for option in state["selected_options"] or ()]
    if "selected_option" in state:
        return [str(state["selected_option"]["value"])] if state["selected_option"] else []
    return [text] if (text := str(state.get("value") or "").strip()) else []


def _names(view: Payload) -> list[str]:
    blocks = view.get("blocks") or ()
    return [str(block["block_id"]).removeprefix(_FIELD) for block in blocks if str(block.get("block_id", "")).startswith(_FIELD)]


# What is wrong ----------------------------------------------------------------------------------------------------------


def errors(view: Payload, faults: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with fields of a form, as the answer to its submission says it."""
    names = _names(view)
    return {_FIELD + name: cut(one_line(fault), _FAULT) for name, fault in faults.items() if name in names}


def refilled(view: Payload, faults: Mapping[str, str], above: Sequence[Block] = ()) -> dict[str, Any]:
    """A form that was sent, to be shown again with what was filled in, what is wrong with it, and some blocks above it."""
    values = (view.get("state") or {}).get("values") or {}
    said = errors(view, faults)
    strange = [fault for name, fault in faults.items() if _FIELD + name not in said]
    blocks = [*above, *map(_fault, strange)]
    for block in view.get("blocks") or ():
        name = str(block.get("block_id", ""))
        if name.startswith(_FIELD):
            element = block["element"]
            state = (values.get(name) or {}).get(element.get("action_id")) or {}
            blocks += [block | {"element": _holding(element, state)}, *([_fault(said[name])] if name in said else [])]
    named = [block if "block_id" in block else block | {"block_id": f"{_SAID}{at}"} for at, block in enumerate(blocks)]
    return again(view) | {"blocks": named[:VIEW_BLOCKS]}


def _fault(text: str) -> Block:
    return small(_SIGN + cut(one_line(text), FIELD_LABEL))


_HELD = {"value": "initial_value", "selected_option": "initial_option", "selected_options": "initial_options"}


def _holding(element: Block, state: Mapping[str, Any]) -> Block:
    """An element that holds from the beginning what was filled in."""
    empty = {name: value for name, value in element.items() if name not in _HELD.values()}
    return empty | {_HELD[name]: value for name, value in state.items() if name in _HELD and value}
