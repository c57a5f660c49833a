"""Which blocks Slack takes: in messages, modals and App Home; whole messages and views with all their rules.

Limits from docs.slack.dev/reference/block-kit. `msg_blocks_too_long` has no published number: BLOCKS_LIMIT is what public reports
agree on. That an action_id is unique within its block, not within the message, is as the reference says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.fakes.slack_elements import ACCESSORIES, ACTIONS, IMAGE, INPUTS, URL
from tests.fakes.slack_errors import Json, SlackError, invalid_blocks
from tests.fakes.slack_rich_text import rich_text
from tests.fakes.slack_schema import Check, anything, array, boolean, kinds, marked, plain, problem, string, text, thing

TEXT_LIMIT = 40_000
UPDATE_TEXT_LIMIT = 4_000
BLOCKS_LIMIT = 13_200
MARKDOWN_LIMIT = 12_000
MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100

_CONTEXT_PARTS = kinds({"image": IMAGE, "plain_text": plain(3000), "mrkdwn": marked(3000)})


def _block(required: str = "", **fields: Check) -> Check:
    return thing({"type": anything, "block_id": string(255), **fields}, f"type {required}")


def _section(value: Any, pointer: str) -> list[str]:
    if not value.get("text") and not value.get("fields"):
        return [problem("must define either `text` or `fields`", f"{pointer}/type")]
    return _SECTION(value, pointer)


def _image(value: Any, pointer: str) -> list[str]:
    if "image_url" not in value and "slack_file" not in value:
        return [problem("missing required field: image_url", pointer)]
    return _IMAGE(value, pointer)


_SECTION = _block(text=text(3000), fields=array(text(2000), 10, 1), accessory=ACCESSORIES, expand=boolean)
_IMAGE = _block("alt_text", image_url=URL, slack_file=anything, alt_text=string(2000, 1), title=plain(2000))

BLOCKS: dict[str, Check] = {
    "section": _section,
    "header": _block("text", text=plain(150)),
    "context": _block("elements", elements=array(_CONTEXT_PARTS, 10, 1)),
    "actions": _block("elements", elements=array(ACTIONS, 25, 1)),
    "divider": _block(),
    "image": _image,
    "rich_text": _block("elements", elements=rich_text),
    "markdown": _block("text", text=string(MARKDOWN_LIMIT, 1)),
    "input": _block(
        "label element", label=plain(2000), element=INPUTS, hint=plain(2000), optional=boolean, dispatch_action=boolean
    ),
}
IN_MESSAGES = kinds(BLOCKS)
IN_VIEWS = kinds(BLOCKS, set(BLOCKS) - {"markdown"})

_VIEW: dict[str, Check] = {
    "type": anything,
    "blocks": array(IN_VIEWS, VIEW_BLOCKS),
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
VIEWS: dict[str, Check] = {
    "home": thing(_VIEW, "type blocks"),
    "modal": thing(
        {
            **_VIEW,
            "title": plain(24),
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
        },
        "type title blocks",
    ),
}


def message_problems(blocks: Any) -> list[str]:
    """What Slack says of a message's blocks; empty where it takes them."""
    found = array(IN_MESSAGES, MESSAGE_BLOCKS)(blocks, "/blocks")
    return found or _doubles(blocks, "/blocks")


def view_problems(view: Any) -> list[str]:
    """What Slack says of a view; empty where it takes it."""
    found = kinds(VIEWS)(view, "/view")
    if found:
        return found
    found = _doubles(view["blocks"], "/view/blocks")
    if view["type"] == "modal" and "submit" not in view:
        found += [
            problem("must define `submit` to use an `input` block in modals", f"/view/blocks/{place}/input")
            for place, block in enumerate(view["blocks"])
            if block["type"] == "input"
        ]
    return found


def check_message(blocks: Any, fetchable: Callable[[str], bool]) -> None:
    """Raise SlackError where Slack would refuse a message's blocks. `fetchable`: whether it can fetch a picture."""
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format", violates=True)
    problems = message_problems(blocks) or lost_pictures(blocks, "/blocks", fetchable)
    if problems:
        raise invalid_blocks(problems)
    if sum(map(len, texts(blocks))) > BLOCKS_LIMIT:
        raise SlackError("msg_blocks_too_long")


def lost_pictures(blocks: list[Json], pointer: str, fetchable: Callable[[str], bool]) -> list[str]:
    """The image blocks that Slack cannot fetch; a picture beside a section or in a context may be missing."""
    return [
        problem("downloading image failed", f"{pointer}/{place}/image_url")
        for place, block in enumerate(blocks)
        if block.get("type") == "image" and "image_url" in block and not fetchable(block["image_url"])
    ]


def texts(part: Any) -> Iterator[str]:
    """All texts in some blocks."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name == "text" and isinstance(value, str):
                yield value
            elif isinstance(value, dict | list):
                yield from texts(value)
    elif isinstance(part, list):
        for one in part:
            yield from texts(one)


def elements(block: Json) -> list[tuple[Json, str]]:
    """The elements of a block that may carry an action_id, with where they stand."""
    if block["type"] == "actions":
        return [(one, f"elements/{place}") for place, one in enumerate(block["elements"])]
    name = {"section": "accessory", "input": "element"}.get(block["type"], "")
    return [(block[name], name)] if block.get(name) else []


def _doubles(blocks: list[Json], pointer: str) -> list[str]:
    found, seen = [], set()
    for place, block in enumerate(blocks):
        name = block.get("block_id")
        if name and name in seen:
            # The words are by analogy with those of action_id.
            found.append(problem(f'`block_id` "{name}" already exists', f"{pointer}/{place}/block_id"))
        seen.add(name)
        known = set()
        for element, where in elements(block):
            action = element.get("action_id")
            if action and action in known:
                found.append(problem(f'`action_id` "{action}" already exists', f"{pointer}/{place}/{where}/action_id"))
            known.add(action)
    return found


def with_ids(blocks: list[Json], number: Callable[[], int]) -> list[Json]:
    """The blocks as Slack keeps them: what has no block_id or action_id gets one."""
    kept = []
    for block in blocks:
        named = {**block, "block_id": block.get("block_id") or f"b{number():04x}"}
        if block["type"] == "actions":
            named["elements"] = [_with_action(one, number) for one in block["elements"]]
        for name in ("accessory", "element"):
            if isinstance(named.get(name), dict) and named[name].get("type") != "image":
                named[name] = _with_action(named[name], number)
        kept.append(named)
    return kept


def _with_action(element: Json, number: Callable[[], int]) -> Json:
    return {**element, "action_id": element.get("action_id") or f"a{number():04x}"}
