"""How much does Slack take?

Lengths are counted in UTF-16 units: never less than Slack counts, whichever way it does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from bot.text.cutting import units

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
_EACH = 110


def weight(blocks: Iterable[Block]) -> int:
    """How much blocks come to: the characters of their JSON, and something for each."""
    return sum(units(json.dumps(block, ensure_ascii=False, separators=(",", ":"))) + _EACH for block in blocks)
