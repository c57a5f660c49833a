"""How much does Slack take, and how is text cut to it?

Lengths are counted in UTF-16 units: never less than Slack counts, whichever way it does.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from typing import Any

Block = dict[str, Any]
"""A block of Block Kit, as JSON has it."""

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
"""Blocks of a message; of a modal or an App Home."""
HEADER = 150
SECTION = 3000
"""Characters of a text object; rich text has no limit of its own, and is given the same."""
LABEL = 75
"""Characters of what a button says."""
ACTIONS = 25
OPTION_VALUE = 150
PLACEHOLDER = 150
"""What a row of buttons may hold; what each option of a menu carries; what stands there before one is chosen."""
VIEW_TITLE = 24
"""Characters of a modal's title, and of the words on its two buttons."""
FIELD_LABEL = 2000
"""Characters of what stands above a field, and of the hint below it."""
WRITTEN = 3000
"""Characters that a field holds; a view's note as many."""
OPTIONS = 100
BOXES = 10
"""Options of a menu, or of a group of them; boxes, or round buttons, under one label."""
ALT = 2000
ADDRESS = 3000
"""Characters of a picture's description; of any address."""
TEXT = 4000
"""Characters of a message's own text. Slack cuts it at 40,000, and advises this."""
WEIGHT = 12_000
"""How much the blocks of a message may come to together, as `weight` counts.

Slack refuses more than about 13,000 (`msg_blocks_too_long`), which stands in no documentation. Its developers speak of 12,000
characters and something for each block; an empty block was seen to cost 125 (slackapi/bolt-js, issues 2509 and 2867).
"""
VIEW_WEIGHT = 100_000
"""The same of a view, which may be 250,000 bytes."""
MORE = "…"
_EACH = 110

_TRAILING = " \n.,;:–-"
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def weight(blocks: Iterable[Block]) -> int:
    """How much blocks come to: the characters of their JSON, and something for each."""
    return sum(units(json.dumps(block, ensure_ascii=False, separators=(",", ":"))) + _EACH for block in blocks)


def units(text: str) -> int:
    """UTF-16 units: characters beyond the basic plane, such as most emoji, count twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, limit: int) -> str:
    """The beginning that fits, ended between words where there is a space to end at, with a sign that it goes on."""
    if units(text) <= limit:
        return text
    return head(text, limit - units(MORE)).rstrip(_TRAILING) + MORE if limit > 0 else ""


def head(text: str, room: int) -> str:
    """As much as there is room for: back to the last space unless that would leave out more than half, and never half a sign."""
    end, used = 0, 0
    for character in text:
        used += units(character)
        if used > room:
            break
        end += 1
    at = max(text.rfind(" ", 0, end + 1), text.rfind("\n", 0, end + 1))
    return text[: at if at > end // 2 else _boundary(text, end)]


def _boundary(text: str, end: int) -> int:
    """The last place up to `end` where one sign ends and the next begins, so that no accent, family or flag is torn apart."""
    start = end
    while 0 < end < len(text) and _belongs(text, end):
        end -= 1
    return end or start  # a text that is one sign all through has no better place


def _belongs(text: str, at: int) -> bool:
    """Whether the character at this place is of one sign with that before it."""
    code = ord(text[at])
    if text[at - 1] == _JOINER or text[at] == _JOINER or code in _SKIN_TONES or code in _TAGS:
        return True
    if code in _FLAG_LETTERS:
        before = at
        while before and ord(text[before - 1]) in _FLAG_LETTERS:
            before -= 1
        return (at - before) % 2 == 1
    return unicodedata.category(text[at]).startswith("M")
