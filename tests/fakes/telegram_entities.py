"""Text as Telegram's server keeps it: entities, links, lengths in UTF-16 units. Pure.

The trimming and the splitting of entities follow TDLib's `MessageEntity.cpp` (`fix_formatted_text`), which the real Bot API server
runs: read there. The finding of addresses in plain text is an approximation, and links are as its `LinkManager` is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

Entity = dict[str, Any]

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
RAW = ("pre", "code")
_PRIORITY = {"blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49, "text_mention": 49}
_PRIORITY |= {kind: 90 + rank for rank, kind in enumerate(SPLITTABLE)}
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_FOUND = re.compile(
    r"(?P<url>(?<!\w)(?:https?://|tg://)[^\s<>\"]+|(?<![\w@.-])(?:[\w-]+\.)+(?:com|dk|eu|gl|info|io|me|net|no|org|se)\b(?:/[^\s<>\"]*)?)"
    r"|(?P<email>[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,})"
    r"|(?P<bot_command>(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<!\w)@[A-Za-z0-9_]{4,32}(?!\w))"
    r"|(?P<hashtag>(?<!\w)#\w*[^\W\d]\w*)"
)


class MarkupError(ValueError):
    """Markup that the server refuses; its words stand behind "can't parse entities: "."""


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as it stands in a message; the entities' offsets and lengths are in UTF-16 units."""

    text: str
    entities: tuple[Entity, ...] = ()

    @property
    def length(self) -> int:
        """UTF-16 units, which is what 4,096 and 1,024 mean."""
        return units(self.text)


def units(text: str) -> int:
    """The length of a text in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


@lru_cache(maxsize=256)
def plain(text: str) -> Formatted:
    """What stands in a message sent without a parse mode."""
    return settled(text, ())


def settled(text: str, entities: Iterable[Entity]) -> Formatted:
    """Text and entities as the server keeps them: trimmed, split where they cross, with the addresses it finds itself."""
    text = _CONTROL.sub(lambda hit: "" if hit[0] == "\r" else " ", text)
    kept = _split(list(entities))
    text, kept = _trimmed(text, kept)
    if any(sign in text for sign in "/@#.") and (found := list(_found(text, kept))):
        kept = _split(kept + found)
    return Formatted(text, tuple(sorted(kept, key=_order)))


def checked_link(url: str) -> str | None:
    """A link as the server keeps it, or None where it drops it (`tel:`, `mailto:`, `javascript:`, a host without a dot)."""
    return None if isinstance(link := link_or_reason(url), Exception) else link


@lru_cache(maxsize=1024)
def link_or_reason(url: str) -> str | MarkupError:
    """A link as the server keeps it, or why not."""
    url = url.strip()
    if url.startswith(("tg://", "ton://", "tonsite://")):
        return url
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:(?!\d)", url) and not re.match(r"https?://", url, re.IGNORECASE):
        return MarkupError("Unsupported URL protocol")
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return MarkupError("Wrong HTTP URL")
    if "." not in host.strip(".") and ":" not in host:
        return MarkupError("Wrong HTTP URL")
    path = parts.path or "/"
    query = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    where = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{where}{f':{port}' if port else ''}{path}{query}"


def _order(entity: Entity) -> tuple[int, int, int]:
    return entity["offset"], -entity["length"], _PRIORITY.get(entity["type"], 50)


def _split(entities: Sequence[Entity]) -> list[Entity]:
    """Bold and its like are merged per kind, cut where another entity begins or ends, and vanish inside code."""
    others = [
        {k: v for k, v in entity.items() if k != "_language"}
        for entity in _without_crossing([entity for entity in entities if entity["type"] not in SPLITTABLE])
    ]
    cuts = sorted({edge for other in others for edge in _range(other)})
    code = [_range(other) for other in others if other["type"] in RAW]
    pieces = []
    for kind in SPLITTABLE:
        for begin, end in _union([_range(entity) for entity in entities if entity["type"] == kind]):
            edges = [begin, *(cut for cut in cuts if begin < cut < end), end]
            pieces += [
                {"type": kind, "offset": low, "length": high - low}
                for low, high in pairwise(edges)
                if not any(start <= low and high <= stop for start, stop in code)
            ]
    return sorted([*others, *pieces], key=_order)


def _without_crossing(entities: Sequence[Entity]) -> list[Entity]:
    """Links, mentions and code never nest in each other: the outer one, or the first, stays."""
    kept: list[Entity] = []
    end = 0
    for entity in sorted(entities, key=_order):
        if entity["type"].endswith("blockquote"):
            kept.append(entity)
        elif entity["offset"] >= end:
            kept.append(entity)
            end = entity["offset"] + entity["length"]
    return kept


def _range(entity: Entity) -> tuple[int, int]:
    return entity["offset"], entity["offset"] + entity["length"]


def _union(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(ranges):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _trimmed(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    text = text.rstrip()
    end = units(text)
    kept = [entity | {"length": min(entity["length"], end - entity["offset"])} for entity in entities if entity["offset"] < end]
    first = min((entity["offset"] for entity in kept), default=end)
    cut = len(text) - len(text.lstrip(" \n"))
    cut = min(cut, first)
    return text[cut:], [entity | {"offset": entity["offset"] - cut} for entity in kept]


def _found(text: str, entities: Sequence[Entity]) -> Iterable[Entity]:
    taken = [_range(entity) for entity in entities if entity["type"] not in SPLITTABLE and "blockquote" not in entity["type"]]
    for hit in _FOUND.finditer(text):
        kind = hit.lastgroup
        found = hit[0].rstrip(".,;:!?)'") if kind == "url" else hit[0]
        begin = units(text[: hit.start()])
        end = begin + units(found)
        if not any(begin < stop and start < end for start, stop in taken):
            yield {"type": kind, "offset": begin, "length": end - begin}
