"""Where in a text could a number or an address stand at all? Asked of every release, so cheap."""

from __future__ import annotations

import re

BEFORE = 700
"""Characters kept before such a place: the names, roles and headings that belong to it stand there."""
AFTER = 250
"""Characters kept behind it: extensions and remarks."""

_DIGITS = re.compile("[0-9][^a-zA-Z,\n]{6}")
_SHORT_CODE = re.compile(r"1[0-9]{2,3}(?![0-9])|0[0-9]{4}(?![0-9])")
_SIGNS = {
    "@": ("@",),
    "\uff20": ("\uff20",),
    "%": ("%40",),
    "&": ("&#", "&nbsp;", "&commat;"),
    "(": ("(at)", "(AT)", "(a)", "(@", "\u00e4t)"),
    "[": ("[at]", "[AT]", "[a]", "\u00e4t]"),
    "{": ("{at}",),
    "8": ("800-", "800 ", "800)"),
    "": ("nabel", "alfa", " dot "),
}
"""Signs of an address or of a number in letters, by a character to look for first: that is cheaper."""


def hot_places(text: str) -> list[int]:
    """The places, in order, of whatever could be a number or a sign of an address; mostly there are none."""
    places = [m.start() for m in _DIGITS.finditer(text)]
    for sign in (sign for char, signs in _SIGNS.items() if char in text for sign in signs if sign in text):
        places += [m.start() for m in re.finditer(re.escape(sign), text)]
    if " 11" in text or " 1813" in text or " 0" in text:
        places += [m.start() for m in _SHORT_CODE.finditer(text) if text[m.start() - 1 : m.start()] == " "]
    return sorted(places)


def crop(text: str, places: list[int]) -> str:
    """`text` without what is far from all `places`; cut between words, blank lines in the cuts."""
    parts: list[str] = []
    begin, end = _around(text, places[0])
    for place in places[1:]:
        if place - BEFORE <= end + 100:
            end = place + AFTER
            continue
        parts.append(text[begin : _word_end(text, end)])
        begin, end = _around(text, place)
    return "\n\n".join([*parts, text[begin : _word_end(text, end)]])


def _around(text: str, place: int) -> tuple[int, int]:
    begin = max(0, place - BEFORE)
    while 0 < begin < place and not text[begin - 1].isspace():
        begin += 1
    return begin, place + AFTER


def _word_end(text: str, end: int) -> int:
    space = text.find(" ", end, end + 100)
    return space if space >= 0 else end
