"""Rich text as checks: sections, lists, quotes and preformatted text, and what stands in them.

The reference names no lengths for rich text; Slack counts it against the whole message (see slack_blocks).
"""

from __future__ import annotations

from typing import Any

from tests.fakes.slack_schema import Check, anything, array, boolean, enum, kinds, problem, string, thing, whole

_STYLE = thing({"bold": boolean, "italic": boolean, "strike": boolean, "code": boolean, "underline": boolean})
_MENTION_STYLE = thing(
    dict.fromkeys(("bold", "italic", "strike", "highlight", "client_highlight", "unlink", "underline", "code"), boolean)
)


def _part(required: str, **fields: Check) -> Check:
    return thing({"type": anything, "style": _STYLE, **fields}, f"type {required}")


PARTS: dict[str, Check] = {
    "text": _part("text", text=string(least=1)),
    "link": _part("url", url=string(least=1), text=string(), unsafe=boolean),
    "emoji": thing(
        {"type": anything, "name": string(least=1), "unicode": string(), "skin_tone": whole(), "url": string(), "style": _STYLE},
        "name",
    ),
    "user": thing({"type": anything, "user_id": string(least=1), "style": _MENTION_STYLE}, "user_id"),
    "usergroup": thing({"type": anything, "usergroup_id": string(least=1), "style": _MENTION_STYLE}, "usergroup_id"),
    "channel": thing({"type": anything, "channel_id": string(least=1), "style": _MENTION_STYLE}, "channel_id"),
    "broadcast": thing({"type": anything, "range": enum("here", "channel", "everyone"), "style": _MENTION_STYLE}, "range"),
    "date": _part("timestamp format", timestamp=whole(0), format=string(least=1), url=string(), fallback=string()),
    "color": _part("value", value=string(least=1)),
}
_PARTS = array(kinds(PARTS))
_BORDER = {"border": whole(0, 1)}
_SECTION = thing({"type": anything, "elements": _PARTS}, "elements")

ELEMENTS: dict[str, Check] = {
    "rich_text_section": _SECTION,
    "rich_text_preformatted": thing(
        {
            "type": anything,
            "elements": array(kinds(PARTS, {"text", "link", "emoji", "user", "channel", "date"})),
            "language": string(),
            **_BORDER,
        },
        "elements",
    ),
    "rich_text_quote": thing({"type": anything, "elements": _PARTS, **_BORDER}, "elements"),
    "rich_text_list": thing(
        {
            "type": anything,
            "elements": array(kinds({"rich_text_section": _SECTION})),
            "style": enum("bullet", "ordered"),
            "indent": whole(0, 8),
            "offset": whole(0),
            **_BORDER,
        },
        "style elements",
    ),
}
RICH_TEXT = array(kinds(ELEMENTS), least=1)


def rich_text(value: Any, pointer: str) -> list[str]:
    """The block's elements; an empty section in them is allowed, an empty text is not."""
    return RICH_TEXT(value, pointer) if isinstance(value, list) else [problem("must provide an array", pointer)]
