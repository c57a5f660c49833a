"""`name:value` in a command line: `um kinds:nyhed filter:"sanktion OR grønland"`. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_QUOTES = '"“”„«»'
_PART = re.compile(rf"(?<!\S)(?P<name>[^\W\d_]+):(?!//)|[{_QUOTES}][^{_QUOTES}]*[{_QUOTES}]")
_QUOTED = re.compile(rf"[{_QUOTES}]([^{_QUOTES}]*)[{_QUOTES}]?")
# As `bot.domain.form` writes quotes within quotes.
_INNER = re.compile(r"(?<!\w)'([^']*)'(?!\w)")


@dataclass(frozen=True, slots=True)
class Fields:
    """What stands before the first field, and the fields' values as typed, by the names they were given; the last of a name counts.

    `unknown`: something in `head` that looks like a field and is none.
    """

    head: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    unknown: str = ""


def read_fields(rest: str, known: Callable[[str], str | None]) -> Fields:
    """The fields of a line. `known` tells a field by what was typed for its name; a value goes on to the next field.

    Quotes round a whole value are taken off, and single quotes within it become double ones.
    """
    found = [(name, part) for part in _PART.finditer(rest) if part["name"] and (name := known(part["name"]))]
    ends = [*(part.start() for _, part in found[1:]), len(rest)]
    head = rest[: found[0][1].start()] if found else rest
    unknown = next((part["name"] for part in _PART.finditer(head) if part["name"]), "")
    values = {name: _plain(rest[part.end() : end]) for (name, part), end in zip(found, ends, strict=True)} if found else {}
    return Fields(head.strip(), values, unknown)


def written(name: str, value: str) -> str:
    """The field as a line says it: the inverse of `read_fields`."""
    simple = value and not re.search(rf"[\s{_QUOTES}']", value)
    return f"{name}:{value}" if simple else f'{name}:"{_single(value)}"'


def _single(value: str) -> str:
    return re.sub(f"[{_QUOTES}]", "'", " ".join(value.split()))


def _plain(value: str) -> str:
    whole = _QUOTED.fullmatch(value.strip())
    return _INNER.sub(r'"\1"', whole[1] if whole else value).strip()
