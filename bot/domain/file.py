"""Files that an answer brings along."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LONGEST = 60
_UNSAFE = re.compile(r"[^0-9a-z]+")
_PLAIN = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ð": "d", "þ": "th", "ł": "l"})


@dataclass(frozen=True, slots=True)
class File:
    """A file to hand over. `name` is safe as a name anywhere (see `file_name`); `media_type` as MIME has it, without parameters."""

    name: str
    media_type: str
    content: bytes


def file_name(words: str, ending: str) -> str:
    """A name made of words from outside: small ASCII letters, digits and hyphens, never a path and never hidden."""
    small = unicodedata.normalize("NFC", words[: 4 * _LONGEST]).casefold().translate(_PLAIN)
    bare = unicodedata.normalize("NFKD", small).encode("ascii", "ignore").decode()
    stem = _UNSAFE.sub("-", bare)[:_LONGEST].strip("-")
    return f"{stem or 'pressevagt'}.{ending}"
