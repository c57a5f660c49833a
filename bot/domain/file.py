"""Files: that an answer brings along, and that come with a command."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

TAKEN = 1_000_000
"""Bytes of a file that is taken from somebody: a hundred times what a conversation's settings come to."""
_LONGEST = 60
_UNSAFE = re.compile(r"[^0-9a-z]+")
_PLAIN = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ð": "d", "þ": "th", "ł": "l"})


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand over. `name` is safe as a name anywhere (see `file_name`); `media_type` as MIME has it, without parameters."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that came with a command: its name, its size in bytes as the platform says, and how to read so many bytes at most.

    `read` raises `bot.errors.FileNotRead`. What the file is its content says, not its name.
    """

    name: str
    size: int
    read: Callable[[int], Awaitable[bytes]]


def file_name(words: str, ending: str) -> str:
    """A name made of words from outside: small ASCII letters, digits and hyphens, never a path and never hidden."""
    small = unicodedata.normalize("NFC", words[: 4 * _LONGEST]).casefold().translate(_PLAIN)
    bare = unicodedata.normalize("NFKD", small).encode("ascii", "ignore").decode()
    stem = _UNSAFE.sub("-", bare)[:_LONGEST].strip("-")
    return f"{stem or 'pressevagt'}.{ending}"
