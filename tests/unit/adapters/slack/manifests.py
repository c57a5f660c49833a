"""Reads the manifests in deploy/, which keep to a part of YAML that can be read in one way only; all else is an error."""

from __future__ import annotations

import json
import re
from collections import deque
from pathlib import Path
from typing import Any

_KEY = re.compile(r"([a-z_]+):(?: (.+))?")
_BARE = re.compile(r"[A-Za-z/][\w./:-]*[\w/]", re.ASCII)
_NOT_BARE = frozenset({"yes", "no", "on", "off", "null", "y", "n"})
"""What YAML takes for something else than a word."""

Lines = deque[tuple[int, str]]


def read(path: Path) -> Any:
    """Mappings, lists, and words, true, false or "text" in them. Raises ValueError for any other YAML."""
    lines: Lines = deque()
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        if text and not text.startswith("#"):
            lines.append((len(line) - len(line.lstrip(" ")), text))
    found = _block(lines, 0)
    if lines:
        raise ValueError(f"this stands nowhere: {lines[0][1]}")
    return found


def _block(lines: Lines, indent: int) -> Any:
    return _listed(lines, indent) if lines[0][1].startswith("- ") else _mapping(lines, indent)


def _mapping(lines: Lines, indent: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    while lines and lines[0][0] == indent and (key := _KEY.fullmatch(lines[0][1])):
        lines.popleft()
        if key[1] in found:
            raise ValueError(f"{key[1]} stands there twice")
        if key[2] is None and not (lines and lines[0][0] > indent):
            raise ValueError(f"nothing stands below {key[1]}")
        found[key[1]] = _block(lines, lines[0][0]) if key[2] is None else _scalar(key[2])
    return found


def _listed(lines: Lines, indent: int) -> list[Any]:
    found: list[Any] = []
    while lines and lines[0][0] == indent and lines[0][1].startswith("- "):
        item = lines.popleft()[1][2:]
        if _KEY.fullmatch(item):
            lines.appendleft((indent + 2, item))
            found.append(_mapping(lines, indent + 2))
        else:
            found.append(_scalar(item))
    return found


def _scalar(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    if text.startswith('"'):
        return json.loads(text)
    if _BARE.fullmatch(text) and text.lower() not in _NOT_BARE:
        return text
    raise ValueError(f"no plain word: {text}")
