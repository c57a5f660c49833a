"""The interactive elements of Block Kit and what they are made of, as checks.

Limits from Slack's reference (docs.slack.dev/reference/block-kit); an option's value is 150 characters there, 75 in older copies
and in slack_sdk.
"""

from __future__ import annotations

from typing import Any

from tests.fakes.slack_schema import Check, anything, array, boolean, enum, kinds, plain, problem, string, text, thing, whole

ACTION_ID = string(255, 1)
URL = string(3000, 1, r"(?:https?|mailto|slack|tel):\S+", says="invalid_url")  # that buttons take `tel:` is not verified
DAY = string(pattern=r"\d{4}-\d{2}-\d{2}")
CLOCK = string(pattern=r"(?:[01]\d|2[0-3]):[0-5]\d")

CONFIRM = thing(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30), "style": enum("primary", "danger")},
    "title text confirm deny",
)
_DISPATCH = thing({"trigger_actions_on": array(enum("on_enter_pressed", "on_character_entered"))})
_FILTER = thing(
    {
        "include": array(enum("im", "mpim", "private", "public"), least=1),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)
_COMMON = {"type": anything, "action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}


def option(label: Check) -> Check:
    """An option of a menu; checkboxes and radio buttons take mrkdwn too."""
    return thing({"text": label, "value": string(150, 1), "description": plain(75), "url": URL}, "text value")


OPTION = option(plain(75))
MARKED_OPTION = option(text(75))
OPTIONS = array(OPTION, 100, 1)
OPTION_GROUP = thing({"label": plain(75), "options": OPTIONS}, "label options")
OPTION_GROUPS = array(OPTION_GROUP, 100, 1)


def options_of_load(said: Any) -> list[str]:
    """What is wrong with the answer to a block_suggestion; no options at all are fine there."""
    if not isinstance(said, dict) or not ({"options", "option_groups"} & set(said)):
        return [problem("must define either `options` or `option_groups`", "/")]
    return thing({"options": array(OPTION, 100), "option_groups": array(OPTION_GROUP, 100)})(said, "")


def _element(required: str = "", **fields: Check) -> Check:
    return thing({**_COMMON, **fields}, required)


def _menu(*, many: bool = False, **fields: Check) -> Check:
    more: dict[str, Check] = {"max_selected_items": whole(1)} if many else {}
    return _element("type", placeholder=plain(150), **more, **fields)


def _static(*, many: bool) -> Check:
    initial: dict[str, Check] = {"initial_options": OPTIONS} if many else {"initial_option": OPTION}
    menu = _menu(many=many, options=OPTIONS, option_groups=OPTION_GROUPS, **initial)

    def check(value: Any, pointer: str) -> list[str]:
        if ("options" in value) == ("option_groups" in value):
            return [problem("must define either `options` or `option_groups`", f"{pointer}/type")]
        found = menu(value, pointer)
        chosen = value.get("initial_options") or ([value["initial_option"]] if value.get("initial_option") else [])
        if not found and any(one not in _offered(value) for one in chosen):
            # That initial options must be among the offered is in the reference; the words are not verified.
            found.append(problem("initial option must match one of the options", pointer))
        return found

    return check


def _offered(menu: dict[str, Any]) -> list[Any]:
    return menu.get("options") or [one for group in menu["option_groups"] for one in group["options"]]


def _picker(noun: str, *, filtered: bool = False, **more: Check) -> dict[str, Check]:
    one, many = f"initial_{noun}", f"initial_{noun}s"
    rest: dict[str, Check] = {**more, **({"filter": _FILTER} if filtered else {})}
    return {
        f"{noun}s_select": _menu(**{one: string(least=1)}, response_url_enabled=boolean, **rest),  # type: ignore[arg-type]
        f"multi_{noun}s_select": _menu(many=True, **{many: array(string(least=1))}, **rest),
    }


def _boxes(most: int, **initial: Check) -> Check:
    return _element("type options", options=array(MARKED_OPTION, most, 1), **initial)


ELEMENTS: dict[str, Check] = {
    "button": _element(
        "type text",
        text=plain(75),
        url=URL,
        value=string(2000),
        style=enum("primary", "danger"),
        accessibility_label=string(75),
    ),
    "overflow": _element("type options", options=array(OPTION, 5, 1)),
    "datepicker": _element("type", initial_date=DAY, placeholder=plain(150)),
    "timepicker": _element("type", initial_time=CLOCK, placeholder=plain(150), timezone=string()),
    "datetimepicker": _element("type", initial_date_time=whole(0, 9_999_999_999)),
    "checkboxes": _boxes(10, initial_options=array(MARKED_OPTION, 10, 1)),
    "radio_buttons": _boxes(10, initial_option=MARKED_OPTION),
    "static_select": _static(many=False),
    "multi_static_select": _static(many=True),
    "external_select": _menu(initial_option=OPTION, min_query_length=whole(0)),
    "multi_external_select": _menu(many=True, initial_options=OPTIONS, min_query_length=whole(0)),
    **_picker("user"),
    **_picker("channel"),
    **_picker("conversation", filtered=True, default_to_current_conversation=boolean),
    "plain_text_input": _element(
        "type",
        initial_value=string(3000),
        placeholder=plain(150),
        multiline=boolean,
        min_length=whole(0, 3000),
        max_length=whole(1, 3000),
        dispatch_action_config=_DISPATCH,
    ),
    "email_text_input": _element("type", initial_value=string(), placeholder=plain(150), dispatch_action_config=_DISPATCH),
    "url_text_input": _element("type", initial_value=string(), placeholder=plain(150), dispatch_action_config=_DISPATCH),
    "number_input": _element(
        "type is_decimal_allowed",
        is_decimal_allowed=boolean,
        initial_value=string(),
        min_value=string(),
        max_value=string(),
        placeholder=plain(150),
        dispatch_action_config=_DISPATCH,
    ),
}
IMAGE = thing(
    {"type": anything, "image_url": URL, "slack_file": anything, "alt_text": string(2000, 1)},
    "type alt_text",
)

SINGLE = {"static_select", "external_select", "users_select", "conversations_select", "channels_select"}
MULTIPLE = {f"multi_{name}" for name in SINGLE}
_ANYWHERE = {"checkboxes", "radio_buttons", "datepicker", "timepicker", *SINGLE}
ACCESSORIES = kinds({**ELEMENTS, "image": IMAGE}, {"button", "overflow", "image", *_ANYWHERE, *MULTIPLE})
ACTIONS = kinds(ELEMENTS, {"button", "overflow", "datetimepicker", *_ANYWHERE})
INPUTS = kinds(
    ELEMENTS,
    {
        *("plain_text_input", "email_text_input", "url_text_input", "number_input", "datetimepicker"),
        *_ANYWHERE,
        *MULTIPLE,
    },
)
