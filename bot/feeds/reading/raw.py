"""What RSS, Atom and JSON Feed have in common, before anything is cleaned or judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class RawMedia:
    """An enclosure, picture or attachment as the document names it. Sizes in pixels, 0 where none is given."""

    url: str
    type: str = ""
    title: str = ""
    credit: str = ""
    picture: bool = False
    width: int = 0


@dataclass(frozen=True, slots=True)
class RawItem:
    """One item as the document says it: markup, spaces and relative addresses included.

    `dates` are the printed publication dates, best first; `last_resort` is what the feed library made of them. `base` is what
    relative addresses in the texts start from, where the document says so.
    """

    guid: str = ""
    link: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    dates: tuple[str, ...] = ()
    last_resort: datetime | None = None
    language: str = ""
    base: str = ""
    words: tuple[str, ...] = ()
    media: tuple[RawMedia, ...] = ()


@dataclass(frozen=True, slots=True)
class RawFeed:
    """A whole document. `faults` has a sentence for each thing left out so far."""

    title: str = ""
    items: tuple[RawItem, ...] = ()
    faults: tuple[str, ...] = ()
    truncated: bool = False
