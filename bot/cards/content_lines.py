"""Lines as vCard (RFC 6350, RFC 2426) and iCalendar (RFC 5545) write them: escaped, folded, and ended by CR LF. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_OCTETS = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def escaped(text: str) -> str:
    """Text from anywhere as a value: what has a meaning there loses it, and control characters are left out."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (char for char in lines if char == "\n" or unicodedata.category(char) not in ("Cc", "Cs"))
    return "".join(kept).translate(_ESCAPES)


def written(lines: Iterable[str]) -> bytes:
    """The lines as a file in UTF-8."""
    return "".join(f"{folded(line)}\r\n" for line in lines).encode()


def folded(line: str) -> str:
    """A line in pieces of at most 75 octets, each but the first behind a space; no character is cut in two."""
    pieces: list[str] = [""]
    room = _OCTETS
    for char in line:
        size = len(char.encode())
        if size > room:
            pieces.append("")
            room = _OCTETS - 1
        pieces[-1] += char
        room -= size
    return "\r\n ".join(pieces)
