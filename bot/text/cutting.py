"""How long is a text as the platforms count, and where may it be cut?"""

from __future__ import annotations

import unicodedata

MORE = "…"
"""The sign that a text goes on."""
TRAILING = " \n.,;:–-"
"""What a cut leaves out between the last word shown and `MORE`."""
_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def units(text: str) -> int:
    """UTF-16 units: characters beyond the basic plane, such as most emoji, count twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def cut(text: str, limit: int) -> str:
    """The beginning that fits, ended between words where there is a space to end at, with a sign that it goes on."""
    if units(text) <= limit:
        return text
    return head(text, limit - units(MORE)).rstrip(TRAILING) + MORE if limit > 0 else ""


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
