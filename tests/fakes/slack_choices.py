"""What a choice or some writing in a control comes to, as actions and as the state of a view."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tests.fakes.slack_errors import Json
from tests.fakes.slack_shown import Control

_PICKS = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
_INITIAL = {
    "initial_option": "selected_option",
    "initial_options": "selected_options",
    "initial_value": "value",
    "initial_date": "selected_date",
    "initial_time": "selected_time",
    "initial_user": "selected_user",
    "initial_users": "selected_users",
    "initial_channel": "selected_channel",
    "initial_channels": "selected_channels",
    "initial_conversation": "selected_conversation",
    "initial_conversations": "selected_conversations",
}


def chosen(control: Control, value: Any, loaded: Callable[[Any], Json | None]) -> Json:
    """The state that a control gets by a value: words of an option, an id, a day, text; a list where many may be chosen.

    `loaded`: the options of an external select by words. Raises LookupError where the value is not offered.
    """
    kind = control.kind
    if "_text_input" in kind or kind == "number_input":
        return {"type": kind, "value": value or None}
    if kind in _PICKS:
        return {"type": kind, _PICKS[kind]: value}
    if kind.startswith("multi_") and kind.endswith("s_select") and "static" not in kind and "external" not in kind:
        return {"type": kind, f"selected_{kind.removeprefix('multi_').removesuffix('_select')}": list(value)}
    many = kind.startswith("multi_") or kind == "checkboxes"
    options = [_option(control, one, loaded) for one in (value if many else [value])]
    return {"type": kind, **({"selected_options": options} if many else {"selected_option": options[0]})}


def _option(control: Control, wanted: Any, loaded: Callable[[Any], Json | None]) -> Json:
    if "external" in control.kind:
        found = wanted if isinstance(wanted, dict) else loaded(wanted)
    else:
        found = next((one for one in control.options if wanted in (one, one["value"], one["text"]["text"])), None)
    if found is None:
        raise LookupError(f"{control.label!r} does not offer {wanted!r}")
    return found


def initial(controls: Iterable[Control]) -> dict[str, dict[str, Json]]:
    """The state of a view before anybody touched it."""
    state: dict[str, dict[str, Json]] = {}
    for control in controls:
        if control.kind in ("button", "overflow"):
            continue
        kept: Json = {"type": control.kind, **_empty(control.kind)}
        kept |= {_INITIAL[name]: value for name, value in control.element.items() if name in _INITIAL}
        state.setdefault(control.block_id, {})[control.action_id] = kept
    return state


def _empty(kind: str) -> Json:
    if "_input" in kind:
        return {"value": None}
    if kind in _PICKS:
        return {_PICKS[kind]: None}
    if kind.startswith("multi_") and "static" not in kind and "external" not in kind:
        return {f"selected_{kind.removeprefix('multi_').removesuffix('_select')}": []}
    return {"selected_options": []} if kind.startswith("multi_") or kind == "checkboxes" else {"selected_option": None}


def is_empty(state: Json) -> bool:
    """Whether nothing is chosen or written."""
    return not any(value for name, value in state.items() if name != "type")


def action(control: Control, state: Json, at: str) -> Json:
    """The `actions` entry of a control that was used."""
    said: Json = {"action_id": control.action_id, "block_id": control.block_id, "action_ts": at, **state, "type": control.kind}
    if control.kind == "button":
        said["text"] = control.element["text"]
        said |= {name: control.element[name] for name in ("value", "style") if name in control.element}
    return said
